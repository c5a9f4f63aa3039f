import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { binomialTest } from './binomial-test.ts';

export interface RateRatio {
  /** Rate 1 over rate 2; null where the second has no events. */
  ratio: number | null;
  lower: number | null;
  /** Null is open: the second has no events. */
  upper: number | null;
  /** Two-sided, that the rates are equal; null between whole counts. */
  p: number | null;
}

/** Events and what they are counted per. */
export interface Counted {
  count: number;
  exposure: number | null;
}

/**
 * The ratio of two rates with its exact interval and test: given their sum, the first count is binomial.
 * @param first counts of 0 or above; between whole counts the limits follow the same formula, and there is no test
 * @returns nulls without exposure on either side, or without any events
 * @see Clopper & Pearson 1934 for the limits; R's poisson.test for both
 */
export function rateRatio(first: Counted, second: Counted, confidence = 0.95): RateRatio {
  const n = first.count + second.count;
  if (n === 0 || !first.exposure || !second.exposure) return { ratio: null, lower: null, upper: null, p: null };
  const times = second.exposure / first.exposure;
  const tail = (1 - confidence) / 2;
  const ratioOf = (share: number) => (share / (1 - share)) * times;
  return {
    ratio: second.count === 0 ? null : (first.count / second.count) * times,
    lower: first.count === 0 ? 0 : ratioOf(betaQuantile(tail, first.count, second.count + 1)),
    upper: second.count === 0 ? null : ratioOf(betaQuantile(1 - tail, first.count + 1, second.count)),
    p:
      Number.isInteger(first.count) && Number.isInteger(n)
        ? binomialTest(first.count, n, first.exposure / (first.exposure + second.exposure))
        : null,
  };
}
