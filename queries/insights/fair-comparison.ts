import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import { fewestOfFair, type FairVerdict } from '../model/fair.ts';
import { benjaminiHochberg } from '../stats/benjamini-hochberg.ts';
import { fitBetaBinomial, shrinkShare } from '../stats/beta-binomial.ts';
import { errorOf, funnelOverdispersion, overdispersedLimits, restore, transform, type FunnelKind } from '../stats/funnel-overdispersion.ts';
import { binomialTest } from '../stats/binomial-test.ts';
import { poissonFunnelLimits } from '../stats/funnel-poisson.ts';
import { fitGammaPoisson, shrinkRate } from '../stats/gamma-poisson.ts';
import { poissonTest } from '../stats/poisson-test.ts';
import type { Shrunken } from '../stats/shrinkage.ts';
import type { MixTotal } from './case-mix.ts';

/** What is said of a member: shares of its cases, events per case, or counts; null where nothing is. */
export interface FairFigure {
  expected: number | null;
  limitLow: number | null;
  limitHigh: number | null;
  shrunk: number | null;
  shrunkLow: number | null;
  shrunkHigh: number | null;
  verdict: FairVerdict;
}

/** A figure before all that are looked at are judged together. */
export interface Compared extends FairFigure {
  /** The value the limits are about; null without cases. */
  value: number | null;
  /** How likely a value this far from what is expected is, members differing as they do; null where too little is known. */
  p: number | null;
}

/** How far a member may lie from what is expected before it is looked at, and how sure its likely level is. */
const confidence = { limits: 0.998, shrunk: 0.9 };
/** Of all that are said to differ, at most this share by chance. */
const falseDiscoveries = 0.05;
/** Fewer cases of a kind are a matter for a person, not for statistics. */
const fewestCases = 3;
/** Events that chance is reckoned by at least. */
const fewestEvents = 0.5;

/**
 * Compares the shares of members, each with what its own mix of cases would give.
 * Shares are compared on the scale asin √y. How far members differ beyond chance is estimated from all of them, with the tenth at either end drawn in;
 * limits and likely levels allow for it.
 * @see Spiegelhalter 2005, Quality & Safety in Health Care 14:347
 */
export function compareShares(members: readonly MixTotal[]): Compared[] {
  const able = members.filter(isEnough);
  const middle = rateOf(able, (m) => m.observed);
  const at = (value: number) => transform(value, 'share');
  const within = (value: number) => restore(Math.min(Math.PI / 2, Math.max(0, value)), 'share');
  // Every member's share as it would be had it the mix of all: moved by as much as its own mix moves what is expected.
  const alike = ({ n, observed, expected }: MixTotal) => within(at(observed / n) - at(expected / n) + at(middle));
  const { tau2 } = funnelOverdispersion(able.map((m) => ({ numerator: alike(m) * m.n, denominator: m.n })), 'share'); // prettier-ignore
  const prior = fitBetaBinomial(able.map((m) => ({ successes: alike(m) * m.n, n: m.n })));
  return members.map((m) => {
    const { n, observed, expected } = m;
    if (!isEnough(m)) return tooLittle(n > 0 ? observed / n : null, n > 0 ? expected / n : null);
    const target = Math.min(1, expected / n);
    const { lower, upper } = overdispersedLimits(n, { target, tau2 }, 'share', confidence.limits);
    const own = (value: number) => within(at(value) - at(middle) + at(target));
    const likely = prior && shrinkShare({ successes: alike(m) * n, n }, prior, confidence.shrunk);
    return compared({ value: observed / n, expected: target, lower, upper, likely, scale: own, p: chanceOf(m, tau2, 'share') });
  });
}

/**
 * Compares counts of members, each with the count its own mix of cases would give, as ratios on the scale √(observed / expected). Of several themes the
 * spread between members is estimated from all together, so that a member far out in one of them cannot hide itself by widening the limits.
 * @see compareShares
 */
export function compareCounts(members: readonly MixTotal[]): Compared[] {
  const able = members.filter((m) => isEnough(m) && m.expected >= fewestCases);
  const { tau2 } = funnelOverdispersion(able.map((m) => ({ numerator: m.observed, denominator: m.expected })), 'ratio'); // prettier-ignore
  const prior = fitGammaPoisson(able.map((m) => ({ count: m.observed, exposure: m.expected })));
  return members.map((m) => {
    const { observed, expected } = m;
    if (!isEnough(m) || expected <= 0) return tooLittle(observed, expected);
    const { lower, upper } = overdispersedLimits(expected, { target: 1, tau2 }, 'ratio', confidence.limits);
    const counted = (ratio: number) => ratio * expected;
    const likely = prior && shrinkRate({ count: observed, exposure: expected }, prior, confidence.shrunk);
    const low = lower === null ? null : counted(lower);
    const high = upper === null ? null : Math.max(counted(upper), fewestCases - 1);
    return compared({ value: observed, expected, lower: low, upper: high, likely, scale: counted, p: chanceOf(m, tau2, 'ratio') });
  });
}

