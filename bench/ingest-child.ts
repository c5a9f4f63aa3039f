import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { csv } from '../etl/connectors/csv.ts';
import { derive, type Derived } from '../etl/derive.ts';
import { loadBatch } from '../etl/load.ts';
import { bindMap, readMap, type BoundMap } from '../etl/map.ts';
import { runImport } from '../etl/run.ts';
import { openStore } from '../etl/store/open.ts';
import { describeSource } from '../etl/store/sources.ts';

// Run by ingest.ts in a process of its own, so that its memory is its own: ingest-child.ts import|profile MAP FILE FOLDER
const [mode, mapFile = '', file = '', folder = ''] = process.argv.slice(2);
const map = readMap(readFileSync(mapFile, 'utf8'), mapFile);
const dataDir = mkdtempSync(path.join(folder, 'store-'));
const store = await openStore({ dataDir });
const now = (): number => Math.floor(Date.now() / 1000);
console.log(JSON.stringify(mode === 'profile' ? await profile() : await importFile()));
await store.close();
rmSync(dataDir, { recursive: true });

/** One run as the command does it. `growth` is the peak of resident memory less that before the run, in bytes. */
async function importFile() {
  const before = process.memoryUsage().rss;
  const options = { ...map.input, file };
  const report = await runImport({ store, map, connector: csv, options, startedBy: 'command', input: file, now, log: () => undefined });
  const { read, inserted, rejected, seconds, rowsPerSecond } = report;
  return { read, inserted, rejected, seconds, rowsPerSecond, growth: process.resourceUsage().maxRSS * 1024 - before };
}

/** Processor time of each stage in microseconds per row, all threads, stages one after the other. For maps that do not fold. */
async function profile(limit = 100_000, warmUp = 20_000) {
  const context = { zone: map.zone, currency: map.currency, now: now(), customerSecret: 'bench' };
  const code = await describeSource(store, { name: map.source, connector: 'csv', map: null, zone: map.zone, fields: [] });
  const spent: Record<string, number> = {};
  let rows = 0;
  let mark = process.cpuUsage();
  const lap = (stage: string): void => {
    const { user, system } = process.cpuUsage(mark);
    if (rows >= warmUp) spent[stage] = (spent[stage] ?? 0) + user + system;
    mark = process.cpuUsage();
  };
  let bound: BoundMap | null = null;
  let staged: Derived[] = [];
  for await (const extract of csv.read({ ...map.input, file }, null)) {
    lap('parse');
    bound ??= bindMap(map, extract.header);
    const records = [];
    for (const row of extract.rows) records.push(bound.record([row]));
    lap('map');
    for (const parsed of records) if (parsed.ok) staged.push(derive(parsed.record, parsed.flags, context));
    lap('derive and hash');
    if (staged.length >= 5000) {
      const cases = staged;
      staged = [];
      await loadBatch(store, { source: { name: map.source, code }, runId: null, input: null, now: now(), cases, rejects: [] });
      lap('write');
    }
    rows += extract.rows.length;
    if (rows >= limit + warmUp) break;
  }
  return Object.fromEntries(Object.entries(spent).map(([stage, microseconds]) => [stage, microseconds / (rows - warmUp)]));
}
