import { dimensionOf, noneLabel, otherLabel, type DimensionName } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { type Grain } from './buckets.ts';
import { toldChange } from './change.ts';
import { nameWithin, parentOf } from './chart-rows.ts';
import { capital, countInWords, countedBy, describeWindow, joined } from './describe.ts';
import { isOfDuration } from './measure.ts';
import { formatBucket, formatCount, formatInterval, formatValue } from './number.ts';
import { drawnMeasures, type Report } from './reports.ts';
import { noneRecorded, readMembers } from './reading-members.ts';
import { readHeat, readPareto } from './reading-issues.ts';
import { readFair } from './reading-fair.ts';
import { readAges, readCurve, readFlow, readStocks } from './reading-wait.ts';
import { signalOf, signals } from './signal.ts';
import { fewestOfRate } from './beside-all.ts';
import { businessDay, notCompared, type Row, type TableJson, type Value } from './wire.ts';

/**
 * Whether two counts differ beyond what chance allows: by more than three standard errors of the difference of two Poisson counts, 3√(a + b).
 * Many are looked at, so two would find news in noise.
 */
export function isBeyondChance(a: number, b: number): boolean {
  return Math.abs(a - b) > 3 * Math.sqrt(a + b);
}

/**
 * The one-sentence reading of a report: what its table says, in figures of the table.
 * @param currency ISO 4217 code of money
 * @returns the reason where there is nothing to read
 */
export function describeReading(report: Report, table: TableJson, grain: Grain | null, currency: string): string {
  const measures = drawnMeasures(report);
  // A count of nought is nothing to read; a share of nought is.
  const isRead = (row: Row, name: MeasureName) =>
    typeof row[name] === 'number' && (row[name] !== 0 || ['ratio', 'survival', 'stock'].includes(measureOf(name).kind));
  const counted = table.rows.some((row) => measures.some((name) => isRead(row, name)));
  if (!counted) {
    const early = describeEarly(report, table);
    if (early) return `Too early to tell: ${early}`;
    return describeAbsence(report, table) ?? 'Nothing in this period with these filters.';
  }
  const { chart } = report;
  switch (chart.type) {
    case 'funnel':
      return readFair(chart.measure, table);
    case 'curve':
      return readCurve(chart.measures, table);
    case 'bars':
      return dimensionOf(chart.by as DimensionName).type === 'band' ? readAges(chart, table.rows) : readBars(chart, table.rows);
    case 'intervals':
      return readMembers(chart, table.rows);
    case 'pareto':
      return readPareto(chart, table);
    case 'heat':
      return readHeat(chart, table.rows, grain);
    case 'lines':
      return readLines(chart, table.rows);
    case 'bands': {
      if (chart.measures.includes('open')) return readStocks(table.rows, grain);
      if (chart.measures.includes('closed')) return readFlow(table.rows);
      const [overlay] = report.overlay?.filter((name) => chart.measures.includes(name)) ?? [];
      return readBands(
        chart.measures.filter((name) => name !== overlay),
        table,
        grain,
        currency,
        overlay,
      );
    }
  }
}

/**
 * Why a figure is unknown though there are cases: they have not been followed for long enough.
 * @returns a sentence that begins small, or null where a figure is known or no case was followed
 */
export function describeEarly(report: Report, table: TableJson): string | null {
  const [name] = drawnMeasures(report);
  if (!name || !isOfDuration(measureOf(name)) || table.rows.some((row) => typeof row[name] === 'number')) return null;
  const total = table.rows.reduce((sum, row) => sum + (number(row[`${name}_n`]) ?? 0), 0);
  if (total === 0) return null;
  const followed = Math.max(0, ...table.rows.map((row) => number(row[`${name}_followed_days`]) ?? 0));
  if (report.chart.type === 'curve') return `the longest any case was followed is ${followedFor(followed)}.`;
  const { share, done } = wordsOf(name);
  const cases = total === 1 ? 'the one case was' : `of ${countInWords(total, 'case')}, fewer than ${share} were`;
  return `not reached within ${followedFor(followed)}; ${cases} ${total === 1 ? `not ${done}` : done} by then.`;
}

