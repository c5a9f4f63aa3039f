import { minimise } from './nelder-mead.ts';

/** A rate drawn towards that of its peers. */
export interface Shrunken {
  /** The unit's own; null without cases or exposure. */
  raw: number | null;
  mean: number;
  lower: number;
  upper: number;
  /** The probability that the unit lies above the mean of all; null where all are pooled, so that none can be told apart. */
  aboveMean: number | null;
}

/** How the rates of units are spread: two shape parameters, both null where they differ by no more than chance and are pooled. */
export interface Prior {
  alpha: number | null;
  beta: number | null;
  mean: number;
}

/** The mean and the strength of a prior: the cases, or the events, it counts for. */
export interface Strength {
  mean: number;
  strength: number;
}

// A stronger prior cannot be told from pooling, a weaker one from none.
const weakest = 1e-4;
const strongest = 1e7;

/**
 * The prior under which what was seen is likeliest.
 * @param pooled the rate of all units together
 * @param gain log-likelihood of a prior less that of pooling
 * @param scale how a mean becomes a number without bounds, and back
 * @returns null where no prior is likelier than pooling: no variance beyond chance
 */
export function likeliestPrior(
  pooled: number,
  gain: (prior: Strength) => number,
  scale: { to: (mean: number) => number; from: (value: number) => number },
): Strength | null {
  const at = ([position = 0, strength = 0]: readonly number[]): Strength => ({ mean: scale.from(position), strength: Math.exp(strength) });
  const loss = (point: readonly number[]) => {
    const prior = at(point);
    return prior.strength < weakest || prior.strength > strongest ? Infinity : -gain(prior);
  };
  const starts = [-4, -2, 0, 2, 4, 6, 8, 10, 12].map((strength) => [scale.to(pooled), strength]);
  const start = starts.reduce((best, point) => (loss(point) < loss(best) ? point : best));
  // The second search begins with a fresh simplex, should the first have collapsed on its way.
  const found = minimise(loss, minimise(loss, start).at);
  return -found.value > 1e-7 ? at(found.at) : null;
}

/** The rate of a unit where all are pooled: that of all, whatever its own. */
export function pooledRate(raw: number | null, mean: number): Shrunken {
  return { raw, mean, lower: mean, upper: mean, aboveMean: null };
}
