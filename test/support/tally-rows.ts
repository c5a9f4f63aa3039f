import type { TallyRow } from '../../queries/model/tally.ts';

/** What stands in one cell of a tally: its sums, and how many there are of each bin. */
export interface Cell {
  sums: number[];
  bins: Record<number, number>;
}

/** Rows of an answer that mean the same read the same: by bucket and keys, bins counted. */
export function plainRows(rows: readonly TallyRow[]): Record<string, Cell> {
  const found: Record<string, Cell> = {};
  for (const { bucket, keys, bins, sums } of rows) {
    const cell = (found[`${bucket} ${keys.join(',')}`] ??= { sums: sums.map(() => 0), bins: {} });
    sums.forEach((value, i) => (cell.sums[i] = (cell.sums[i] ?? 0) + value));
    for (let i = 0; i < (bins?.length ?? 0); i += 2) {
      const bin = bins?.[i] ?? 0;
      cell.bins[bin] = (cell.bins[bin] ?? 0) + (bins?.[i + 1] ?? 0);
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
