export interface ParetoRow {
  category: string;
  count: number;
  /** Null where the total is 0. */
  share: number | null;
  /** Share of this and all rows above it; the last is 1. */
  cumulative: number | null;
}

export interface Pareto {
  total: number;
  rows: ParetoRow[];
  /** The shortest list from the top whose cumulative share reaches the threshold; empty where the total is 0. */
  vitalFew: string[];
}

export interface ParetoOptions {
  /** 0 to 1; default 0.8. A category that reaches it exactly closes the list. */
  threshold?: number;
  /** Categories that stand at the end whatever their count, such as "(other)". */
  last?: readonly string[];
}

/**
 * Categories by falling count with cumulative shares. Equal counts keep the order given.
 * @param counts [category, count or weight], none below 0
 * @see Juran; R qcc's pareto.chart
 */
export function pareto(counts: readonly (readonly [string, number])[], { threshold = 0.8, last = [] }: ParetoOptions = {}): Pareto {
  const sorted = [...counts].sort(([a, m], [b, n]) => Number(last.includes(a)) - Number(last.includes(b)) || n - m);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  const rows = sorted.map(([category, count]): ParetoRow => {
    seen += count;
    return { category, count, share: total > 0 ? count / total : null, cumulative: total > 0 ? seen / total : null };
  });
  const closing = rows.findIndex(({ cumulative }) => cumulative !== null && cumulative >= threshold - 1e-12); // weights may not add up exactly
  return { total, rows, vitalFew: rows.slice(0, closing + 1).map(({ category }) => category) };
}
