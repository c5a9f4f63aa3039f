import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import { answer } from '../../../queries/answer.ts';
import { parseQuery } from '../../../queries/model/query.ts';
import type { TableJson } from '../../../queries/model/wire.ts';
import { loadRecords, tempStore } from '../../support/store.ts';

const at = Date.parse('2026-03-05T09:00:00Z') / 1000;

/** Answers of members: of each so many, and so many of them satisfied. */
async function ask(members: Record<string, [n: number, satisfied: number]>, more: object = {}): Promise<TableJson> {
  const temp = await tempStore();
  const records = Object.entries(members).flatMap(([issue, [n, satisfied]]) =>
    Array.from({ length: n }, (_, i): CaseRecord => ({
      source_id: `${issue}-${i}`, kind: 'complaint', received_at: at, issue,
      surveys: [{ kind: 'csat', scale: 'yes-no', score: i < satisfied ? 1 : 0, answered_at: at + 60 }],
    })),
  ); // prettier-ignore
  try {
    await loadRecords(temp.store, records);
    const deps = { reader: temp.store.reader, organisation: { name: '', zone: null, currency: null }, now: () => at + 86_400 };
    const query = { measures: ['csat_rate'], by: ['issue'], from: '2026-03-01', to: '2026-03-31', against: 'whole', order: '-csat_rate_n' };
    const { tables } = await answer(deps, [parseQuery({ ...query, ...more })]);
    if (!tables[0]) throw new Error('no table');
    return tables[0];
  } finally {
    await temp.close();
  }
}

const verdicts = ({ rows }: TableJson): Record<string, unknown> =>
  Object.fromEntries(rows.map((row) => [String(row.issue), row.csat_rate_verdict]));

const beside = suite('members beside all together');

beside('says who differs beyond chance, beside the rate of all, those of most answers first', async () => {
  // All: 30 of 40. Nought of ten has a chance of 0.25¹⁰, thirty of thirty of 0.75³⁰ ≈ 0.0002.
  const table = await ask({ poor: [10, 0], good: [30, 30] });
  assert.equal(verdicts(table), { good: 'above', poor: 'below' });
  assert.equal(
    table.rows.map((row) => [row.issue, row.csat_rate_overall]),
    [
      ['good', 0.75],
      ['poor', 0.75],
    ],
  );
  const [overall, verdict] = table.columns.slice(-2);
  assert.equal([overall?.name, overall?.role, overall?.unit], ['csat_rate_overall', 'overall', 'share']);
  assert.equal([verdict?.name, verdict?.role, verdict?.type], ['csat_rate_verdict', 'verdict', 'label']);
});

beside('asks more of a difference the more members are looked at', async () => {
  // Nine of ten, and one of ten, where half of all are satisfied: 2 × 11 / 1,024 = 0.021 each.
  assert.equal(verdicts(await ask({ nine: [10, 9], one: [10, 1] })), { nine: 'above', one: 'below' });
  // Among six: 0.021 × 6 / 2 = 0.064.
  const six = await ask({ nine: [10, 9], one: [10, 1], a: [10, 5], b: [10, 5], c: [10, 5], d: [10, 5] });
  assert.equal(Object.values(verdicts(six)), Array(6).fill('within'));
});

beside('tells nothing of fewer than ten, of what is left over, and where all are alike', async () => {
  assert.equal(verdicts(await ask({ few: [9, 4], many: [40, 22] })), { many: 'within', few: null });
  const table = await ask({ first: [40, 20], second: [20, 10], third: [15, 15] }, { limit: 2 });
  assert.equal(verdicts(table), { first: 'within', second: 'within', '(other)': null });
  assert.equal(verdicts(await ask({ a: [20, 20], b: [20, 20] })), { a: null, b: null });
});

beside('is left out where nobody asked for it', async () => {
  const { columns, rows } = await ask({ a: [20, 10] }, { against: undefined });
  assert.not.ok(columns.some((column) => column.role === 'verdict' || column.role === 'overall'));
  assert.not.ok('csat_rate_verdict' in (rows[0] ?? {}));
});

beside.run();
