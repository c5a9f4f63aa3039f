import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csv } from '../etl/connectors/csv.ts';
import { readMap } from '../etl/map.ts';
import { runImport } from '../etl/run.ts';
import { openStore, type Store } from '../etl/store/open.ts';
import { writeExport } from '../fixtures/generator/export.ts';
import { answer } from '../queries/answer.ts';
import { readMeta } from '../queries/meta.ts';
import { overviewQueries } from '../queries/model/reports.ts';
import { openingView } from '../queries/model/view.ts';
import { median, type BenchReport } from './report.ts';

const until = '2026-11-15';
const runs = 9;

/** The whole request of the first screen (all queries of `/` in one) on the demo data of 60,000 cases. Goal: a median under 100 ms. */
export async function benchOverview(): Promise<BenchReport> {
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-bench-'));
  const store = await openStore({ dataDir: path.join(dir, 'store') });
  try {
    await writeExport({ seed: 1, until, plant: 'all', size: 60_000 }, dir);
    const map = readMap(readFileSync(new URL('../fixtures/maps/demo.yaml', import.meta.url), 'utf8'), 'demo');
    const options = { file: path.join(dir, 'cases.csv'), ...map.input };
    const now = () => Date.parse(`${until}T20:00:00Z`) / 1000;
    await runImport({ store, map, connector: csv, options, startedBy: 'command', input: 'cases.csv', now, log: () => undefined });
    return report(await timeOverview(store, now));
  } finally {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

interface Times {
  cases: number;
  queries: number;
  /** Milliseconds of the run that found nothing in memory, and of those after it. */
  first: number;
  later: number[];
}

/** Times the first screen's request over a store. */
async function timeOverview(store: Store, now: () => number): Promise<Times> {
  const deps = { reader: store.reader, organisation: { name: 'bench', zone: null, currency: null }, now };
  const meta = await readMeta(deps);
  const queries = overviewQueries(openingView(), meta);
  const times: number[] = [];
  for (let i = 0; i <= runs; i++) {
    const start = performance.now();
    await answer(deps, queries);
    times.push(performance.now() - start);
  }
  const [first = NaN, ...later] = times;
  return { cases: meta.sources.reduce((sum, source) => sum + source.cases, 0), queries: queries.length, first, later };
}

function report({ cases, queries, first, later }: Times): BenchReport {
  const middle = median(later);
  const slowest = Math.max(...later);
  return {
    title: `Overview: the first screen's ${queries} queries in one request over ${cases} cases`,
    lines: [
      `median ${middle.toFixed(0)} ms of ${runs} runs (goal: under 100 ms), slowest ${slowest.toFixed(0)} ms, first ${first.toFixed(0)} ms`,
    ],
    figures: { cases, queries, runs, median_ms: middle, slowest_ms: slowest, first_ms: first },
  };
}
