import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import type { Store } from '../../etl/store/open.ts';
import { answer } from '../../queries/answer.ts';
import { parseQuery } from '../../queries/model/query.ts';
import type { TableJson } from '../../queries/model/wire.ts';
import { loadRecords, tempStore, type LoadRecordsOptions } from '../support/store.ts';

const rates = suite('events per case, and changes against before');
const now = Date.UTC(2025, 0, 1) / 1000;

const resolved = (id: string, on: string, count: number | undefined, more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id: id,
  kind: 'complaint',
  received_at: '2024-01-02',
  resolved_at: on,
  team: 'Hull',
  ...(count !== undefined && { reassign_count: count }),
  ...more,
});

const cases = [
  resolved('a', '2024-02-05', undefined),
  resolved('b', '2024-02-06', 3),
  resolved('c', '2024-02-20', 1),
  resolved('d', '2024-03-04', 2, { team: 'York' }),
  // In nothing: a duplicate, one still open, one withdrawn.
  resolved('e', '2024-02-07', 9, { duplicate: true }),
  { source_id: 'f', kind: 'complaint', received_at: '2024-02-08', reassign_count: 9 },
  { source_id: 'g', kind: 'complaint', received_at: '2024-02-08', withdrawn_at: '2024-02-09', reassign_count: 9 },
] satisfies CaseRecord[];

async function ask(store: Store, query: Record<string, unknown>): Promise<TableJson> {
  const deps = { reader: store.reader, organisation: { name: 'test', zone: null, currency: null }, now: () => now };
  const { tables } = await answer(deps, [parseQuery({ measures: ['handovers_per_case'], from: '2024-01-01', to: '2024-03-31', ...query })]);
  assert.ok(tables[0]);
  return tables[0];
}

async function withCases(work: (store: Store) => Promise<void>, options: LoadRecordsOptions = {}): Promise<void> {
  const temp = await tempStore();
  try {
    await loadRecords(temp.store, cases, { throughAt: now, ...options });
    await work(temp.store);
  } finally {
    await temp.close();
  }
}

async function countsAll(store: Store): Promise<void> {
  const [all] = (await ask(store, {})).rows;
  assert.equal([all?.handovers_per_case, all?.handovers_per_case_n], [6 / 4, 4]);
  assert.ok(Number(all?.handovers_per_case_low) < 1.5 && 1.5 < Number(all?.handovers_per_case_high));
  const { rows } = await ask(store, { by: ['team'], grain: 'month', order: 'team' });
  assert.equal(
    rows.map((r) => [r.team, r.period, r.handovers_per_case, r.handovers_per_case_n]),
    [
      ['Hull', '2024-01-01', null, 0],
      ['Hull', '2024-02-01', 4 / 3, 3],
      ['Hull', '2024-03-01', null, 0],
      ['York', '2024-01-01', null, 0],
      ['York', '2024-02-01', null, 0],
      ['York', '2024-03-01', 2, 1],
    ],
  );
}

/** How thirty days compare with the thirty before. */
async function comparesAll(store: Store): Promise<void> {
  const measures = ['received', 'handovers_per_case', 'csat_rate', 'open'];
  const { columns, rows } = await ask(store, {
    measures,
    by: ['team'],
    from: '2024-01-31',
    to: '2024-02-29',
    compare: 'previous_period',
    order: 'team',
  });
  assert.equal(
    columns.map((column) => column.name).filter((name) => name.includes('_change')),
    ['received', 'handovers_per_case', 'csat_rate'].flatMap((name) =>
      ['', '_low', '_high', '_verdict'].map((part) => `${name}_change${part}`),
    ),
  );
  for (const row of rows) assert.equal(Object.keys(row).sort(), columns.map((column) => column.name).sort());
  // Two without a team against none, none of Hull against three; nobody has ten cases or answers to tell of.
  const [none, hull] = [rows.find((row) => row.team === '(none)'), rows.find((row) => row.team === 'Hull')];
  assert.equal([hull?.received, hull?.received_before, hull?.received_change, hull?.received_change_low], [0, 3, 0, 0]);
  assert.equal([none?.received_change, none?.received_change_high, none?.received_change_verdict], [null, null, 'within chance']);
  assert.equal([hull?.handovers_per_case_change, hull?.csat_rate_change, hull?.csat_rate_change_verdict], [null, null, null]);
  const { columns: overTime } = await ask(store, { measures, grain: 'month', compare: 'previous_year' });
  assert.not(overTime.some((column) => column.name.includes('_change')));
}

rates('are the hand-overs of the cases resolved, over those cases', () => withCases(countsAll));

rates('stand against before where windows are looked at whole', () => withCases(comparesAll));

rates('leave out what was resolved after then', () =>
  withCases(async (store) => {
    const [all] = (await ask(store, { asOf: '2024-02-10' })).rows;
    assert.equal([all?.handovers_per_case, all?.handovers_per_case_n], [3 / 2, 2]);
  }),
);

rates('are unknown where a source does not record hand-overs, and the answer says so', () =>
  withCases(
    async (store) => {
      const { rows, notes } = await ask(store, {});
      assert.is(rows[0]?.handovers_per_case, null);
      assert.equal(
        notes.map((note) => note.message),
        ['hand-overs are not recorded in this source'],
      );
    },
    { fields: ['received_at', 'resolved_at', 'events'] },
  ),
);

rates.run();
