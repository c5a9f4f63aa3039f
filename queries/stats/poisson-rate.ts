import { gammaQuantile } from './gamma.ts';

export interface Rate {
  /** Events per unit of exposure; null without exposure. */
  rate: number | null;
  lower: number | null;
  upper: number | null;
}

/**
 * A rate with its exact interval.
 * @param count whole, 0 or above
 * @param exposure what the events are counted per; null or 0 is no rate
 * @see Garwood 1936, Biometrika 28:437; R's poisson.test
 */
export function poissonRate(count: number, exposure: number | null, confidence = 0.95): Rate {
  if (exposure === null || exposure <= 0) return { rate: null, lower: null, upper: null };
  const { lower, upper } = countLimits(count, confidence);
  return { rate: count / exposure, lower: lower / exposure, upper: upper / exposure };
}

/** The exact limits of the mean of a Poisson distribution in which `count` was seen: half the quantiles of χ² with 2 count and 2 count + 2 degrees of freedom. */
export function countLimits(count: number, confidence: number): { lower: number; upper: number } {
  const tail = (1 - confidence) / 2;
  return { lower: count === 0 ? 0 : gammaQuantile(tail, count, 1), upper: gammaQuantile(1 - tail, count + 1, 1) };
}
