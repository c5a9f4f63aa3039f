import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { answer } from '../../queries/answer.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { listCases } from '../../queries/cases.ts';
import { measureNames, measureOf, type MeasureName } from '../../queries/model/measures.ts';
import { parseQuery, serialiseQuery, type Query } from '../../queries/model/query.ts';
import type { Row, TableJson } from '../../queries/model/wire.ts';
import { loadRecords, tempStore, type LoadRecordsOptions } from '../support/store.ts';
import { firstDay, randomCases } from './random-cases.ts';
import { draws } from '../support/test-store.ts';

const properties = suite('properties of answers');
const now = Date.UTC(2025, 0, 1) / 1000;
const window = { from: '2024-01-01', to: '2024-10-31' };

async function withCases<T>(cases: CaseRecord[], options: LoadRecordsOptions, work: (deps: QueryDeps) => Promise<T>): Promise<T> {
  const temp = await tempStore();
  const { store } = temp;
  try {
    await loadRecords(store, cases, { currency: 'EUR', throughAt: now, now, ...options });
    return await work({ reader: store.reader, organisation: { name: 'test', zone: null, currency: 'EUR' }, now: () => now });
  } finally {
    await temp.close();
  }
}

async function ask(deps: QueryDeps, query: Record<string, unknown>): Promise<TableJson> {
  const { tables } = await answer(deps, [parseQuery({ ...window, ...query })]);
  if (!tables[0]) throw new Error('no table');
  return tables[0];
}

properties('what was open plus what came less what closed is open, for every member and month', async () => {
  await fc.assert(
    fc.asyncProperty(randomCases, fc.constantFrom('issue', 'product', 'channel', 'kind'), async (cases, by) => {
      await withCases(cases, {}, async (deps) => {
        const { rows } = await ask(deps, { measures: ['received', 'open', 'closed'], by: [by], grain: 'month' });
        const byMember = new Map<unknown, Row[]>();
        for (const row of rows) byMember.set(row[by], [...(byMember.get(row[by]) ?? []), row]);
        for (const list of byMember.values()) {
          let open = 0;
          for (const row of list) {
            const received = Number(row.received) - unknownEnds(cases, by, row);
            assert.is(row.open, open + received - Number(row.closed));
            open = Number(row.open);
          }
        }
      });
    }),
    { numRuns: draws(15) },
  );
});

properties('a limit and its (other) add up to the whole, and mentions of (other) are counted anew', async () => {
  await fc.assert(
    fc.asyncProperty(randomCases, fc.integer({ min: 1, max: 3 }), async (cases, limit) => {
      await withCases(cases, {}, async (deps) => {
        const measures: MeasureName[] = ['received', 'closed', 'surveys_answered', 'redress_amount', 'open'];
        const whole = (await ask(deps, { measures })).rows[0];
        const { rows } = await ask(deps, { measures, by: ['issue'], limit });
        for (const name of measures)
          assert.is(
            rows.reduce((sum, row) => sum + Number(row[name]), 0),
            Number(whole?.[name]),
            name,
          );
        assert.ok(rows.length <= limit + 1);
        const kept = await ask(deps, { measures: ['mentions'], by: ['issue'], limit: 1 });
        const other = kept.rows.find((row) => row.issue === '(other)');
        const first = kept.rows[0]?.issue;
        const named = cases.filter(
          (c) => !c.duplicate && [c.issue, ...(c.more_issues ?? []).map((m) => m.issue)].some((i) => i !== undefined && i !== first),
        );
        if (other) assert.is(other.mentions, named.length);
      });
    }),
    { numRuns: draws(15) },
  );
});

properties('the cases behind every figure are as many as the figure says', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomCases,
      fc.constantFrom(null, 'month', 'quarter'),
      fc.constantFrom(null, 1),
      fc.option(fc.constantFrom('2024-05-15', '2024-07-31')),
      async (cases, grain, limit, asOf) => {
        await withCases(cases, {}, async (deps) => {
          const query = parseQuery({
            ...window,
            measures: measureNames.slice(0, 24),
            by: ['issue'],
            ...(grain && { grain }),
            ...(limit && { limit }),
            ...(asOf && { asOf }),
          });
          for (let from = 0; from < measureNames.length; from += 12)
            await drillEverything(deps, { ...query, measures: measureNames.slice(from, from + 12) });
        });
      },
    ),
    { numRuns: draws(4) },
  );
});

