import { Router, type Request } from 'express';
import type { Baselines } from '../../queries/model/lists.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { listBaselines, readBaseline, setBaseline, takeBaselineBack } from '../baselines.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';
import { rowId } from '../row-id.ts';

/** From when on typical ranges begin anew, and why. */
export function baselineRoutes({ store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>): Router {
  const router = Router();
  const deps = { reader: store.reader, organisation, now };
  const who = (req: Request) => ({ user: signedIn(req), now: now() });

  router.get('/api/baselines', allow('read'), async (_req, res) => {
    res.json({ baselines: await listBaselines(deps) } satisfies Baselines);
  });
  router.post('/api/baselines', allow('set_baselines'), jsonBody('256kb'), async (req, res) => {
    res.status(201).json(await setBaseline(store, await readBaseline(deps, req.body), who(req)));
  });
  router.delete('/api/baselines/:id', allow('set_baselines'), async (req, res) => {
    const id = rowId((req.params as { id: string }).id);
    await takeBaselineBack(store, id, who(req));
    res.json({ baseline_id: id });
  });
  return router;
}
