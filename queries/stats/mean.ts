/**
 * The arithmetic mean, corrected once by the mean of what is left, so that the mean of equal numbers is exactly that number.
 * @returns null for no numbers
 */
export function mean(values: readonly number[]): number | null {
  const n = values.length;
  if (n === 0) return null;
  const first = values.reduce((sum, value) => sum + value, 0) / n;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / n;
}
