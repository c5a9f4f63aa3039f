import type { Grain } from './buckets.ts';
import { measureOf, type MeasureName } from './measures.ts';
import type { Report } from './reports.ts';
import type { Row, TableJson } from './wire.ts';

/** A chart as it is drawn. */
export interface SignedChart {
  report: Report;
  table: TableJson;
  measures: readonly MeasureName[];
  grain: Grain | null;
  /** Rows of `chartRows`. */
  drawn: Row[];
}

/**
 * What the signs of a picture mean.
 * @param before the window compared with, in words; empty where the page says it
 */
export function signsOf({ report, table, measures, grain, drawn }: SignedChart, before = ''): string[] {
  const { type } = report.chart;
  const isSoFar = grain !== null && drawn.some((row) => row.complete === 0 && measures.some((m) => row[m] !== null));
  const isJudged = type === 'bands' && (table.limits?.some((l) => l.measure === measures[0]) ?? false);
  const when = before && `, ${before}`;
  return [
    ...(type === 'curve' && table.windows.before ? [`dashed: before${when}`] : []),
    ...(report.overlay ?? []).filter((m) => measures.includes(m)).map((m) => `grey, dotted: ${measureOf(m).label.toLowerCase()}`),
    ...(isJudged ? ['thin lines: typical range; large points: signals'] : []),
    ...(isSoFar ? ['hollow: a part of a period'] : []),
    ...((type === 'bars' || type === 'pareto') && table.windows.before
      ? [`upright tick: ${measures[0] === 'received' ? 'the count ' : ''}before${when}`]
      : []),
    ...(type === 'intervals' ? ['upright line: all together; blue or orange: more than chance allows'] : []),
    ...(type === 'funnel' ? ['upright line: what chance allows; coloured: further off than chance explains'] : []),
    ...(type === 'pareto' ? ['filled: the few that make most of it; at the right, where there is room: the share with all above'] : []),
    ...(type === 'heat' ? ['stronger: more cases'] : []),
  ];
}
