import { gammaCdf, gammaQuantile } from './gamma.ts';
import { logRising } from './log-rising.ts';
import { likeliestPrior, pooledRate, type Prior, type Shrunken, type Strength } from './shrinkage.ts';

/** Events of a unit and what they are counted per. */
export interface Exposed {
  count: number;
  exposure: number;
}

/**
 * The gamma distribution (shape α, rate β) of the event rates of units, by maximum marginal likelihood.
 * @param units those without exposure count for nothing
 * @returns pooled where the rates differ by no more than chance (one unit, no events, all equal); null without any exposure
 * @see Gaver & O'Muircheartaigh 1987, Technometrics 29:1
 */
export function fitGammaPoisson(units: readonly Exposed[]): Prior | null {
  const known = units.filter(({ exposure }) => exposure > 0);
  const exposure = known.reduce((sum, unit) => sum + unit.exposure, 0);
  const count = known.reduce((sum, unit) => sum + unit.count, 0);
  if (exposure === 0) return null;
  const pooled = count / exposure;
  if (count === 0) return { alpha: null, beta: null, mean: 0 };
  const chance = count * Math.log(pooled) - count;
  const gain = (prior: Strength) => known.reduce((sum, unit) => sum + logLikelihood(unit, prior), 0) - chance;
  const prior = likeliestPrior(pooled, gain, { to: Math.log, from: Math.exp });
  if (!prior) return { alpha: null, beta: null, mean: pooled };
  return { alpha: prior.strength, beta: prior.strength / prior.mean, mean: prior.mean };
}

/**
 * The rate of a unit drawn towards that of its peers, (α + x) / (β + t), with the interval that leaves out the same at either end.
 * @param prior from {@link fitGammaPoisson}, over the peers
 */
export function shrinkRate({ count, exposure }: Exposed, { alpha, beta, mean: middle }: Prior, confidence = 0.95): Shrunken {
  const raw = exposure > 0 ? count / exposure : null;
  if (alpha === null || beta === null) return pooledRate(raw, middle);
  const shape = alpha + count;
  const rate = beta + exposure;
  const tail = (1 - confidence) / 2;
  return {
    raw,
    mean: shape / rate,
    lower: gammaQuantile(tail, shape, rate),
    upper: gammaQuantile(1 - tail, shape, rate),
    aboveMean: 1 - gammaCdf(middle, shape, rate),
  };
}

/** The negative binomial's logarithm, but for what no prior changes. */
function logLikelihood({ count, exposure }: Exposed, { mean: middle, strength: alpha }: Strength): number {
  const beta = alpha / middle;
  return logRising(alpha, count) - alpha * Math.log1p(exposure / beta) - count * Math.log(beta + exposure);
}
