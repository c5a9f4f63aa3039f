import type { TopLevelSpec } from 'vega-lite';
import {
  chartConfig,
  dimmed,
  hollow,
  hollowOf,
  hover,
  isNarrow,
  lastPoint,
  pointSize,
  roomyAxis,
  strokes,
  tickParams,
  timeAxis,
  valueAxis,
} from './chart-parts.ts';
import { colour, series, type Theme } from './colours.ts';
import { measureOf, noneLabel, otherLabel, dimensions, type MeasureName } from './model.ts';
import type { Report } from './reports.ts';
import type { Column } from './wire.ts';

/** What a spec depends on besides its report. */
export interface ChartStyle {
  theme: Theme;
  /** Width in pixels; absent, the width of the container. */
  width?: number;
  /** Height of charts over time in pixels; bars grow by 32 a bar. */
  height?: number;
}

/**
 * The Vega-Lite picture of a report, decided without looking at the rows: a named data set `table` that takes the rows of `chartRows`.
 * Titles are HTML, not in the spec. Every mark carries its row as `datum`: keys by the names of the table's columns.
 */
export function chartSpec(report: Report, columns: Column[], style: ChartStyle): TopLevelSpec {
  const base = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: `${report.title}: ${report.question}`,
    data: { name: 'table' },
    width: style.width ?? 'container',
    autosize: { type: 'fit-x', contains: 'padding' },
    background: 'transparent',
    config: chartConfig(style.theme),
  } as const;
  const { chart } = report;
  const has = (name: string) => columns.some((c) => c.name === name);
  if (chart.type === 'bars')
    return { ...base, height: { step: 32 }, ...bars(chart.measure, chart.by, has(`${chart.measure}_before`), style.theme) } as TopLevelSpec;
  const time = { ...base, height: style.height ?? 240, params: [...tickParams] };
  if (chart.type === 'lines') {
    // What is left over is no member and would press the lines of the members flat; the table has it.
    const named = { filter: `datum[${JSON.stringify(chart.by)}] !== ${JSON.stringify(otherLabel)}` };
    return { ...time, transform: [named], ...lines(chart.measure, chart.by, style) } as TopLevelSpec;
  }
  return {
    ...time,
    layer: chart.measures.flatMap((m, i) => band(m, i, chart.measures.length > 1, has(`${m}_low`), style.theme)),
  } as TopLevelSpec;
}

/** A sparkline of 96 by 24 with its last point dotted; rows as in `chartRows`. */
export function sparkSpec(measure: MeasureName, theme: Theme): TopLevelSpec {
  const y = { field: measure, type: 'quantitative', axis: null, scale: { zero: false, nice: false } };
  const x = { field: 'at', type: 'temporal', axis: null, scale: { type: 'utc' } };
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    description: `${measureOf(measure).label} over time`,
    data: { name: 'table' },
    width: 96,
    height: 24,
    padding: 3,
    background: 'transparent',
    config: { ...chartConfig(theme), view: { stroke: null } },
    transform: [{ calculate: 'toDate(datum.period)', as: 'at' }],
    layer: [
      { mark: { type: 'line', strokeWidth: 1.5, color: colour('ink-2', theme), aria: false }, encoding: { x, y } },
      {
        transform: lastPoint(measure, 'at'),
        mark: { type: 'point', filled: true, size: 28, color: colour('accent', theme), opacity: 1, aria: false },
        encoding: { x, y, fill: hollow('accent', theme) },
      },
    ],
  };
  return spec as unknown as TopLevelSpec; // literal fields above are wider than the union Vega-Lite wants
}

function bars(measure: MeasureName, by: string, compared: boolean, theme: Theme) {
  const { unit, label } = measureOf(measure);
  const field = by in dimensions ? by : 'period';
  // Rows come in the order of the query: longest first, (other) last.
  const lines = `data('table')[indexof(pluck(data('table'), ${JSON.stringify(field)}), datum.value)].name_lines`;
  // Vega puts the first of two lines beside the bar, not their middle.
  const middle = { labelOffset: { expr: `indexof(${lines}, '\\n') < 0 ? 0 : -7` } };
  const labels = { labelExpr: `split(${lines}, '\\n')`, labelLineHeight: 14, labelLimit: 170, labelColor: colour('ink', theme) };
  const y = { field, type: 'nominal', sort: null, title: null, axis: { ...labels, ...middle, domain: false } };
  // The numbers at the ends of the bars need room of their own.
  const x = { field: measure, type: 'quantitative', title: null, scale: { zero: true, range: [0, { expr: 'width - 64' }] }, axis: null };
  const quiet = `datum[${JSON.stringify(field)}] === ${JSON.stringify(otherLabel)} || datum[${JSON.stringify(field)}] === ${JSON.stringify(noneLabel)}`;
  const tooltip = [
    { field, title: dimensions[by as keyof typeof dimensions].label },
    { field: `${measure}_text`, title: label },
    ...(compared ? [{ field: `${measure}_change_text`, title: 'Against before' }] : []),
  ];
  return {
    encoding: { y, x, description: { field: 'spoken' } },
    layer: [
      {
        params: [hover],
        mark: { type: 'bar', height: { band: 0.62 }, cornerRadiusEnd: 2, cursor: 'pointer' },
        encoding: {
          color: { condition: { test: quiet, value: colour('neutral', theme) }, value: colour('series-1', theme) },
          opacity: dimmed,
          tooltip,
        },
      },
      ...(compared
        ? [
            {
              mark: { type: 'tick', thickness: 2, height: { band: 0.86 }, color: colour('ink', theme), aria: false, tooltip: null },
              encoding: { x: { field: `${measure}_before`, type: 'quantitative' } },
            },
          ]
        : []),
      {
        mark: { type: 'text', align: 'left', dx: 8, aria: false, tooltip: null },
        encoding: { text: { field: `${measure}_text` }, ...(compared && { x: { field: 'label_at', type: 'quantitative' } }) },
      },
    ],
    ...(compared && { transform: [{ calculate: `max(datum.${measure}, datum.${measure}_before)`, as: 'label_at' }] }),
    usermeta: { unit },
  };
}

