import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chartRows } from '../../../queries/model/chart-rows.ts';
import { chartSpec } from '../../../queries/model/chart.ts';
import { fairColumns } from '../../../queries/model/fair.ts';
import { describeReading } from '../../../queries/model/reading.ts';
import { coachingReports } from '../../../queries/model/coaching-reports.ts';
import { type Report } from '../../../queries/model/reports.ts';
import type { Column, Row, TableJson } from '../../../queries/model/wire.ts';

const reading = suite('reading of a fair comparison');
const reportOf = (name: string): Report => {
  const found = coachingReports.find((report) => report.name === name);
  if (!found) throw new Error(`no report ${name}`);
  return found;
};
const key = (name: string): Column => ({ name, label: name, unit: null, type: 'label', role: 'key', measure: null });
const tableOf = (keys: string[], measure: 'coachable' | 'reopen_rate' | 'csat_rate', rows: Row[]): TableJson => ({
  columns: [...keys.map(key), { ...key(measure), role: 'value', type: 'number', measure }, ...fairColumns(measure)],
  rows,
  windows: { current: { from: '2026-01-01', to: '2026-12-31' } },
  notes: [],
  asOf: '2026-12-31T00:00:00Z',
});
const held = (team: string, observed: number, verdict: string): Row => ({
  theme: 'Long holds', team, coachable: observed, coachable_n: 120, coachable_expected: 6.1, coachable_limit_low: 0.86, coachable_limit_high: 16.1, coachable_verdict: verdict,
}); // prettier-ignore
const reopened = (team: string, rate: number | null, n: number, verdict: string): Row => ({
  team, reopen_rate: rate, reopen_rate_n: n, reopen_rate_expected: 0.05, reopen_rate_limit_low: n < 10 ? null : 0.01, reopen_rate_limit_high: n < 10 ? null : 0.12, reopen_rate_verdict: verdict,
}); // prettier-ignore
const read = (name: string, table: TableJson) => describeReading(reportOf(name), table, null, 'EUR');

reading('names who has more than expected, with both figures', () => {
  const table = tableOf(['theme', 'team'], 'coachable', [held('Hull', 24, 'more than expected'), held('Leeds', 5, 'within chance')]);
  assert.is(
    read('themes', table),
    'Hull: more than expected on “Long holds”, 24 against 6.1. All else among 2 teams and 1 theme is within what chance allows.',
  );
});

reading('says that all are within chance, and of how many too little is known', () => {
  const rows = [
    reopened('Aix', 0.06, 100, 'within chance'),
    reopened('Bonn', 0.04, 90, 'within chance'),
    reopened('Cork', 0, 4, 'not enough data'),
  ];
  assert.is(
    read('team_reopen_rate', tableOf(['team'], 'reopen_rate', rows)),
    'All 2 teams are within what chance allows, given their cases. There is not enough data about 1 team.',
  );
  assert.is(read('team_reopen_rate', tableOf(['team'], 'reopen_rate', rows.slice(2))), 'The one team has fewer than 10 cases that count.');
});

reading('places points by how far they lie from what is expected, and colours what differs for better or worse', () => {
  const rows = [
    reopened('Aix', 0.2, 100, 'more than expected'),
    reopened('Bonn', 0.005, 400, 'fewer than expected'),
    reopened('Cork', 0, 4, 'not enough data'),
  ];
  const drawn = chartRows(reportOf('team_reopen_rate'), tableOf(['team'], 'reopen_rate', rows), null, 'EUR');
  assert.equal(drawn.map((row) => [row.size, row.tone, row.label_text]), [[100, 'concern', 'Aix'], [400, 'improvement', 'Bonn'], [4, 'plain', '']]); // prettier-ignore
  assert.ok(Math.abs(Number(drawn[0]?.away) - 15) < 1e-9);
  assert.is(drawn[2]?.away, null);
  assert.is(drawn[0]?.limits_text, '1% to 12%');
});

reading('draws every report of the screen without looking at the rows', () => {
  for (const report of coachingReports) {
    const spec = chartSpec(report, [], { theme: 'light' }) as { layer?: unknown[]; data?: unknown };
    assert.is(spec.layer?.length, 4, report.name);
    assert.equal(spec.data, { name: 'table' });
  }
});

reading.run();
