import type { Config, TopLevelSpec } from 'vega-lite';
import { colour, series, type Theme } from './colours.ts';
import { measureOf, noneLabel, otherLabel, dimensions, type Grain, type MeasureName } from './model.ts';
import { bucketsBetween } from './buckets.ts';
import { formatBucket, formatChange, formatCount, formatInterval, formatTick, formatValue } from './number.ts';
import type { Unit } from './measure.ts';
import type { Report } from './reports.ts';
import type { Column, Row, TableJson, Value } from './wire.ts';

/** What a spec depends on besides its report. */
export interface ChartStyle {
  theme: Theme;
  /** Width in pixels; absent, the width of the container. */
  width?: number;
  /** Height of charts over time in pixels; bars grow by 32 a bar. */
  height?: number;
}

/**
 * The Vega-Lite picture of a report, decided without looking at the rows: a named data set `table` that takes the rows of {@link chartRows}.
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

/** A sparkline of 96 by 24 with its last point dotted; rows as in {@link chartRows}. */
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

/**
 * The rows of a table with what a chart writes beside the figures: `KEY_text` for every figure, its interval, n and change, and `spoken`, the
 * accessible name of the mark; over time also `bucket`, the position of the period from 0, its `tick` and `year` as the axis writes them, and
 * `meets_part`, 1 where the line to or from this row belongs to a part of a period; for bars `name_lines`, the name in at most two lines.
 */
export function chartRows(report: Report, table: TableJson, grain: Grain | null, currency: string): Row[] {
  const measures = report.chart.type === 'bands' ? report.chart.measures : [report.chart.measure];
  const labels = report.chart.type === 'lines' ? labelPlaces(table.rows, report.chart.by, report.chart.measure) : null;
  const buckets = grain ? placesOf(table.rows, grain) : null;
  const parts = new Set(table.rows.flatMap((row) => (row.complete === 0 ? [buckets?.get(String(row.period)) ?? -1] : [])));
  return table.rows.map((row) => {
    const drawn: Row = { ...row };
    const bucket = buckets?.get(String(row.period));
    if (bucket !== undefined && grain) {
      Object.assign(drawn, { bucket, ...formatTick(grain, String(row.period)) });
      drawn.meets_part = [bucket - 1, bucket, bucket + 1].some((place) => parts.has(place)) ? 1 : 0;
    }
    if (report.chart.type === 'bars') drawn.name_lines = inTwoLines(String(row[report.chart.by] ?? ''));
    if (labels) drawn.label_at = labels.get(row) ?? null;
    const when = grain && typeof row.period === 'string' ? formatBucket(grain, row.period) : null;
    if (when) drawn.period_text = row.complete === 0 ? `${when} (so far)` : when;
    const keys = table.columns.filter((c) => c.type === 'label').map((c) => String(row[c.name]));
    const spoken: string[] = [];
    for (const name of measures) {
      const { unit, label } = measureOf(name);
      const n = row[`${name}_n`];
      const context = { n: typeof n === 'number' ? n : typeof row[name] === 'number' ? 1 : 0, currency };
      drawn[`${name}_text`] = formatValue(row[name], unit, context);
      if (n !== undefined) drawn[`${name}_n_text`] = typeof n === 'number' ? formatCount(n) : '–';
      const interval = formatInterval(row[`${name}_low`], row[`${name}_high`], unit, context);
      drawn[`${name}_interval_text`] = interval || '–';
      const before = row[`${name}_before`];
      if (before !== undefined) drawn[`${name}_change_text`] = formatChange(row[name], before, unit, context) || '–';
      spoken.push(`${label}: ${drawn[`${name}_text`]}`);
    }
    drawn.spoken = [...keys, ...(when ? [String(drawn.period_text)] : []), ...spoken].join(', ');
    return drawn;
  });
}

/** Positions of the periods of the rows, from 0; a period between them that has no row keeps its place. */
function placesOf(rows: Row[], grain: Grain): Map<string, number> {
  const periods = rows.flatMap((row) => (typeof row.period === 'string' ? [row.period] : [])).sort();
  const [first, last] = [periods[0], periods.at(-1)];
  return new Map(first && last ? bucketsBetween(grain, first, last).map((period, place) => [period, place]) : []);
}

// What fits into the room beside the bars, in letters of the usual width.
const lineLength = 23;

/** A name broken between words into at most two lines, joined by a line feed; what does not fit ends in an ellipsis. */
function inTwoLines(name: string): string {
  if (name.length <= lineLength) return name;
  const lines = [''];
  // A slash may end a line as a blank does.
  for (const word of name.split(/(?<=[\s/])/)) {
    const line = lines.at(-1) ?? '';
    if (line && (line + word).trimEnd().length > lineLength) lines.push(word);
    else lines[lines.length - 1] = line + word;
  }
  const [first = '', second = '', ...rest] = lines.map((line) => line.trim());
  if (!second) return first;
  return `${first}\n${rest.length ? `${second.slice(0, lineLength - 1).trimEnd()}…` : second}`;
}

