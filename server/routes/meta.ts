import { Router } from 'express';
import { budgetOf } from '../../queries/budget.ts';
import { listLabels } from '../../queries/labels.ts';
import { readMeta } from '../../queries/meta.ts';
import type { MetaJson } from '../../queries/model/wire.ts';
import { textParameter, wholeParameter } from '../address.ts';
import type { Ask } from '../asking.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { allowedTo } from '../auth/roles.ts';
import { contestAttention } from '../contests.ts';
import { digestAttention } from '../digest/alerts.ts';
import { demoSource } from '../demo.ts';
import type { AppDeps } from '../deps.ts';

/** What there is to ask for: the model with the sources, and the members of a dimension. */
export function metaRoutes({ store, now, digests }: Pick<AppDeps, 'store' | 'now' | 'digests'>, ask: Ask): Router {
  const router = Router();
  router.get('/api/meta', allow('read'), async (req, res) => {
    const { name, role, agent } = signedIn(req);
    const [meta, contests] = await ask(
      req,
      res,
      async (deps) => [await readMeta(deps), await contestAttention(deps, signedIn(req))] as const,
    );
    const demo = meta.sources.some((source) => source.name === demoSource && source.cases > 0);
    const late = await digestAttention(store.reader, signedIn(req), { now: now(), why: digests.mail.why });
    const attention = [...contests, ...late];
    res.json({ ...meta, user: { name, role, agent, can: allowedTo(signedIn(req)) }, demo, attention } satisfies MetaJson);
  });
  router.get('/api/labels', allow('read'), async (req, res) => {
    const [like, parent] = [textParameter(req, 'like'), textParameter(req, 'parent')];
    const limit = wholeParameter(req, 'limit') ?? 20;
    const asked = { dimension: textParameter(req, 'dimension') ?? '', limit, ...(like && { like }), ...(parent && { parent }) };
    res.json(await ask(req, res, (deps) => listLabels(deps.reader, asked, now(), { budget: budgetOf(deps), sight: deps.sight })));
  });
  return router;
}
