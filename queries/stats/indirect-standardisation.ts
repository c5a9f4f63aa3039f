import { countLimits } from './poisson-rate.ts';

/** A part of the work that is alike (an issue on a channel) with the rate of the peers in it. */
export interface Stratum {
  observed: number;
  exposure: number;
  /** Events per unit of exposure among the peers. */
  standardRate: number;
}

export interface Standardised {
  observed: number;
  /** Events the peers would have had with the same mix. */
  expected: number;
  /** Observed over expected; null where nothing is expected. */
  ratio: number | null;
  lower: number | null;
  upper: number | null;
}

/**
 * Observed over expected events with the exact interval of the observed count. The ratios of two units with very different mixes are not to be compared with each other.
 * @see Breslow & Day 1987, Statistical Methods in Cancer Research II, 2.3; Garwood 1936
 */
export function indirectStandardisation(strata: readonly Stratum[], confidence = 0.95): Standardised {
  const observed = strata.reduce((sum, stratum) => sum + stratum.observed, 0);
  const expected = strata.reduce((sum, stratum) => sum + stratum.exposure * stratum.standardRate, 0);
  if (expected <= 0) return { observed, expected, ratio: null, lower: null, upper: null };
  const { lower, upper } = countLimits(observed, confidence);
  return { observed, expected, ratio: observed / expected, lower: lower / expected, upper: upper / expected };
}
