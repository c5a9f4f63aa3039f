import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf, drillOf, marksOf } from '../../client/marks.ts';
import { chartRows } from '../../queries/model/chart-rows.ts';
import { furtherReports, trends, type Report } from '../../queries/model/reports.ts';
import type { Column, Row, TableJson } from '../../queries/model/wire.ts';

const report = (name: string): Report => {
  const found = [...trends, ...furtherReports].find((r) => r.name === name);
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
    ['Late: Cases received 12, +2 (+20%) against before', '(other): Cases received 3, +3 against before'],
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

marks.run();
