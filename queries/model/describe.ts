import {
  dimensionNames,
  dimensionOf,
  measureOf,
  otherLabel,
  rangeNames,
  type DimensionName,
  type Grain,
  type MeasureName,
} from './model.ts';
import { durations, type Condition } from './measure.ts';
import { formatBucket, formatCount, formatDate, formatInterval, formatValue } from './number.ts';
import { addDays, daysBetween } from './buckets.ts';
import type { Where } from './query.ts';
import type { Report } from './reports.ts';
import type { Row, TableJson, Value, Window } from './wire.ts';

/** The filters in words, one text a filter: `kind: complaint`, `not channel: web or fax`, `text: hold time`. */
export function describeFilters(where: Where): string[] {
  const list = (labels: string[]) =>
    labels.length > 4 ? `${labels.slice(0, 3).join(', ')} or ${labels.length - 3} more` : joined(labels, 'or');
  const name = (dimension: DimensionName) => dimensionOf(dimension).label.toLowerCase();
  return [
    ...dimensionNames.flatMap((d) => (where.members[d] ? [`${name(d)}: ${list(where.members[d])}`] : [])),
    ...dimensionNames.flatMap((d) => (where.not[d] ? [`not ${name(d)}: ${list(where.not[d])}`] : [])),
    ...rangeNames.flatMap((r) => (where.range[r] ? [describeRange(r, where.range[r])] : [])),
    ...(where.text ? [`text: ${where.text}`] : []),
  ];
}

/**
 * The windows as far as they are known: one that today cuts ends today, and the one it is compared with after as many days.
 * @param today the local date of T, `YYYY-MM-DD`
 */
export function elapsedWindows<W extends { current: Window; before?: Window }>(
  windows: W,
  today: string,
): { current: Window; before?: Window } {
  const { current, before } = windows;
  if (current.to <= today || current.from > today) return windows;
  const end = before && addDays(before.from, daysBetween(current.from, today));
  return {
    current: { from: current.from, to: today },
    ...(before && end && { before: { from: before.from, to: end < before.to ? end : before.to } }),
  };
}

/** A window as "1 January to 31 December 2026". */
export function describeWindow({ from, to }: Window): string {
  if (from === to) return formatDate(from);
  const start = formatDate(from);
  return `${from.slice(0, 4) === to.slice(0, 4) ? start.slice(0, -5) : start} to ${formatDate(to)}`;
}

/**
 * The one-sentence reading of a report: what its table says, in figures of the table.
 * @param currency ISO 4217 code of money
 * @returns the reason where there is nothing to read
 */
export function describeReading(report: Report, table: TableJson, grain: Grain | null, currency: string): string {
  const measures: readonly MeasureName[] = report.chart.type === 'bands' ? report.chart.measures : [report.chart.measure];
  const known = table.rows.filter((row) => measures.some((m) => row[m] !== null && row[m] !== undefined));
  const counted = known.some((row) => measures.some((m) => row[m] !== 0));
  if (!counted) {
    const reason = table.notes.find((n) => n.measure !== null && measures.includes(n.measure) && n.source === null);
    return reason ? sentence(reason.message) : 'Nothing in this period with these filters.';
  }
  if (report.chart.type === 'bands') return readBands(report.chart.measures, table, grain, currency);
  if (report.chart.type === 'bars') return readBars(report.chart, table.rows);
  return readLines(report.chart, table.rows);
}

