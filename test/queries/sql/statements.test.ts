import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { talliesOf, type Frame } from '../../../queries/model/tally.ts';
import { answerTallies, planStatements } from '../../../queries/sql/statements.ts';
import { openBudget } from '../../../queries/budget.ts';
import { statementSql } from '../../../queries/sql/tallies.ts';

const statements = suite('statements');
const frame: Frame = {
  from: '2024-02-01',
  to: '2024-02-29',
  grain: null,
  by: [],
  keep: null,
  filter: { members: {}, not: {}, text: [], range: {} },
  through: { sources: [{ source: 1, at: 1_700_000_000 }], isAll: true },
  business: null,
  currency: 'EUR',
};

statements('read what shares a date once, whatever the windows and grains', async () => {
  const before = { ...frame, from: '2024-01-01', to: '2024-01-31' };
  const tallies = [
    ...talliesOf('received', frame),
    ...talliesOf('received', { ...before, grain: 'month' as const }),
    ...talliesOf('open', frame),
  ];
  const planned = planStatements(tallies, true);
  assert.equal(
    planned.map((s) => [s.tally.on, s.from, s.to, s.grain, [...s.users].sort()]),
    [
      ['received', null, '2024-02-29', 'day', [0, 1, 2]],
      ['left', null, '2024-02-29', 'day', [3]],
    ],
  );
  const [shared] = planned;
  const rows = [
    { date: '2023-12-31', keys: [], bins: null, sums: shared?.sums.map(() => 1) ?? [] },
    { date: '2024-01-15', keys: [], bins: null, sums: shared?.sums.map(() => 2) ?? [] },
    { date: '2024-02-15', keys: [], bins: null, sums: shared?.sums.map(() => 4) ?? [] },
  ];
  const answers = await answerTallies(tallies, planned, (statement) => (statement === shared ? rows : []), openBudget());
  const read = (index: number) => answers[index]?.map((r) => [r.bucket, r.sums[0]]);
  assert.equal(read(0), [['2024-02-01', 4]]);
  assert.equal(read(1), [['2024-01-01', 2]]);
  assert.equal(read(2), [
    ['', 3],
    ['2024-02-01', 4],
  ]);
});

statements('cut a bucket where a window begins inside it', () => {
  const by = { ...frame, by: ['issue' as const], grain: 'month' as const };
  const tallies = [
    ...talliesOf('received', { ...by, from: '2024-01-10' }),
    ...talliesOf('received', { ...by, from: '2023-12-01', to: '2024-01-09' }),
  ];
  const [only, ...others] = planStatements(tallies, true);
  assert.is(others.length, 0);
  assert.equal([only?.from, only?.to, only?.cuts], ['2023-12-01', '2024-02-29', ['2024-01-10']]);
});

statements('keep weeks and months apart when there are keys', () => {
  const by = { ...frame, by: ['issue' as const] };
  const tallies = [
    ...talliesOf('received', { ...by, grain: 'week' }),
    ...talliesOf('received', { ...by, grain: 'quarter' }),
    ...talliesOf('received', { ...by, grain: 'month' }),
  ];
  assert.equal(
    planStatements(tallies, true).map((s) => s.grain),
    ['week', 'month'],
  );
});

statements('bind every value', () => {
  const hostile = {
    ...frame,
    filter: { ...frame.filter, text: [{ words: ["x'; drop table case_fact; --"], isPrefix: false }], members: { issue: [7] } },
  };
  for (const engine of ['sqlite', 'postgresql'] as const) {
    for (const statement of planStatements(talliesOf('received', hostile), engine === 'sqlite')) {
      const { sql, values } = statementSql(statement, engine);
      assert.not.match(sql, /drop table/);
      assert.is(sql.split('?').length - 1, values.length);
    }
  }
});

statements.run();