properties('neither the order of rows nor the size of batches changes an answer', async () => {
  const query = { measures: measureNames.slice(0, 24), by: ['issue'], grain: 'month' };
  await fc.assert(
    fc.asyncProperty(randomCases, fc.integer({ min: 1, max: 7 }), async (cases, batchSize) => {
      const plain = await withCases(cases, {}, (deps) => ask(deps, query));
      const turned = await withCases([...cases].reverse(), { batchSize }, (deps) => ask(deps, query));
      assert.equal(turned.rows, plain.rows);
    }),
    { numRuns: draws(8) },
  );
});

properties('as of a day is what a store knew that was loaded with no more than that day', async () => {
  const measures: MeasureName[] = [
    'received',
    'closed',
    'open',
    'overdue',
    'on_time_rate',
    'resolution_days_p50',
    'resolution_days_p90',
    'csat_rate',
    'response_rate',
    'surveys_answered',
    'escalated',
  ];
  await fc.assert(
    fc.asyncProperty(randomCases, fc.integer({ min: 20, max: 220 }), async (cases, days) => {
      const at = firstDay + days * 86_400 - 1;
      const asOf = new Date(at * 1000).toISOString().replace('.000Z', 'Z');
      // What is known of an end without a date cannot be unlearned, nor a redress, so neither is in this history.
      const dated = cases.filter((c) => c.status === undefined).map((c) => ({ ...c, duplicate: false }));
      const later = await withCases(dated, {}, (deps) => ask(deps, { measures, by: ['product'], grain: 'month', asOf }));
      const then = await withCases(
        dated.flatMap((c) => knownBy(c, at)),
        { throughAt: at, now: at + 1 },
        (deps) => ask(deps, { measures, by: ['product'], grain: 'month' }),
      );
      assert.equal(later.rows, then.rows);
    }),
    { numRuns: draws(12) },
  );
});

properties('a query survives its own wire form', () => {
  const query = parseQuery({
    measures: ['received'],
    by: ['issue'],
    grain: 'week',
    from: '2024-01-01',
    to: '2024-02-01',
    where: { product: ['card'], not: { channel: ['web'] }, text: 'hold', range: { score: [1, null] } },
    compare: 'previous_year',
    order: '-received',
    limit: 3,
    asOf: '2024-03-01',
    time: 'business',
  });
  assert.equal(parseQuery(JSON.parse(JSON.stringify(serialiseQuery(query)))), query);
});

async function drillEverything(deps: QueryDeps, query: Query): Promise<void> {
  const { tables } = await answer(deps, [query]);
  for (const row of tables[0]?.rows ?? []) {
    const key: Record<string, string> = { issue: String(row.issue), ...(query.grain && { period: String(row.period) }) };
    for (const measure of query.measures) {
      const n = row[`${measure}_n`];
      const expected = n === undefined ? row[measure] : n;
      const { total, cases } = await listCases(deps, { measure, query: serialiseQuery(query), key, size: 200 });
      assert.is(total, expected ?? 0, `${measure} at ${JSON.stringify(key)}`);
      assert.is(cases.length, total);
      const definition = measureOf(measure);
      if (definition.kind === 'ratio' && definition.interval === 'wilson' && row[measure] !== null) {
        const part = await listCases(deps, { measure, query: serialiseQuery(query), key, part: 'numerator' });
        assert.ok(Math.abs(part.total / total - Number(row[measure])) < 1e-12, `numerator of ${measure}`);
      }
    }
  }
}

function unknownEnds(cases: CaseRecord[], by: string, row: Row): number {
  return cases.filter((c) => {
    const received = typeof c.received_at === 'number' ? new Date(c.received_at * 1000).toISOString() : c.received_at;
    const member = (c as unknown as Record<string, string | undefined>)[by] ?? '(none)'; // a label of the record by its name
    return c.status === 'closed' && !c.duplicate && member === row[by] && received.startsWith(String(row.period).slice(0, 7));
  }).length;
}

/** The case as it stood at an instant: nothing, or without what came later. */
function knownBy(record: CaseRecord, at: number): CaseRecord[] {
  const instant = (when: number | string | undefined) =>
    when === undefined ? Infinity : typeof when === 'number' ? when : Date.parse(`${when}T00:00:00Z`) / 1000;
  if (instant(record.received_at) > at) return [];
  const known = { ...record };
  for (const field of [
    'resolved_at',
    'withdrawn_at',
    'closed_at',
    'first_escalated_at',
    'first_resolved_at',
    'first_reopened_at',
    'acknowledged_at',
  ] as const) {
    if (instant(known[field]) > at) delete known[field];
  }
  known.surveys = (record.surveys ?? []).flatMap((survey) => {
    if (instant(survey.answered_at) <= at) return [survey];
    if (instant(survey.asked_at) > at) return [];
    const asked = { ...survey };
    delete asked.answered_at;
    delete asked.score;
    return [asked];
  });
  return [known];
}

properties.run();
