import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeEarly, describeReading } from '../../../queries/model/reading.ts';
import { laidOver, resolutionReports, type Report } from '../../../queries/model/reports.ts';
import { businessDay, type Note, type Row, type TableJson } from '../../../queries/model/wire.ts';

const table = (rows: Row[], notes: Note[] = []): TableJson => ({
  columns: [],
  rows,
  windows: { current: { from: '2026-01-01', to: '2026-12-31' } },
  notes,
  asOf: '2026-12-31T00:00:00Z',
});
const report = (name: string): Report => {
  const found = resolutionReports.find((r) => r.name === name);
  if (!found) throw new Error(`no report ${name}`);
  return found;
};
const read = (name: string, rows: Row[]) => describeReading(report(name), table(rows), 'month', 'EUR');

const waits = suite('reading of waits');

waits('tells the shares still open at the usual ages, as far as they are known', () => {
  const n = { open_after_1_day_n: 400, open_after_7_days_n: 400 };
  const cases: [row: Row, expected: string][] = [
    [
      { ...n, open_after_1_day: 0.9, open_after_7_days: 0.5, open_after_30_days: 0.11, open_after_90_days: 0.004 },
      'Of 400 cases received, 50% were still open after 7 days, 11% after 30 days and fewer than 1% after 90 days.',
    ],
    [
      { ...n, open_after_1_day: 0.9, open_after_7_days: 0.5, open_after_30_days: 0, open_after_90_days: 0 },
      'Of 400 cases received, 50% were still open after 7 days and none after 30 days.',
    ],
    [
      { ...n, open_after_1_day: 0.9, open_after_7_days: 0.5, open_after_14_days: 0.4, open_after_30_days: null },
      'Of 400 cases received, 50% were still open after 7 days; beyond 14 days it is too early to tell.',
    ],
    [
      { ...n, open_after_1_day: 0.9, open_after_7_days: null },
      'Of 400 cases received, 90% were still open after 1 day; beyond 1 day it is too early to tell.',
    ],
  ];
  for (const [row, expected] of cases) assert.is(read('still_open', [row]), expected);
  const young = table([{ open_after_1_day: null, open_after_1_day_n: 3, open_after_1_day_followed_days: 0.5 }]);
  assert.is(describeEarly(report('still_open'), young), 'the longest any case was followed is 12 hours.');
});

waits('tells how many of the open cases are oldest', () => {
  const ages = (counts: Record<string, number>) => Object.entries(counts).map(([age_band, open]): Row => ({ age_band, open }));
  const cases: [counts: Record<string, number>, expected: string][] = [
    [{ '0–7 days': 30, '> 56 days': 10 }, 'Of 40 open cases, 10 (25%) have been open for more than 56 days.'],
    [{ '0–7 days': 4 }, 'None of the 4 open cases has been open for more than 56 days.'],
    [{ '> 56 days': 1, '8–30 days': 1 }, 'Of 2 open cases, 1 has been open for more than 56 days.'],
    [
      { '(none)': 3, '> 56 days': 20 },
      'Of 20 open cases, 20 (100%) have been open for more than 56 days; 3 more were open then and have ended since.',
    ],
  ];
  for (const [counts, expected] of cases) assert.is(read('ageing', ages(counts)), expected);
});

waits('tells whether the backlog grew and how much of it is late', () => {
  const at = (period: string, open: number, overdue: number | null, complete = 1): Row => ({ period, open, overdue, complete });
  assert.is(
    read('backlog', [at('2026-01-01', 28, 8), at('2026-02-01', 49, 17, 0)]),
    'The backlog grew: 28 open at the end of January 2026, 49 now; 17 of them are past their due date.',
  );
  assert.is(
    read('backlog', [at('2026-01-01', 5, null), at('2026-02-01', 5, null)]),
    'The backlog is what it was: 5 open at the end of January 2026, 5 at the end of February 2026.',
  );
  assert.is(read('backlog', [at('2026-01-01', 1, 0)]), '1 case is open at the end of January 2026; none of them are past their due date.');
});

waits('tells what came in against what went out', () => {
  const month = (received: number, closed: number, ended_undated = 0): Row => ({
    period: '2026-01-01',
    complete: 1,
    received,
    closed,
    ended_undated,
  });
  assert.is(read('in_and_out', [month(40, 30), month(25, 31)]), '65 came in and 61 were closed: 4 more came in than went out.');
  assert.is(read('in_and_out', [month(4, 0)]), '4 came in and none were closed: 4 more came in than went out.');
  assert.is(read('in_and_out', [month(4, 6)]), '4 came in and 6 were closed: 2 more went out than came in.');
  assert.is(
    read('in_and_out', [month(4, 1, 3)]),
    '4 came in and 1 was closed; 3 ended on a day nobody recorded: as many went out as came in.',
  );
});

waits('sets beside the true figure what the resolved cases alone would say', () => {
  const row: Row = {
    period: '2026-01-01', complete: 1, resolution_days_p50: 10.4, resolution_days_p50_n: 84, resolution_days_p75: 22.9, resolution_days_p90: null,
    resolution_days_p90_followed_days: 49.7, resolution_days_closed_p50: 6.5, resolution_days_closed_p50_n: 68,
  }; // prettier-ignore
  const plain =
    'Of the 84 cases received in January 2026, half were resolved within 10.4 days, three in four were resolved within 22.9 days and nine in ten were not yet resolved within 49.7 days.';
  assert.is(read('time_to_resolve', [row]), plain);
  assert.is(
    describeReading(laidOver(report('time_to_resolve')), table([row]), 'month', 'EUR'),
    `${plain} Counting only the 68 cases already resolved it would read 6.5 days for half: that leaves out whoever still waits.`,
  );
});

waits('do not give as a reason for nothing how time is reckoned', () => {
  const notes: Note[] = [{ measure: 'resolution_days_p50', source: null, message: businessDay }];
  assert.is(describeReading(report('time_to_resolve'), table([], notes), 'month', 'EUR'), 'Nothing in this period with these filters.');
});

waits.run();
