import { gammaCdf } from './gamma.ts';

/**
 * Exact two-sided test of a count: twice the smaller tail.
 * @param count 0 or above; between whole counts by the same formula
 * @param expected above 0
 * @see Garwood 1936, Biometrika 28:437, for the tails
 */
export function poissonTest(count: number, expected: number): number {
  const upper = count === 0 ? 1 : gammaCdf(expected, count, 1);
  const lower = 1 - gammaCdf(expected, count + 1, 1);
  return Math.min(1, 2 * Math.min(upper, lower));
}
