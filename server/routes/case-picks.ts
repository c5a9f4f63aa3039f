import { Router } from 'express';
import { pickCases } from '../../queries/insights/case-picks.ts';
import type { Ask } from '../asking.ts';
import { allow } from '../auth/guard.ts';
import { jsonBody } from '../json-body.ts';

/** `POST /api/case-picks`: a few cases for a conversation out of those behind a figure, each with why. */
export function casePickRoutes(ask: Ask): Router {
  const router = Router();
  router.post('/api/case-picks', allow('read'), jsonBody('256kb'), async (req, res) => {
    res.json(await ask(req, res, (deps) => pickCases(deps, req.body)));
  });
  return router;
}
