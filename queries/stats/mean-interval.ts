import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';

export interface MeanInterval {
  mean: number | null;
  lower: number | null;
  upper: number | null;
}

/**
 * A mean with Student's interval, out of sums.
 * @param sum of the values, and of their squares
 * @returns null limits for fewer than two values
 */
export function meanInterval({ n, sum, squares }: { n: number; sum: number; squares: number }, confidence = 0.95): MeanInterval {
  if (n === 0) return { mean: null, lower: null, upper: null };
  const mean = sum / n;
  if (n < 2) return { mean, lower: null, upper: null };
  const variance = Math.max(0, (squares - n * mean ** 2) / (n - 1));
  // Of Student's t with ν degrees of freedom t² / (ν + t²) has the beta distribution (1/2, ν/2).
  const x = betaQuantile(confidence, 0.5, (n - 1) / 2);
  const half = Math.sqrt(((n - 1) * x) / (1 - x)) * Math.sqrt(variance / n);
  return { mean, lower: mean - half, upper: mean + half };
}
