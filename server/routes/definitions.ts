import { Router } from 'express';
import { commonRules } from '../../queries/model/common-rules.ts';
import { definitionOf } from '../../queries/model/definitions.ts';
import { dimensions } from '../../queries/model/dimensions.ts';
import { measureNames } from '../../queries/model/measures.ts';
import { parseQuery } from '../../queries/model/query.ts';
import { readStatementTexts } from '../../queries/statement-texts.ts';
import type { Ask } from '../asking.ts';
import { allow } from '../auth/guard.ts';
import { jsonBody } from '../json-body.ts';

/** `GET /api/definitions`: the model in words. `POST /api/definitions/sql` with a query: the statements that give its integers, not run. */
export function definitionRoutes(ask: Ask): Router {
  const router = Router();
  router.get('/api/definitions', allow('read'), (_req, res) => {
    res.json({ rules: commonRules, measures: measureNames.map(definitionOf), dimensions });
  });
  router.post('/api/definitions/sql', allow('read'), jsonBody('256kb'), async (req, res) => {
    const query = parseQuery(req.body);
    res.json(await ask(req, res, (deps) => readStatementTexts(deps, query)));
  });
  return router;
}
