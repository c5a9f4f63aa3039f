import { zOf } from './wilson.ts';

/** What happened at each of some times, ascending, each once: how many reached their end there, how many were last seen there without. */
export interface TimePoints {
  time: Float64Array;
  events: Float64Array;
  censored: Float64Array;
}

/** A step of the curve: what limits are made of. */
export interface SurvivalStep {
  survival: number;
  /** Greenwood's sum Σ d / (n (n − d)): the variance of log survival. */
  greenwood: number;
}

/** One step for every time, also those with censoring only; lists of one length. */
export interface Survival {
  n: number;
  events: number;
  time: Float64Array;
  atRisk: Float64Array;
  survival: Float64Array;
  greenwood: Float64Array;
  /** The last time anyone was followed to; null for nobody. */
  longest: number | null;
}

/**
 * The Kaplan–Meier curve. Those censored at a time are still at risk for the events of that time.
 * @see Kaplan & Meier 1958; Greenwood's variance as in R survival's survfit
 */
export function kaplanMeier({ time, events, censored }: TimePoints): Survival {
  const [ended, left] = [events, censored].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const n = (ended ?? 0) + (left ?? 0);
  const [atRisk, survival, greenwood] = [new Float64Array(time.length), new Float64Array(time.length), new Float64Array(time.length)];
  let remaining = n;
  let level = 1;
  let variance = 0;
  for (let i = 0; i < time.length; i++) {
    const reached = events[i] ?? 0;
    if (reached > 0) {
      level *= 1 - reached / remaining;
      variance += remaining === reached ? Infinity : reached / (remaining * (remaining - reached));
    }
    atRisk[i] = remaining;
    survival[i] = level;
    greenwood[i] = variance;
    remaining -= reached + (censored[i] ?? 0);
  }
  return { n, events: ended ?? 0, time, atRisk, survival, greenwood, longest: time.at(-1) ?? null };
}

export type SurvivalLimits = 'log' | 'log-log';

/**
 * Limits of the survival at a step.
 * @returns nulls where the curve is down at 0; 1 and 1 (log–log) where nothing has happened yet
 * @see Kalbfleisch & Prentice; R survival's conf.type "log" and "log-log"
 */
export function survivalLimits(
  step: SurvivalStep,
  kind: SurvivalLimits,
  confidence = 0.95,
): { lower: number | null; upper: number | null } {
  return limitsAt(step, kind, zOf(confidence));
}

function limitsAt({ survival, greenwood }: SurvivalStep, kind: SurvivalLimits, z: number): { lower: number | null; upper: number | null } {
  if (kind === 'log') {
    if (survival <= 0) return { lower: null, upper: null };
    const half = z * Math.sqrt(greenwood);
    return { lower: Math.exp(Math.log(survival) - half), upper: Math.min(1, Math.exp(Math.log(survival) + half)) };
  }
  if (survival >= 1) return { lower: 1, upper: 1 };
  if (survival <= 0) return { lower: null, upper: null };
  const half = (z * Math.sqrt(greenwood)) / Math.log(survival);
  const centre = Math.log(-Math.log(survival));
  return { lower: Math.exp(-Math.exp(centre - half)), upper: Math.exp(-Math.exp(centre + half)) };
}

/**
 * The time by which a share `p` has reached its end, with its limits: where the limits of the curve cross 1 − p.
 * The rule is that of R's quantile.survfit: the first time the curve lies below 1 − p; where it lies exactly there, the middle of that flat piece.
 * @returns null for what is not reached
 */
export function survivalQuantile(
  curve: Survival,
  p: number,
  kind: SurvivalLimits = 'log-log',
  confidence = 0.95,
): { value: number | null; lower: number | null; upper: number | null } {
  const z = zOf(confidence);
  const { survival, greenwood } = curve;
  const at = (i: number): SurvivalStep => ({ survival: survival[i] ?? 1, greenwood: greenwood[i] ?? 0 });
  const isDown = (i: number, level: number) => (survival[i] ?? 1) <= level;
  const isLimitDown = (side: 'lower' | 'upper') => {
    if (kind === 'log-log') return logLogIsDown(curve, side === 'lower' ? z : -z);
    return (i: number, level: number) => (limitsAt(at(i), kind, z)[side] ?? Infinity) <= level;
  };
  return {
    value: crosses(curve, p, isDown),
    lower: crosses(curve, p, isLimitDown('lower')),
    // No upper limit lies below the curve.
    upper: crosses(curve, p, isLimitDown('upper'), isDown),
  };
}

/**
 * Whether the log–log limit of a step lies at or below a level: exp(−exp(log(−log S) + z √g / −log S)) ≤ level, with the logarithms of the level taken once
 * rather than the exponentials of every step.
 * @param z above 0 for the lower limit, below for the upper
 */
function logLogIsDown({ survival, greenwood }: Survival, z: number): (i: number, level: number) => boolean {
  let [last, fallenTo, bound] = [NaN, NaN, NaN];
  return (i, level) => {
    const s = survival[i] ?? 1;
    if (s >= 1 || s <= 0) return s >= 1 && level >= 1; // no limits where the curve is down at 0
    if (level !== last) {
      [last, fallenTo] = [level, level >= 1 ? 0 : level <= 0 ? Infinity : -Math.log(level)];
      bound = Math.log(fallenTo);
    }
    const error = z * Math.sqrt(greenwood[i] ?? 0);
    const lost = 1 - s;
    // Far from the level without a logarithm: −log S ≤ (1 − S)/S, and eʸ ≤ 1 + (e − 1) y for y from 0 to 1.
    if (z > 0 && error <= lost && lost / s + (Math.E - 1) * error < fallenTo) return false;
    const fallen = -Math.log(s);
    return Math.log(fallen) + error / fallen >= bound;
  };
}

/**
 * Survival, its error and limits at a time.
 * @returns null before the first time: nothing has happened yet
 */
export function survivalAt({ time, atRisk, survival, greenwood }: Survival, at: number): { step: SurvivalStep; atRisk: number } | null {
  const last = time.findLastIndex((t) => t <= at);
  if (last < 0) return null;
  const next = time.findIndex((t) => t >= at);
  return { step: { survival: survival[last] ?? 1, greenwood: greenwood[last] ?? 0 }, atRisk: next < 0 ? 0 : (atRisk[next] ?? 0) };
}

const tolerance = 1.5e-8; // R's: the square root of the smallest double step

/**
 * The middle between the first time something lies at or below 1 − p and the first time it lies below.
 * @param canBe whether it can lie at or below a level at all, where that is quickly told
 */
function crosses(
  { time, longest }: Survival,
  p: number,
  isDown: (i: number, level: number) => boolean,
  canBe: (i: number, level: number) => boolean = () => true,
): number | null {
  const [at, below] = [1 - p + tolerance, 1 - p - tolerance];
  let first: number | null = null;
  for (let i = 0; i < time.length; i++) {
    if (!canBe(i, at) || !isDown(i, at)) continue;
    first ??= time[i] ?? 0;
    if (isDown(i, below)) return (first + (time[i] ?? 0)) / 2;
  }
  return first === null || longest === null ? null : (first + longest) / 2;
}
