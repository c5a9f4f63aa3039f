import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile } from 'vega-lite';
import {
  annotationData,
  annotationRows,
  concerning,
  describeAnnotation,
  numbersOn,
  rebasesIn,
  type Numbered,
} from '../../../queries/model/chart-annotations.ts';
import { chartRows } from '../../../queries/model/chart-rows.ts';
import { chartSpec } from '../../../queries/model/chart.ts';
import type { Annotation } from '../../../queries/model/lists.ts';
import { emptyWhere } from '../../../queries/model/query.ts';
import { reports, type Report } from '../../../queries/model/reports.ts';
import type { LimitsJson, Row, TableJson } from '../../../queries/model/wire.ts';
import { columnsOf } from '../../../queries/table.ts';

const annotating = suite('annotations on a chart');

const one = (from: string, text: string, more: Partial<Annotation> = {}): Annotation => ({
  kind: 'note',
  from,
  to: from,
  text,
  source: null,
  about: null,
  note: null,
  ...more,
});
const numbered = (list: Annotation[]): Numbered[] => concerning(list, emptyWhere());
const months: Row[] = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'].map((period, bucket) => ({ period, bucket }));

annotating('stand on their period, those of one period together, from the first they touch to the last', () => {
  const list = numbered([
    one('2025-11-05', 'Before', { to: '2026-02-03' }),
    one('2026-01-31', 'A'),
    one('2026-03-05', 'B'),
    one('2026-03-09', 'C'),
    one('2026-03-30', 'D', { to: '2026-09-30' }),
    one('2026-05-01', 'After'),
  ]);
  assert.equal(
    annotationRows(list, months, 'month').map(({ bucket, until, mark, room }) => [bucket, until, mark, room]),
    [
      [0, 1, '1, 2', 2],
      [2, 3, '3–5', 2],
    ],
  );
  assert.equal(
    numbersOn(list, months, 'month').map((a) => a.number),
    [1, 2, 3, 4, 5],
  );
  assert.equal(annotationRows(list, months, null), []);
  assert.equal(annotationRows(list, [], 'month'), []);
});

annotating('concern a view unless their source or member is filtered away', () => {
  const list = [
    one('2026-01-01', 'all'),
    one('2026-01-01', 'desk', { source: 'desk' }),
    one('2026-01-01', 'late', { about: { dimension: 'issue', label: 'late' } }),
  ];
  const texts = (where: Partial<ReturnType<typeof emptyWhere>>) =>
    concerning(list, { ...emptyWhere(), ...where }).map((a) => `${a.number} ${a.text}`);
  assert.equal(texts({}), ['1 all', '2 desk', '3 late']);
  assert.equal(texts({ members: { source: ['form'], channel: ['web'] } }), ['1 all', '2 late']);
  assert.equal(texts({ not: { issue: ['late'] } }), ['1 all', '2 desk']);
});

annotating('say when, what, and about what', () => {
  const about = { dimension: 'issue' as const, label: 'late' };
  assert.is(describeAnnotation(one('2026-01-05', 'Strike.', { about })), '5 January 2026: Strike. (issue: late)');
  assert.is(describeAnnotation(one('2026-01-05', 'Strike.', { to: '2026-01-08' })), '5 to 8 January 2026: Strike.');
});

annotating('tell where a range begins anew, each once, of several figures by name, and what it waits for', () => {
  const rebase = { baseline_id: 1, from: '2026-02-01', reason: 'New form', set_by: 'admin', set_at: '2026-06-01T00:00:00Z' };
  const made = (over: Partial<LimitsJson>): LimitsJson => ({
    measure: 'received', key: {}, method: 'xmr', sigmaZ: null, from: '2024-01-01', to: '2025-12-01', periods: 24, since: '2026-01-01', ...over,
  }); // prettier-ignore
  const limits = [
    made({}),
    made({ rebase, waiting: { ...rebase, baseline_id: 2, from: '2026-04-01', missing: 11 } }),
    made({ rebase, measure: 'open' }),
  ];
  const told = (measures: Parameters<typeof rebasesIn>[1]) => rebasesIn(limits, measures, 'month').map(describeAnnotation);
  assert.equal(told(['received']), [
    '1 February 2026: the typical range begins anew: New form',
    '1 April 2026: the typical range begins anew (once 11 more whole months are known): New form',
  ]);
  assert.match(told(['received', 'resolution_days_p50'])[0] ?? '', 'the typical range of “Cases received” begins anew');
  assert.equal(told(['resolution_days_p50']), []);
});

for (const name of ['on_time', 'issues_over_time'])
  annotating(`are drawn below the lines of ${name}, and only where asked for`, async () => {
    const report = reports.find((r) => r.name === name) as Report;
    const [measure = 'received'] = report.query.measures;
    const rows: Row[] = months.map(({ period = '' }, i) => ({
      period,
      issue: 'late',
      complete: 1,
      [measure]: 0.5 + i / 10,
      [`${measure}_n`]: 9,
    }));
    const columns = columnsOf({ measures: report.query.measures, by: report.query.by ?? [], grain: 'month', compare: null });
    const table: TableJson = {
      columns,
      rows,
      windows: { current: { from: '2026-01-01', to: '2026-04-30' } },
      notes: [],
      asOf: '2026-05-01T00:00:00Z',
    };
    const drawn = chartRows(report, table, 'month', 'EUR');
    const spec = chartSpec(report, columns, { theme: 'light', width: 500, isAnnotated: true });
    const parsed = vega.parse(compile(spec).spec, undefined, { ast: true });
    const view = new vega.View(parsed, { renderer: 'none', expr: expressionInterpreter });
    await view.data('table', drawn).runAsync();
    const bare = await view.toSVG();
    assert.not.match(bare, />77<\/text>/);
    const marks = annotationRows([{ ...one('2026-02-05', 'Strike', { to: '2026-03-03' }), number: 77 }], drawn, 'month');
    await view.data(annotationData, marks).runAsync();
    const svg = await view.toSVG();
    assert.match(svg, />77<\/text>/);
    assert.ok(svg.indexOf('>77</text>') < svg.indexOf('mark-symbol role-mark'), 'a note lies over the points');
    // Numbers that would run into each other give way to points.
    const crowd = [0, 1, 2, 3].map((bucket) => ({ bucket, until: bucket, mark: '101, 103, 105–107, 109', room: 1, said: '' }));
    await view.data(annotationData, crowd).runAsync();
    assert.equal([...(await view.toSVG()).matchAll(/>•<\/text>/g)].length, 4);
    const plain = compile(chartSpec(report, columns, { theme: 'light', width: 500 })).spec;
    assert.not.ok(plain.data?.some((d) => d.name === annotationData));
  });

annotating.run();
