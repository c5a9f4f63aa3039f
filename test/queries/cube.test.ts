// time limit: 240 s
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadBatch } from '../../etl/load.ts';
import { weekdays } from '../../etl/opening-hours.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { caseFactColumns, caseMarks, datedTimes, dimensionColumns, surveyFactColumns, wholeDayBits } from '../../etl/store/tables.ts';
import { adoptRules } from '../../etl/rederive.ts';
import type { Store } from '../../etl/store/open.ts';
import { readSources } from '../../queries/catalog.ts';
import { openBudget } from '../../queries/budget.ts';
import { held } from '../../queries/cube/columns.ts';
import { openCube, type Cube } from '../../queries/cube/cube.ts';
import { sqlExecutor, type Executor } from '../../queries/executor.ts';
import type { BusinessAge, Filter, Tally, Through } from '../../queries/model/tally.ts';
import { talliesOf } from '../../queries/model/tally.ts';
import { grains, type Grain } from '../../queries/model/buckets.ts';
import type { DimensionName } from '../../queries/model/dimensions.ts';
import { measureNames, type MeasureName } from '../../queries/model/measures.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { plainRows } from '../support/tally-rows.ts';
import { firstDay, randomCases } from './random-cases.ts';
import { draws } from '../support/test-store.ts';

const facts = suite('facts in memory');
const day = 86_400;
const now = firstDay + 400 * day;
const everything: Filter = { members: {}, not: {}, text: [], range: {} };

async function same(tallies: Tally[], executors: readonly Executor[]): Promise<void> {
  const [first, ...others] = await Promise.all(executors.map((executor) => executor.tally(tallies, openBudget())));
  for (const [o, answer] of others.entries())
    for (const [i, tally] of tallies.entries())
      assert.equal(plainRows(answer[i] ?? []), plainRows(first?.[i] ?? []), `${executors[o + 1]?.name}: ${JSON.stringify(tally)}`);
}

const dimensions: DimensionName[] = [
  'issue',
  'product',
  'kind',
  'channel',
  'outcome',
  'wait_band',
  'age_band',
  'source',
  'vulnerable',
  'agent',
];
const codes = fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 });
const edge = fc.option(fc.integer({ min: 0, max: 60 }));
const filters: fc.Arbitrary<Filter> = fc.record({
  members: fc.dictionary(fc.constantFrom(...dimensions), codes, { maxKeys: 2 }),
  not: fc.dictionary(fc.constantFrom(...dimensions), codes, { maxKeys: 1 }),
  text: fc.constantFrom([], [], [{ words: ['late'], isPrefix: true }], [{ words: ['parcel', 'lost'], isPrefix: false }]),
  range: fc.record(
    {
      resolution_days: fc.tuple(edge, edge),
      open_age_days: fc.tuple(edge, edge),
      score: fc.tuple(fc.option(fc.integer({ min: 1, max: 5 })), edge),
    },
    { requiredKeys: [] },
  ),
});
/** What is asked of both, with days counted from the first. */
interface Asked {
  measure: MeasureName;
  from: number;
  days: number;
  grain: Grain | null;
  by: DimensionName[];
  keep: number[][] | null;
  filter: Filter;
  known: number[];
  isAll: boolean;
  isBusiness: boolean;
}
const questions: fc.Arbitrary<Asked> = fc.record({
  measure: fc.constantFrom(...measureNames),
  from: fc.integer({ min: -40, max: 120 }),
  days: fc.integer({ min: 0, max: 300 }),
  grain: fc.option(fc.constantFrom(...grains)),
  by: fc.uniqueArray(fc.constantFrom(...dimensions), { maxLength: 2 }),
  keep: fc.option(fc.array(codes, { minLength: 1, maxLength: 3 })),
  filter: fc.oneof(fc.constant(everything), filters),
  known: fc.array(fc.integer({ min: 30, max: 330 }), { minLength: 2, maxLength: 2 }),
  isAll: fc.boolean(),
  isBusiness: fc.boolean(),
});

function dateAt(days: number): string {
  return new Date((firstDay + days * day) * 1000).toISOString().slice(0, 10);
}

