import { Router } from 'express';
import { readSessionCookie } from '../auth/cookie.ts';
import { allow } from '../auth/guard.ts';
import { can } from '../auth/roles.ts';
import { lookAtSession } from '../auth/sessions.ts';
import type { AppDeps } from '../deps.ts';
import { Refused, withoutValues } from '../errors.ts';
import { followRuns } from '../live-runs.ts';
import type { LiveRuns } from '../../queries/model/lists.ts';

/** `GET /api/runs/live`: server-sent events of the runs under way, for as long as the session lasts. */
export function liveRoutes({ store, now, log, stopped, live = {} }: Pick<AppDeps, 'store' | 'now' | 'log' | 'stopped' | 'live'>): Router {
  const { pollMs = 1_000, sessionMs = 30_000, heartbeatMs = 20_000, listeners = 100 } = live;
  // What stopping cuts off has not failed.
  const onError = (error: unknown): void => void (stopped?.aborted || log('live_runs_failed', { error: withoutValues(error) }));
  const runs = followRuns(store.reader, { pollMs, now, onError });
  const router = Router();
  router.get('/api/runs/live', allow('see_sources'), (req, res) => {
    if (runs.count() >= listeners || stopped?.aborted) throw new Refused(503, 'too many pages follow the runs; try again in a moment');
    // Who left while the session was looked up is never told to be gone again.
    if (res.closed || res.destroyed) return;
    const token = readSessionCookie(req);
    res.set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    res.flushHeaders();
    res.write('retry: 3000\n\n');
    const stopListening = runs.listen((found) => {
      // Whoever reads too slowly misses a look, not the end: it is asked for anew.
      if (res.writableNeedDrain) return;
      res.write(`event: runs\ndata: ${JSON.stringify({ runs: found } satisfies LiveRuns)}\n\n`);
    });
    const heartbeat = setInterval(() => res.write(': still here\n\n'), heartbeatMs);
    const session = setInterval(() => {
      const user = token === null ? Promise.resolve(null) : lookAtSession(store, token, now());
      user.then(
        // Who was given another role or only some rows is told no more, too.
        (found) => void ((found && can(found, 'see_sources')) || end()),
        (error: unknown) => {
          onError(error);
          end();
        },
      );
    }, sessionMs);
    // An answer that has ended may be long on its way before it is closed, and is written to no more.
    const end = (): void => {
      stopListening();
      clearInterval(heartbeat);
      clearInterval(session);
      stopped?.removeEventListener('abort', end);
      res.end();
    };
    stopped?.addEventListener('abort', end, { once: true });
    res.once('close', end);
  });
  return router;
}
