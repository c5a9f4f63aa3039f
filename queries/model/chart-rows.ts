import { toldChange } from './change.ts';
import { bandLabels } from './band-labels.ts';
import { bucketsBetween, type Grain } from './buckets.ts';
import { curveRows } from './chart-curve.ts';
import { funnelPlace } from './chart-funnel.ts';
import { intervalParts } from './chart-intervals.ts';
import { tonesOf } from './chart-heat.ts';
import { paretoTexts } from './chart-pareto.ts';
import { noneLabel, otherLabel, subSeparator } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatBucket, formatChange, formatCount, formatInterval, formatTick, formatValue, type NumberContext } from './number.ts';
import { drawnMeasures, type Report } from './reports.ts';
import { signalOf, signals, verdictOf } from './signal.ts';
import type { Row, TableJson, Value } from './wire.ts';

/**
 * The rows of a table with what a chart writes beside the figures: `KEY_text` for every figure, its interval, n and change, and `spoken`, the
 * accessible name of the mark; over time also `bucket`, the position of the period from 0, its `tick` and `year` as the axis writes them, and
 * `meets_part`, 1 where the line to or from this row belongs to a part of a period; for bands `KEY_label_at`, where the name of the line
 * stands, on the row it stands at, and of judged figures the words of {@link signalWords}; where each line has a name `name_lines`, that
 * name in at most two lines, and for intervals and funnels what {@link intervalParts} and
 * {@link funnelPlace} say. A curve has the rows of {@link curveRows}.
 */
export function chartRows(report: Report, table: TableJson, grain: Grain | null, currency: string): Row[] {
  const measures = drawnMeasures(report);
  if (report.chart.type === 'curve') return curveRows(measures, table);
  const labels = report.chart.type === 'lines' ? labelPlaces(table.rows, report.chart.by, report.chart.measure) : null;
  const named =
    report.chart.type === 'bands'
      ? bandLabels(
          measures.filter((m) => !report.overlay?.includes(m)),
          table.rows,
        )
      : null;
  const buckets = grain ? placesOf(table.rows, grain) : null;
  const parts = new Set(table.rows.flatMap((row) => (row.complete === 0 ? [buckets?.get(String(row.period)) ?? -1] : [])));
  const { chart } = report;
  const parent = hasNames(chart) ? parentOf(table.rows.map((row) => String(row[chart.by]))) : '';
  const tones = chart.type === 'heat' ? tonesOf(table.rows, chart.by, chart.measure) : null;
  return table.rows.map((row) => {
    const drawn: Row = { ...row };
    if (tones) drawn.tone = tones(row);
    if (chart.type === 'pareto') Object.assign(drawn, paretoTexts(row, chart.measure));
    const bucket = buckets?.get(String(row.period));
    if (bucket !== undefined && grain) {
      Object.assign(drawn, { bucket, ...formatTick(grain, String(row.period)) });
      drawn.meets_part = [bucket - 1, bucket, bucket + 1].some((place) => parts.has(place)) ? 1 : 0;
    }
    if (hasNames(chart))
      drawn.name_lines = inTwoLines(nameWithin(memberName(chart, row), parent), chart.type === 'intervals' ? narrowNames : wideNames);
    if (report.chart.type === 'funnel') Object.assign(drawn, funnelPlace(report.chart.measure, row, table.columns));
    for (const [measure, place] of Object.entries(named?.get(row) ?? {})) drawn[`${measure}_label_at`] = place;
    if (labels) drawn.label_at = labels.get(row) ?? null;
    const when = grain && typeof row.period === 'string' ? formatBucket(grain, row.period) : null;
    if (when) drawn.period_text = row.complete === 0 ? `${when} (so far)` : when;
    const keys = table.columns.filter((c) => c.role === 'key' && c.type === 'label').map((c) => String(row[c.name]));
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
      if (before !== undefined) drawn[`${name}_change_text`] = changeText(row, name, context);
      if (row[`${name}_signal`] !== undefined) Object.assign(drawn, signalWords(name, row, context));
      if (report.chart.type === 'intervals') Object.assign(drawn, intervalParts(row, name));
      spoken.push(`${label}: ${drawn[`${name}_text`]}`);
    }
    drawn.spoken = [...keys, ...(when ? [String(drawn.period_text)] : []), ...spoken].join(', ');
    return drawn;
  });
}

/** "+12 (+8%), likely −4 to +21%, could be chance"; "–" where nothing is known. */
function changeText(row: Row, name: MeasureName, context: NumberContext): string {
  const change = formatChange(row[name], row[`${name}_before`], measureOf(name).unit, context);
  const told = toldChange(row, name);
  if (!change || !told) return change || '–';
  return [change, ...(told.likely ? [`likely ${told.likely}`] : []), ...(told.verdict === 'within chance' ? ['could be chance'] : [])].join(
    ', ',
  );
}

/** What a picture says of a judged figure: its typical range, the rule it breaks, and `KEY_tone`, by which it is coloured; "–" and null for none. */
function signalWords(name: MeasureName, row: Row, context: NumberContext): Row {
  const { unit, better } = measureOf(name);
  const signal = signalOf(row[`${name}_signal`]);
  const verdict = verdictOf(signal, better);
  return {
    [`${name}_typical_text`]: formatInterval(row[`${name}_limit_low`], row[`${name}_limit_high`], unit, context) || '–',
    [`${name}_signal_text`]: signal ? signals[signal].words : '–',
    [`${name}_tone`]: verdict === 'common_cause' ? null : verdict,
  };
}

function hasNames(chart: Report['chart']): chart is Extract<Report['chart'], { type: 'bars' | 'intervals' | 'pareto' | 'heat' }> {
  return ['bars', 'intervals', 'pareto', 'heat'].includes(chart.type);
}

/** What all names of sub-members begin with, the label above them; empty where they are of several. */
export function parentOf(names: string[]): string {
  const named = names.filter((name) => name !== otherLabel && name !== noneLabel);
  const parents = new Set(named.map((name) => (name.includes(subSeparator) ? name.slice(0, name.indexOf(subSeparator)) : '')));
  const [parent = ''] = parents;
  return parents.size === 1 && parent ? parent + subSeparator : '';
}

/** A name without what it begins with in common with the others. */
export function nameWithin(name: string, parent: string): string {
  return parent && name.startsWith(parent) ? name.slice(parent.length) : name;
}

/** Positions of the periods of the rows, from 0; a period between them that has no row keeps its place. */
function placesOf(rows: Row[], grain: Grain): Map<string, number> {
  const periods = rows.flatMap((row) => (typeof row.period === 'string' ? [row.period] : [])).sort();
  const [first, last] = [periods[0], periods.at(-1)];
  return new Map(first && last ? bucketsBetween(grain, first, last).map((period, place) => [period, place]) : []);
}

/** What a member is called; who waited for no resolution has none. */
function memberName(chart: { type: string; by: string }, row: Row): string {
  const isUnresolved = chart.type === 'intervals' && chart.by === 'wait_band' && row[chart.by] === noneLabel;
  return isUnresolved ? 'not resolved' : String(row[chart.by] ?? '');
}

// What fits into the room beside the bars, in letters of the usual width; intervals need more of it for themselves.
const wideNames = 23;
const narrowNames = 17;

/** A name broken between words into at most two lines, joined by a line feed; what does not fit ends in an ellipsis. */
function inTwoLines(name: string, lineLength: number): string {
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
