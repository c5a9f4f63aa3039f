import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import binomialPmf from '@stdlib/stats-base-dists-binomial-pmf';

export interface FunnelLimits {
  lower95: number | null;
  upper95: number | null;
  lower998: number | null;
  upper998: number | null;
}

/**
 * Limits of a funnel plot of shares: exact binomial, interpolated between counts.
 * @param n cases of the unit; 0 has no limits
 * @param target the share expected of all, 0 to 1
 * @returns within 0 and 1; where the target is near 1, the upper limits of a small n lie a little below 1
 * @see Spiegelhalter 2005, Statistics in Medicine 24:1185, appendix A.1.1
 */
export function binomialFunnelLimits(n: number, target: number): FunnelLimits {
  const limit = (p: number) => (n > 0 ? limitAt(p, n, target) : null);
  return { lower95: limit(0.025), upper95: limit(0.975), lower998: limit(0.001), upper998: limit(0.999) };
}

/** (r − (F(r) − p) / P(R = r)) / n with r the smallest count whose F(r) reaches p. */
function limitAt(p: number, n: number, target: number): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (binomialCdf(middle, n, target) >= p) high = middle;
    else low = middle + 1;
  }
  const excess = (binomialCdf(low, n, target) - p) / binomialPmf(low, n, target);
  return Math.min(1, Math.max(0, (low - excess) / n));
}
