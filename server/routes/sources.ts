import { Router } from 'express';
import { connectors } from '../../etl/connectors/index.ts';
import { BadInput } from '../../etl/errors.ts';
import { previewSource } from '../../etl/preview.ts';
import type { NewPushToken, SourceAdded, SourcePreview } from '../../queries/model/lists.ts';
import { audit } from '../auth/audit.ts';
import { allow, signedIn } from '../auth/guard.ts';
import { listConnectors } from '../connector-list.ts';
import type { AppDeps } from '../deps.ts';
import { jsonBody } from '../json-body.ts';
import { listMaps } from '../map-list.ts';
import { readNewSource } from '../new-source.ts';
import { makeToken, revokeTokens } from '../push-tokens.ts';
import { sourceNamed } from '../source-named.ts';
import { addSource } from '../source-editor.ts';

/** New sources: what can be connected, the first rows of one, adding it; and tokens of those that send their records. */
export function sourceRoutes({ store, now, sources, configFile }: Pick<AppDeps, 'store' | 'now' | 'sources' | 'configFile'>): Router {
  const router = Router();
  const { config, findMap, env } = sources;
  const setting = { config, findMap, file: configFile };

  router.get('/api/connectors', allow('manage_sources'), (_req, res) => {
    const { rows } = listMaps({ sources: [] });
    res.json(listConnectors(rows.map((map) => map.name)));
  });
  router.get('/api/maps', allow('manage_sources'), (_req, res) => {
    res.json(listMaps(config));
  });

  router.post('/api/sources/preview', allow('manage_sources'), jsonBody('256kb'), async (req, res) => {
    const { source, map } = await readNewSource(req.body, setting);
    await audit(store.writer, {
      at: now(),
      userId: signedIn(req).userId,
      action: 'source_previewed',
      target: `${source.name} (${source.connector})`,
    });
    const settling = sources.settleMs === undefined ? {} : { settleMs: sources.settleMs };
    const preview = await previewSource({ source, map, env, now, ...settling });
    res.json({ ...preview, header: [...preview.header] } satisfies SourcePreview);
  });

  router.post('/api/sources', allow('manage_sources'), jsonBody('256kb'), async (req, res) => {
    const added = await readNewSource(req.body, setting);
    await addSource(configFile, config, added);
    const { name, connector } = added.source;
    await audit(store.writer, { at: now(), userId: signedIn(req).userId, action: 'source_added', target: `${name} (${connector})` });
    res.status(201).json({ name } satisfies SourceAdded);
  });

  router.post('/api/sources/:name/token', allow('manage_sources'), async (req, res) => {
    const { name } = req.params as { name: string };
    const source = sourceNamed(config, name);
    if (connectors[source.connector]?.kind !== 'push')
      throw new BadInput([
        {
          field: 'name',
          message: `the records of "${name}" are read by us (${source.connector}), so nobody sends them; no token is needed`,
        },
      ]);
    const token = await makeToken(store, { source: name, user: signedIn(req), now: now() });
    res
      .status(201)
      .set('cache-control', 'no-store')
      .json({ token } satisfies NewPushToken);
  });

  router.delete('/api/sources/:name/tokens', allow('manage_sources'), async (req, res) => {
    const { name } = req.params as { name: string };
    const revoked = await revokeTokens(store, { source: name, user: signedIn(req), now: now() });
    res.json({ revoked });
  });
  return router;
}
