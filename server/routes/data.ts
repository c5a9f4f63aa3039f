import { Router } from 'express';
import { textParameter, wholeParameter } from '../address.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import type { AppDeps } from '../deps.ts';
import { listRuns, listSources } from '../lists.ts';
import { listFlagged, listFlagRules } from '../problem-lists.ts';

/** What the data page lists: sources, runs and flagged rows; and pulling a source at once. */
export function dataRoutes({ store, now, runSource, sources }: Pick<AppDeps, 'store' | 'now' | 'runSource' | 'sources'>): Router {
  const router = Router();
  router.get('/api/sources', allow('see_sources'), async (_req, res) => {
    res.json(await listSources(store.reader, now(), sources.config));
  });
  router.get('/api/runs', allow('see_sources'), async (req, res) => {
    res.json(await listRuns(store.reader, { source: textParameter(req, 'source'), page: wholeParameter(req, 'page') ?? 1 }));
  });
  router.get('/api/flagged/rules', allow('see_sources'), async (req, res) => {
    res.json(await listFlagRules(store.reader, textParameter(req, 'source')));
  });
  router.get('/api/flagged', allow('see_sources'), async (req, res) => {
    res.json(
      await listFlagged(store.reader, {
        source: textParameter(req, 'source'),
        rule: textParameter(req, 'rule'),
        page: wholeParameter(req, 'page') ?? 1,
      }),
    );
  });
  router.post('/api/sources/:name/run', allow('run_source'), async (req, res) => {
    const { name } = req.params as { name: string };
    const run = await runSource(name, signedIn(req).name);
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'source_run', target: name });
    res.status(202).json(run);
  });
  return router;
}
