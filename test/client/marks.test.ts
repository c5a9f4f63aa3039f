import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf, drillOf, marksOf, remarksOf, totalOf } from '../../client/marks.ts';
import { absenceOf } from '../../queries/model/absence.ts';
import { chartRows } from '../../queries/model/chart-rows.ts';
import { reports, type Report } from '../../queries/model/reports.ts';
import type { Column, Row, TableJson } from '../../queries/model/wire.ts';

const report = (name: string): Report => {
  const found = reports.find((r) => r.name === name);
  if (!found) throw new Error(`no report ${name}`);
  return found;
};
const key = (name: string, type: Column['type']): Column => ({ name, label: name, unit: null, type, role: 'key', measure: null });
const table = (columns: Column[], rows: Row[]): TableJson => ({
  columns,
  rows,
  windows: { current: { from: '2026-01-01', to: '2026-02-28' } },
  notes: [],
  asOf: '2026-02-20T00:00:00Z',
});

const issues = table(
  [key('issue', 'label')],
  [
    { issue: 'Late', received: 12, received_before: 10 },
    { issue: '(other)', received: 3, received_before: 0 },
  ],
);
const waits = table(
  [key('period', 'date'), key('complete', 'flag')],
  [
    { period: '2026-01-01', complete: 1, resolution_days_p50: 2, resolution_days_p50_n: 40, resolution_days_p50_low: 1.5, resolution_days_p50_high: 3, resolution_days_p90: 9, resolution_days_p90_n: 40 },
    { period: '2026-02-01', complete: 0, resolution_days_p50: 4, resolution_days_p50_n: 11, resolution_days_p50_low: 3, resolution_days_p50_high: null, resolution_days_p90: null, resolution_days_p90_n: 11 },
  ],
); // prettier-ignore

const marks = suite('marks of a chart');

marks('are one list for bars, read with the change', () => {
  const [bars, ...rest] = marksOf(report('recurring_issues'), chartRows(report('recurring_issues'), issues, null, 'EUR'));
  assert.is(rest.length, 0);
  assert.equal(
    bars?.map((m) => m.text),
    ['Late: Cases received 12, against before +2 (+20%)', '(other): Cases received 3, against before +3'],
  );
});

marks('are a list a measure for bands, without the unknown, read with n and interval', () => {
  const series = marksOf(report('resolution_time'), chartRows(report('resolution_time'), waits, 'month', 'EUR'));
  assert.equal(
    series.map((s) => s.map((m) => m.row)),
    [[0, 1], [0]],
  );
  assert.is(series[0]?.[0]?.text, 'January 2026: Half resolved within 2 days, from 40, likely 1.5 days to 3 days');
  assert.is(series[0]?.[1]?.text, 'February 2026 (so far): Half resolved within 4 days, from 11, likely at least 3 days');
});

marks('of a funnel are walked from left to right, whatever they are called', () => {
  const point = (name: string, size: number): Row => ({ name_text: name, size, away: 0, on_time_rate: 0.5 });
  const [walk] = marksOf(report('team_on_time_rate'), [point('Hull', 900), point('Leeds', 30), point('York', 200)]);
  assert.equal(
    walk?.map((m) => m.row),
    [1, 2, 0],
  );
});

marks('open exactly their labels and their bucket', () => {
  assert.equal(drillOf(report('recurring_issues'), issues, { row: 1, measure: 'received', text: '' }), {
    report: 'recurring_issues',
    measure: 'received',
    key: { issue: '(other)' },
    part: 'whole',
  });
  assert.equal(drillOf(report('resolution_time'), waits, { row: 1, measure: 'resolution_days_p90', text: '' }).key, {
    period: '2026-02-01',
  });
});

marks('rest on the count itself or on n', () => {
  assert.is(countOf(issues.rows[0] ?? {}, 'received'), 12);
  assert.is(countOf(waits.rows[1] ?? {}, 'resolution_days_p50'), 11);
  assert.is(countOf({}, 'received'), null);
});

marks('walk along a curve age by age, and open the cases it rests on', () => {
  const ages = table(
    [key('complete', 'flag')],
    [
      {
        complete: 1, open_after_1_day: 0.9, open_after_1_day_n: 40, open_after_1_day_low: 0.76, open_after_1_day_high: 0.96, open_after_1_day_before: 0.8,
        open_after_2_days: null, open_after_2_days_n: 40, open_after_7_days: 0.25, open_after_7_days_n: 40,
      },
    ],
  ); // prettier-ignore
  const curve = report('still_open');
  const [series, ...rest] = marksOf(curve, chartRows(curve, ages, null, 'EUR'));
  assert.is(rest.length, 0);
  assert.equal(
    series?.filter((m) => typeof ages.rows[0]?.[m.measure] === 'number').map((m) => m.text),
    ['Still open after 1 day: 90%, from 40, likely 76% to 96%, +10 points against before', 'Still open after 7 days: 25%, from 40'],
  );
  assert.equal(drillOf(curve, ages, series?.[1] ?? { row: 0, measure: 'open', text: '' }), {
    report: 'still_open',
    measure: 'open_after_7_days',
    key: {},
    part: 'whole',
  });
  assert.is(totalOf(curve, ages, 'open_after_1_day'), 40);
});

marks('rest on what is open at the end where stocks are drawn over time', () => {
  const stocks = table([key('period', 'date')], [{ period: '2026-01-01', open: 30 }, { period: '2026-02-01', open: 12 }]); // prettier-ignore
  assert.is(totalOf(report('backlog'), stocks, 'open'), 12);
  assert.is(totalOf(report('ageing'), table([key('age_band', 'label')], [{ age_band: '0–7 days', open: 3 }, { age_band: '> 56 days', open: 4 }]), 'open'), 7); // prettier-ignore
  assert.is(totalOf(report('resolution_time'), waits, 'resolution_days_p50'), 51);
});

const remarks = suite('remarks beside a picture');

remarks('say what is left out and how time is reckoned, once', () => {
  const noted = {
    ...waits,
    notes: [
      { measure: 'resolution_days_p50', source: 'Shop', message: 'no end times in this source' },
      { measure: 'resolution_days_p90', source: 'Shop', message: 'no end times in this source' },
      { measure: 'resolution_days_p50', source: null, message: 'in business time: a day is 24 opening hours' },
      { measure: 'resolution_days_p90', source: null, message: 'in business time: a day is 24 opening hours' },
      { measure: null, source: 'Shop', message: 'Shop is known only until 3 May 2026' },
      { measure: 'received', source: null, message: 'of another picture' },
    ],
  } satisfies TableJson;
  assert.equal(remarksOf(noted, ['resolution_days_p50', 'resolution_days_p90'], 2), [
    'Without Shop: no end times in this source.',
    'Without Shop for “nine in ten resolved within”: no end times in this source.',
    'In business time: a day is 24 opening hours.',
    'Shop is known only until 3 May 2026.',
  ]);
  // A remark is no reason for an absence.
  assert.is(absenceOf(noted, 'resolution_days_p50', 1), null);
});

remarks('name a measure that is missing beside others', () => {
  const stocks = {
    ...table([key('period', 'date')], [{ period: '2026-01-01', open: 30, overdue: null }]),
    notes: [{ measure: 'overdue', source: null, message: 'no due dates in this source' }],
  } satisfies TableJson;
  assert.equal(remarksOf(stocks, ['open', 'overdue'], 1), ['Without “overdue cases”: no due dates in this source.']);
});

marks.run();
remarks.run();