/** How long cases were followed: "9 days". */
export function followedFor(days: number): string {
  // Cases that have not ended are followed in whole hours.
  return days < 1 / 24 ? 'an hour' : formatValue(days, 'days');
}

/** Why a report holds nothing, as a sentence, where its table gives a reason for all its sources. */
export function describeAbsence(report: Report, table: TableJson): string | null {
  const measures = drawnMeasures(report);
  const reasons = table.notes.filter(
    (n) =>
      n.source === null &&
      (n.measure === null || measures.includes(n.measure)) &&
      n.message !== businessDay &&
      // What it cannot be compared with is no reason why there is nothing.
      !n.message.startsWith(notCompared),
  );
  // That nothing is known of the whole period explains more than what is left out of one measure.
  const reason = reasons.find((n) => n.measure === null) ?? reasons[0];
  return reason ? sentence(reason.message) : null;
}

/**
 * The rows of a report that are drawn. Of lines at most five: the three largest members, what rose most and what fell most beyond chance,
 * filled up by size; the others stay in the table. Of a heat map what has no name comes last, before what a limit left over.
 */
export function drawnRows({ chart }: Report, rows: Row[]): Row[] {
  if (chart.type === 'heat') return [...rows].sort((a, b) => rankOf(a[chart.by]) - rankOf(b[chart.by]));
  if (chart.type !== 'lines') return rows;
  const names = [...new Set(rows.map((row) => row[chart.by]))].filter((name) => name !== otherLabel).map(String);
  const changed = (halvesOf(chart, rows)?.changes ?? []).sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).map((m) => m.member);
  const { rise, fall } = extremesOf(chart, rows);
  const asked = [...names.slice(0, 3), ...[rise, fall].flatMap((m) => (m ? [m.member] : [])), ...changed, ...names];
  const drawn = new Set([...new Set(asked)].slice(0, 5));
  return rows.filter((row) => drawn.has(String(row[chart.by])));
}

function readBands(
  measures: readonly MeasureName[],
  table: TableJson,
  grain: Grain | null,
  currency: string,
  overlay?: MeasureName,
): string {
  const first = measures[0];
  if (!first) return '';
  const withFigure = table.rows.filter((row) => typeof row[first] === 'number');
  const isWhole = (row: Row) => row.complete === 1;
  // Of the newest whole period that rests on enough, where there is one.
  const enough = (row: Row) => isWhole(row) && (number(row[`${first}_n`]) ?? fewestOfRate) >= fewestOfRate;
  const row = withFigure.findLast(enough) ?? withFigure.findLast(isWhole) ?? withFigure.at(-1);
  if (!row) return `Too early to tell: ${sentence(measureOf(first).label)} is not reached in any period shown.`;
  const when = grain && typeof row.period === 'string' ? formatBucket(grain, row.period) : describeWindow(table.windows.current);
  const measure = measureOf(first);
  const n = number(row[`${first}_n`]);
  const standing = readStanding(first, row, measures.length > 1);
  if (measure.kind === 'percentile') {
    const cases = n === null ? 'the cases' : `the ${countInWords(n, 'case')}`;
    return `Of ${cases} received in ${when}, ${joined(
      measures.map((m) => readPercentile(m, row)),
      'and',
    )}${standing}.${overlay ? readOverlay(overlay, row) : ''}`;
  }
  const context = { n, currency };
  const interval = formatInterval(row[`${first}_low`], row[`${first}_high`], measure.unit, context);
  const noun = countedBy(measure);
  const basis = n === null ? '' : `, from ${countInWords(n, noun)}`;
  const response = number(row.response_rate);
  const answered =
    first === 'csat_rate' && response !== null
      ? `; ${formatValue(response, 'share', { n: number(row.response_rate_n) })} of those asked answered`
      : '';
  const value = formatValue(row[first], measure.unit, context);
  const name = measure.label.toLowerCase();
  const figure = measure.unit === 'cases' && name.startsWith('cases ') ? `${value} ${name}` : `${name} ${value}`;
  return `${capital(when)}: ${figure}${interval ? ` (likely ${interval})` : ''}${basis}${answered}${standing}.`;
}

