import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { csv } from '../etl/connectors/csv.ts';
import { readMap } from '../etl/map.ts';
import { runImport } from '../etl/run.ts';
import { openStore, type Store } from '../etl/store/open.ts';
import { writeExport } from '../fixtures/generator/export.ts';
import { findMap } from '../server/commands/maps.ts';
import { generatedLines, plainMap } from './ingest.ts';

/** Which cases a bench runs over: so many of the demo company, with teams, surveys and all, or so many plain rows. */
export type BenchCases = { demo: number } | { plain: number };

/** How many cases the demo has. */
export const demoSize = 60_000;
const until = '2026-11-15';

/** The clock of benches: the end of the demo data. */
export const benchNow = (): number => Date.parse(`${until}T20:00:00Z`) / 1000;

/**
 * Runs something over a store filled as an import does, and removes the store.
 * @param deadline of `performance.now()`; a load that takes longer is given up
 * @returns null when the load was given up
 */
export async function overCases<T>(cases: BenchCases, deadline: number, use: (store: Store) => Promise<T>): Promise<T | null> {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-bench-'));
  const store = await openStore({ dataDir: path.join(folder, 'store') });
  const late = new Error('the load takes too long');
  try {
    const { map, file } = await fileOf(cases, folder);
    const options = { file, ...map.input };
    const onProgress = (): void => {
      if (performance.now() > deadline) throw late;
    };
    await runImport({
      store, map, connector: csv, options, startedBy: 'command', input: path.basename(file), now: benchNow, log: () => undefined, onProgress,
    }); // prettier-ignore
    return await use(store);
  } catch (error) {
    if (error === late || (error instanceof Error && error.cause === late)) return null;
    throw error;
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fileOf(cases: BenchCases, folder: string) {
  const file = path.join(folder, 'cases.csv');
  if ('demo' in cases) {
    await writeExport({ seed: 1, until, plant: 'all', size: cases.demo }, folder);
    return { map: findMap('demo'), file };
  }
  await pipeline(Readable.from(generatedLines(cases.plain)), createWriteStream(file));
  return { map: readMap(plainMap, 'bench'), file };
}
