import { fitBetaBinomial, momentBetaBinomial, shrinkShare } from '../../../queries/stats/beta-binomial.ts';
import { binomialFunnelLimits } from '../../../queries/stats/funnel-binomial.ts';
import { funnelOverdispersion } from '../../../queries/stats/funnel-overdispersion.ts';
import { poissonFunnelLimits } from '../../../queries/stats/funnel-poisson.ts';
import { fitGammaPoisson, shrinkRate } from '../../../queries/stats/gamma-poisson.ts';
import { indirectStandardisation } from '../../../queries/stats/indirect-standardisation.ts';
import type { Shrunken } from '../../../queries/stats/shrinkage.ts';
import { zOf } from '../../../queries/stats/wilson.ts';

interface BetaInput {
  x: number[];
  n: number[];
  estimator?: string;
  alpha?: number;
  beta?: number;
}

interface OverdispersionInput {
  numerator: number[];
  denominator: number[];
  dataType: 'PR' | 'SR';
  trim: number;
}

/** What compares units with each other, by the file names of the reference cases. */
export const groupMethods: Record<string, (input: never) => unknown> = {
  funnel_binomial_limits: ({ n, target }: { n: number; target: number }) => binomialFunnelLimits(n, target),

  funnel_poisson_limits: ({ expected, target }: { expected: number; target?: number }) => poissonFunnelLimits(expected, target),

  funnel_overdispersion: ({ numerator, denominator, dataType, trim }: OverdispersionInput) => {
    const units = numerator.map((value, i) => ({ numerator: value, denominator: denominator[i] ?? 0 }));
    const { phi, tau2, units: positions } = funnelOverdispersion(units, dataType === 'PR' ? 'share' : 'ratio', trim);
    const outside = (zs: (number | null)[], confidence: number) =>
      zs.flatMap((z, i) => (z !== null && Math.abs(z) > zOf(confidence) ? [i + 1] : []));
    const z = positions.map((position) => position.z);
    const zAdjusted = positions.map((position) => position.zAdjusted);
    return {
      z,
      zTrimmed: positions.map((position) => position.zTrimmed),
      phi,
      tau2,
      zAdjusted,
      adjustedOutside95: outside(zAdjusted, 0.95),
      adjustedOutside998: outside(zAdjusted, 0.998),
      unadjustedOutside998: outside(z, 0.998),
    };
  },

  indirect_standardisation: (input: { observed: number[]; exposure: number[]; standardRate: number[]; confidence?: number }) => {
    const strata = input.observed.map((observed, i) => ({
      observed,
      exposure: input.exposure[i] ?? 0,
      standardRate: input.standardRate[i] ?? 0,
    }));
    const { lower, upper, ...rest } = indirectStandardisation(strata, input.confidence);
    return { ...rest, exactLower: lower, exactUpper: upper };
  },

  empirical_bayes_beta_binomial: ({ x, n, estimator, alpha, beta }: BetaInput) => {
    const units = x.map((successes, i) => ({ successes, n: n[i] ?? 0 }));
    const [first] = units;
    if (alpha !== undefined && beta !== undefined) return first ? shrinkShare(first, { alpha, beta, mean: alpha / (alpha + beta) }) : {};
    if (estimator?.startsWith('moments')) return momentBetaBinomial(units) ?? {};
    const prior = fitBetaBinomial(units);
    if (!prior) return { alpha: null, beta: null, priorMean: null };
    return { ...prior, priorMean: prior.mean, posterior: positioned(units.map((unit) => shrinkShare(unit, prior))) };
  },

  empirical_bayes_gamma_poisson: ({ count, exposure }: { count: number[]; exposure: number[] }) => {
    const units = count.map((events, i) => ({ count: events, exposure: exposure[i] ?? 0 }));
    const prior = fitGammaPoisson(units);
    if (!prior) return { alpha: null, beta: null, priorMean: null };
    return { ...prior, priorMean: prior.mean, posterior: positioned(units.map((unit) => shrinkRate(unit, prior))) };
  },
};

/** With positions from 1. */
function positioned(rates: readonly Shrunken[]): unknown[] {
  return rates.map((rate, i) => ({ index: i + 1, ...rate }));
}
