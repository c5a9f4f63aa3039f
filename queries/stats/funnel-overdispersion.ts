import { quantileSorted } from 'd3-array';
import { mean } from './mean.ts';
import { zOf } from './wilson.ts';

/** `share`: numerator of denominator cases. `ratio`: observed over expected events. */
export type FunnelKind = 'share' | 'ratio';

export interface FunnelUnit {
  numerator: number;
  denominator: number;
}

export interface FunnelPosition {
  /** Distance from the target in standard errors of chance alone; null for a unit without a denominator. */
  z: number | null;
  /** The same, drawn in to the quantiles `trim` and 1 − `trim`. */
  zTrimmed: number | null;
  /** The same, with the spread between units added to the error. */
  zAdjusted: number | null;
}

export interface Overdispersion {
  /** The pooled share, or the ratio 1; null without units. */
  target: number | null;
  /** Mean square of the trimmed z: above 1 the units differ by more than chance. */
  phi: number | null;
  /** Variance between units on the transformed scale, 0 where chance explains all. */
  tau2: number;
  units: FunnelPosition[];
}

/**
 * How far units spread beyond chance, and where each stands once that is allowed for.
 * Shares are compared as asin √y, ratios as √y; both have the standard error 1 / (2 √denominator).
 * @param trim 0 to 0.5, at either end
 * @see Spiegelhalter 2005, Quality & Safety in Health Care 14:347, and 2012, JRSS A 175:1; R FunnelPlotR's od_adjustment
 */
export function funnelOverdispersion(units: readonly FunnelUnit[], kind: FunnelKind, trim = 0.1): Overdispersion {
  const known = units.filter(({ denominator }) => denominator > 0);
  const total = known.reduce((sum, { denominator }) => sum + denominator, 0);
  const pooled = total > 0 ? known.reduce((sum, { numerator }) => sum + numerator, 0) / total : null;
  const target = kind === 'share' || pooled === null ? pooled : 1;
  const distance = ({ numerator, denominator }: FunnelUnit) => transform(numerator / denominator, kind) - transform(target ?? 0, kind);
  const zs = units.map((unit) => (unit.denominator > 0 ? distance(unit) * 2 * Math.sqrt(unit.denominator) : null));
  const sorted = zs.filter((z) => z !== null).sort((a, b) => a - b);
  const low = quantileSorted(sorted, trim) ?? 0;
  const high = quantileSorted(sorted, 1 - trim) ?? 0;
  const trimmed = zs.map((z) => (z === null ? null : Math.min(high, Math.max(low, z))));
  const phi = mean(trimmed.filter((z) => z !== null).map((z) => z ** 2));
  const tau2 = between(known, phi ?? 0);
  const positions = units.map((unit, i) => ({
    z: zs[i] ?? null,
    zTrimmed: trimmed[i] ?? null,
    zAdjusted: unit.denominator > 0 ? distance(unit) / errorOf(unit.denominator, tau2) : null,
  }));
  return { target, phi, tau2, units: positions };
}

/**
 * Limits of a funnel plot that allow for the spread between units.
 * @param confidence e.g. 0.95 or 0.998
 * @returns nulls without a target or a denominator
 */
export function overdispersedLimits(
  denominator: number,
  { target, tau2 }: Pick<Overdispersion, 'target' | 'tau2'>,
  kind: FunnelKind,
  confidence: number,
): { lower: number | null; upper: number | null } {
  if (target === null || denominator <= 0) return { lower: null, upper: null };
  const middle = transform(target, kind);
  const half = zOf(confidence) * errorOf(denominator, tau2);
  const most = kind === 'share' ? Math.PI / 2 : Infinity;
  return { lower: restore(Math.max(0, middle - half), kind), upper: restore(Math.min(most, middle + half), kind) };
}

/** A share or a ratio on the scale on which units are compared. */
export function transform(value: number, kind: FunnelKind): number {
  return kind === 'share' ? Math.asin(Math.sqrt(value)) : Math.sqrt(value);
}

/** The share or the ratio that stands there on that scale. */
export function restore(value: number, kind: FunnelKind): number {
  return (kind === 'share' ? Math.sin(value) : value) ** 2;
}

/** The standard error of a unit on that scale, with the variance between units. */
export function errorOf(denominator: number, tau2: number): number {
  return Math.sqrt(1 / (4 * denominator) + tau2);
}

/** DerSimonian & Laird's variance between units, with weights 1 / s² = 4 × denominator. */
function between(units: readonly FunnelUnit[], phi: number): number {
  const n = units.length;
  const weights = units.map(({ denominator }) => 4 * denominator);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight ** 2, 0);
  return n < 2 ? 0 : Math.max(0, (n * phi - (n - 1)) / (sum - squares / sum));
}
