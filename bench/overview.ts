import { pathToFileURL } from 'node:url';
import { openStore } from '../etl/store/open.ts';
import { answer } from '../queries/answer.ts';
import { readMeta } from '../queries/meta.ts';
import { overviewQueries } from '../queries/model/reports.ts';
import { openingView } from '../queries/model/view.ts';

export interface OverviewBench {
  cases: number;
  queries: number;
  /** Milliseconds of the whole request of the first screen: the first run, and the median and slowest of the runs after it. */
  first: number;
  median: number;
  slowest: number;
  runs: number;
}

/**
 * Times the whole request of the first screen (all queries of `/` in one) on a store that is there. Goal: a median under 100 ms on 60,000 cases.
 * @param dataDir folder of the store
 */
export async function benchOverview(dataDir: string, runs = 9): Promise<OverviewBench> {
  const store = await openStore({ dataDir });
  try {
    const deps = {
      reader: store.reader,
      organisation: { name: 'bench', zone: null, currency: null },
      now: () => Math.floor(Date.now() / 1000),
    };
    const meta = await readMeta(deps);
    const queries = overviewQueries(openingView(), meta.today, meta.earliest);
    const times: number[] = [];
    for (let i = 0; i <= runs; i++) {
      const start = performance.now();
      await answer(deps, queries);
      times.push(performance.now() - start);
    }
    const [first = 0, ...later] = times;
    later.sort((a, b) => a - b);
    return {
      cases: meta.sources.reduce((sum, source) => sum + source.cases, 0),
      queries: queries.length,
      first,
      median: later[Math.floor(later.length / 2)] ?? 0,
      slowest: later.at(-1) ?? 0,
      runs,
    };
  } finally {
    await store.close();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const dir = process.argv[2];
  if (!dir) {
    console.error('usage: node --import tsx bench/overview.ts FOLDER, the folder of a store');
    process.exitCode = 2;
  } else console.log(JSON.stringify(await benchOverview(dir)));
}
