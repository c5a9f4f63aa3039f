import { isEventRate, isShare, type Measure } from '../model/measure.ts';
import type { LimitsMethod, SignalName } from '../model/signal.ts';
import type { Span } from './baseline.ts';
import { beyondLimit, within, type Baseline, type ControlPoint } from '../stats/control-chart.ts';
import { mean } from '../stats/mean.ts';
import { nhsRules, type NhsRule, type Signal } from '../stats/nhs-rules.ts';
import { pChart } from '../stats/p-chart.ts';
import { uChart } from '../stats/u-chart.ts';
import { xmr } from '../stats/xmr.ts';

/** One period of a series to be judged. */
export interface SeriesPoint {
  value: number | null;
  /** What a share or a rate rests on. */
  n: number | null;
  /** Whether all of the period is known; nothing is judged by one that is not, and it is judged only where limits follow n. */
  isWhole: boolean;
}

export interface JudgedPoint {
  centre: number | null;
  low: number | null;
  high: number | null;
  signal: SignalName | null;
}

/** How the limits of some points were made. */
export interface JudgedSpan {
  span: Span;
  method: LimitsMethod;
  /** Laney's σ_z of the baseline, of shares and rates; else null. */
  sigmaZ: number | null;
}

export interface Judged {
  /** In order of time, without those whose baseline does not vary. */
  spans: JudgedSpan[];
  /** One a point. */
  points: JudgedPoint[];
}

/** Sizes that differ by more than this factor need limits that follow them. */
const evenSizes = 1.25;

const unknown: SeriesPoint = { value: null, n: null, isWhole: false };
const unjudged: JudgedPoint = { centre: null, low: null, high: null, signal: null };

/**
 * Judges a series beside its own past: the points of each span by limits made of the span's baseline, which stay as they are, whatever comes after.
 * Counts, amounts, durations and scores: XmR with screened ranges. Shares and rates: p′ and u′, where sizes in the baseline differ by more than a quarter
 * and σ_z says that they vary by more than chance, p and u where they do not, else XmR. A stock carries over from one period to the next, so neighbours tell little of its spread:
 * three standard deviations of the baseline, and only the rule of limits.
 * @param spans in order of time, as `spansOf` finds them; not judged is what lies in none, or in one whose baseline does not vary, or is mostly nought with
 *   limits that leave nought out
 * @param year how many points a year has; null for none: then no season is looked for
 * @see DOMAIN §4; Laney 2002; NHS England, Making Data Count
 */
export function judgeSeries(measure: Measure, series: readonly SeriesPoint[], spans: readonly Span[], year: number | null): Judged {
  const points = series.map(() => unjudged);
  // The limits each point is judged by, for who looks at it from a later span.
  const own: (ControlPoint | undefined)[] = [];
  const judged: JudgedSpan[] = [];
  for (const span of spans) {
    const { baseline, seen, from, to } = span;
    const isSeen = (i: number) => i >= seen.from && i < seen.to;
    const used = series.map((point, i) => (isSeen(i) || (i >= baseline.from && i < baseline.to) ? point : unknown));
    const values = used.map((point) => (point.isWhole || followsN(measure) ? point.value : null));
    const { method, sigmaZ, points: limited } = limitsOf(measure, used, values, baseline);
    for (let i = from; i < to; i++) own[i] = limited[i];
    const based = within(limited, baseline);
    if (!based.some(({ sigma }) => sigma !== null && sigma > 0) || (method === 'xmr' && isMostlyNought(based))) continue;
    judged.push({ span, method, sigmaZ });
    const looked = limited.map((point, i) => (isSeen(i) ? point : { ...point, value: null }));
    const rules = nhsRules(looked).map((signal) => (method === 'spread' && signal?.rule !== 'outside_limits' ? null : signal));
    // Before limits began anew by decision, points lay where they did by their own.
    const past = span.rebase === null ? limited : limited.map((point, i) => (i < seen.from ? own[i] : point));
    const isSeasonal = year === null ? [] : seasonal(past, rules, { year, stretch: { from, to }, isCount: measure.unit === 'cases' });
    for (let i = from; i < to; i++) {
      const { centre = null, lower = null, upper = null } = limited[i] ?? {};
      points[i] = { centre, low: lower, high: upper, signal: nameOf(rules[i] ?? null, isSeasonal[i] ?? false) };
    }
  }
  return { spans: judged, points };
}

/** Whether at least half of the values are nought and the limits made of them leave nought out: one burst after a silence. */
function isMostlyNought(points: readonly ControlPoint[]): boolean {
  const known = points.filter(({ value }) => value !== null);
  const noughts = known.filter(({ value }) => value === 0);
  return 2 * noughts.length >= known.length && noughts.some((point) => beyondLimit(point) !== null);
}

interface Limits {
  method: LimitsMethod;
  sigmaZ: number | null;
  points: ControlPoint[];
}

