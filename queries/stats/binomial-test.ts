import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import binomialPmf from '@stdlib/stats-base-dists-binomial-pmf';

/**
 * Exact two-sided test of a share: the probability of all outcomes that are no likelier than the one seen.
 * @param share expected, between 0 and 1, both exclusive
 * @see R's binom.test, also for the tolerance by which outcomes count as equally likely
 */
export function binomialTest(successes: number, n: number, share: number): number {
  const mean = n * share;
  if (Math.abs(successes - mean) <= 1e-12 * n) return 1;
  // Seen from the other side, an excess of successes is a lack of failures.
  if (successes > mean) return binomialTest(n - successes, n, 1 - share);
  const seen = binomialPmf(successes, n, share) * (1 + 1e-7);
  let low = Math.ceil(mean);
  let high = n + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialPmf(middle, n, share) <= seen) high = middle;
    else low = middle + 1;
  }
  const above = low > n ? 0 : binomialCdf(n - low, n, 1 - share);
  return Math.min(1, binomialCdf(successes, n, share) + above);
}
