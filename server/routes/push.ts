import express, { Router, type Request, type RequestHandler } from 'express';
import { BadInput } from '../../etl/errors.ts';
import { pushRecords } from '../../etl/push.ts';
import { pushedRows } from '../../etl/push-rows.ts';
import { RunInProgress } from '../../etl/store/lock.ts';
import type { PushAnswer } from '../../queries/model/lists.ts';
import type { AppDeps } from '../deps.ts';
import { Refused } from '../errors.ts';
import { createPushQueue } from '../push-queue.ts';
import { acceptsToken } from '../push-tokens.ts';
import { addressOf, limited, limitsOf } from '../rate-limit.ts';

const minute = 60_000;

/** `POST /api/sources/:name/records`: records another program sends, with the bearer token of the source instead of a session. */
export function pushRoutes({ store, now, sources, server }: Pick<AppDeps, 'store' | 'now' | 'sources' | 'server'>): Router {
  const router = Router();
  const most = limitsOf(server).push;
  const queue = createPushQueue();
  const limitTries = limited({ windowMs: 5 * minute, limit: 20 }, 'too many wrong tokens; wait five minutes');
  const isTheirs: RequestHandler = async (req, res, next) => {
    const token = /^Bearer ([\w-]{20,100})$/i.exec(req.get('authorization') ?? '')?.[1];
    if (token !== undefined && (await acceptsToken(store, { source: sourceName(req), token, now: now() }))) return next();
    // Only who has no token is held up by many tries, not another program at the same address.
    await limitTries(req, res, (error?: unknown) => {
      if (error !== undefined) return next(error);
      res.set('www-authenticate', 'Bearer');
      next(new Refused(401, 'the token is missing or is not one of this source; send it as: Authorization: Bearer TOKEN'));
    });
  };
  const body = express.raw({ type: () => true, limit: '10mb' });

  router.post('/api/sources/:name/records', isTheirs, pushes(most), body, async (req, res) => {
    const name = sourceName(req);
    const source = sources.config.sources.find((configured) => configured.name === name);
    if (!source) throw new Refused(404, `there is no source "${name}" in the configuration any more`);
    if (source.connector !== 'push')
      throw new Refused(
        409,
        `"${name}" is read by connector ${source.connector} and takes no records; send them to a source with connector: push`,
      );
    const map = sources.findMap(source.map);
    const rows = pushedRows(textOf(req), map.input, /\b(x-)?(ndjson|jsonl|json-seq)\b/i.test(req.get('content-type') ?? ''));
    try {
      const { runId, read, inserted, updated, unchanged, rejects } = await queue.enter(name, () => pushRecords(sources, source, map, rows));
      res.json({ run_id: runId, read, inserted, updated, unchanged, rejected: rejects } satisfies PushAnswer);
    } catch (error) {
      if (!(error instanceof RunInProgress)) throw error;
      res.set('retry-after', '5');
      throw new Refused(409, `${error.message}; send this again in a few seconds`);
    }
  });
  return router;
}

function sourceName(req: Request): string {
  return (req.params as { name: string }).name;
}

function textOf(req: Request): string {
  const body: unknown = req.body;
  // Without a body the parser leaves an empty object.
  if (!Buffer.isBuffer(body)) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BadInput([{ field: '', message: 'the body is not UTF-8' }]);
  }
}

function pushes(limit: number): RequestHandler {
  const key = (req: Request) => `${sourceName(req)} ${addressOf(req)}`;
  return limited({ windowMs: minute, limit, key }, `more than ${limit} pushes in a minute; send several records at once, as a list`);
}