function limitsOf(measure: Measure, series: readonly SeriesPoint[], values: (number | null)[], baseline: Baseline): Limits {
  if (measure.kind === 'stock') return spreadOf(values, baseline);
  const sizes = series.map(({ n }, i) => (values[i] === null ? null : n));
  if (followsN(measure) && areUneven(within(sizes, baseline))) {
    const [chart, plain, prime] = isShare(measure) ? ([pChart, 'p', 'p_prime'] as const) : ([uChart, 'u', 'u_prime'] as const);
    const counts = values.map((value, i) => (value === null ? 0 : Math.round(value * (sizes[i] ?? 0))));
    const primed = chart(counts, sizes, { baseline, isLaney: true, isScreened: true });
    if (primed.sigmaZ === null || primed.sigmaZ > 1) return { ...primed, method: prime, points: allWhole(primed.points, values) };
    return { method: plain, sigmaZ: primed.sigmaZ, points: allWhole(chart(counts, sizes, { baseline }).points, values) };
  }
  const whole = values.map((value, i) => (series[i]?.isWhole ? value : null));
  const { points } = xmr(whole, { baseline, isScreened: true });
  const [least, most] = rangeOf(measure);
  return {
    method: 'xmr',
    sigmaZ: null,
    points: points.map((point) => ({
      ...point,
      lower: point.lower === null ? null : Math.max(least, point.lower),
      upper: point.upper === null ? null : Math.min(most, point.upper),
    })),
  };
}

/** Whether limits can follow what each figure rests on: of shares, and of rates of events. */
function followsN(measure: Measure): boolean {
  return isShare(measure) || isEventRate(measure);
}

/** A p or u chart divides counts made of shares or rates: those themselves are exact. */
function allWhole(points: ControlPoint[], values: readonly (number | null)[]): ControlPoint[] {
  return points.map((point, i) => ({ ...point, value: values[i] ?? null }));
}

function areUneven(sizes: readonly (number | null)[]): boolean {
  const known = sizes.filter((size): size is number => size !== null && size > 0);
  return Math.max(...known) > evenSizes * Math.min(...known);
}

/** What values of a measure can be. */
function rangeOf(measure: Measure): [least: number, most: number] {
  if (measure.unit === 'share') return [0, 1];
  return measure.unit === 'points' ? [-100, 100] : [0, Infinity];
}

function spreadOf(values: readonly (number | null)[], baseline: Baseline): Limits {
  const known = within(values, baseline).filter((value) => value !== null);
  const centre = mean(known);
  const sum = known.reduce((all, value) => all + (value - (centre ?? 0)) ** 2, 0);
  const sigma = known.length > 1 ? Math.sqrt(sum / (known.length - 1)) : null;
  const limits =
    centre === null || sigma === null
      ? { lower: null, upper: null }
      : { lower: Math.max(0, centre - 3 * sigma), upper: centre + 3 * sigma };
  return { method: 'spread', sigmaZ: null, points: values.map((value) => ({ value, centre, sigma, ...limits })) };
}

const names: Record<NhsRule, { up: SignalName; down: SignalName }> = {
  outside_limits: { up: 'above_limits', down: 'below_limits' },
  trend: { up: 'rising', down: 'falling' },
  two_of_three: { up: 'near_upper', down: 'near_lower' },
  shift: { up: 'run_above', down: 'run_below' },
};

function nameOf(signal: Signal | null, isSeasonal: boolean): SignalName | null {
  if (!signal) return null;
  return isSeasonal ? 'seasonal' : names[signal.rule][signal.direction];
}

interface Season {
  /** How many points a year has. */
  year: number;
  /** The points that are judged. */
  stretch: Baseline;
  /** Whether values are counts, which vary at least as those of Poisson do. */
  isCount: boolean;
}

/**
 * Which signals are of the season: those of a stretch of one direction whose like lay on the same side a year before and came back in between. It must
 * have lain there about as far (within a factor of 1.5), or by at least a third as far where the rest is no more than three standard errors of the
 * stretch. Of weeks the year before is read over five, since one tells little. A stretch of which a year before is unknown is not of the season; one that
 * began before limits began anew is looked at from there.
 */
function seasonal(points: readonly (ControlPoint | undefined)[], rules: readonly (Signal | null)[], season: Season): boolean[] {
  const found = rules.map(() => false);
  const { from, to } = season.stretch;
  for (let start = from; start < to;) {
    const direction = rules[start]?.direction;
    let end = start + 1;
    while (end < to && rules[end]?.direction === direction) end += 1;
    if (direction !== undefined) found.fill(isOfSeason(points, { start, end, side: direction === 'up' ? 1 : -1 }, season), start, end);
    start = end;
  }
  return found;
}

function isOfSeason(
  points: readonly (ControlPoint | undefined)[],
  { start, end, side }: { start: number; end: number; side: 1 | -1 },
  { year, isCount }: Season,
): boolean {
  const around = year >= 52 ? 2 : 0;
  let now = 0;
  let before = 0;
  let variance = 0;
  for (let at = start; at < end; at++) {
    const own = distance(points[at]);
    const then = mean(points.slice(Math.max(0, at - year - around), at - year + around + 1).flatMap((point) => distance(point) ?? []));
    if (own === null || then === null || at < year) return false;
    now += Math.abs(own);
    before += Math.sign(own) * then;
    variance += Math.max(points[at]?.sigma ?? 0, isCount ? Math.sqrt(points[at]?.value ?? 0) : 0) ** 2;
  }
  // A level that stays is no season.
  const hasReturned = points.slice(end - year, start).some((point) => (distance(point) ?? side) * side <= 0);
  const isAlike = before >= now / 1.5 || (before >= now / 3 && now - before <= 3 * Math.sqrt(variance));
  return hasReturned && isAlike && before <= now * 1.5;
}

function distance(point: ControlPoint | undefined): number | null {
  return point && point.value !== null && point.centre !== null ? point.value - point.centre : null;
}
