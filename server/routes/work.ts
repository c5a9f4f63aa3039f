import { Router } from 'express';
import { readBusiness } from '../../queries/business.ts';
import { readMeta } from '../../queries/meta.ts';
import type { ProcedureJson, WorkList } from '../../queries/model/work.ts';
import { readWork } from '../../queries/work-list.ts';
import type { Ask } from '../asking.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';

/** How cases are handled, and what is left to do with those that are open. */
export function workRoutes({ store, procedure }: Pick<AppDeps, 'store' | 'procedure'>, ask: Ask): Router {
  const router = Router();
  router.get('/api/procedure', allow('enter_case'), async (req, res) => {
    const { zone } = await ask(req, res, async (deps) => (await readMeta(deps)).organisation);
    const { rules } = await readBusiness(store.reader);
    res.json({ procedure, rules, zone, role: signedIn(req).role } satisfies ProcedureJson);
  });
  router.get('/api/work', allow('handle_case'), async (req, res) => {
    res.json((await ask(req, res, (deps) => readWork(deps, procedure))) satisfies WorkList);
  });
  return router;
}