/** A condition of the model in words, for "How this is computed". */
export function describeCondition(condition: Condition): string {
  if ('any' in condition) return condition.any.map((all) => all.map(describeCondition).join(' and ')).join(', or ');
  const column = condition.column
    .replace(/^is_/, '')
    .replace(/_(at|minor)$/, '')
    .replaceAll('_', ' ');
  switch (condition.op) {
    case 'is':
      return condition.column.startsWith('is_') ? (condition.value ? column : `not ${column}`) : `${column} is ${condition.value}`;
    case 'is_not':
      return `${column} is not ${condition.value}`;
    case 'at_least':
      return `${column} is at least ${condition.value}`;
    case 'at_most':
      return `${column} is at most ${condition.value}`;
    case 'in':
      return `${column} is one of ${condition.value.join(', ')}`;
    case 'known':
      return `${column} is known`;
    case 'unknown':
      return `${column} is not known`;
    case 'by_then':
      return `${column} by then`;
    case 'not_by_then':
      return `not ${column} by then`;
    case 'passed':
      return `${column} has passed by then`;
  }
}

/** How a measure is computed, in words. */
export function describeMethod(name: MeasureName): string {
  const measure = measureOf(name);
  switch (measure.kind) {
    case 'count':
      return measure.sum ? 'A sum over the cases with an amount.' : 'A count.';
    case 'stock':
      return 'A stock: what came in up to the end of the period less what went out.';
    case 'ratio': {
      const interval =
        measure.interval === 'wilson'
          ? ' The interval is Wilson’s score interval at 95%.'
          : measure.interval === 'nps'
            ? ' The interval is the adjusted Wald interval of Rocks (2016) at 95%.'
            : '';
      return `${measure.sum ? 'A mean' : 'A share'}: two counts divided last.${interval}`;
    }
    case 'percentile':
      return measure.censored
        ? `The Kaplan–Meier quantile of ${durations[measure.of].label}: cases that have not ended count with the time they have waited. The interval is log–log at 95%.`
        : `The median (type 7) of ${durations[measure.of].label} among the cases that have ended.`;
  }
}

function describeRange(name: (typeof rangeNames)[number], [low, high]: [number | null, number | null]): string {
  const what = { resolution_days: 'days to resolve', open_age_days: 'days open', score: 'survey score' }[name];
  if (high === null) return `${what}: at least ${low}`;
  return low === null ? `${what}: below ${high}` : `${what}: ${low} to below ${high}`;
}

function readBands(measures: readonly MeasureName[], table: TableJson, grain: Grain | null, currency: string): string {
  const first = measures[0];
  if (!first) return '';
  const withFigure = table.rows.filter((row) => row[first] !== null && row[first] !== undefined);
  const row = withFigure.findLast((r) => r.complete === 1) ?? withFigure.at(-1);
  if (!row) return `Too early to tell: ${sentence(measureOf(first).label)} is not reached in any period shown.`;
  const when = grain && typeof row.period === 'string' ? formatBucket(grain, row.period) : describeWindow(table.windows.current);
  const measure = measureOf(first);
  if (measure.kind === 'percentile')
    return `Of the cases received in ${when}, ${joined(
      measures.map((m) => readPercentile(m, row)),
      'and',
    )}.`;
  const context = { n: number(row[`${first}_n`]), currency };
  const interval = formatInterval(row[`${first}_low`], row[`${first}_high`], measure.unit, context);
  const n =
    context.n === null
      ? ''
      : `, from ${formatCount(context.n)} ${measure.kind === 'ratio' && measure.fact === 'survey' ? 'answers' : 'cases'}`;
  const response = number(row.response_rate);
  const answered =
    first === 'csat_rate' && response !== null
      ? `; ${formatValue(response, 'share', { n: number(row.response_rate_n) })} of those asked answered`
      : '';
  return `${capital(when)}: ${measure.label.toLowerCase()} ${formatValue(row[first], measure.unit, context)}${interval ? ` (likely ${interval})` : ''}${n}${answered}.`;
}

function readPercentile(name: MeasureName, row: Row): string {
  const measure = measureOf(name);
  const share = measure.label.replace(/ (resolved|answered|acknowledged)? ?within$/, '').toLowerCase();
  const done = /(resolved|answered|acknowledged)/.exec(measure.label)?.[1] ?? 'done';
  const followed = number(row[`${name}_followed_days`]);
  const value = row[name];
  if (value === null || value === undefined)
    return followed === null
      ? `it is too early to tell for ${share}`
      : `${share} were not yet ${done} within ${formatValue(followed, 'days')}`;
  return `${share} were ${done} within ${formatValue(value, measure.unit)}`;
}

