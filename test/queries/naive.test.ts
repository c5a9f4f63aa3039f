// time limit: 300 s
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { answer } from '../../queries/answer.ts';
import { readCatalog } from '../../queries/catalog.ts';
import type { Query } from '../../queries/model/query.ts';
import type { Row, TableJson } from '../../queries/model/wire.ts';
import { naiveFigure, naiveMeasures, naiveMembers, type NaiveAsk, type NaiveMeasure, type NaiveSource } from '../support/naive.ts';
import { naiveCase, naiveSurvey } from '../support/naive-case.ts';
import { equalitySeed } from '../support/equality-seed.ts';
import { tempStore } from '../support/store.ts';
import { historyCurrency, loadFirst, loadLater, markDuplicates } from './history-store.ts';
import { histories, historyNow, recordsOf, type History } from './random-histories.ts';
import { drawnQueries, namedQuery } from './random-queries.ts';
import { draws } from '../support/test-store.ts';

const naive = suite('answers worked out the slow way');

/** Queries whose figures the slow way knows: one dimension at most, over a window of days that can be walked through. */
const plainQueries = fc
  .record({ drawn: drawnQueries, measures: fc.uniqueArray(fc.constantFrom(...naiveMeasures), { minLength: 2, maxLength: 6 }) })
  .map(({ drawn, measures }) => {
    const by = drawn.query.by.slice(0, 1);
    const isNamed = [...by, ...drawn.members.map(([name]) => name)].some((name) => name === 'issue' || name === 'sub_issue');
    const own = measures.filter((name) => name !== 'mentions' || isNamed);
    const days = (Date.parse(drawn.query.to) - Date.parse(drawn.query.from)) / 86_400_000;
    // Every figure is a pass over everything.
    const grain = drawn.query.grain === 'day' && days > 31 ? ('month' as const) : drawn.query.grain;
    const query = { ...drawn.query, grain, measures: own, by, compare: null, limit: null, time: 'elapsed' as const };
    return { ...drawn, query, order: null };
  })
  .filter(({ query }) => (Date.parse(query.to) - Date.parse(query.from)) / 86_400_000 <= 400);

naive('are the answers, figure by figure', async () => {
  let figures = 0;
  const seed = equalitySeed();
  const property = fc.asyncProperty(histories, fc.array(plainQueries, { minLength: 12, maxLength: 12 }), async (drawn, queries) => {
    // Deadlines and business time of calendars have tests of their own.
    const history: History = { ...drawn, rules: null };
    const { store, close } = await tempStore();
    try {
      await loadFirst(store, history);
      await markDuplicates(store, history);
      await loadLater(store, history);
      const sources = history.sources.map((source) => naiveSource(source, history.zone));
      const catalog = await readCatalog(store.reader);
      const named = queries.map((one) => namedQuery(one, catalog));
      const organisation = { name: 'test', zone: null, currency: historyCurrency };
      const { tables } = await answer({ reader: store.reader, organisation, now: () => historyNow }, named);
      tables.forEach((table, i) => {
        const query = named[i];
        if (query) figures += compare(table, query, sources, history.zone);
      });
    } finally {
      await close();
    }
  });
  try {
    await fc.assert(property, { numRuns: draws(50), seed, interruptAfterTimeLimit: 200_000, markInterruptAsFailure: true, includeErrorInReport: true });
  } catch (error) {
    throw new Error(`draw the same again with EQUALITY_SEED=${seed}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  assert.ok(figures > 2000, `only ${figures} figures were compared`);
}); // prettier-ignore

function naiveSource(source: History['sources'][number], zone: string): NaiveSource {
  const loose = source.loose.map(({ survey_kind, asked_at, answered_at, score, scale }) =>
    naiveSurvey(
      {
        kind: (['csat', 'nps', 'ces'] as const)[survey_kind - 1] ?? 'csat',
        scale,
        ...(asked_at !== null && { asked_at }),
        ...(answered_at !== null && { answered_at }),
        ...(score !== null && { score }),
      },
      zone,
    ),
  );
  return { name: source.name, through: source.through, cases: recordsOf(source, true).map((record) => naiveCase(record, zone)), loose };
}

/** Compares every figure of a table, and holds that what has no row has no figure. */
function compare(table: TableJson, query: Query, sources: readonly NaiveSource[], zone: string): number {
  const [by = null] = query.by;
  const base: NaiveAsk = { from: query.from, to: query.to, by, member: null, where: query.where, asOf: query.asOf };
  const members = by === null ? [null] : naiveMembers(sources, by, base, zone);
  const periods = [...new Set(table.rows.map((row) => (query.grain ? String(row.period) : query.from)))];
  for (const row of table.rows) if (by !== null) assert.ok(members.some((member) => member === row[by]), `there is no ${by} ${String(row[by])}`);
  let figures = 0;
  for (const member of members)
    for (const period of periods) {
      const row = table.rows.find((r) => (by === null || r[by] === member) && (!query.grain || r.period === period));
      const to = query.grain ? lastDate(query.grain, period) : query.to;
      const ask = { ...base, member, from: period < query.from ? query.from : period, to: to > query.to ? query.to : to };
      for (const name of query.measures as NaiveMeasure[]) {
        const own = naiveFigure(sources, name, ask, zone);
        const where = `${name} of ${JSON.stringify(ask)}`;
        if (!row) {
          assert.ok(!own.value && !own.n, `${where}: no row, yet ${JSON.stringify(own)}`);
          continue;
        }
        figures += 1;
        for (const [suffix, value] of [['', own.value], ['_n', own.n], ['_low', own.low], ['_high', own.high]] as const)
          if (value !== undefined) assert.ok(isNear(row, `${name}${suffix}`, value), `${where}: ${name}${suffix} is ${row[`${name}${suffix}`]}, the slow way ${value}`);
      }
    }
  return figures;
} // prettier-ignore

function isNear(row: Row, column: string, value: number | null): boolean {
  const given = row[column];
  if (value === null || typeof given !== 'number') return value === given;
  return Math.abs(given - value) <= 1e-9 * Math.max(1, Math.abs(value));
}

function lastDate(grain: NonNullable<Query['grain']>, first: string): string {
  const [year = 0, month = 1, day = 1] = first.split('-').map(Number);
  const next = {
    day: [year, month - 1, day + 1],
    week: [year, month - 1, day + 7],
    month: [year, month, 1],
    quarter: [year, month + 2, 1],
    year: [year + 1, 0, 1],
  }[grain] as [number, number, number]; // three each
  return new Date(Date.UTC(...next) - 86_400_000).toISOString().slice(0, 10);
}

naive.run();