/**
 * How a judged figure stands beside its own past, to end a sentence with; empty where it was not judged.
 * @param isNamed whether it is one of several the sentence tells of
 */
function readStanding(name: MeasureName, row: Row, isNamed: boolean): string {
  if (number(row[`${name}_limit_high`]) === null) return '';
  const signal = signalOf(row[`${name}_signal`]);
  const which = isNamed ? `; the first is` : ';';
  return `${which} ${signal ? signals[signal].words : 'within its typical range'}`;
}

/** What a percentile's label says: of "Half resolved within" the share and the deed. */
function wordsOf(name: MeasureName): { share: string; done: string } {
  const { label } = measureOf(name);
  return {
    share: label.replace(/ (resolved|answered|acknowledged)? ?within$/, '').toLowerCase(),
    done: /(resolved|answered|acknowledged)/.exec(label)?.[1] ?? 'done',
  };
}

function readPercentile(name: MeasureName, row: Row): string {
  const { share, done } = wordsOf(name);
  const followed = number(row[`${name}_followed_days`]);
  const value = row[name];
  if (value === null || value === undefined)
    return followed === null ? `it is too early to tell for ${share}` : `${share} were not yet ${done} within ${followedFor(followed)}`;
  return `${share} were ${done} within ${formatValue(value, measureOf(name).unit)}`;
}

/** What the figure that leaves open cases out would say of the same period. */
function readOverlay(name: MeasureName, row: Row): string {
  if (number(row[name]) === null) return '';
  return ` Counting only the ${countInWords(number(row[`${name}_n`]) ?? 0, 'case')} already resolved it would read ${formatValue(row[name], measureOf(name).unit)} for half: that leaves out whoever still waits.`;
}

function readBars(chart: { measure: MeasureName; by: string }, rows: Row[]): string {
  const { measure, by } = chart;
  const named = rows.filter((row) => row[by] !== otherLabel && row[by] !== noneLabel);
  const total = rows.reduce((sum, row) => sum + (number(row[measure]) ?? 0), 0);
  const top = named[0];
  const parent = parentOf(named.map((row) => String(row[by])));
  const nameOf = (row: Row) => quoted(nameWithin(String(row[by]), parent));
  const without = number(rows.find((row) => row[by] === noneLabel)?.[measure]) ?? 0;
  if (!top || !number(top[measure])) return noneRecorded(dimensionOf(by as DimensionName).label, 'case', total);
  const value = number(top[measure]) ?? 0;
  const share = total < fewestOfRate ? '' : ` (${formatValue(value / total, 'share', { n: 0 })})`;
  const equals = named.filter((row) => row[measure] === value).length - 1;
  const lead =
    total === 1
      ? `The only case names ${nameOf(top)}`
      : equals > 0
        ? `${nameOf(top)} and ${countInWords(equals, 'other')} are named most: each in ${formatCount(value)} of ${countInWords(total, 'case')}`
        : `${nameOf(top)} is named most: ${formatCount(value)} of ${countInWords(total, 'case')}${share}${againstBefore(top, measure)}`;
  const none = without > 0 ? `; ${formatCount(without)} ${without === 1 ? 'names' : 'name'} none` : '';
  const risen = named
    .filter((row) => row !== top && number(row[`${measure}_before`]) !== null)
    .map((row) => ({ row, name: nameOf(row), now: number(row[measure]) ?? 0, before: number(row[`${measure}_before`]) ?? 0 }))
    .filter((m) => m.now > m.before && movedTo(m.row, measure) === 'more')
    .sort((a, b) => b.now - b.before - (a.now - a.before))[0];
  if (!risen) return `${lead}${none}.`;
  return `${lead}${none}; ${risen.name} grew from ${formatCount(risen.before)} before to ${formatCount(risen.now)}.`;
}

