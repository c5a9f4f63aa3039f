import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defaultConfig, readConfig, type Config } from '../../etl/config.ts';
import { readerOf } from '../../etl/connectors/file-format.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunReport } from '../../etl/run.ts';
import type { SourceDeps } from '../../etl/run-source.ts';
import type { Store } from '../../etl/store/open.ts';
import { findMap } from '../../server/commands/maps.ts';
import { openTestStore, removeTestStore } from './test-store.ts';

/** A store in a folder of its own, with what is needed to load files into it. */
export interface Workplace {
  dir: string;
  store: Store;
  deps: SourceDeps;
  /** Path of a file of the folder. */
  at(name: string): string;
  write(name: string, text: string): Promise<string>;
  /** Loads `name` with the map `map`, both files of the folder, as `import` does. */
  load(name: string, map: string): Promise<RunReport>;
  /** Takes the sources of a configuration, YAML. */
  configure(yaml: string): void;
  close(): Promise<void>;
}

export async function openWorkplace(): Promise<Workplace> {
  const dir = await mkdtemp(path.join(tmpdir(), 'silverlining-work-'));
  const store = await openTestStore(dir);
  const now = () => Math.floor(Date.now() / 1000);
  const log = () => undefined;
  const config: Config = { ...defaultConfig(dir), sources: [] };
  const at = (name: string) => path.join(dir, name);
  const deps: SourceDeps = { store, config, findMap, env: {}, now, log, settleMs: 20 };
  return {
    dir,
    store,
    deps,
    at,
    async write(name, text) {
      await writeFile(at(name), text);
      return text;
    },
    async load(name, mapName) {
      const map = readMap(await readFile(at(mapName), 'utf8'), mapName);
      const connector = readerOf(name, map.input);
      const options = { ...map.input, file: at(name) };
      return runImport({ store, map, mapName: at(mapName), connector, options, input: name, startedBy: 'command', now, log });
    },
    configure(yaml) {
      config.sources.splice(0, Infinity, ...readConfig(yaml, { where: 'silverlining.yaml', folder: dir }).sources);
    },
    async close() {
      await store.close();
      await removeTestStore(dir);
    },
  };
}
