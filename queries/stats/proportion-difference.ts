import { wilson } from './wilson.ts';

export interface Difference {
  difference: number | null;
  lower: number | null;
  upper: number | null;
}

/** A numerator and its denominator. */
export interface Share {
  successes: number;
  n: number;
}

/**
 * The first share less the second, with the interval that squares and adds Wilson's.
 * @returns between −1 and 1; nulls where either n is 0
 * @see Newcombe 1998, Statistics in Medicine 17:873, method 10
 */
export function proportionDifference(first: Share, second: Share, confidence = 0.95): Difference {
  const a = wilson(first.successes, first.n, confidence);
  const b = wilson(second.successes, second.n, confidence);
  if (a.estimate === null || a.lower === null || a.upper === null) return { difference: null, lower: null, upper: null };
  if (b.estimate === null || b.lower === null || b.upper === null) return { difference: null, lower: null, upper: null };
  const difference = a.estimate - b.estimate;
  return {
    difference,
    lower: Math.max(-1, difference - Math.hypot(a.estimate - a.lower, b.upper - b.estimate)),
    upper: Math.min(1, difference + Math.hypot(a.upper - a.estimate, b.estimate - b.lower)),
  };
}