function talliesAsked(asked: Asked, sources: readonly number[]): Tally[] {
  const through: Through = {
    isAll: asked.isAll,
    sources: sources.slice(0, asked.isAll ? 9 : 1).map((source, i) => ({ source, at: firstDay + (asked.known[i] ?? 0) * day })),
  };
  const clock: Through = { ...through, sources: through.sources.map(({ source, at }) => ({ source, at: (at - firstDay) / 3 })) };
  const business: BusinessAge = { calendars: [{ policies: [1], through }, { policies: null, through: clock }] }; // prettier-ignore
  return talliesOf(asked.measure, {
    from: dateAt(asked.from),
    to: dateAt(asked.from + asked.days),
    grain: asked.grain,
    by: asked.by,
    keep: asked.keep && asked.by.length ? asked.keep.map((tuple) => asked.by.map((_, i) => tuple[i % tuple.length] ?? 0)) : null,
    filter: asked.filter,
    through,
    business: asked.isBusiness ? business : null,
    currency: 'EUR',
  });
}

/** The same cases some time later: some as they were, some changed, some moved, some gone. */
function later(cases: readonly CaseRecord[], what: readonly number[]): { kept: CaseRecord[]; gone: string[] } {
  const fate = (i: number) => (what[i % what.length] ?? 0) % 5;
  const kept = cases.flatMap((c, i): CaseRecord[] => {
    if (fate(i) === 0 || c.source_id === undefined) return [];
    if (fate(i) === 1) return [{ ...c, issue: 'fee', more_issues: [{ issue: 'rude' }], surveys: [] }];
    if (fate(i) === 2) return [{ ...c, received_at: firstDay + i * day, kind: 'complaint', title: 'Parcel lost, late again' }];
    return [c];
  });
  return { kept, gone: cases.flatMap((c, i) => (fate(i) === 0 && c.source_id ? [c.source_id] : [])) };
}

async function remove(store: Store, keys: string[]): Promise<void> {
  const row = await store.reader('source_state').where('name', 'test').first<{ source: number }>('source');
  const batch = { source: { name: 'test', code: row.source }, runId: null, input: null, now, cases: [], rejects: [] };
  await loadBatch(store, { ...batch, gone: keys });
}

async function compare(store: Store, cube: Cube, asked: readonly Asked[], others: readonly Executor[] = []) {
  const inMemory = await cube.executor();
  assert.is(inMemory?.name, 'cube');
  const sources = (await readSources(store.reader, now)).map((s) => s.source);
  const tallies = asked.flatMap((one) => talliesAsked(one, sources));
  await same(tallies, [sqlExecutor(store.reader), ...(inMemory ? [inMemory] : []), ...others]);
}

facts('give the integers that SQL gives, as read and after changes, removals and more sources', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomCases,
      randomCases,
      fc.array(fc.nat(4), { minLength: 5, maxLength: 9 }),
      fc.array(questions, { minLength: 30, maxLength: 30 }),
      async (cases, more, what, asked) => {
        const temp = await tempStore();
        const { store } = temp;
        const cube = openCube({ reader: store.reader, log: () => undefined });
        // The other way, which only many groups and bins take.
        const narrow = openCube({ reader: store.reader, log: () => undefined, room: { sums: 0, bins: 0 } });
        try {
          const options = { currency: 'EUR', throughAt: now, now };
          await loadRecords(store, cases, options);
          await cube.fill();
          await compare(store, cube, asked.slice(0, 10));
          await narrow.fill();
          await compare(store, narrow, asked.slice(0, 10));
          const { kept, gone } = later(cases, what);
          await loadRecords(store, kept, options);
          await remove(store, gone);
          await loadRecords(store, more, { ...options, source: 'second' });
          await compare(store, cube, asked.slice(10));
        } finally {
          await cube.close();
          await narrow.close();
          await temp.close();
        }
      },
    ),
    { numRuns: draws(40) },
  );
});

