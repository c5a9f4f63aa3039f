/**
 * A quantile of type 7 (R's default) of values that come with how often each occurs.
 * @param values [value, count], ascending by value, counts whole and above 0
 * @param p 0 to 1
 * @returns null for no values
 * @see Hyndman & Fan 1996, The American Statistician 50:361
 */
export function weightedQuantile(values: readonly (readonly [number, number])[], p: number): number | null {
  let n = 0;
  for (const [, count] of values) n += count;
  if (n === 0) return null;
  const at = (n - 1) * p;
  const below = Math.floor(at);
  const low = valueAt(values, below);
  const high = valueAt(values, Math.min(below + 1, n - 1));
  return low + (at - below) * (high - low);
}

/** The value at a position from 0 in the sorted sample. */
function valueAt(values: readonly (readonly [number, number])[], position: number): number {
  let seen = 0;
  for (const [value, count] of values) {
    seen += count;
    if (position < seen) return value;
  }
  return values.at(-1)?.[0] ?? NaN; // not reached: position is below the sum of counts
}
