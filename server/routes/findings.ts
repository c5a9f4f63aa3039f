import { Router } from 'express';
import { readFindings } from '../../queries/insights/findings.ts';
import { parseQuery } from '../../queries/model/query.ts';
import type { Ask } from '../asking.ts';
import { allow } from '../auth/guard.ts';
import { jsonBody } from '../json-body.ts';

/** `POST /api/findings`: what changed beyond chance over the period, filters, as-of and grain of a query. */
export function findingRoutes(ask: Ask): Router {
  const router = Router();
  router.post('/api/findings', allow('read'), jsonBody('256kb'), async (req, res) => {
    const query = parseQuery(req.body);
    res.json(await ask(req, res, (deps) => readFindings(deps, query)));
  });
  return router;
}
