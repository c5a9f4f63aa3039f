import { absenceOf } from './absence.ts';
import type { Grain } from './buckets.ts';
import { changeOf } from './change-words.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatCount, formatInterval, formatValue, inOneUnit } from './number.ts';
import { followedFor } from './reading.ts';
import { standingOf, type Standing } from './standing.ts';
import type { Row, TableJson } from './wire.ts';

/** A figure with everything that has to stand beside it. */
export interface TileFigure {
  value: number | null;
  n: number | null;
  low: number | null;
  high: number | null;
  /** The figure in words; an en dash where it is unknown. */
  text: string;
  /** What it rests on, or why it is unknown; one text a line. */
  basis: string[];
  /** Against the window before; empty where nothing is compared. */
  change: string;
  /** How it stands beside its own past; null where there are no figures. */
  standing: Standing | null;
  /** Its values in time, null where unknown, with the typical range of each. */
  spark: { values: (number | null)[]; limits: ({ low: number; high: number } | null)[]; isLastPartial: boolean };
}

/**
 * A figure of the totals beside its series.
 * @param totals a table of one row over the whole period
 * @param series a table of one row a period, asked for with `signals`; null while it is not there
 * @param told `sourceCount`: how many sources have cases
 */
export function tileFigure(
  { totals, series, grain }: { totals: TableJson; series: TableJson | null; grain: Grain },
  measure: MeasureName,
  told: { currency: string; sourceCount: number },
): TileFigure {
  const { currency, sourceCount } = told;
  const { unit, fact } = measureOf(measure);
  const row: Row = totals.rows[0] ?? {};
  const [value, n, low, high, followed] = ['', '_n', '_low', '_high', '_followed_days'].map((end) => numberOf(row[`${measure}${end}`]));
  const context = { n: n ?? null, currency };
  const interval = formatInterval(row[`${measure}_low`], row[`${measure}_high`], unit, context);
  const why =
    typeof followed === 'number' && n !== 0
      ? `too early to tell: not reached within ${followedFor(followed)}`
      : (absenceOf(totals, measure, sourceCount) ?? (n === 0 ? (fact === 'survey' ? 'no answers' : 'no case counts here yet') : 'unknown'));
  return {
    value: value ?? null,
    n: n ?? null,
    low: low ?? null,
    high: high ?? null,
    text: formatValue(row[measure], unit, context),
    basis:
      typeof value === 'number'
        ? [...(typeof n === 'number' ? [`n ${formatCount(n)}`] : []), ...(interval ? [`likely ${inOneUnit(interval)}`] : [])]
        : [why],
    change: changeOf(totals, measure, currency),
    standing: series && standingOf(series, measure, grain, currency),
    spark: {
      values: series?.rows.map((each) => numberOf(each[measure])) ?? [],
      limits:
        series?.rows.map((each) => {
          const [from, to] = [numberOf(each[`${measure}_limit_low`]), numberOf(each[`${measure}_limit_high`])];
          return from !== null && to !== null ? { low: from, high: to } : null;
        }) ?? [],
      isLastPartial: series?.rows.at(-1)?.complete === 0,
    },
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