facts('hold columns of the store, and every one a condition or a sum can name', () => {
  const columns = { case_fact: caseFactColumns, survey_fact: surveyFactColumns } as const satisfies Record<string, readonly string[]>;
  for (const table of ['case_fact', 'survey_fact'] as const)
    assert.equal(
      Object.keys(held[table]).filter((name) => !(columns[table] as readonly string[]).includes(name)),
      [],
    );
  const codes = dimensionColumns.filter((name) => name !== 'agent_complained');
  for (const name of [...codes, ...caseMarks, ...wholeDayBits.map((t) => `${t}_at`), ...datedTimes.map((t) => `${t}_on`)])
    assert.ok(name in held.case_fact, name);
});

facts('follow new calendars', async () => {
  const temp = await tempStore();
  const cube = openCube({ reader: temp.store.reader, log: () => undefined });
  try {
    const [cases = []] = fc.sample(randomCases, { numRuns: 1, seed: 3 });
    await loadRecords(temp.store, cases, { throughAt: now, now });
    await cube.fill();
    const hours = Object.fromEntries(weekdays.map((weekday) => [weekday, ['08:00-12:00']]));
    await adoptRules(
      temp.store,
      { calendars: { early: { zone: 'UTC', hours } }, calendar: 'early', policies: [] },
      { zone: 'UTC', log: () => undefined },
    );
    await compare(temp.store, cube, fc.sample(questions, { numRuns: 60, seed: 4 }).map((asked) => ({ ...asked, isBusiness: true }))); // prettier-ignore
  } finally {
    await cube.close();
    await temp.close();
  }
});

facts('are read anew after a load too large to follow, and SQL answers until then', async () => {
  const temp = await tempStore();
  const logged: string[] = [];
  const cube = openCube({ reader: temp.store.reader, log: (event) => void logged.push(event), mostFollowed: 3 });
  try {
    const [cases = []] = fc.sample(randomCases.filter((list) => list.length > 10), { numRuns: 1, seed: 5 }); // prettier-ignore
    assert.is(await cube.executor(), null);
    await loadRecords(temp.store, cases.slice(0, 2), { throughAt: now, now });
    await cube.fill();
    assert.ok(await cube.executor());
    await loadRecords(temp.store, cases, { throughAt: now, now });
    assert.is(await cube.executor(), null);
    await cube.fill();
    await compare(temp.store, cube, fc.sample(questions, { numRuns: 20, seed: 6 }));
    assert.equal(new Set(logged), new Set(['cube_filled']));
  } finally {
    await cube.close();
    await temp.close();
  }
});

facts('keep no survey that moved from another case and was deleted before anybody asked', async () => {
  const temp = await tempStore();
  const cube = openCube({ reader: temp.store.reader, log: () => undefined });
  try {
    const survey = { source_id: 'k', kind: 'csat', scale: '1-5', score: 5, answered_at: firstDay + day } as const;
    const one = (source_id: string, surveys: CaseRecord['surveys']): CaseRecord => ({ source_id, kind: 'complaint', received_at: firstDay, surveys: surveys ?? [] }); // prettier-ignore
    const load = (records: CaseRecord[]) => loadRecords(temp.store, records, { throughAt: now, now });
    await load([one('A', []), one('C', [survey])]);
    await cube.fill();
    await load([one('A', [survey])]);
    await load([one('A', [])]);
    // What cannot be followed is read anew.
    if ((await cube.executor()) === null) await cube.fill();
    await compare(temp.store, cube, fc.sample(questions, { numRuns: 60, seed: 10 }).map((asked) => ({ ...asked, measure: 'surveys_answered', from: 0, days: 300 }))); // prettier-ignore
  } finally {
    await cube.close();
    await temp.close();
  }
});

facts('that would take too much memory stay in the store', async () => {
  const temp = await tempStore();
  const logged: string[] = [];
  const cube = openCube({ reader: temp.store.reader, log: (event) => void logged.push(event), mostBytes: 100 });
  try {
    await loadRecords(temp.store, fc.sample(randomCases, { numRuns: 1, seed: 9 })[0] ?? [], { throughAt: now, now });
    await cube.fill();
    assert.is(await cube.executor(), null);
    assert.equal(logged, ['cube_too_large']);
  } finally {
    await cube.close();
    await temp.close();
  }
});

facts.run();
