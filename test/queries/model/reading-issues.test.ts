import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readHeat, readPareto } from '../../../queries/model/reading-issues.ts';
import type { Row, TableJson } from '../../../queries/model/wire.ts';

const readings = suite('readings of issues');

const chart = { measure: 'received', by: 'issue' } as const;
type Line = [issue: string, received: number, vital: number | null, before: number | null, swaps: string | null];
const table = (lines: Line[], pareto: Partial<TableJson['pareto']> = {}): TableJson => ({
  columns: [],
  rows: lines.map(([issue, received, vital, before, swaps]) => ({
    issue, received, received_vital: vital, received_vital_before: before, received_swaps_with: swaps,
  })),
  windows: { current: { from: '2026-01-01', to: '2026-01-31' } },
  notes: [],
  asOf: '2026-02-01T00:00:00Z',
  pareto: { measure: 'received', members: 14, vital: 3, share: 0.82, vitalBefore: 3, ...pareto },
}); // prettier-ignore

readings('say how few make most, what could change places and what is new', () => {
  const lines: Line[] = [
    ['Billing', 100, 1, 1, 'Delivery'],
    ['Delivery', 90, 1, 1, 'Billing'],
    ['Price', 40, 1, 0, null],
    ['Quality', 9, 0, 0, null],
  ];
  assert.is(
    readPareto(chart, table(lines)),
    '3 of 14 issues make 82% of the cases; “Billing” and “Delivery” could change places by chance alone; “Price” was not among them before.',
  );
  assert.is(
    readPareto(chart, table([...lines, ['(none)', 12, null, null, null]], { vitalBefore: null })),
    '3 of 14 issues make 82% of the cases that name one; “Billing” and “Delivery” could change places by chance alone.',
  );
});

readings('join neighbours that could all change places, and tell groups apart', () => {
  const lines: Line[] = [
    ['A', 50, 1, 1, 'B'],
    ['B', 48, 1, 1, 'C'],
    ['C', 47, 1, 1, 'B'],
    ['D', 20, 1, 1, 'E'],
    ['E', 19, 0, 0, 'D'],
  ];
  assert.is(
    readPareto(chart, table(lines, { vital: 4, vitalBefore: 4 })),
    '4 of 14 issues make 82% of the cases; “A”, “B” and “C” could change places by chance alone, and so could “D” and “E”; all of them were among them before.',
  );
});

readings('say what there is where one or none is named', () => {
  assert.is(readPareto(chart, table([['A', 5, 1, 1, null]], { members: 1, vital: 1, share: 1 })), '“A” alone makes up the cases.');
  assert.is(
    readPareto(chart, table([['(none)', 5, null, null, null]], { members: 0, vital: 0, share: null })),
    'No issue is recorded for these cases.',
  );
});

const months = (issue: string, counts: number[]): Row[] =>
  counts.map((received, i) => ({ issue, received, period: `2026-0${i + 1}-01`, complete: i === 5 ? 0 : 1 }));

readings('name the cell that stands out most against the usual of its own line', () => {
  // 30 against a usual 9: 21 / √39 = 3.4; the last month is not over and does not count.
  const rows = [...months('Late', [100, 110, 105, 120, 100, 900]), ...months('App', [9, 8, 10, 30, 9, 90])];
  assert.is(readHeat(chart, rows, 'month'), '“App” stands out most in April 2026: 30 cases, against 9 in its usual month.');
  assert.is(
    readHeat(chart, months('Late', [100, 110, 105, 120, 100]), 'month'),
    'No issue stands out in any one month beyond what chance allows.',
  );
  const season = rows.map((row) => ({ ...row, received_before: row.received === 30 ? 20 : 9 }));
  assert.match(readHeat(chart, season, 'month'), /^No issue stands out/); // 20 − 9 is more than half of 30 − 9
  assert.is(readHeat(chart, months('Late', [1, 2, 3]), 'month'), 'Too early to tell: there are fewer than 4 whole months.');
});

readings.run();
