import { absenceOf } from '../queries/model/absence.ts';
import { otherLabel, type DimensionName } from '../queries/model/dimensions.ts';
import { measureOf, type MeasureName } from '../queries/model/measures.ts';
import { drawnMeasures, type Report } from '../queries/model/reports.ts';
import type { Row, TableJson } from '../queries/model/wire.ts';
import { sentence } from './case-words.ts';
import type { Drill } from './state/drill.ts';

/** A figure on a picture that can be read and opened. */
export interface Mark {
  /** Position of its row in the table. */
  row: number;
  measure: MeasureName;
  /** Its value, n, interval, change, typical range and the rule it breaks in words, in that order. */
  text: string;
}

/**
 * The marks of a picture as the arrow keys walk through them: a list a series (bars and intervals are one, lines and heat maps one a member, bands one a measure, a curve is one over its ages), each in the
 * order of the rows, of a funnel from left to right. Unknown values have no mark.
 * @param drawn rows of `chartRows`, in the order of the table
 */
export function marksOf(report: Report, drawn: Row[]): Mark[][] {
  const { chart } = report;
  if (chart.type === 'curve') {
    const reached = drawn.flatMap((row, index) =>
      row.share === null ? [] : [{ row: index, measure: row.measure as MeasureName, text: spokenOfAge(row) }],
    );
    return reached.length ? [reached] : [];
  }
  const series = new Map<string, Mark[]>();
  for (const measure of drawnMeasures(report)) {
    for (const [index, row] of drawn.entries()) {
      if (row[measure] === null || row[measure] === undefined || row.away === null) continue;
      // Not drawn as a line: it is no member.
      if (chart.type === 'lines' && row[chart.by] === otherLabel) continue;
      const name = chart.type === 'lines' || chart.type === 'heat' ? String(row[chart.by]) : measure;
      const marks = series.get(name) ?? [];
      marks.push({ row: index, measure, text: spoken(report, measure, row) });
      series.set(name, marks);
    }
  }
  // A funnel is read from left to right, not by name.
  const place = (mark: Mark) => Number(drawn[mark.row]?.size ?? 0);
  return chart.type === 'funnel' ? [...series.values()].map((marks) => marks.sort((a, b) => place(a) - place(b))) : [...series.values()];
}

/** The figure a mark opens: its labels and its bucket. A rate or a percentile opens everything its n counts. */
export function drillOf(report: Report, table: TableJson, mark: Mark): Drill {
  const row = table.rows[mark.row] ?? {};
  const key: Drill['key'] = {};
  for (const column of table.columns) {
    if (column.role !== 'key' || (column.type !== 'label' && column.name !== 'period')) continue;
    // A key column that holds labels is named by its dimension.
    key[column.name as DimensionName | 'period'] = String(row[column.name]);
  }
  return { report: report.name, measure: mark.measure, key, part: 'whole' };
}

/** How many cases (or surveys) a figure rests on: the count itself, or its n. */
export function countOf(row: Row, measure: MeasureName): number | null {
  const value = row[`${measure}_n`] ?? row[measure];
  return typeof value === 'number' &&
    (measureOf(measure).kind === 'count' || measureOf(measure).kind === 'stock' || row[`${measure}_n`] !== undefined)
    ? value
    : null;
}

function spoken(report: Report, measure: MeasureName, row: Row): string {
  if (report.chart.type === 'funnel')
    return `${row.name_text}: ${measureOf(measure).label.toLowerCase()} ${row[`${measure}_text`]}, expected ${row.expected_text}, ${row.verdict_text}`;
  const name = 'by' in report.chart ? [String(row[report.chart.by])] : [];
  const when = row.period_text ? [String(row.period_text)] : [];
  const has = (key: string) => row[key] !== undefined && row[key] !== '–';
  const swaps = row[`${measure}_swaps_with`];
  const parts = [
    `${measureOf(measure).label} ${row[`${measure}_text`]}`,
    ...(has(`${measure}_share_text`) ? [`${row[`${measure}_share_text`]} of all`] : []),
    ...(typeof swaps === 'string' ? [`could change places with ${swaps} by chance`] : []),
    ...(has(`${measure}_n_text`) ? [`from ${row[`${measure}_n_text`]}`] : []),
    ...(has(`${measure}_interval_text`) ? [`likely ${row[`${measure}_interval_text`]}`] : []),
    ...(has('beside_text') ? [`beside all ${row.beside_text}`] : []),
    ...(has(`${measure}_change_text`) ? [`against before ${row[`${measure}_change_text`]}`] : []),
    ...(has(`${measure}_typical_text`) ? [`typically ${row[`${measure}_typical_text`]}`] : []),
    ...(has(`${measure}_signal_text`) ? [`${row[`${measure}_signal_text`]}`] : []),
  ];
  return [...name, ...when].join(', ') + `: ${parts.join(', ')}`;
}

function spokenOfAge(row: Row): string {
  const likely = row.interval_text === '–' ? '' : `, likely ${row.interval_text}`;
  const change = row.change_text === '–' ? '' : `, ${row.change_text} against before`;
  return `${row.spoken}, from ${row.n_text}${likely}${change}`;
}

/**
 * How many cases a picture rests on: of counts, rates and durations all of its rows together, of what is open at an end those of its last.
 * @param measure the first the picture draws
 */
export function totalOf(report: Report, table: TableJson, measure: MeasureName | undefined): number {
  if (!measure) return 0;
  const counts = table.rows.flatMap((row) => countOf(row, measure) ?? []);
  // Of themes each case handled counts once a theme.
  if (report.chart.type === 'funnel' && measureOf(measure).kind === 'count')
    return table.rows.reduce((sum, row) => sum + Number(row[measure] ?? 0), 0);
  const isOverTime = measureOf(measure).kind === 'stock' && Boolean(report.query.grain);
  return isOverTime ? (counts.at(-1) ?? 0) : counts.reduce((sum, count) => sum + count, 0);
}

/**
 * What has to be said beside a picture: sources and measures that are not in it, cases left out, how time is reckoned.
 * @param sourceCount how many sources have cases
 */
export function remarksOf(table: TableJson, measures: readonly MeasureName[], sourceCount: number): string[] {
  const missing = new Map(measures.map((measure) => [measure, absenceOf(table, measure, sourceCount)]));
  const lines = table.notes.flatMap(({ source, measure, message }) => {
    // A note on the whole table leaves no source out.
    if (measure === null) return source === null ? [] : [`${sentence(message)}.`];
    if (!measures.includes(measure)) return [];
    const name = `“${measureOf(measure).label.toLowerCase()}”`;
    if (missing.get(measure)) return [`Without ${name}: ${message}.`];
    if (source === null) return [`${sentence(message)}.`];
    return [`Without ${source}${measure === measures[0] ? '' : ` for ${name}`}: ${message}.`];
  });
  return [...new Set(lines)];
}
