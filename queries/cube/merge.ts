import type { StatementRow } from '../sql/statements.ts';

/** The rows of a statement out of those that several threads have added up, each of other rows of the fact. */
export function mergeRows(parts: readonly (readonly StatementRow[])[]): StatementRow[] {
  const merged = new Map<string, StatementRow>();
  for (const part of parts)
    for (const row of part) {
      const key = `${row.date} ${row.keys.join()}`;
      const before = merged.get(key);
      merged.set(key, before ? sumOf(before, row) : row);
    }
  return [...merged.values()];
}

function sumOf(a: StatementRow, b: StatementRow): StatementRow {
  return {
    date: a.date,
    keys: a.keys,
    bins: a.bins && b.bins && mergeBins(a.bins, b.bins),
    sums: a.sums.map((sum, i) => sum + (b.sums[i] ?? 0)),
  };
}

/** Two lists of bins (`StatementRow.bins`: bin, count, bin, count, …, ascending by time) as one. */
function mergeBins(a: ArrayLike<number>, b: ArrayLike<number>): Int32Array {
  const merged = new Int32Array(a.length + b.length);
  let length = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; length += 2) {
    const order = i >= a.length ? 1 : j >= b.length ? -1 : compareBins(a[i] ?? 0, b[j] ?? 0);
    merged[length] = (order <= 0 ? a[i] : b[j]) ?? 0;
    if (order <= 0) merged[length + 1] = a[i + 1] ?? 0;
    if (order >= 0) merged[length + 1] = (merged[length + 1] ?? 0) + (b[j + 1] ?? 0);
    if (order <= 0) i += 2;
    if (order >= 0) j += 2;
  }
  return merged.slice(0, length);
}

/** By time: a case that has not ended, −1 less its hours, is last seen in the last minute of its last hour, after those that ended in it. */
function compareBins(a: number, b: number): number {
  const minutes = (bin: number) => (bin < 0 ? (-1 - bin) * 60 + 59 : bin);
  return minutes(a) - minutes(b) || Number(a < 0) - Number(b < 0);
}
