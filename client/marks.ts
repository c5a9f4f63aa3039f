import { measureOf, otherLabel, type DimensionName, type MeasureName } from '../queries/model/model.ts';
import type { Report } from '../queries/model/reports.ts';
import type { Row, TableJson } from '../queries/model/wire.ts';
import type { Drill } from './state/drill.ts';

/** A figure on a picture that can be read and opened. */
export interface Mark {
  /** Position of its row in the table. */
  row: number;
  measure: MeasureName;
  /** Its value, n, interval and change in words, in that order. */
  text: string;
}

/** The value columns a report draws, in order of drawing. */
export function drawnMeasures(report: Report): readonly MeasureName[] {
  return report.chart.type === 'bands' ? report.chart.measures : [report.chart.measure];
}

/**
 * The marks of a picture as the arrow keys walk through them: a list a series (bars are one, lines one a member, bands one a measure), each in the
 * order of the rows. Unknown values have no mark.
 * @param drawn rows of `chartRows`, in the order of the table
 */
export function marksOf(report: Report, drawn: Row[]): Mark[][] {
  const series = new Map<string, Mark[]>();
  const { chart } = report;
  for (const measure of drawnMeasures(report)) {
    for (const [index, row] of drawn.entries()) {
      if (row[measure] === null || row[measure] === undefined) continue;
      // Not drawn as a line: it is no member.
      if (chart.type === 'lines' && row[chart.by] === otherLabel) continue;
      const name = chart.type === 'lines' ? String(row[chart.by]) : measure;
      const marks = series.get(name) ?? [];
      marks.push({ row: index, measure, text: spoken(report, measure, row) });
      series.set(name, marks);
    }
  }
  return [...series.values()];
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

/**
 * Why a measure is missing altogether, where no source has what it needs.
 * @param sourceCount how many sources have cases
 * @returns null where at least one source could answer
 */
export function absenceOf(table: TableJson, measure: MeasureName | undefined, sourceCount: number): string | null {
  const notes = table.notes.filter((note) => note.measure === measure);
  const isAll = notes.some((note) => note.source === null) || new Set(notes.map((note) => note.source)).size >= sourceCount;
  return isAll ? (notes[0]?.message ?? null) : null;
}

function spoken(report: Report, measure: MeasureName, row: Row): string {
  const name = 'by' in report.chart ? [String(row[report.chart.by])] : [];
  const when = row.period_text ? [String(row.period_text)] : [];
  const has = (key: string) => row[key] !== undefined && row[key] !== '–';
  const parts = [
    `${measureOf(measure).label} ${row[`${measure}_text`]}`,
    ...(has(`${measure}_n_text`) ? [`from ${row[`${measure}_n_text`]}`] : []),
    ...(has(`${measure}_interval_text`) ? [`likely ${row[`${measure}_interval_text`]}`] : []),
    ...(has(`${measure}_change_text`) ? [`${row[`${measure}_change_text`]} against before`] : []),
  ];
  return [...name, ...when].join(', ') + `: ${parts.join(', ')}`;
}
