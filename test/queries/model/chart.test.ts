import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { chartRows } from '../../../queries/model/chart-rows.ts';
import { chartSpec, sparkSpec } from '../../../queries/model/chart.ts';
import { colours } from '../../../queries/model/colours.ts';
import { laidOver, reports, trends, type Report } from '../../../queries/model/reports.ts';
import type { Row, TableJson } from '../../../queries/model/wire.ts';
import { columnsOf } from '../../../queries/table.ts';

const charts = suite('chart');

function tableOf(report: Report, rows: Row[]): TableJson {
  const { measures, by = [], compare = 'previous_period' } = report.query;
  const columns = columnsOf({ measures, by, grain: report.query.grain ? 'month' : null, compare });
  return { columns, rows, windows: { current: { from: '2026-01-01', to: '2026-03-31' } }, notes: [], asOf: '2026-03-20T00:00:00Z' };
}

const issues: Row[] = [
  { issue: 'Late delivery', complete: 1, received: 41, received_before: 30 },
  { issue: '(none)', complete: 1, received: 12, received_before: 14 },
  { issue: '(other)', complete: 1, received: 70, received_before: 71 },
];
const months: Row[] = [
  {
    period: '2026-01-01',
    complete: 1,
    resolution_days_p50: 3.5,
    resolution_days_p50_n: 40,
    resolution_days_p50_low: 3,
    resolution_days_p50_high: 4,
    resolution_days_p90: 20,
    resolution_days_p90_n: 40,
    resolution_days_p90_low: 15,
    resolution_days_p90_high: null,
  },
  {
    period: '2026-02-01',
    complete: 1,
    resolution_days_p50: 4.5,
    resolution_days_p50_n: 44,
    resolution_days_p50_low: 4,
    resolution_days_p50_high: 5,
    resolution_days_p90: null,
    resolution_days_p90_n: 44,
    resolution_days_p90_low: 14,
    resolution_days_p90_high: null,
  },
  {
    period: '2026-03-01',
    complete: 0,
    resolution_days_p50: 2.5,
    resolution_days_p50_n: 4,
    resolution_days_p50_low: 1,
    resolution_days_p50_high: null,
    resolution_days_p90: null,
    resolution_days_p90_n: 4,
    resolution_days_p90_low: null,
    resolution_days_p90_high: null,
  },
];

/** Draws as the browser does: expressions interpreted, so that no evaluation of text is needed. */
async function draw(spec: TopLevelSpec, rows: Row[]): Promise<string> {
  const view = new vega.View(vega.parse(compile(spec).spec, undefined, { ast: true }), { renderer: 'none', expr: expressionInterpreter });
  await view.data('table', rows).runAsync();
  return view.toSVG();
}

const [recurring, resolution, satisfaction] = trends as [Report, Report, Report];

charts('takes other rows without a fault, though its axes name what is gone', async () => {
  for (const [report, rows] of [
    [recurring, issues],
    [resolution, months],
  ] as const) {
    // prettier-ignore
    const table = tableOf(report, rows);
    const drawn = chartRows(report, table, report === recurring ? null : 'month', 'EUR');
    const spec = compile(chartSpec(report, table.columns, { theme: 'light', width: 600 })).spec;
    const view = new vega.View(vega.parse(spec, undefined, { ast: true }), { renderer: 'none', expr: expressionInterpreter });
    const faults: unknown[] = [];
    view.logger({ ...vega.logger(vega.Error), error: (...fault: unknown[]) => void faults.push(fault) } as unknown as vega.LoggerInterface);
    await view.data('table', drawn).runAsync();
    const others = vega.changeset().remove(() => true).insert(drawn.slice(-1).map((row) => ({ ...row, issue: 'Wrong item', bucket: 0 }))); // prettier-ignore
    await view.change('table', others).runAsync();
    assert.equal(faults, []);
  }
});

charts('draws bars in the order of the rows with the figure beside each', async () => {
  const table = tableOf(recurring, issues);
  const svg = await draw(chartSpec(recurring, table.columns, { theme: 'light', width: 500 }), chartRows(recurring, table, null, 'EUR'));
  assert.ok(svg.indexOf('>Late delivery<') < svg.indexOf('>(none)<') && svg.indexOf('>(none)<') < svg.indexOf('>(other)<'));
  for (const text of ['>41<', '>12<', '>70<']) assert.ok(svg.includes(text), text);
  assert.ok(svg.includes('Late delivery, Cases received: 41'));
  assert.not.match(svg, /NaN|undefined|null/);
});

