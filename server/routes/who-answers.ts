import { Router } from 'express';
import { whoAnswers } from '../../queries/insights/who-answers.ts';
import { parseQuery } from '../../queries/model/query.ts';
import type { Ask } from '../asking.ts';
import { allow } from '../auth/guard.ts';
import { jsonBody } from '../json-body.ts';

/** Whether those who answer surveys have changed. */
export function whoAnswersRoutes(ask: Ask): Router {
  const router = Router();
  router.post('/api/who-answers', allow('read'), jsonBody('256kb'), async (req, res) => {
    const query = parseQuery((req.body as { query?: unknown }).query); // jsonBody lets only objects through
    res.json(await ask(req, res, (deps) => whoAnswers(deps, query)));
  });
  return router;
}
