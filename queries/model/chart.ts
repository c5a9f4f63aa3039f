import type { TopLevelSpec } from 'vega-lite';
import {
  chartConfig,
  dimmed,
  hollow,
  hollowOf,
  hover,
  isNarrow,
  isUnnamed,
  lastPoint,
  namesAxis,
  pointSize,
  roomyAxis,
  strokes,
  tickParams,
  timeAxis,
  valueAxis,
  type ChartStyle,
} from './chart-parts.ts';
import { annotationLayer } from './chart-annotations.ts';
import { bands } from './chart-bands.ts';
import { curve } from './chart-curve.ts';
import { intervals } from './chart-intervals.ts';
import { heatMap } from './chart-heat.ts';
import { paretoBars } from './chart-pareto.ts';
import { funnel } from './chart-funnel.ts';
import { colour, type Theme } from './colours.ts';
import { otherLabel, dimensions } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import type { Report } from './reports.ts';
import type { Column } from './wire.ts';

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
    return {
      ...base,
      height: { step: isOfAge(chart.by) ? 48 : 32 },
      ...bars(chart.measure, chart.by, has(`${chart.measure}_before`), style.theme),
    } as TopLevelSpec;
  if (chart.type === 'intervals')
    return { ...base, height: { step: 40 }, ...intervals(chart.measure, chart.by, style.theme) } as unknown as TopLevelSpec; // as above
  if (chart.type === 'curve') {
    const compared = has(`${chart.measures[0] ?? ''}_before`);
    return { ...base, height: style.height ?? 240, ...curve(chart.measures, compared, style.theme) } as TopLevelSpec;
  }
  if (chart.type === 'pareto') {
    const drawn = paretoBars(chart.measure, chart.by, has(`${chart.measure}_before`), style.theme);
    return { ...base, height: { step: 32 }, ...drawn } as TopLevelSpec;
  }
  if (chart.type === 'heat')
    return { ...base, height: { step: 30 }, params: [...tickParams], ...heatMap(chart.measure, chart.by, style.theme) } as TopLevelSpec;
  if (chart.type === 'funnel') return { ...base, height: style.height ?? 300, ...funnel(chart.measure, chart.by, style) } as TopLevelSpec;
  const time = { ...base, height: style.height ?? 240, params: [...tickParams] };
  if (chart.type === 'lines') {
    // What is left over is no member and would press the lines of the members flat; the table has it.
    const named = { filter: `datum[${JSON.stringify(chart.by)}] !== ${JSON.stringify(otherLabel)}` };
    return annotated({ ...time, transform: [named], ...lines(chart.measure, chart.by, style) }, style);
  }
  // The names of several lines, and what the axis counts, stand above the drawing.
  const [first] = chart.measures;
  const isTopped = chart.measures.length > 1 || (first !== undefined && valueAxis(first, measureOf(first).unit).title !== null);
  return annotated({ ...time, ...bands(chart.measures, report.overlay ?? [], has, style) }, style, isTopped ? 18 : 0);
}

/** A chart over time with what happened beside it below its layers. */
function annotated<S extends { layer: object[] }>(spec: S, { isAnnotated, theme }: ChartStyle, lift = 0): TopLevelSpec {
  // Literal fields are wider than the union Vega-Lite wants.
  return { ...spec, layer: [...(isAnnotated ? [annotationLayer(theme, lift)] : []), ...spec.layer] } as unknown as TopLevelSpec;
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
  const y = namesAxis(field, theme);
  // The numbers at the ends of the bars need room of their own.
  const x = {
    field: measure,
    type: 'quantitative',
    title: null,
    scale: { zero: true, nice: false, range: [0, { expr: 'width - 64' }] },
    axis: null,
  };
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
          color: { condition: { test: isUnnamed(field), value: colour('neutral', theme) }, value: colour('series-1', theme) },
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

/** Bands of age are few, and have room. */
function isOfAge(by: string): boolean {
  return dimensions[by as keyof typeof dimensions].type === 'band';
}
