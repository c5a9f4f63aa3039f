import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { chartRows } from '../../../queries/model/chart-rows.ts';
import { chartSpec } from '../../../queries/model/chart.ts';
import { issuesBy, issuesOverTime, oneIssueCharts } from '../../../queries/model/issue-reports.ts';
import { drawnRows } from '../../../queries/model/reading.ts';
import type { Report } from '../../../queries/model/reports.ts';
import type { Row, TableJson } from '../../../queries/model/wire.ts';
import { columnsOf } from '../../../queries/table.ts';

const charts = suite('charts of issues');

function tableOf({ query }: Report, rows: Row[]): TableJson {
  const { measures, by = [], compare = 'previous_period', pareto = false } = query;
  const columns = columnsOf({ measures, by, grain: query.grain ? 'month' : null, compare, pareto });
  return { columns, rows, windows: { current: { from: '2026-01-01', to: '2026-03-31' } }, notes: [], asOf: '2026-03-20T00:00:00Z' };
}

async function draw(spec: TopLevelSpec, rows: Row[]): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec).spec, undefined, { ast: true }), { renderer: 'none', expr: expressionInterpreter });
  await view.data('table', rows).runAsync();
  return view.toSVG();
}

charts('fill the vital few, keep the others pale, and write the share with all above at the right', async () => {
  const report = issuesBy.count;
  const line = (issue: string, received: number, share: number | null, cumulative: number | null, vital: number | null): Row => ({
    issue, complete: 1, received, received_before: received, received_share: share, received_cumulative: cumulative, received_vital: vital,
    received_vital_before: vital, received_swaps_with: issue === 'Late' ? 'Fee' : null,
  }); // prettier-ignore
  const rows = [
    line('Late', 60, 0.6, 0.6, 1),
    line('Fee', 25, 0.25, 0.85, 1),
    line('Lost', 15, 0.15, 1, 0),
    line('(none)', 9, null, null, null),
  ];
  const table = tableOf(report, rows);
  const drawn = chartRows(report, table, null, 'EUR');
  const svg = await draw(chartSpec(report, table.columns, { theme: 'light', width: 640 }), drawn);
  const fills = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, opacity]) => opacity);
  assert.equal(fills, ['1', '1', '0.28', '1'], 'only what is not vital is pale');
  for (const text of ['>60<', '>60%<', '>85%<', '>100%<', '>–<']) assert.ok(svg.includes(text), text);
  assert.is(drawn[0]?.received_swaps_text, 'could change places with Fee');
  assert.not.match(svg, /NaN|undefined|null/);
  // Where there is no room for both the bars are kept.
  const narrow = await draw(chartSpec(report, table.columns, { theme: 'light', width: 300 }), drawn);
  assert.not.match(narrow, />85%</);
});

charts('draw a cell a month, hollow for a part of one, with what has no name last', async () => {
  const rows = ['(none)', 'Late', '(other)', 'Fee'].flatMap((issue, i) =>
    ['2026-01-01', '2026-02-01', '2026-03-01'].map((period, m): Row => ({
      issue,
      period,
      complete: m === 2 ? 0 : 1,
      received: 100 - 25 * i,
    })),
  );
  const kept = drawnRows(issuesOverTime, rows);
  assert.equal([...new Set(kept.map((row) => row.issue))], ['Late', 'Fee', '(none)', '(other)']);
  const table = tableOf(issuesOverTime, kept);
  const drawn = chartRows(issuesOverTime, table, 'month', 'EUR');
  // The strongest of the named is whole; a third of it as strong as its square root.
  assert.equal([drawn[0]?.tone, drawn[3]?.tone, drawn[6]?.tone], [1, Math.sqrt(25 / 75), 1]);
  const svg = await draw(chartSpec(issuesOverTime, table.columns, { theme: 'dark', width: 600 }), drawn);
  assert.is(svg.match(/aria-roledescription="rect mark"/g)?.length, 12);
  assert.is(svg.match(/fill-opacity="0"/g)?.length, 4);
  for (const text of ['>Jan<', '>Mar<', 'Fee, January 2026, Cases received: 25']) assert.ok(svg.includes(text), text);
  assert.not.match(svg, /NaN|undefined|null/);
});

charts('leave the name above out of the names of kinds where it is the same for all', () => {
  const kinds = oneIssueCharts.find((report) => report.name === 'issue_kinds');
  assert.ok(kinds);
  const names = (rows: Row[]) => chartRows(kinds, tableOf(kinds, rows), null, 'EUR').map((row) => row.name_lines);
  const row = (sub_issue: string): Row => ({ sub_issue, complete: 1, received: 3, received_before: 2 });
  assert.equal(names([row('App › Cannot sign in'), row('App › Slow'), row('(none)')]), ['Cannot sign in', 'Slow', '(none)']);
  assert.equal(names([row('App › Slow'), row('Fee › Late')]), ['App › Slow', 'Fee › Late']);
});

charts.run();