/** Where the names at the ends of lines stand, in units of the measure: at the last value, or spread around those of its neighbours until each is clear. */
function labelPlaces(rows: Row[], by: string, measure: MeasureName): Map<Row, number> {
  const last = new Map<Value | undefined, { row: Row; value: number }>();
  let highest = 0;
  for (const row of rows) {
    const value = row[measure];
    if (typeof value !== 'number' || row[by] === otherLabel) continue;
    last.set(row[by], { row, value });
    highest = Math.max(highest, value);
  }
  // A line of text is about a sixteenth of the height of a chart over time.
  const gap = highest / 16;
  const groups: { row: Row; value: number }[][] = [];
  const middle = (group: { value: number }[]) => group.reduce((sum, { value }) => sum + value, 0) / group.length;
  for (const end of [...last.values()].sort((a, b) => a.value - b.value)) {
    let group = [end];
    for (
      let below = groups.at(-1);
      below && middle(group) - middle(below) < ((group.length + below.length) / 2) * gap;
      below = groups.at(-1)
    ) {
      group = [...below, ...group];
      groups.pop();
    }
    groups.push(group);
  }
  const places = new Map<Row, number>();
  for (const group of groups) {
    const first = Math.max(0, middle(group) - ((group.length - 1) / 2) * gap);
    group.forEach(({ row }, i) => places.set(row, first + i * gap));
  }
  return places;
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

const hover = { name: 'hovered', select: { type: 'point', on: 'pointerover', clear: 'pointerout' } };
const dimmed = { condition: { param: 'hovered', value: 1 }, value: 0.25 };

// Below this width of a chart its lines are named in a key below it: names at their ends would leave too little for the lines.
const narrowChart = 480;
const isNarrow = (width?: number) => (width === undefined ? `containerSize()[0] < ${narrowChart}` : String(width < narrowChart));

/** How many periods there are, and every how many of them one is named: 3 to 12 names that have room. */
const tickParams = [
  { name: 'buckets', expr: "extent(pluck(data('table'), 'bucket'))[1] + 1" },
  { name: 'stride', expr: 'min(ceil(buckets / clamp(floor(width / 56), 3, 12)), max(1, floor((buckets - 1) / 2)))' },
] as const;
const rowAt = (place: string) => `data('table')[indexof(pluck(data('table'), 'bucket'), ${place})]`;
const isNewYear = `${rowAt('datum.value')}.year && (datum.value < stride || ${rowAt('datum.value')}.year !== ${rowAt('datum.value - stride')}.year)`;
const timeAxis = {
  field: 'bucket',
  type: 'quantitative',
  title: null,
  scale: { zero: false, nice: false },
  axis: {
    grid: false,
    values: { expr: 'sequence(0, buckets, stride)' },
    // The year stands below the first name and wherever it changes.
    labelExpr: `${isNewYear} ? [${rowAt('datum.value')}.tick, ${rowAt('datum.value')}.year] : ${rowAt('datum.value')}.tick`,
    labelLineHeight: 16,
    labelOverlap: false,
    labelFlush: false,
    // Vega drops every second value beyond this number.
    tickCount: 12,
  },
};

// Many points in little room would hide their line.
const pointSize = { expr: 'clamp(3 * width / buckets, 6, 50)' };

/** A line in two strokes: drawn through where periods are whole, dotted to and from a part of a period. */
function strokes(measure: MeasureName, strokeDash: number[]) {
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

function valueAxis(measure: MeasureName, unit: Unit) {
  const title = { cases: null, surveys: null, share: null, days: 'days', hours: 'hours', money: null, points: 'points', score: 'score' }[
    unit
  ];
  const format = unit === 'share' ? '.0%' : ',~f';
  const isCount = unit === 'cases' || unit === 'surveys';
  const scale = unit === 'share' ? { domain: [0, 1] } : { zero: unit !== 'points' && unit !== 'score', nice: true };
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
function roomyAxis(measure: MeasureName, unit: Unit) {
  const axis = valueAxis(measure, unit);
  const isCount = unit === 'cases' || unit === 'surveys';
  return isCount ? { ...axis, scale: { ...axis.scale, domain: { unionWith: [0, 3] } } } : axis;
}

/** A part of a period is drawn hollow. */
function hollow(name: Parameters<typeof colour>[0], theme: Theme) {
  return { condition: { test: isPartial, value: colour('raised', theme) }, value: colour(name, theme) };
}

/** The same where the colour is that of the series. */
function hollowOf(color: object, theme: Theme) {
  return { ...color, condition: { test: isPartial, value: colour('raised', theme) } };
}

const isPartial = 'datum.complete === 0';

/** Keeps the last row in time that has a figure, of each group where rows are grouped by colour. */
function lastPoint(measure: MeasureName, time: 'bucket' | 'at' = 'bucket') {
  return [
    { filter: `isValid(datum.${measure})` },
    { joinaggregate: [{ op: 'max', field: time, as: 'last' }] },
    { filter: `datum.${time} === datum.last` },
  ];
}