function lines(measure: MeasureName, by: string, { theme, width }: ChartStyle) {
  const { unit, label } = measureOf(measure);
  const color = { field: by, type: 'nominal', sort: null, legend: null };
  const tooltip = [
    { field: 'period_text', title: 'Period' },
    { field: by, title: dimensions[by as keyof typeof dimensions].label },
    { field: `${measure}_text`, title: label },
  ];
  return {
    encoding: { x: timeAxis, y: valueAxis(measure, unit) },
    layer: [
      ...strokes(measure, [1, 0]).map(({ transform, mark, y }) => ({ transform, mark, encoding: { color, y } })),
      {
        params: [hover],
        mark: { type: 'point', filled: true, opacity: 1, cursor: 'pointer', size: pointSize },
        encoding: {
          y: roomyAxis(measure, unit),
          stroke: color,
          fill: hollowOf(color, theme),
          opacity: dimmed,
          tooltip,
          description: { field: 'spoken' },
        },
      },
      {
        transform: lastPoint(measure),
        mark: {
          type: 'text',
          align: 'left',
          dx: 8,
          limit: 220,
          aria: false,
          text: { expr: `${isNarrow(width)} ? '' : datum[${JSON.stringify(by)}]` },
        },
        encoding: { color, y: { field: 'label_at', type: 'quantitative' } },
      },
    ],
    usermeta: { by },
  };
}

function band(measure: MeasureName, index: number, labelled: boolean, hasInterval: boolean, theme: Theme) {
  const name = series[index % series.length] ?? 'series-1';
  const color = colour(name, theme);
  const { unit, label } = measureOf(measure);
  const y = valueAxis(measure, unit);
  const x = timeAxis;
  const both = `isValid(datum.${measure}_low) && isValid(datum.${measure}_high)`;
  const tooltip = [
    { field: 'period_text', title: 'Period' },
    { field: `${measure}_text`, title: label },
    { field: `${measure}_n_text`, title: 'From' },
    ...(hasInterval ? [{ field: `${measure}_interval_text`, title: 'Likely' }] : []),
    { field: `${measure}_change_text`, title: 'Against before' },
  ];
  return [
    ...(hasInterval
      ? [
          {
            // An interval open at one end is not drawn: half a band would read as a whole one.
            transform: ['low', 'high'].map((end) => ({
              calculate: `${both} ? datum.${measure}_${end} : null`,
              as: `${measure}_${end}_drawn`,
            })),
            mark: { type: 'area', color, opacity: 0.16, aria: false, tooltip: null },
            encoding: { x, y: { ...y, field: `${measure}_low_drawn` }, y2: { field: `${measure}_high_drawn` } },
          },
        ]
      : []),
    ...strokes(measure, index === 0 ? [1, 0] : [6, 3]).map(({ transform, mark, y: { field } }) => ({
      transform,
      mark: { ...mark, color },
      encoding: { x, y: { ...y, field } },
    })),
    {
      ...(index === 0 ? { params: [hover] } : {}),
      mark: { type: 'point', filled: true, color, stroke: color, opacity: 1, cursor: 'pointer', size: pointSize },
      encoding: { x, y: roomyAxis(measure, unit), fill: hollow(name, theme), tooltip, description: { field: 'spoken' } },
    },
    ...(labelled
      ? [
          {
            // Above the highest of its own marks in the part of the chart it takes, so that it crosses none of them.
            transform: [
              { calculate: `datum.bucket > buckets * 0.4 ? datum.${hasInterval ? `${measure}_high` : measure} : null`, as: 'near' },
              { joinaggregate: [{ op: 'max', field: 'near', as: 'highest' }] },
              ...lastPoint(measure),
              { calculate: `max(datum.highest, datum.${measure})`, as: 'label_at' },
            ],
            mark: { type: 'text', align: 'right', dy: -10, color, fontWeight: 600, aria: false },
            encoding: { x, y: { ...y, field: 'label_at' }, text: { value: label } },
          },
        ]
      : []),
  ];
}
