import { Router } from 'express';
import type { AppDeps } from '../deps.ts';

/** `GET /healthz`: 200 once the store answers; says nothing else. */
export function healthRoutes({ store }: Pick<AppDeps, 'store'>): Router {
  const router = Router();
  router.get('/healthz', async (_req, res) => {
    await store.reader.raw('select 1');
    res.set('cache-control', 'no-store').json({ status: 'ok' });
  });
  return router;
}
