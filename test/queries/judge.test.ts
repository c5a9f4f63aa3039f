// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import { answer } from '../../queries/answer.ts';
import { readFindings } from '../../queries/insights/findings.ts';
import type { MeasureName } from '../../queries/model/measures.ts';
import { parseQuery } from '../../queries/model/query.ts';
import { seriesScope } from '../../queries/model/series-scope.ts';
import type { Row, TableJson } from '../../queries/model/wire.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { stream } from '../../fixtures/generator/random.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const judging = suite('limits and signals');
let temp: Awaited<ReturnType<typeof tempStore>>;
let deps: QueryDeps;
judging.before(async () => {
  temp = await tempStore();
  await loadRecords(temp.store, records(), { throughAt: at('2025-12-31T23:59:59Z') });
  const organisation = { name: 'test', zone: 'UTC', currency: null };
  deps = { reader: temp.store.reader, organisation, now: () => at('2026-01-02T00:00:00Z') };
});
judging.after(() => temp.close());
judging.after.each(() => temp.store.writer('baseline').delete());

/** Six years of two issues, one with a season and one that doubles in 2023, with dates of every kind. */
function records(): CaseRecord[] {
  const source = stream(7, 'judge');
  const random = () => source.next();
  const list: CaseRecord[] = [];
  for (let month = 0; month < 72; month++) {
    const winter = [11, 0, 1].includes(month % 12) ? 8 : 0;
    for (const [issue, usual] of [
      ['heating', 8 + winter],
      ['billing', month >= 42 ? 20 : 10],
    ] as const) {
      const count = usual + Math.floor(random() * 6);
      for (let i = 0; i < count; i++) {
        const received = Date.UTC(2020, month, 1 + Math.floor(random() * 28), 10) / 1000;
        const days = 1 + Math.floor(random() * 20);
        list.push({
          source_id: `${month}-${issue}-${i}`, kind: 'complaint', received_at: received, issue, channel: i % 2 ? 'phone' : 'mail', due_at: received + 10 * 86_400,
          ...(random() < 0.9 && { resolved_at: received + days * 86_400 }),
        }); // prettier-ignore
      }
    }
  }
  return list;
}

const at = (text: string) => Date.parse(text) / 1000;
const measures: MeasureName[] = ['received', 'open', 'on_time_rate', 'resolution_days_p50'];

async function ask(query: Record<string, unknown>): Promise<TableJson> {
  const { tables } = await answer(deps, [parseQuery({ measures, signals: true, ...query })]);
  if (!tables[0]) throw new Error('no table');
  return tables[0];
}

/** What whole periods are judged as, by period. */
const verdicts = (rows: Row[]) =>
  new Map(
    rows
      .filter((row) => row.complete === 1)
      .map((row) => [
        row.period,
        measures.flatMap((m) => ['', '_centre', '_limit_low', '_limit_high', '_signal'].map((part) => row[m + part])),
      ]),
  );

async function setBaseline(measure: MeasureName, from: string, where: Record<string, unknown> = {}): Promise<void> {
  const query = parseQuery({ measures: [measure], from: '2020-01-01', to: '2020-01-31', where });
  await temp.store.writer('baseline').insert({
    measure, scope: seriesScope(measure, query), from_on: from, reason: 'new system', set_by: 'admin', set_at: at('2025-12-01T00:00:00Z'),
  }); // prettier-ignore
}

/** Compares every whole period of windows of all sorts with the same period of everything. */
async function assertAgreement(grain: string, where: Record<string, unknown>): Promise<void> {
  const all = verdicts((await ask({ grain, where, from: '2015-01-01', to: '2026-12-31' })).rows);
  assert.ok(
    [...all.values()].some((row) => row.includes('run_above') || row.includes('above_limits')),
    'something is a signal',
  );
  for (const [from, to] of [
    ['2025-01-01', '2025-12-31'],
    ['2024-07-01', '2025-06-30'],
    ['2025-10-06', '2025-11-30'],
    ['2022-03-09', '2023-05-17'],
    ['2020-01-01', '2020-12-31'],
    ['2021-02-01', '2022-01-31'],
    ['2023-01-01', '2023-03-31'],
  ]) {
    const { rows } = await ask({ grain, where, from, to });
    const found = verdicts(rows);
    assert.ok(grain === 'quarter' || found.size > 0, `${from} to ${to}`);
    for (const [period, row] of found) assert.equal(row, all.get(period), `${grain} ${String(period)} of ${from} to ${to}`);
  }
}

for (const grain of ['week', 'month', 'quarter'])
  judging(`are the same for a ${grain} in whatever period it is shown`, async () => {
    await assertAgreement(grain, {});
    await assertAgreement(grain, { issue: ['billing'] });
  });