function againstBefore(row: Row, measure: MeasureName): string {
  const [value, before] = [number(row[measure]) ?? 0, number(row[`${measure}_before`])];
  if (before === null || (before === 0 && value === 0)) return '';
  if (before === 0) return ', none before';
  const told = toldChange(row, measure);
  const likely = told?.likely ? ` (likely ${told.likely})` : '';
  // Where windows are not as long as one another, counts are compared by the day.
  const day = told && !told.isEven ? ' a day' : '';
  const moved = movedTo(row, measure);
  if (moved && !day) return `, ${moved === 'more' ? 'up' : 'down'} from ${formatCount(before)} before${likely}`;
  const side = moved ?? told?.side ?? null;
  if (side === null) return `, about as many${day} as before${likely}`;
  return `, ${moved ? '' : 'perhaps '}${side === 'more' ? 'more' : 'fewer'}${day} than before${likely}`;
}

/** To which side a count changed beyond chance, as the table says, or by its own two figures where it does not; null for neither. */
function movedTo(row: Row, measure: MeasureName): 'more' | 'less' | null {
  const told = toldChange(row, measure);
  if (told) return told.verdict === 'within chance' ? null : told.side;
  const [value, before] = [number(row[measure]) ?? 0, number(row[`${measure}_before`]) ?? 0];
  return !isBeyondChance(value, before) ? null : value > before ? 'more' : 'less';
}

interface MemberChange {
  member: string;
  early: number;
  late: number;
  change: number;
}

/** Members of lines by what they counted in the first and in the second half of the whole buckets; null with fewer than two of them. */
function halvesOf(chart: { measure: MeasureName; by: string }, rows: Row[]): { members: number; changes: MemberChange[] } | null {
  const periods = [...new Set(rows.filter((row) => row.complete === 1).map((row) => String(row.period)))].sort();
  const half = Math.floor(periods.length / 2);
  if (half === 0) return null;
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
    .filter((m) => isBeyondChance(m.early, m.late));
  return { members: members.size, changes };
}

/** Which member rose and which fell most, beyond chance. */
function extremesOf(chart: { measure: MeasureName; by: string }, rows: Row[]): { rise?: MemberChange; fall?: MemberChange } {
  const changes = (halvesOf(chart, rows)?.changes ?? []).sort((a, b) => b.change - a.change);
  const [rise, fall] = [changes[0], changes.at(-1)];
  return { ...(rise && rise.change > 0 && { rise }), ...(fall && fall.change < 0 && { fall }) };
}

/** What rose and what fell within the period; the bars tell what did against the window before. */
function readLines(chart: { measure: MeasureName; by: string }, rows: Row[]): string {
  const halves = halvesOf(chart, rows);
  if (!halves) return 'Too early to tell: there are fewer than two whole periods.';
  const total = rows.reduce((sum, row) => sum + (number(row[chart.measure]) ?? 0), 0);
  if (total < fewestOfRate) return `Too few to tell: ${countInWords(total, 'case')}.`;
  const { rise, fall } = extremesOf(chart, rows);
  const told = (m: MemberChange) => `from ${formatCount(m.early)} to ${formatCount(m.late)}`;
  const parts = [
    ...(rise ? [`${quoted(rise.member)} rose most, ${told(rise)}`] : []),
    ...(fall ? [`${quoted(fall.member)} fell most, ${told(fall)}`] : []),
  ];
  const within = 'Within this period, from its first half to its second,';
  if (parts.length === 0) {
    const looked = halves.members === 1 ? 'it neither rose nor fell' : `none of the ${formatCount(halves.members)} looked at rose or fell`;
    return `${within} ${looked} beyond what chance allows.`;
  }
  return `${within} ${parts.join(', and ')}.`;
}

function rankOf(name: Value | undefined): number {
  return name === otherLabel ? 2 : name === noneLabel ? 1 : 0;
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
