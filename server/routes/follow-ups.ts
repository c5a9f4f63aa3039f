import { Router } from 'express';
import { transact } from '../../etl/store/transact.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { listLowScores } from '../../queries/low-scores.ts';
import type { FollowUpJson } from '../../queries/model/follow-up.ts';
import { everything, rowCodes } from '../../queries/sight.ts';
import { audit } from '../auth/audit.ts';
import type { Ask } from '../asking.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { noteFollowUp, readFollowUp } from '../follow-ups.ts';
import { jsonBody } from '../json-body.ts';

/** Low scores of the period, and what was done about them. */
export function followUpRoutes({ store, now }: Pick<AppDeps, 'store' | 'now'>, ask: Ask): Router {
  const router = Router();
  router.post('/api/low-scores', allow('read'), jsonBody('256kb'), async (req, res) => {
    res.json(await ask(req, res, (deps) => listLowScores(deps, req.body)));
  });
  router.put('/api/follow-ups', allow('follow_up'), jsonBody('16kb'), async (req, res) => {
    const given = readFollowUp(req.body);
    const { name, userId } = signedIn(req);
    const at = now();
    const rows = await ask(req, res, async ({ sight = everything }) => rowCodes(sight, await readCatalog(store.reader)));
    const noted = await transact(store, async (trx) => {
      const done = await noteFollowUp(trx, given, { by: name, now: at, rows });
      await audit(trx, { at, userId, action: 'follow_up_noted', target: `survey ${done.surveyId}: ${given.state}` });
      return done.noted;
    });
    res.json(noted satisfies FollowUpJson);
  });
  return router;
}