function readBars(chart: { measure: MeasureName; by: string }, rows: Row[]): string {
  const { measure, by } = chart;
  const top = rows.find((row) => row[by] !== otherLabel);
  if (!top) return '';
  const total = rows.reduce((sum, row) => sum + (number(row[measure]) ?? 0), 0);
  const value = number(top[measure]) ?? 0;
  const before = number(top[`${measure}_before`]);
  const against =
    before === null ? '' : before === value ? ', as many as before' : `, ${before < value ? 'up' : 'down'} from ${formatCount(before)}`;
  const lead = `${quoted(top[by])} is named most: ${formatCount(value)} of ${formatCount(total)} cases (${formatValue(total ? value / total : null, 'share', { n: 0 })})${against}`;
  const risen = rows
    .filter((row) => row !== top && row[by] !== otherLabel && number(row[`${measure}_before`]) !== null)
    .map((row) => ({ row, rise: (number(row[measure]) ?? 0) - (number(row[`${measure}_before`]) ?? 0) }))
    .sort((a, b) => b.rise - a.rise)[0];
  if (!risen || risen.rise <= 0) return `${lead}.`;
  return `${lead}; ${quoted(risen.row[by])} grew from ${formatCount(number(risen.row[`${measure}_before`]) ?? 0)} to ${formatCount(number(risen.row[measure]) ?? 0)}.`;
}

/**
 * Which member rose and which fell most from the first half of the whole buckets to the second. A change counts when it exceeds three standard
 * errors of the difference of two Poisson counts, 3√(a + b): several members are looked at, so two would find news in noise.
 */
function readLines(chart: { measure: MeasureName; by: string }, rows: Row[]): string {
  const periods = [...new Set(rows.filter((row) => row.complete === 1).map((row) => String(row.period)))].sort();
  const half = Math.floor(periods.length / 2);
  if (half === 0) return 'Too early to tell: there are fewer than two whole periods.';
  const [early, late] = [new Set(periods.slice(0, half)), new Set(periods.slice(-half))];
  const members = new Map<string, { early: number; late: number }>();
  for (const row of rows) {
    const member = String(row[chart.by]);
    if (member === otherLabel) continue;
    const sums = members.get(member) ?? { early: 0, late: 0 };
    const value = number(row[chart.measure]) ?? 0;
    if (early.has(String(row.period))) sums.early += value;
    if (late.has(String(row.period))) sums.late += value;
    members.set(member, sums);
  }
  const changes = [...members]
    .map(([member, sums]) => ({ member, ...sums, change: sums.late - sums.early }))
    .filter((m) => Math.abs(m.change) > 3 * Math.sqrt(m.early + m.late))
    .sort((a, b) => b.change - a.change);
  const [rise, fall] = [changes[0], changes.at(-1)];
  const told = (m: (typeof changes)[number]) => `from ${formatCount(m.early)} to ${formatCount(m.late)}`;
  const parts = [
    ...(rise && rise.change > 0 ? [`${quoted(rise.member)} rose most, ${told(rise)}`] : []),
    ...(fall && fall.change < 0 ? [`${quoted(fall.member)} fell most, ${told(fall)}`] : []),
  ];
  if (parts.length === 0)
    return 'From the first half of the period to the second, none of the largest rose or fell beyond what chance allows.';
  return `From the first half of the period to the second, ${joined(parts, 'and')}.`;
}

function number(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function quoted(value: Value | undefined): string {
  return `“${value ?? ''}”`;
}

function sentence(text: string): string {
  return `${capital(text)}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function joined(parts: string[], word: 'and' | 'or'): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}
