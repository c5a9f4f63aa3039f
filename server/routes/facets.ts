import { Router } from 'express';
import { listFacets, parseFacets } from '../../queries/facets.ts';
import { allow } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { goneSignal } from '../gone.ts';
import { jsonBody } from '../json-body.ts';

/** `POST /api/facets`: the members of a dimension with their cases under the other filters. */
export function facetRoutes({ store, cube, organisation, now }: Pick<AppDeps, 'store' | 'cube' | 'organisation' | 'now'>): Router {
  const router = Router();
  router.post('/api/facets', allow('read'), jsonBody('256kb'), async (req, res) => {
    res.json(
      await listFacets({ reader: store.reader, cube, organisation, now, bounds: { signal: goneSignal(res) } }, parseFacets(req.body)),
    );
  });
  return router;
}