charts('draws lines over time with hollow marks for a part of a period', async () => {
  const table = tableOf(resolution, months);
  const svg = await draw(
    chartSpec(resolution, table.columns, { theme: 'light', width: 500 }),
    chartRows(resolution, table, 'month', 'EUR'),
  );
  assert.ok(svg.includes('Half resolved within'));
  assert.ok(svg.includes('March 2026 (so far)'));
  assert.ok(svg.includes(`fill="${colours.raised.light}"`));
  assert.not.match(svg, /NaN|undefined/);
});

/** The labels below a chart over time, in order; a second line follows its first. */
async function periodsOf(report: Report, rows: Row[], grain: 'week' | 'month' | 'year', width: number): Promise<string[]> {
  const table = {
    ...tableOf(report, rows),
    columns: columnsOf({ measures: report.query.measures, by: report.query.by ?? [], grain, compare: null }),
  };
  const svg = await draw(chartSpec(report, table.columns, { theme: 'light', width }), chartRows(report, table, grain, 'EUR'));
  const [axis = ''] = /role-axis-label.*?<\/g>/s.exec(svg) ?? [];
  const labels = [...axis.matchAll(/<text[^>]*translate\(([\d.]+).*?<\/text>/g)].map(([text, x]) => ({ text, x: Number(x) }));
  return labels.sort((a, b) => a.x - b.x).flatMap(({ text }) => [...text.matchAll(/>([^<>]+)</g)].map(([, line = '']) => line));
}

charts('names periods as they begin, evenly apart, with the year where it changes', async () => {
  // 30 November 2026 is a Monday.
  const weeks = Array.from({ length: 9 }, (_, i) => ({
    period: new Date(Date.UTC(2026, 10, 30 + 7 * i)).toISOString().slice(0, 10),
    complete: 1,
    csat_rate: 0.5,
  }));
  assert.equal(await periodsOf(satisfaction, weeks, 'week', 300), ['30 Nov', '2026', '21 Dec', '11 Jan', '2027']);
  const two = Array.from({ length: 14 }, (_, i) => ({
    period: new Date(Date.UTC(2025, 10 + i, 1)).toISOString().slice(0, 10),
    complete: 1,
    csat_rate: 0.5,
  }));
  assert.equal(await periodsOf(satisfaction, two, 'month', 900), ['Nov', '2025', 'Jan', '2026', 'Mar', 'May', 'Jul', 'Sep', 'Nov']);
  const years = ['2024', '2025', '2026'].map((year) => ({ period: `${year}-01-01`, complete: 1, csat_rate: 0.5 }));
  assert.equal(await periodsOf(satisfaction, years, 'year', 200), ['2024', '2025', '2026']);
  for (const length of [3, 4, 5, 7, 13, 52, 365]) {
    const rows = Array.from({ length }, (_, i) => ({
      period: new Date(Date.UTC(2026, 0, 5 + 7 * i)).toISOString().slice(0, 10),
      complete: 1,
      csat_rate: 0.5,
    }));
    for (const width of [260, 900]) {
      const names = (await periodsOf(satisfaction, rows, 'week', width)).filter((text) => /[A-Z]/.test(text));
      assert.ok(names.length >= 3 && names.length <= 12, `${length} weeks at ${width} px: ${names.length} names`);
    }
  }
});

charts('dots the line to a part of a period', () => {
  const rows = chartRows(resolution, tableOf(resolution, months), 'month', 'EUR');
  assert.equal(
    rows.map((row) => row.meets_part),
    [0, 1, 1],
  );
  const spec = JSON.stringify(chartSpec(resolution, [], { theme: 'light', width: 500 }));
  for (const measure of ['resolution_days_p50', 'resolution_days_p90']) {
    assert.ok(spec.includes(`datum.meets_part === 1 ? datum[\\"${measure}\\"] : null`), measure);
    assert.ok(spec.includes(`datum.complete === 0 ? null : datum[\\"${measure}\\"]`), measure);
  }
});

charts('counts a few cases in whole numbers', async () => {
  const report = reports.find((r) => r.name === 'issues_over_time') as Report;
  const rows = ['2026-01-01', '2026-02-01', '2026-03-01'].map((period) => ({ period, issue: 'Late delivery', complete: 1, received: 1 }));
  const table = tableOf(report, rows);
  const svg = await draw(chartSpec(report, table.columns, { theme: 'light', width: 500 }), chartRows(report, table, 'month', 'EUR'));
  for (const text of ['>0<', '>1<', '>2<', '>3<']) assert.ok(svg.includes(text), text);
  assert.not.match(svg, />\d\.\d<\/text>/);
});

charts('breaks a long name between words into two lines', () => {
  const names = ['Late delivery', 'Missed Trash/Recycling/Yard Waste', 'No answer to the second of three letters sent to the head office'];
  const rows = names.map((issue) => ({ issue, complete: 1, received: 3 }));
  const drawn = chartRows(recurring, tableOf(recurring, rows), null, 'EUR');
  assert.equal(
    drawn.map((row) => row.name_lines),
    ['Late delivery', 'Missed Trash/Recycling/\nYard Waste', 'No answer to the second\nof three letters sent…'],
  );
});

charts('draws a curve over ages with the window before, and names fewer ages where there is little room', async () => {
  const curve = reports.find((r) => r.name === 'still_open') as Report;
  const table = tableOf(curve, [
    { complete: 1, open_after_1_day: 0.9, open_after_1_day_n: 40, open_after_1_day_low: 0.76, open_after_1_day_high: 0.96, open_after_1_day_before: 0.8, open_after_30_days: 0.1, open_after_30_days_n: 40 },
  ]); // prettier-ignore
  const rows = chartRows(curve, table, null, 'EUR');
  assert.equal(
    rows.map((row) => row.age),
    [1, 2, 3, 7, 14, 30, 60, 90, 180, 365],
  );
  assert.equal(
    [rows[0]?.share_text, rows[0]?.interval_text, rows[0]?.change_text, rows[1]?.share_text],
    ['90%', '76% to 96%', '+10 points', '–'],
  );
  const wide = await draw(chartSpec(curve, table.columns, { theme: 'light', width: 500 }), rows);
  const narrow = await draw(chartSpec(curve, table.columns, { theme: 'light', width: 300 }), rows);
  for (const age of ['>1<', '>7<', '>30<', '>60<', '>365<']) assert.ok(wide.includes(age), age);
  assert.ok(narrow.includes('>30<') && !narrow.includes('>60<'));
  assert.match(wide, /Still open after 30 days: 10%/);
  assert.not.match(wide, /NaN|undefined|null/);
});

charts('lays an overlay over in grey, and puts the names of many lines into a key', () => {
  const waits = reports.find((r) => r.name === 'time_to_resolve') as Report;
  const plain = chartSpec(waits, tableOf(waits, []).columns, { theme: 'light', width: 400 });
  const over = chartSpec(laidOver(waits), tableOf(laidOver(waits), []).columns, { theme: 'light', width: 400 });
  const keyOf = (spec: TopLevelSpec) => (spec.usermeta as { key: { name: string; colour: string }[] }).key;
  assert.equal(
    keyOf(plain).map((line) => line.name),
    ['Half resolved within', 'Three in four resolved within', 'Nine in ten resolved within'],
  );
  assert.equal(keyOf(over)[3], { name: 'Half of the resolved within', colour: colours.neutral.light });
});

charts('draws every report and sparkline in both themes', async () => {
  for (const theme of ['light', 'dark'] as const) {
    for (const report of reports) {
      const table = tableOf(report, []);
      const svg = await draw(chartSpec(report, table.columns, { theme, width: 400 }), []);
      assert.ok(svg.startsWith('<svg'));
    }
    const rows = [1, 3, 2].map((received, i) => ({ period: `2026-0${i + 1}-01`, received, complete: 1 }));
    assert.ok((await draw(sparkSpec('received', theme), rows)).includes('path'));
  }
  const table = tableOf(satisfaction, [
    { period: '2026-01-01', complete: 1, csat_rate: 0.6, csat_rate_n: 20, csat_rate_low: 0.4, csat_rate_high: 0.8, csat_rate_before: 0.5 },
  ]);
  const [row] = chartRows(satisfaction, table, 'month', 'EUR');
  assert.equal(
    [row?.csat_rate_text, row?.csat_rate_interval_text, row?.csat_rate_change_text, row?.csat_rate_n_text],
    ['60%', '40% to 80%', '+10 points', '20'],
  );
});

charts.run();
