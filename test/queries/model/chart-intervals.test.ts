import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import { chartRows } from '../../../queries/model/chart-rows.ts';
import { chartSpec } from '../../../queries/model/chart.ts';
import { colours } from '../../../queries/model/colours.ts';
import { describeReading } from '../../../queries/model/reading.ts';
import { satisfactionReports, type Report } from '../../../queries/model/reports.ts';
import type { Row, TableJson } from '../../../queries/model/wire.ts';
import { columnsOf } from '../../../queries/table.ts';

const [report] = satisfactionReports.filter((one) => one.name === 'satisfaction_by_issue') as [Report];

const member = (issue: string, rate: number, n: number, verdict: string | null): Row => ({
  issue, complete: 1, csat_rate: rate, csat_rate_n: n, csat_rate_low: rate - 0.05, csat_rate_high: rate + 0.05, csat_rate_overall: 0.63,
  csat_rate_verdict: verdict,
}); // prettier-ignore
const rows = [
  member('Billing', 0.4, 200, 'below'),
  member('Delivery', 0.8, 150, 'above'),
  member('Manner', 0.61, 80, 'within'),
  member('Noise', 0.2, 5, null),
  member('(other)', 0.6, 40, null),
];

function tableOf(given: Row[]): TableJson {
  const columns = columnsOf({ measures: ['csat_rate'], by: ['issue'], grain: null, compare: null, against: 'whole' });
  return { columns, rows: given, windows: { current: { from: '2026-01-01', to: '2026-03-31' } }, notes: [], asOf: '2026-03-31T00:00:00Z' };
}
const read = (given: Row[]) => describeReading(report, tableOf(given), null, 'EUR');

const charts = suite('members as intervals');

charts('draws a dot on its interval for each that rests on enough, and n at the right', async () => {
  const table = tableOf(rows);
  const spec = chartSpec(report, table.columns, { theme: 'light', width: 500 });
  const view = new vega.View(vega.parse(compile(spec).spec, undefined, { ast: true }), { renderer: 'none', expr: expressionInterpreter });
  await view.data('table', chartRows(report, table, null, 'EUR')).runAsync();
  const svg = await view.toSVG();
  for (const text of ['>Billing<', '>200<', '>150<', '>too few (5)<', '>0%<', '>100%<']) assert.ok(svg.includes(text), text);
  assert.not.ok(svg.includes('>5<'));
  assert.ok(svg.includes(colours.concern.light) && svg.includes(colours.improvement.light));
  assert.is(svg.split(colours.concern.light).length - 1, 2); // a dot and its interval, of Billing alone
  assert.ok(svg.includes('Noise, Satisfied customers: too few to tell'));
  assert.not.match(svg, /NaN|undefined|null/);
});

charts('says who differs more than chance allows, and of how many nothing can be told', () => {
  assert.is(
    read(rows),
    'Satisfied customers overall: 63%, from 475 answers. More than chance allows it is lower for “Billing” (40%), and higher for “Delivery” (80%); 1 with too few answers to tell.',
  );
  assert.is(
    read([member('Billing', 0.6, 200, 'within'), member('Manner', 0.66, 80, 'within')]),
    'Satisfied customers overall: 63%, from 280 answers. None of the 2 issues differs more than chance allows.',
  );
  assert.is(
    read([member('Noise', 0.2, 5, null)]),
    'Satisfied customers overall: 63%, from 5 answers. Too few answers to tell of any issue.',
  );
  const nameless = member('(none)', 0.63, 300, 'within');
  assert.is(read([nameless]), 'Satisfied customers overall: 63%, from 300 answers. No issue is recorded for these answers.');
  assert.is(
    read([nameless, member('Noise', 0.2, 5, null)]),
    'Satisfied customers overall: 63%, from 305 answers. Too few answers name an issue to tell of any.',
  );
});

charts('names three at most, those of most answers first', () => {
  const low = [30, 90, 60, 120].map((n) => member(`I${n}`, 0.3, n, 'below'));
  assert.match(read(low), /lower for “I120” \(30%\), “I90” \(30%\), “I60” \(30%\) and 1 more\.$/);
});

charts.run();
