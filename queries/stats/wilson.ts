import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

export interface Proportion {
  /** Null where n is 0. */
  estimate: number | null;
  lower: number | null;
  upper: number | null;
}

/**
 * A share with Wilson's score interval, without continuity correction.
 * @param confidence e.g. 0.95
 * @see Wilson 1927; Newcombe 1998, method 3
 */
export function wilson(successes: number, n: number, confidence = 0.95): Proportion {
  if (n <= 0) return { estimate: null, lower: null, upper: null };
  const z = zOf(confidence);
  const p = successes / n;
  const zz = (z * z) / n;
  const centre = (p + zz / 2) / (1 + zz);
  const half = (z * Math.sqrt((p * (1 - p)) / n + zz / (4 * n))) / (1 + zz);
  // At 0 and n the formula gives exactly 0 and 1, but for rounding.
  return { estimate: p, lower: successes === 0 ? 0 : Math.max(0, centre - half), upper: successes === n ? 1 : Math.min(1, centre + half) };
}

/** The quantile of the normal distribution that a two-sided interval of this confidence takes. */
export function zOf(confidence: number): number {
  return normalQuantile(1 - (1 - confidence) / 2, 0, 1);
}
