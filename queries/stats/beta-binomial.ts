import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import { logRising } from './log-rising.ts';
import { mean } from './mean.ts';
import type { Share } from './proportion-difference.ts';
import { likeliestPrior, pooledRate, type Prior, type Shrunken, type Strength } from './shrinkage.ts';

/**
 * The beta distribution of the shares of units, by maximum marginal likelihood.
 * @param units those with n = 0 count for nothing
 * @returns pooled where the shares differ by no more than chance (one unit, all 0, all equal); null without any case
 * @see Gelman et al., Bayesian Data Analysis 3e, chapter 5
 */
export function fitBetaBinomial(units: readonly Share[]): Prior | null {
  const known = units.filter(({ n }) => n > 0);
  const n = known.reduce((sum, unit) => sum + unit.n, 0);
  const successes = known.reduce((sum, unit) => sum + unit.successes, 0);
  if (n === 0) return null;
  const pooled = successes / n;
  if (successes === 0 || successes === n) return { alpha: null, beta: null, mean: pooled };
  const chance = xLogP(successes, pooled) + xLogP(n - successes, 1 - pooled);
  const gain = (prior: Strength) => known.reduce((sum, unit) => sum + logLikelihood(unit, prior), 0) - chance;
  const prior = likeliestPrior(pooled, gain, { to: (p) => Math.log(p / (1 - p)), from: (value) => 1 / (1 + Math.exp(-value)) });
  if (!prior) return { alpha: null, beta: null, mean: pooled };
  return { alpha: prior.strength * prior.mean, beta: prior.strength * (1 - prior.mean), mean: prior.mean };
}

/**
 * The beta distribution that has the mean and the variance of the units' raw shares, whatever their n.
 * @returns pooled where the variance is 0 or more than a beta distribution can have; null without units
 * @see Gelman et al., Bayesian Data Analysis 3e, 5.1
 */
export function momentBetaBinomial(units: readonly Share[]): (Prior & { sd: number | null }) | null {
  const shares = units.filter(({ n }) => n > 0).map(({ successes, n }) => successes / n);
  const middle = mean(shares);
  if (middle === null) return null;
  const variance = shares.length > 1 ? shares.reduce((sum, share) => sum + (share - middle) ** 2, 0) / (shares.length - 1) : null;
  const strength = variance ? (middle * (1 - middle)) / variance - 1 : 0;
  const sd = variance === null ? null : Math.sqrt(variance);
  if (strength <= 0) return { alpha: null, beta: null, mean: middle, sd };
  return { alpha: strength * middle, beta: strength * (1 - middle), mean: middle, sd };
}

/**
 * The share of a unit drawn towards that of its peers, (α + x) / (α + β + n), with the interval that leaves out the same at either end.
 * @param prior from {@link fitBetaBinomial}, over the peers
 */
export function shrinkShare({ successes, n }: Share, { alpha, beta, mean: middle }: Prior, confidence = 0.95): Shrunken {
  const raw = n > 0 ? successes / n : null;
  if (alpha === null || beta === null) return pooledRate(raw, middle);
  const a = alpha + successes;
  const b = beta + n - successes;
  const tail = (1 - confidence) / 2;
  return {
    raw,
    mean: a / (a + b),
    lower: betaQuantile(tail, a, b),
    upper: betaQuantile(1 - tail, a, b),
    aboveMean: 1 - betaCdf(middle, a, b),
  };
}

function logLikelihood({ successes, n }: Share, { mean: middle, strength }: Strength): number {
  const beta = strength * (1 - middle);
  return logRising(strength * middle, successes) + logRising(beta, n - successes) - logRising(strength, n);
}

function xLogP(x: number, p: number): number {
  return x === 0 ? 0 : x * Math.log(p);
}
