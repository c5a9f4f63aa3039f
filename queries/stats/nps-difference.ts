import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { netPromoterScore } from './nps.ts';
import { zOf } from './wilson.ts';

/** Answers to the question of recommendation: nines and tens, sevens and eights, noughts to sixes. */
export interface Recommendations {
  promoters: number;
  passives: number;
  detractors: number;
}

export interface NpsDifference {
  /** In points, −200 to 200; null where either side has no answers. */
  difference: number | null;
  stdErr: number | null;
  /** Null where neither side varies. */
  z: number | null;
  /** Two-sided. */
  p: number | null;
  lower: number | null;
  upper: number | null;
}

/**
 * The change of the net promoter score between two independent samples, by Wald's interval and test.
 * @see Rocks 2016, The American Statistician 70:365, for the variance of each
 */
export function npsDifference(now: Recommendations, before: Recommendations, confidence = 0.95): NpsDifference {
  const [a, b] = [now, before].map(({ promoters, passives, detractors }) => netPromoterScore(promoters, passives, detractors));
  if (!a || !b || a.nps === null || b.nps === null) return { difference: null, stdErr: null, z: null, p: null, lower: null, upper: null };
  const difference = a.nps - b.nps;
  const stdErr = Math.hypot(a.stdErr ?? 0, b.stdErr ?? 0);
  const z = stdErr > 0 ? difference / stdErr : null;
  const half = zOf(confidence) * stdErr;
  return {
    difference,
    stdErr,
    z,
    p: z === null ? null : 2 * normalCdf(-Math.abs(z), 0, 1),
    lower: Math.max(-200, difference - half),
    upper: Math.min(200, difference + half),
  };
}
