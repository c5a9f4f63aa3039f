import type { Config } from 'vega-lite';
import { colour, series, type Theme } from './colours.ts';
import type { Unit } from './measure.ts';
import { noneLabel, otherLabel } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';

/** What a spec depends on besides its report. */
export interface ChartStyle {
  theme: Theme;
  /** Width in pixels; absent, the width of the container. */
  width?: number;
  /** Height of charts over time in pixels; bars grow by 32 a bar. */
  height?: number;
  /** Whether a chart over time takes the data set of chart-annotations.ts. */
  isAnnotated?: boolean;
}

/** The look of every chart (LOOK "Charts"). */
export function chartConfig(theme: Theme): Config {
  const text = colour('ink-2', theme);
  return {
    font: 'Inter Variable, Inter, system-ui, sans-serif',
    locale: { number: { decimal: '.', thousands: '\u202f', grouping: [3], currency: ['', ''] } },
    view: { stroke: null },
    axis: {
      labelColor: text,
      titleColor: text,
      labelFontSize: 13,
      titleFontSize: 13,
      titleFontWeight: 'normal',
      labelFontWeight: 'normal',
      grid: false,
      domain: false,
      ticks: false,
      labelPadding: 8,
      gridColor: colour('hairline', theme),
    },
    axisX: { labelFlush: true, labelSeparation: 10, labelOverlap: 'greedy', domain: true, domainColor: colour('hairline', theme) },
    axisQuantitative: { grid: true, tickCount: 5 },
    text: { fontSize: 13, color: colour('ink', theme) },
    point: { size: 50, strokeWidth: 2 },
    range: { category: series.map((name) => colour(name, theme)) },
  };
}

/** The mark under the pointer stands out; the others fade. */
export const hover = { name: 'hovered', select: { type: 'point', on: 'pointerover', clear: 'pointerout' } };
export const dimmed = { condition: { param: 'hovered', value: 1 }, value: 0.25 };

// Below this width of a chart its lines are named in a key below it: names at their ends would leave too little for the lines.
const narrowChart = 480;
/** An expression: whether the chart is too narrow for names at the ends of its lines. */
export const isNarrow = (width?: number) => (width === undefined ? `containerSize()[0] < ${narrowChart}` : String(width < narrowChart));

/** How many periods there are, and every how many of them one is named: 3 to 12 names that have room. */
export const tickParams = [
  { name: 'buckets', expr: "extent(pluck(data('table'), 'bucket'))[1] + 1" },
  { name: 'stride', expr: 'min(ceil(buckets / clamp(floor(width / 56), 3, 12)), max(1, floor((buckets - 1) / 2)))' },
] as const;
// While rows are replaced an axis still names places that are gone.
const rowAt = (place: string) => `(data('table')[indexof(pluck(data('table'), 'bucket'), ${place})] || {})`;
const isNewYear = `${rowAt('datum.value')}.year && (datum.value < stride || ${rowAt('datum.value')}.year !== ${rowAt('datum.value - stride')}.year)`;
/** Time by the position of the period. */
export const timeAxis = {
  field: 'bucket',
  type: 'quantitative',
  title: null,
  scale: { zero: false, nice: false },
  axis: {
    grid: false,
    values: { expr: 'sequence(0, buckets, stride)' },
    // The year stands below the first name and wherever it changes.
    labelExpr: `${isNewYear} ? [${rowAt('datum.value')}.tick, ${rowAt('datum.value')}.year] : ${rowAt('datum.value')}.tick || ''`,
    labelLineHeight: 16,
    labelOverlap: false,
    labelFlush: false,
    // Vega drops every second value beyond this number.
    tickCount: 12,
  },
};

/** The names of members, one a line of the chart, in the order of the rows. */
export function namesAxis(field: string, theme: Theme) {
  // While rows are replaced an axis still names one that is gone.
  const lines = `((data('table')[indexof(pluck(data('table'), ${JSON.stringify(field)}), datum.value)] || {}).name_lines || '')`;
  // Vega puts the first of two lines beside the bar, not their middle.
  const middle = { labelOffset: { expr: `indexof(${lines}, '\\n') < 0 ? 0 : -7` } };
  const labels = { labelExpr: `split(${lines}, '\\n')`, labelLineHeight: 14, labelLimit: 170, labelColor: colour('ink', theme) };
  return { field, type: 'nominal', sort: null, title: null, axis: { ...labels, ...middle, domain: false } };
}

