import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import type { Share } from './proportion-difference.ts';

export interface ProportionTrend {
  /** Change of the share per unit of score, weighted by n. */
  slope: number | null;
  chiSquare: number | null;
  df: 1;
  p: number | null;
}

/**
 * Whether a share rises or falls along ordered groups: the test of Cochran and Armitage.
 * @param groups in order; those with n = 0 count for nothing
 * @param scores one a group; default 1, 2, 3…
 * @returns nulls where no trend can be told: fewer than two groups, or all or none successful (then the slope is 0)
 * @see Armitage 1955, Biometrics 11:375; R's prop.trend.test
 */
export function proportionTrend(groups: readonly Share[], scores: readonly number[] = groups.map((_, i) => i + 1)): ProportionTrend {
  const scored = groups.map((group, i) => ({ ...group, score: scores[i] ?? i + 1 }));
  const n = scored.reduce((sum, group) => sum + group.n, 0);
  const share = scored.reduce((sum, group) => sum + group.successes, 0) / n;
  const middle = scored.reduce((sum, group) => sum + group.n * group.score, 0) / n;
  const spread = scored.reduce((sum, group) => sum + group.n * (group.score - middle) ** 2, 0);
  const covariance = scored.reduce((sum, group) => sum + (group.score - middle) * (group.successes - group.n * share), 0);
  if (n === 0 || scored.filter((group) => group.n > 0).length < 2 || spread === 0) return { slope: null, chiSquare: null, df: 1, p: null };
  const slope = covariance / spread;
  const variance = share * (1 - share);
  if (variance <= 0) return { slope, chiSquare: null, df: 1, p: null };
  const chiSquare = covariance ** 2 / (variance * spread);
  return { slope, chiSquare, df: 1, p: 2 * normalCdf(-Math.sqrt(chiSquare), 0, 1) };
}
