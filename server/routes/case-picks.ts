import { Router } from 'express';
import { pickCases } from '../../queries/insights/case-picks.ts';
import { allow } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { goneSignal } from '../gone.ts';
import { jsonBody } from '../json-body.ts';

/** `POST /api/case-picks`: a few cases for a conversation out of those behind a figure, each with why. */
export function casePickRoutes({ store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>): Router {
  const router = Router();
  const deps = { reader: store.reader, organisation, now };
  router.post('/api/case-picks', allow('read'), jsonBody('256kb'), async (req, res) => {
    res.json(await pickCases({ ...deps, bounds: { signal: goneSignal(res) } }, req.body));
  });
  return router;
}
