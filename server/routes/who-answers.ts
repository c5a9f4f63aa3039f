import { Router } from 'express';
import { whoAnswers } from '../../queries/insights/who-answers.ts';
import { parseQuery } from '../../queries/model/query.ts';
import { allow } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { goneSignal } from '../gone.ts';
import { jsonBody } from '../json-body.ts';

/** Whether those who answer surveys have changed. */
export function whoAnswersRoutes({ store, cube, organisation, now }: Pick<AppDeps, 'store' | 'cube' | 'organisation' | 'now'>): Router {
  const router = Router();
  router.post('/api/who-answers', allow('read'), jsonBody('256kb'), async (req, res) => {
    const { query } = req.body as { query?: unknown }; // jsonBody lets only objects through
    const deps = { reader: store.reader, cube, organisation, now, bounds: { signal: goneSignal(res) } };
    res.json(await whoAnswers(deps, parseQuery(query)));
  });
  return router;
}