judging('are the same for a period in whatever period it is shown after a decision', async () => {
  for (const measure of measures) await setBaseline(measure, '2023-07-01', { issue: ['billing'] });
  await setBaseline('received', '2025-02-01', { issue: ['billing'] }); // firm by weeks, not yet by months
  for (const grain of ['week', 'month']) await assertAgreement(grain, { issue: ['billing'] });
});

judging('are the same for a member of a table and for what a filter by it leaves', async () => {
  await setBaseline('received', '2023-07-01', { issue: ['billing'] });
  const period = { grain: 'month', from: '2024-01-01', to: '2025-12-31' };
  for (const where of [{}, { channel: ['phone', 'mail'] }]) {
    const split = await ask({ ...period, where, by: ['issue'] });
    const own = await ask({ ...period, where: { ...where, issue: ['billing'] } });
    assert.equal(verdicts(split.rows.filter((row) => row.issue === 'billing')), verdicts(own.rows));
    const made = (table: TableJson) => table.limits?.filter((one) => one.key.issue !== 'heating').map((one) => ({ ...one, key: {} }));
    assert.equal(made(split), made(own));
  }
});

judging('begin anew from the date decided on, for that series alone, and say so', async () => {
  const period = { grain: 'month', from: '2023-01-01', to: '2025-12-31', measures: ['received'] };
  const before = await ask({ ...period, where: { issue: ['billing'] } });
  assert.is(before.rows.find((row) => row.period === '2023-09-01')?.received_signal, 'above_limits');
  await setBaseline('received', '2023-07-01', { issue: ['billing'] });
  const after = await ask({ ...period, where: { issue: ['billing'] } });
  assert.is(after.rows.find((row) => row.period === '2023-09-01')?.received_signal, null);
  assert.equal(after.rows.slice(0, 6).map((row) => row.received_limit_high), before.rows.slice(0, 6).map((row) => row.received_limit_high)); // prettier-ignore
  assert.equal(after.limits?.map(({ since, from, to, periods, rebase }) => [since, from, to, periods, rebase?.reason]), [
    ['2023-01-01', '2021-01-01', '2022-12-01', 24, undefined],
    ['2023-07-01', '2023-07-01', '2025-06-01', 24, 'new system'],
  ]); // prettier-ignore
  const [, { rebase } = {}] = after.limits ?? [];
  assert.equal([rebase?.from, rebase?.set_by, rebase?.set_at], ['2023-07-01', 'admin', '2025-12-01T00:00:00Z']);
  for (const where of [{}, { issue: ['heating'] }, { issue: ['billing'], channel: ['phone'] }, { not: { issue: ['heating'] } }])
    assert.equal(
      (await ask({ ...period, where })).limits?.filter((one) => one.rebase),
      [],
      JSON.stringify(where),
    );
});

judging('go on as they were while too few periods are known since a decision, and say how many are missing', async () => {
  const period = { grain: 'month', from: '2025-01-01', to: '2025-12-31', measures: ['received'] };
  const before = await ask(period);
  await setBaseline('received', '2025-05-01');
  const after = await ask(period);
  assert.equal(after.rows, before.rows);
  assert.equal(
    after.limits?.map(({ rebase, waiting }) => [rebase, waiting?.from, waiting?.missing]),
    [[undefined, '2025-05-01', 4]],
  );
  // By weeks enough are known.
  assert.is((await ask({ ...period, grain: 'week' })).limits?.at(-1)?.rebase?.from, '2025-05-01');
  await temp.store.writer('baseline').update({ taken_back_at: 1, taken_back_by: 'admin' });
  assert.equal(await ask(period), before);
});

judging('are the same for a finding as for the chart it is about', async () => {
  const query = parseQuery({ measures: ['received'], grain: 'month', from: '2023-01-01', to: '2023-12-31' });
  const of = async () => (await readFindings(deps, query)).findings.find((one) => one.key.issue === 'billing' && one.grain === 'month');
  assert.match((await of())?.rule ?? '', 'comes from 24 months, January 2021 to December 2022');
  await setBaseline('received', '2023-07-01', { issue: ['billing'] });
  assert.is(await of(), undefined);
});

judging('mark no part of a period, also where all of it is known', async () => {
  const { rows } = await ask({ grain: 'month', from: '2023-07-10', to: '2023-10-31', where: { issue: ['billing'] } });
  assert.equal([rows[0]?.complete, rows[0]?.received_signal], [0, null]);
  assert.is(rows[1]?.received_signal, 'above_limits');
});

judging.run();