/**
 * Compares events per case of members, each with what its own mix of cases would give, as ratios on the scale √(observed / expected). Limits are never
 * narrower than the exact ones of a Poisson count.
 * @param dispersion how many times fewer events would be as uncertain if they came one by one
 * @see compareCounts; Spiegelhalter 2005, Statistics in Medicine 24:1185
 */
export function compareRates(members: readonly MixTotal[], dispersion: number): Compared[] {
  const single = members.map((m) => ({ ...m, observed: m.observed / dispersion, expected: m.expected / dispersion }));
  const able = single.filter((m) => isEnough(m) && m.expected >= fewestCases);
  const { tau2 } = funnelOverdispersion(able.map((m) => ({ numerator: m.observed, denominator: m.expected })), 'ratio'); // prettier-ignore
  const prior = fitGammaPoisson(able.map((m) => ({ count: m.observed, exposure: m.expected })));
  return members.map((m, i) => {
    const observed = single[i]?.observed ?? 0;
    // What peers have never had is not expected never.
    const expected = Math.max(single[i]?.expected ?? 0, fewestEvents);
    if (!isEnough(m)) return tooLittle(m.n > 0 ? m.observed / m.n : null, m.n > 0 ? m.expected / m.n : null);
    const wide = overdispersedLimits(expected, { target: 1, tau2 }, 'ratio', confidence.limits);
    const exact = poissonFunnelLimits(expected);
    const perCase = (ratio: number) => (ratio * expected * dispersion) / m.n;
    const likely = prior && shrinkRate({ count: observed, exposure: expected }, prior, confidence.shrunk);
    return compared({
      value: m.observed / m.n,
      expected: m.expected / m.n,
      lower: perCase(Math.min(wide.lower ?? 0, exact.lower998 ?? 0)),
      upper: perCase(Math.max(wide.upper ?? 0, exact.upper998 ?? 0)),
      likely,
      scale: perCase,
      p: Math.max(tailOf(observed, expected, expected, tau2, 'ratio'), poissonTest(observed, expected)),
    });
  });
}

/**
 * Judges together everything that is looked at: a member differs where it lies outside its limits and is among those of which, with the rest, at most one
 * in twenty is expected to be there by chance.
 * @see Benjamini & Hochberg 1995; Jones, Ohlssen & Spiegelhalter 2008, Journal of Clinical Epidemiology 61:232
 */
export function judgeMembers(all: readonly Compared[]): FairFigure[] {
  const adjusted = benjaminiHochberg(all.map(({ p }) => p));
  return all.map(({ value, p, ...figure }, i) => {
    const isFound = p !== null && (adjusted[i] ?? 1) <= falseDiscoveries;
    if (!isFound || value === null) return figure;
    if (figure.limitHigh !== null && value > figure.limitHigh) return { ...figure, verdict: 'more than expected' };
    if (figure.limitLow !== null && value < figure.limitLow) return { ...figure, verdict: 'fewer than expected' };
    return figure;
  });
}

function compared(made: {
  value: number;
  expected: number;
  lower: number | null;
  upper: number | null;
  likely: Shrunken | null;
  scale: (value: number) => number;
  p: number;
}): Compared {
  const { value, expected, lower, upper, likely, scale, p } = made;
  return {
    value,
    expected,
    limitLow: lower,
    limitHigh: upper,
    shrunk: likely && scale(likely.mean),
    shrunkLow: likely && scale(likely.lower),
    shrunkHigh: likely && scale(likely.upper),
    verdict: 'within chance',
    p,
  };
}

function tooLittle(value: number | null, expected: number | null): Compared {
  const unknown = { limitLow: null, limitHigh: null, shrunk: null, shrunkLow: null, shrunkHigh: null };
  return { value, expected, ...unknown, verdict: 'not enough data', p: null };
}

/**
 * Two-sided: the normal tail of the distance in standard errors that allow for the spread between members, but not less than the exact probability by chance
 * alone. Near nought the scale stretches so much that no case where three are expected would pass for news.
 */
function chanceOf({ n, observed, expected }: MixTotal, tau2: number, kind: FunnelKind): number {
  const share = expected / n;
  const exact = share > 0 && share < 1 ? binomialTest(observed, n, share) : 1;
  return Math.max(tailOf(observed, expected, kind === 'share' ? n : expected, tau2, kind), exact);
}

/** The normal tail, two-sided, of how far what was observed lies from what was expected. */
function tailOf(observed: number, expected: number, exposure: number, tau2: number, kind: FunnelKind): number {
  const z = (transform(observed / exposure, kind) - transform(expected / exposure, kind)) / errorOf(exposure, tau2);
  return 2 * normalCdf(-Math.abs(z), 0, 1);
}

function isEnough({ n }: MixTotal): boolean {
  return n >= fewestOfFair;
}

function rateOf(members: readonly MixTotal[], of: (member: MixTotal) => number): number {
  const n = members.reduce((sum, m) => sum + m.n, 0);
  return n > 0 ? members.reduce((sum, m) => sum + of(m), 0) / n : 0;
}
