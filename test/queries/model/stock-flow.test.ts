import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFlow, describeGap, doesAddUp, flowLines } from '../../../queries/model/stock-flow.ts';
import type { Row, TableJson } from '../../../queries/model/wire.ts';

const table = (rows: Row[]): TableJson => ({
  columns: [],
  rows,
  windows: { current: { from: '2026-01-01', to: '2026-02-28' } },
  notes: [],
  asOf: '2026-02-20T00:00:00Z',
});
const before = table([{ complete: 1, open: 12 }]);
// 12 + 40 − 30 − 2 = 20; 20 + 25 − 31 = 14; over both months 12 + 65 − 61 − 2 = 14.
const months: Row[] = [
  { period: '2026-01-01', complete: 1, received: 40, closed: 30, ended_undated: 2, open: 20 },
  { period: '2026-02-01', complete: 0, received: 25, closed: 31, ended_undated: 0, open: 14 },
];
const totals = table([{ complete: 0, received: 65, closed: 61, ended_undated: 2, open: 14 }]);

const flow = suite('balance of open cases');

flow('takes the opening of a period from the end of the one before, and ends with the whole', () => {
  const lines = flowLines(table(months), totals, before);
  assert.equal(
    lines.map((l) => [l.period, l.opening, l.received, l.undated, l.closed, l.closing, l.gap]),
    [
      ['2026-01-01', 12, 40, 2, 30, 20, 0],
      ['2026-02-01', 20, 25, 0, 31, 14, 0],
      [null, 12, 65, 2, 61, 14, 0],
    ],
  );
  assert.is(doesAddUp(lines), true);
  assert.is(
    describeFlow(lines, 'month'),
    '12 open at the start + 65 received − 61 closed − 2 ended without a date = 14 open at the end, and every line adds up.',
  );
  assert.is(flowLines(table(months.slice(0, 1)), totals, before).length, 1);
});

flow('turns to "does not add up" when any one figure is wrong', () => {
  for (const [name, wrong, gap] of [
    ['open', 22, 2],
    ['received', 42, -2],
    ['closed', 28, -2],
    ['ended_undated', 0, -2],
  ] as const) {
    const lines = flowLines(table([{ ...months[0], [name]: wrong }, months[1] ?? {}]), totals, before);
    assert.is(doesAddUp(lines), false, name);
    assert.is(lines[0]?.gap, gap, name);
  }
  const lines = flowLines(table([{ ...months[0], received: 38 }, months[1] ?? {}]), totals, before);
  assert.is(describeGap(lines[0] ?? fail()), 'does not add up: 2 too many');
  assert.is(
    describeFlow(lines, 'month'),
    'These figures do not add up: January 2026. 12 open at the start + 38 received − 30 closed − 2 ended without a date = 18, not 20.',
  );
  assert.is(doesAddUp(flowLines(table(months), table([{ ...totals.rows[0], received: 64 }]), before)), false);
  assert.is(doesAddUp(flowLines(table(months), totals, table([{ open: 11 }]))), false);
});

flow('does not judge what is not known', () => {
  const unknown = flowLines(table([{ ...months[0], closed: null }]), totals, before);
  assert.is(doesAddUp(unknown), null);
  assert.is(describeGap(unknown[0] ?? fail()), 'not known');
  assert.is(describeFlow(unknown, 'month'), 'What was open is not known for this period.');
  // Before the first case nothing was open.
  assert.is(
    flowLines(table([{ period: '2026-01-01', complete: 1, received: 3, closed: 1, ended_undated: 0, open: 2 }]), totals, table([]))[0]?.gap,
    0,
  );
});

function fail(): never {
  throw new Error('no line');
}

flow.run();
