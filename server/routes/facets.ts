import { Router } from 'express';
import { listFacets, parseFacets } from '../../queries/facets.ts';
import type { Ask } from '../asking.ts';
import { allow } from '../auth/guard.ts';
import { jsonBody } from '../json-body.ts';

/** `POST /api/facets`: the members of a dimension with their cases under the other filters. */
export function facetRoutes(ask: Ask): Router {
  const router = Router();
  router.post('/api/facets', allow('read'), jsonBody('256kb'), async (req, res) => {
    const asked = parseFacets(req.body);
    res.json(await ask(req, res, (deps) => listFacets(deps, asked)));
  });
  return router;
}
