import { annotationRows, numbersOn, rebasesIn, type Numbered } from '../queries/model/chart-annotations.ts';
import { chartRows } from '../queries/model/chart-rows.ts';
import { signsOf } from '../queries/model/chart-signs.ts';
import { countedBy, countInWords } from '../queries/model/describe.ts';
import type { Annotation } from '../queries/model/lists.ts';
import { dimensionOf, noneLabel, type DimensionName } from '../queries/model/dimensions.ts';
import { measureOf, type MeasureName } from '../queries/model/measures.ts';
import { type Grain } from '../queries/model/buckets.ts';
import { describeReading, drawnRows } from '../queries/model/reading.ts';
import { drawnMeasures, type Report } from '../queries/model/reports.ts';
import type { Row, TableJson } from '../queries/model/wire.ts';
import { absenceOf } from '../queries/model/absence.ts';
import { marksOf, remarksOf, totalOf, type Mark } from './marks.ts';

/** A report's table as the frame of its chart shows it. */
export interface Framed {
  report: Report;
  measures: readonly MeasureName[];
  grain: Grain | null;
  currency: string;
  table: TableJson;
  /** The table of what is drawn; of many lines only some are. */
  picture: TableJson;
  /** The rows of the picture, of `chartRows`. */
  drawn: Row[];
  marks: Mark[][];
  /** The answer to the report's question, in words. */
  sentence: string;
  /** How many cases or answers it rests on. */
  total: number;
  counted: ReturnType<typeof countedBy>;
  isStock: boolean;
  /** Whether some cases were open at some time: none may be at the end. */
  hasStock: boolean;
  /** Why a whole measure is missing here, if it is the source that lacks it. */
  absence: string | null;
  /** What has to be said below it. */
  remarks: string[];
  isOverTime: boolean;
  /** What stands beside the time axis, in order, and the rows it is drawn by; none for a chart that is not over time. */
  notes: Numbered[];
  beside: Row[] | null;
  /** The measures drawn that are judged beside their own past. */
  judged: readonly MeasureName[];
  /** Where a range began anew before what is shown. */
  earlier: Annotation[];
}

/** What a frame shows: the picture, the table, or in words why there is neither. */
export type Shows = 'empty' | 'absent' | 'early' | 'few' | 'nameless' | 'table' | 'chart';

// Fewer than this and a trend is an anecdote.
const fewest = 5;

/** What a frame shows of a table, without what stands beside its time axis. */
export type FramedTable = Omit<Framed, 'notes' | 'beside' | 'earlier'>;

/**
 * Everything a frame shows of a table.
 * @param sourceCount how many sources have cases
 */
export function frameTable(
  report: Report,
  table: TableJson,
  { grain, currency, sourceCount }: { grain: Grain | null; currency: string; sourceCount: number },
): FramedTable {
  const measures = drawnMeasures(report);
  const [first] = measures;
  const picture = { ...table, rows: drawnRows(report, table.rows) };
  const drawn = chartRows(report, picture, grain, currency);
  const kind = first && measureOf(first).kind;
  const isStock = kind === 'stock';
  const judged = report.chart.type === 'bands' ? measures.filter((m) => table.limits?.some((l) => l.measure === m)) : [];
  return {
    report,
    measures,
    grain,
    currency,
    table,
    picture,
    drawn,
    marks: marksOf(report, drawn),
    sentence: describeReading(report, table, grain, currency),
    total: totalOf(report, table, first),
    counted: first ? countedBy(measureOf(first)) : 'case',
    isStock,
    hasStock: isStock && table.rows.some((row) => measures.some((m) => Number(row[m]) > 0)),
    absence: absenceOf(table, first, sourceCount),
    remarks: remarksOf(table, measures, sourceCount),
    isOverTime: isOverTime(report, grain),
    judged,
  };
}

/** A frame's table with what happened in its time; where limits began anew in this chart alone comes after what stands on every trend. */
export function frameBeside(framed: FramedTable, annotations: readonly Numbered[]): Framed {
  const { table, drawn, judged, grain } = framed;
  const rebases = grain ? rebasesIn(table.limits ?? [], judged, grain) : [];
  const earlier = rebases.filter((one) => numbersOn([{ ...one, number: 0 }], drawn, grain).length === 0);
  if (!framed.isOverTime) return { ...framed, earlier, notes: [], beside: null };
  const beside = [...annotations, ...rebases.map((one, i) => ({ ...one, number: annotations.length + i + 1 }))];
  return { ...framed, earlier, notes: numbersOn(beside, drawn, grain), beside: annotationRows(beside, drawn, grain) };
}

/**
 * Whether a frame shows its picture, or what instead.
 * @param asTable whether the reader wants the table
 */
export function showsOf(framed: Framed, asTable: boolean): Shows {
  const { total, hasStock, absence, marks, measures } = framed;
  if (total === 0 && !hasStock) return absence ? 'absent' : 'empty';
  if (asTable) return 'table';
  if (marks.length === 0) return 'early';
  if (isNameless(framed)) return 'nameless';
  return measures.every((m) => !['count', 'stock'].includes(measureOf(m).kind)) && total < fewest ? 'few' : 'chart';
}

/** Whether a list of members holds only what names none: a picture of that says nothing. */
function isNameless({ report: { chart }, drawn }: Framed): boolean {
  if (chart.type !== 'bars' && chart.type !== 'intervals' && chart.type !== 'pareto') return false;
  return dimensionOf(chart.by as DimensionName).type === 'label' && drawn.every((row) => row[chart.by] === noneLabel);
}

/** What a frame's figures rest on, in words. */
export function basisOf({ grain, total, counted, isStock }: Framed): string {
  return isStock ? `${countInWords(total, 'open case')}${grain ? ' at the end' : ''}` : countInWords(total, counted);
}

/** Whether a chart has an axis of time, beside which notes stand. */
export function isOverTime({ chart }: Pick<Report, 'chart'>, grain: Grain | null): boolean {
  return grain !== null && (chart.type === 'bands' || chart.type === 'lines');
}

/** Whether a chart is one series from top to bottom. */
export function isList({ chart }: Pick<Report, 'chart'>): boolean {
  return ['bars', 'pareto', 'intervals'].includes(chart.type);
}

/** The line below a picture or a table: what it rests on, and what its signs mean. */
export function footnoteOf(framed: Framed): string {
  const { report, table, drawn } = framed;
  const isPart = report.chart.type === 'lines' && drawn.length < table.rows.length;
  return [basisOf(framed), ...signsOf(framed), ...(isPart ? ['all others are in the table'] : [])].join('; ');
}
