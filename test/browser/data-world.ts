import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as assert from 'uvu/assert';
import { defaultProcedure } from '../../etl/procedure.ts';
import type { Config } from '../../etl/config.ts';
import { defaultSatisfaction } from '../../etl/config-satisfaction.ts';
import { defaultServer } from '../../etl/config-server.ts';
import { runSource, type SourceDeps } from '../../etl/run-source.ts';
import { openStore } from '../../etl/store/open.ts';
import { ensureClient } from '../../server/build-client.ts';
import { findMap } from '../../server/commands/maps.ts';
import { openConfigFile } from '../../server/config-file.ts';
import { projectDir } from '../../server/project-dir.ts';
import { cli } from '../support/cli.ts';
import { startServer, type TestServer } from '../support/server.ts';

const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: opened\n  issue: what\n';

/** A server over a store with sources in every state the data page tells of. */
export interface DataWorld {
  server: TestServer;
  /** Folder of the store and the configuration. */
  folder: string;
  /** Drop folder of the source `inbox`, read with the map `standard`. */
  inbox: string;
  /** Reads a configured source as its schedule would; a failure is one of the run, not of the test. */
  run(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * `shop`: a file imported by command, 2 cases, 1 row rejected. `inbox`: an empty drop folder that was looked at.
 * `gone`: a file that is not there. `sender`: sends its records by itself.
 */
export async function openDataWorld(): Promise<DataWorld> {
  const clientDir = await ensureClient(() => undefined);
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-data-'));
  const inbox = path.join(folder, 'inbox');
  mkdirSync(inbox);
  const mapPath = path.join(folder, 'shop.yaml');
  writeFileSync(mapPath, map);
  const file = path.join(folder, 'duplicate-keys.csv');
  copyFileSync(path.join(projectDir, 'fixtures/quirks/duplicate-keys.csv'), file);
  const done = await cli(['import', file, '--map', mapPath], { SILVERLINING_DATA: folder });
  assert.is(done.code, 3, done.stderr); // loaded, with rejects

  const store = await openStore({ dataDir: folder });
  const organisation = { name: 'Test company', zone: 'Europe/Vienna', currency: 'EUR' };
  const config: Config = {
    organisation,
    calendars: {},
    slaPolicies: [],
    procedure: defaultProcedure,
    openId: null,
    targets: {},
    satisfaction: defaultSatisfaction,
    digests: [],
    server: defaultServer,
    sources: [
      { name: 'inbox', connector: 'folder', options: { path: inbox }, map: 'standard', schedule: { every: 'day' } },
      {
        name: 'gone',
        connector: 'file',
        options: { path: path.join(folder, 'not-there.csv') },
        map: 'standard',
        schedule: { every: 'hour' },
      },
      { name: 'sender', connector: 'push', options: {}, map: 'standard', schedule: null },
    ],
  };
  const now = (): number => Math.floor(Date.now() / 1000);
  const sources: SourceDeps = { store, config, findMap, env: {}, now, log: () => undefined, settleMs: 20 };
  const sourceOf = (name: string) => {
    const source = config.sources.find((one) => one.name === name);
    if (!source) throw new Error(`no source ${name}`);
    return source;
  };
  const server = await startServer({
    store,
    clientDir,
    organisation,
    sources,
    configFile: openConfigFile({ configPath: path.join(folder, 'silverlining.yaml'), dataDir: folder, allowsLocal: true }),
    live: { pollMs: 100 },
    runSource: (name, startedBy) =>
      new Promise((resolve, reject) => {
        runSource(sources, sourceOf(name), startedBy, (run_id) => resolve({ run_id })).catch(reject);
      }),
  });
  const run = async (name: string): Promise<void> => {
    await runSource(sources, sourceOf(name), 'schedule').catch(() => undefined);
  };
  await run('inbox');
  await run('gone');
  return {
    server,
    folder,
    inbox,
    run,
    async close() {
      await server.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
