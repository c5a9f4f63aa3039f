import { zOf } from './wilson.ts';

export interface NetPromoterScore {
  n: number;
  /** −100 to 100; null where n is 0. */
  nps: number | null;
  stdErr: number | null;
  waldLower: number | null;
  waldUpper: number | null;
  adjustedEstimate: number | null;
  adjustedLower: number | null;
  adjustedUpper: number | null;
}

/**
 * Net promoter score in points with its adjusted Wald interval: 3/4 added to promoters and to detractors, 3 to n.
 * @see Rocks 2016, The American Statistician 70:365
 */
export function netPromoterScore(promoters: number, passives: number, detractors: number, confidence = 0.95): NetPromoterScore {
  const n = promoters + passives + detractors;
  if (n === 0)
    return {
      n,
      nps: null,
      stdErr: null,
      waldLower: null,
      waldUpper: null,
      adjustedEstimate: null,
      adjustedLower: null,
      adjustedUpper: null,
    };
  const z = zOf(confidence);
  const plain = difference(promoters, detractors, n);
  const adjusted = difference(promoters + 0.75, detractors + 0.75, n + 3);
  return {
    n,
    nps: plain.points,
    stdErr: plain.error,
    waldLower: plain.points - z * plain.error,
    waldUpper: plain.points + z * plain.error,
    adjustedEstimate: adjusted.points,
    adjustedLower: Math.max(-100, adjusted.points - z * adjusted.error),
    adjustedUpper: Math.min(100, adjusted.points + z * adjusted.error),
  };
}

function difference(promoters: number, detractors: number, n: number): { points: number; error: number } {
  const p = promoters / n;
  const d = detractors / n;
  return { points: (100 * (promoters - detractors)) / n, error: 100 * Math.sqrt(Math.max(0, p + d - (p - d) ** 2) / n) };
}
