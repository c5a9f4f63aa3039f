import type { FunnelLimits } from './funnel-binomial.ts';
import { gammaQuantile } from './gamma.ts';

/**
 * Limits of a funnel plot of observed over expected events.
 * @param expected events expected of the unit; 0 has no limits
 * @param target the ratio expected of all
 * @see Spiegelhalter 2005, Statistics in Medicine 24:1185; R FunnelPlotR's poisson_limits
 */
export function poissonFunnelLimits(expected: number, target = 1): FunnelLimits {
  const events = expected * target;
  if (events <= 0) return { lower95: null, upper95: null, lower998: null, upper998: null };
  const lower = (tail: number) => gammaQuantile(tail, events, 1) / expected;
  const upper = (tail: number) => gammaQuantile(1 - tail, events + 1, 1) / expected;
  return { lower95: lower(0.025), upper95: upper(0.025), lower998: lower(0.001), upper998: upper(0.001) };
}
