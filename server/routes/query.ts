import { Router, type Request, type Response } from 'express';
import { BadInput, didYouMean } from '../../etl/errors.ts';
import { answer } from '../../queries/answer.ts';
import { allow } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { chooseFormat, formatAnswer, formats } from '../formats.ts';
import { jsonBody } from '../json-body.ts';
import { readJson, readQueries } from '../read-queries.ts';

const longestAddress = 8 * 1024;

/** `POST /api/query` and its canonical `GET /api/query?q=`, as JSON, CSV or Arrow. */
export function queryRoutes({ store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>): Router {
  const router = Router();
  const reply = async (raw: unknown, req: Request, res: Response) => {
    const format = formatOf(req);
    const body = formatAnswer(await answer({ reader: store.reader, organisation, now }, readQueries(raw)), format);
    res.set({ 'content-type': formats[format], vary: 'Accept' });
    if (format === 'csv' || req.query.format !== undefined) res.attachment(`silverlining.${format}`).set('content-type', formats[format]);
    res.send(typeof body === 'string' ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  };
  router.post('/api/query', allow('read'), jsonBody('256kb'), (req, res) => reply(req.body, req, res));
  router.get('/api/query', allow('read'), (req, res) => {
    const { q } = req.query;
    if (typeof q !== 'string') throw new BadInput([{ field: 'q', message: 'is missing: the query as JSON' }]);
    if (Buffer.byteLength(req.originalUrl) > longestAddress)
      throw new Refused(413, 'the address is longer than 8 KiB; send the query with POST');
    return reply(readJson(q, 'q'), req, res);
  });
  return router;
}

function formatOf(req: Request) {
  const named = typeof req.query.format === 'string' ? req.query.format : undefined;
  const format = chooseFormat(named, req.get('accept'));
  if (format) return format;
  const known = Object.keys(formats);
  throw new BadInput([{ field: 'format', message: `"${named ?? ''}" is not one of ${known.join(', ')}${didYouMean(named ?? '', known)}` }]);
}
