import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BusinessRules } from '../../etl/business-rules.ts';
import { businessMinutes } from '../../etl/business-time.ts';
import { durationBin } from '../../etl/derive-times.ts';
import { weekdays, type Calendar } from '../../etl/opening-hours.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { adoptRules } from '../../etl/rederive.ts';
import type { Store } from '../../etl/store/open.ts';
import { policyBits } from '../../etl/store/tables.ts';
import { answer } from '../../queries/answer.ts';
import { openBudget } from '../../queries/budget.ts';
import { businessAgeOf, readBusiness } from '../../queries/business.ts';
import { policyGiven } from '../../queries/business-detail.ts';
import { readCase } from '../../queries/case-detail.ts';
import { listCases } from '../../queries/cases.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { readMeta } from '../../queries/meta.ts';
import { parseQuery, serialiseQuery } from '../../queries/model/query.ts';
import { talliesOf } from '../../queries/model/tally.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { runTallies } from '../../queries/sql/tallies.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { draws } from '../support/test-store.ts';

const at = (text: string) => Date.parse(text) / 1000;
const office: Calendar = { zone: 'UTC', hours: Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, ['09:00-17:00']])) };
const always: Calendar = { zone: 'UTC', hours: Object.fromEntries(weekdays.map((day) => [day, ['00:00-24:00']])) };
const rules: BusinessRules = {
  calendars: { office, always },
  calendar: 'office',
  policies: [{ name: 'critical', calendar: 'always', when: { severity: ['critical'] }, resolve: { hours: 48 } }],
};
const now = at('2024-03-01T00:00:00Z');
const asking = { from: '2024-01-01', to: '2024-01-31', measures: ['resolution_days_p50'], time: 'business' };

const business = suite('business time');
let temp: Awaited<ReturnType<typeof tempStore>>;
business.before.each(async () => void (temp = await tempStore()));
business.after.each(() => temp.close());
const depsOf = ({ reader }: Store): QueryDeps => ({ reader, organisation: { name: 'test', zone: null, currency: 'EUR' }, now: () => now });
const options = { zone: 'UTC', log: () => undefined };
const complaint = (id: string, received: string, more: Partial<CaseRecord> = {}): CaseRecord => ({ source_id: id, kind: 'complaint', received_at: at(received), ...more }); // prettier-ignore

// Monday 15 January 2024. T is Thursday 18 January, 12:00.
const throughAt = at('2024-01-18T12:00:00Z');
const week = [
  // Two hours, and a night: 3 h.
  complaint('a', '2024-01-15T10:00:00Z', { resolved_at: at('2024-01-15T12:00:00Z') }),
  complaint('b', '2024-01-15T16:00:00Z', { resolved_at: at('2024-01-16T11:00:00Z') }),
  // Open since Wednesday 16:00: one hour that day and three on Thursday.
  complaint('c', '2024-01-17T16:00:00Z'),
  // Withdrawn after one hour.
  complaint('d', '2024-01-15T09:00:00Z', { withdrawn_at: at('2024-01-15T10:00:00Z') }),
  // Round the clock: 20 hours.
  complaint('e', '2024-01-15T20:00:00Z', { severity: 'critical', resolved_at: at('2024-01-16T16:00:00Z') }),
];

business('reads the bins, and censors open cases at their age in opening hours', async () => {
  await adoptRules(temp.store, rules, options);
  await loadRecords(temp.store, week, { throughAt });
  const { tables } = await answer(depsOf(temp.store), [parseQuery(asking)]);
  const [row] = tables[0]?.rows ?? [];
  // At risk: d leaves at 1 h, then 4; a at 2 h: 3/4; b at 3 h: 1/2 exactly, flat until e at 20 h. So the middle of 3 and 20 hours.
  assert.is(row?.resolution_days_p50_n, 5);
  assert.ok(Math.abs(Number(row?.resolution_days_p50) - (3 + 20) / 2 / 24) < 1e-9, String(row?.resolution_days_p50));
  assert.match(tables[0]?.notes.map((n) => n.message).join('; ') ?? '', /a day is 24 opening hours/);
  const { total } = await listCases(depsOf(temp.store), {
    measure: 'resolution_days_p50',
    query: serialiseQuery(parseQuery(asking)),
    size: 10,
  });
  assert.is(total, 5);
});

business('leaves out cases without a calendar and says so', async () => {
  await adoptRules(temp.store, { ...rules, calendar: null }, options);
  await loadRecords(temp.store, week, { throughAt });
  const { tables } = await answer(depsOf(temp.store), [parseQuery(asking)]);
  assert.equal([tables[0]?.rows[0]?.resolution_days_p50_n, tables[0]?.rows[0]?.resolution_days_p50], [1, 20 / 24]);
  assert.match(tables[0]?.notes.map((n) => n.message).join('; ') ?? '', /only cases under a policy with a calendar/);
  const { total } = await listCases(depsOf(temp.store), {
    measure: 'resolution_days_p50',
    query: serialiseQuery(parseQuery(asking)),
    size: 10,
  });
  assert.is(total, 1);
});