/** An expression: whether a row is about what has no name or what a limit left over. */
export function isUnnamed(field: string): string {
  return [otherLabel, noneLabel].map((label) => `datum[${JSON.stringify(field)}] === ${JSON.stringify(label)}`).join(' || ');
}

/** Many points in little room would hide their line. */
export const pointSize = { expr: 'clamp(3 * width / buckets, 6, 50)' };

/** A line in two strokes: drawn through where periods are whole, dotted to and from a part of a period. */
export function strokes(measure: MeasureName, strokeDash: number[]) {
  const name = JSON.stringify(measure);
  const mark = { type: 'line', strokeWidth: 2, interpolate: 'linear', aria: false, tooltip: null };
  const whole = { calculate: `${isPartial} ? null : datum[${name}]`, as: `${measure}_whole` };
  const part = { calculate: `datum.meets_part === 1 ? datum[${name}] : null`, as: `${measure}_part` };
  const y = (field: string) => ({ field, type: 'quantitative' });
  return [
    { transform: [whole], mark: { ...mark, strokeDash }, y: y(whole.as) },
    { transform: [part], mark: { ...mark, strokeDash: [1.5, 3.5], strokeWidth: 1.5, opacity: 0.8 }, y: y(part.as) },
  ];
}

const unitTitles: Record<Unit, string | null> = {
  cases: null, surveys: null, share: null, days: 'days', hours: 'hours', money: null, points: 'points', score: 'score', per_case: 'per case',
}; // prettier-ignore

/** The axis of a measure's values. */
export function valueAxis(measure: MeasureName, unit: Unit) {
  const title = unitTitles[unit];
  const own = measureOf(measure);
  // One of many parts is a small share: on an axis to the whole it would be flat.
  const isPart = own.kind === 'ratio' && own.within !== undefined;
  const format = isPart ? '~%' : unit === 'share' ? '.0%' : ',~f';
  const isCount = unit === 'cases' || unit === 'surveys';
  const scale = unit === 'share' && !isPart ? { domain: [0, 1] } : { zero: unit !== 'points' && unit !== 'score', nice: true };
  return {
    field: measure,
    type: 'quantitative',
    title,
    scale,
    axis: {
      format,
      tickCount: 4,
      ...(isCount && { tickMinStep: 1 }),
      titleAngle: 0,
      titleAlign: 'left',
      titleAnchor: 'end',
      titleX: 0,
      titleY: -12,
    },
  };
}

/** The same, of counts with room for three: an axis of a few has whole numbers, and enough of them. One layer of a chart says so for all. */
export function roomyAxis(measure: MeasureName, unit: Unit) {
  const axis = valueAxis(measure, unit);
  const isCount = unit === 'cases' || unit === 'surveys';
  return isCount ? { ...axis, scale: { ...axis.scale, domain: { unionWith: [0, 3] } } } : axis;
}

/** A part of a period is drawn hollow. */
export function hollow(name: Parameters<typeof colour>[0], theme: Theme) {
  return { condition: { test: isPartial, value: colour('raised', theme) }, value: colour(name, theme) };
}

/** The same where the colour is that of the series. */
export function hollowOf(color: object, theme: Theme) {
  return { ...color, condition: { test: isPartial, value: colour('raised', theme) } };
}

/** An expression: whether a row is about a part of a period. */
export const isPartial = 'datum.complete === 0';

/** Keeps the last row in time that has a figure, of each group where rows are grouped by colour. */
export function lastPoint(measure: MeasureName, time: 'bucket' | 'at' = 'bucket') {
  return [
    { filter: `isValid(datum.${measure})` },
    { joinaggregate: [{ op: 'max', field: time, as: 'last' }] },
    { filter: `datum.${time} === datum.last` },
  ];
}
