import { Router, type Request, type Response } from 'express';
import { BadInput, didYouMean } from '../../etl/errors.ts';
import { answer } from '../../queries/answer.ts';
import { budgetOf } from '../../queries/budget.ts';
import type { Ask } from '../asking.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { asFile, byteOrderMark, exportTarget, nameParameter } from '../download.ts';
import { Refused } from '../errors.ts';
import { chooseFormat, formatAnswer, formats } from '../formats.ts';
import { jsonBody } from '../json-body.ts';
import { readJson, readQueries } from '../read-queries.ts';

const longestAddress = 8 * 1024;

/**
 * `POST /api/query` and its canonical `GET /api/query?q=`, as JSON, CSV or Arrow. With `format` or `name` in the address the answer is
 * a file for people, and CSV begins with a byte order mark; asked for by header, its bytes are those of `silverlining query`.
 */
export function queryRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>, ask: Ask): Router {
  const router = Router();
  const reply = async (raw: unknown, req: Request, res: Response) => {
    const format = formatOf(req);
    const name = nameParameter(req);
    const isForPeople = name !== null || req.query.format !== undefined;
    const queries = readQueries(raw);
    const body = await ask(req, res, async (deps) => {
      const budget = budgetOf(deps);
      return formatAnswer(await answer({ ...deps, budget }, queries), format, budget);
    });
    res.set({ 'content-type': formats[format], vary: 'Accept' });
    if (isForPeople || format === 'csv') {
      const target = exportTarget(queries);
      await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'figures_exported', target });
      asFile(res, name, format);
    }
    if (typeof body === 'string') res.send(isForPeople && format === 'csv' ? byteOrderMark + body : body);
    else res.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
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
