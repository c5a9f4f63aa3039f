import { benjaminiHochberg } from '../../../queries/stats/benjamini-hochberg.ts';
import { npsDifference, type Recommendations } from '../../../queries/stats/nps-difference.ts';
import { pareto } from '../../../queries/stats/pareto.ts';
import { poissonRate } from '../../../queries/stats/poisson-rate.ts';
import { proportionDifference } from '../../../queries/stats/proportion-difference.ts';
import { proportionTrend } from '../../../queries/stats/proportion-trend.ts';
import { rateRatio } from '../../../queries/stats/rate-ratio.ts';

interface PairOfShares {
  x1: number;
  n1: number;
  x2: number;
  n2: number;
  confidence?: number;
}

interface PairOfRates {
  count1: number;
  exposure1: number;
  count2: number;
  exposure2: number;
  confidence?: number;
}

/** What compares figures with each other, by the file names of the reference cases. */
export const comparisonMethods: Record<string, (input: never) => unknown> = {
  poisson_rate: ({ count, exposure, confidence }: { count: number; exposure: number | null; confidence?: number }) =>
    poissonRate(count, exposure, confidence),

  rate_ratio: ({ count1, exposure1, count2, exposure2, confidence }: PairOfRates) =>
    rateRatio({ count: count1, exposure: exposure1 }, { count: count2, exposure: exposure2 }, confidence),

  proportion_difference: ({ x1, n1, x2, n2, confidence }: PairOfShares) =>
    proportionDifference({ successes: x1, n: n1 }, { successes: x2, n: n2 }, confidence),

  proportion_trend: ({ successes, n, score }: { successes: number[]; n: number[]; score?: number[] }) =>
    proportionTrend(
      successes.map((x, i) => ({ successes: x, n: n[i] ?? 0 })),
      score,
    ),

  nps_difference: ({ now, before, confidence }: { now: Recommendations; before: Recommendations; confidence?: number }) =>
    npsDifference(now, before, confidence),

  p_adjust: ({ p }: { p: (number | null)[] }) => {
    const adjusted = benjaminiHochberg(p);
    return { BH: adjusted, rejectedBH05: adjusted.filter((value) => value !== null && value <= 0.05).length };
  },

  pareto: ({ categories, counts, threshold }: { categories: string[]; counts: number[]; threshold?: number }) =>
    pareto(
      categories.map((category, i) => [category, counts[i] ?? 0] as const),
      { threshold },
    ),
};
