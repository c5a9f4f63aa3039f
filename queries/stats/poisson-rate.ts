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
 * @param dispersion of {@link dispersionOf}: events that come in bunches are as uncertain as so many times fewer
 * @see Garwood 1936, Biometrika 28:437; R's poisson.test
 */
export function poissonRate(count: number, exposure: number | null, confidence = 0.95, dispersion = 1): Rate {
  if (exposure === null || exposure <= 0) return { rate: null, lower: null, upper: null };
  const { lower, upper } = countLimits(count / dispersion, confidence);
  return { rate: count / exposure, lower: (lower * dispersion) / exposure, upper: (upper * dispersion) / exposure };
}

/** Events on units, as they add up. */
export interface Bunched {
  /** How many units there are. */
  n: number;
  events: number;
  /** The sum of the squares of the events of each. */
  squares: number;
}

/**
 * How many times the variance of the events of a unit exceeds their mean: 1 where events come one by one. Of several groups it is that within them: how
 * far their means lie apart is no part of it.
 * @returns at least 1; 1 where fewer than two units, or no events, tell nothing
 * @see Fisher 1950, Biometrics 6:17, the index of dispersion; McCullagh & Nelder 1989, Generalized Linear Models, 6.2.3
 */
export function dispersionOf(groups: readonly Bunched[]): number {
  let [spread, expected] = [0, 0];
  for (const { n, events, squares } of groups) {
    if (n < 2 || events <= 0) continue;
    spread += squares - events ** 2 / n;
    expected += ((n - 1) * events) / n;
  }
  return expected > 0 ? Math.max(1, spread / expected) : 1;
}

/** The exact limits of the mean of a Poisson distribution in which `count` was seen, between whole counts by the same formula: half the quantiles of χ² with 2 count and 2 count + 2 degrees of freedom. */
export function countLimits(count: number, confidence: number): { lower: number; upper: number } {
  const tail = (1 - confidence) / 2;
  return { lower: count === 0 ? 0 : gammaQuantile(tail, count, 1), upper: gammaQuantile(1 - tail, count + 1, 1) };
}