business('is refused without a calendar and while it is being worked out anew', async () => {
  const why = async () => (await readMeta(depsOf(temp.store))).businessTime;
  assert.match((await why()).why ?? '', /needs a calendar/);
  await loadRecords(temp.store, week, { throughAt });
  const stopped = AbortSignal.abort();
  await adoptRules(temp.store, rules, { ...options, signal: stopped }).catch(() => undefined);
  assert.match((await why()).why ?? '', /worked out anew/);
  const { tables } = await answer(depsOf(temp.store), [parseQuery(asking)]);
  assert.is(tables[0]?.rows[0]?.resolution_days_p50, null);
  assert.match(tables[0]?.notes[0]?.message ?? '', /worked out anew/);
  await adoptRules(temp.store, rules, options);
  assert.equal(await why(), { why: null, calendars: ['office', 'always'] });
});

business('lets measures of deadlines be answered where only policies give them', async () => {
  const bare = { throughAt, fields: ['received_at', 'resolved_at', 'severity'] };
  await loadRecords(temp.store, week, bare);
  const query = parseQuery({ from: '2024-01-01', to: '2024-01-31', measures: ['on_time_rate'] });
  assert.is((await answer(depsOf(temp.store), [query])).tables[0]?.rows[0]?.on_time_rate, null);
  await adoptRules(temp.store, rules, options);
  const [row] = (await answer(depsOf(temp.store), [query])).tables[0]?.rows ?? [];
  assert.equal([row?.on_time_rate, row?.on_time_rate_n], [1, 1]);
});

business('shows the sum behind a case', async () => {
  await adoptRules(temp.store, rules, options);
  await loadRecords(temp.store, week, { throughAt });
  const [caseId = 0] = await temp.store
    .reader<{ case_id: number; source_id: string }>('case_fact')
    .where({ source_id: 'b' })
    .pluck<number[]>('case_id');
  const detail = await readCase(depsOf(temp.store), caseId);
  const { calendar, until, minutes, rows, policy, by_policy } = detail?.business_time ?? {};
  assert.equal([calendar, until, minutes, policy, by_policy], ['office', 'resolved', 180, null, []]);
  assert.equal(rows?.map((row) => [row.date, row.from, row.to, row.seconds]), [['2024-01-15', '2024-01-15T16:00:00Z', '2024-01-15T17:00:00Z', 3600], ['2024-01-16', '2024-01-16T09:00:00Z', '2024-01-16T11:00:00Z', 7200]]); // prettier-ignore
  assert.equal(policyGiven.map((field) => field.replace(/_at$/, '')), [...policyBits]); // prettier-ignore
});

const day = 86_400;
const someCase = fc.record({ received: fc.integer({ min: 0, max: 30 * day }), wait: fc.integer({ min: 0, max: 20 * day }), end: fc.constantFrom('open', 'resolved', 'withdrawn'), isCritical: fc.boolean() }); // prettier-ignore

/** The bins of all cases, as counts, against what each case gives by itself. */
async function checkBins(
  store: Store,
  given: readonly { received: number; wait: number; end: string; isCritical: boolean }[],
  asOf: number,
): Promise<void> {
  const first = at('2024-01-01T00:00:00Z');
  const records = given.map(({ received, wait, end, isCritical }, i): CaseRecord => ({
    source_id: `c${i}`, kind: 'complaint', received_at: first + received, ...(isCritical && { severity: 'critical' }),
    ...(end === 'resolved' && { resolved_at: first + received + wait }), ...(end === 'withdrawn' && { withdrawn_at: first + received + wait }),
  })); // prettier-ignore
  await adoptRules(store, rules, options);
  await loadRecords(store, records, { throughAt: first + 60 * day });
  const T = first + asOf;
  const [{ source } = { source: 0 }] = await store.reader<{ source: number }>('source_state').select('source');
  const through = { sources: [{ source, at: T }], isAll: true };
  const age = businessAgeOf((await readBusiness(store.reader)).rules, through, await readCatalog(store.reader));
  const frame = { from: '2024-01-01', to: '2024-12-31', grain: null, by: [], keep: null, filter: { members: {}, not: {}, text: [], range: {} }, through, business: age, currency: null }; // prettier-ignore
  const [rows = []] = await runTallies(store.reader, talliesOf('resolution_days_p50', frame), openBudget(undefined));
  const found = new Map<number, number>();
  for (const { bins } of rows) for (let i = 0; bins && i < bins.length; i += 2) found.set(bins[i] ?? 0, (found.get(bins[i] ?? 0) ?? 0) + (bins[i + 1] ?? 0)); // prettier-ignore
  const expected = new Map<number, number>();
  for (const { received, wait, end, isCritical } of given) {
    const [from, over] = [first + received, first + received + wait];
    if (from > T) continue;
    const minutes = (to: number) => businessMinutes(from, to, isCritical ? always : office) ?? 0;
    const bin =
      end === 'resolved' && over <= T ? durationBin(minutes(over)) : -1 - Math.floor(minutes(end === 'open' ? T : Math.min(over, T)) / 60);
    expected.set(bin, (expected.get(bin) ?? 0) + 1);
  }
  const sorted = (bins: Map<number, number>) => [...bins].sort((a, b) => a[0] - b[0]);
  assert.equal(sorted(found), sorted(expected));
}

business('gives every case the bin it has by itself, at any T', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someCase, { minLength: 1, maxLength: 30 }), fc.integer({ min: 0, max: 55 * day }), async (given, asOf) => {
      const own = await tempStore();
      try {
        await checkBins(own.store, given, asOf);
      } finally {
        await own.close();
      }
    }),
    { numRuns: draws(15) },
  );
});

business.run();
