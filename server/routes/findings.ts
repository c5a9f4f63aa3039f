import { Router } from 'express';
import { readFindings } from '../../queries/insights/findings.ts';
import { parseQuery } from '../../queries/model/query.ts';
import { allow } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { goneSignal } from '../gone.ts';
import { jsonBody } from '../json-body.ts';

/** `POST /api/findings`: what changed beyond chance over the period, filters, as-of and grain of a query. */
export function findingRoutes({ store, cube, organisation, now }: Pick<AppDeps, 'store' | 'cube' | 'organisation' | 'now'>): Router {
  const router = Router();
  router.post('/api/findings', allow('read'), jsonBody('256kb'), async (req, res) => {
    const deps = { reader: store.reader, cube, organisation, now, bounds: { signal: goneSignal(res) } };
    res.json(await readFindings(deps, parseQuery(req.body)));
  });
  return router;
}
