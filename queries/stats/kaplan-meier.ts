import { zOf } from './wilson.ts';

/** What happened at one time: how many reached their end there, how many were last seen there without. */
export interface TimePoint {
  time: number;
  events: number;
  censored: number;
}

export interface SurvivalStep {
  time: number;
  atRisk: number;
  events: number;
  survival: number;
  /** Greenwood's sum Σ d / (n (n − d)): the variance of log survival. */
  greenwood: number;
}

export interface Survival {
  n: number;
  events: number;
  /** One step for every time, also those with censoring only. */
  steps: SurvivalStep[];
  /** The last time anyone was followed to; null for nobody. */
  longest: number | null;
}

/**
 * The Kaplan–Meier curve. Those censored at a time are still at risk for the events of that time.
 * @param points ascending by time, each time once
 * @see Kaplan & Meier 1958; Greenwood's variance as in R survival's survfit
 */
export function kaplanMeier(points: readonly TimePoint[]): Survival {
  let n = 0;
  let events = 0;
  for (const point of points) {
    n += point.events + point.censored;
    events += point.events;
  }
  let atRisk = n;
  let survival = 1;
  let greenwood = 0;
  const steps = points.map((point) => {
    if (point.events > 0) {
      survival *= 1 - point.events / atRisk;
      greenwood += atRisk === point.events ? Infinity : point.events / (atRisk * (atRisk - point.events));
    }
    const step = { time: point.time, atRisk, events: point.events, survival, greenwood };
    atRisk -= point.events + point.censored;
    return step;
  });
  return { n, events, steps, longest: points.at(-1)?.time ?? null };
}

export type SurvivalLimits = 'log' | 'log-log';

/**
 * Limits of the survival at a step.
 * @returns nulls where the curve is down at 0; 1 and 1 (log–log) where nothing has happened yet
 * @see Kalbfleisch & Prentice; R survival's conf.type "log" and "log-log"
 */
export function survivalLimits(
  step: Pick<SurvivalStep, 'survival' | 'greenwood'>,
  kind: SurvivalLimits,
  confidence = 0.95,
): { lower: number | null; upper: number | null } {
  return limitsAt(step, kind, zOf(confidence));
}

function limitsAt(
  { survival, greenwood }: Pick<SurvivalStep, 'survival' | 'greenwood'>,
  kind: SurvivalLimits,
  z: number,
): { lower: number | null; upper: number | null } {
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
  return {
    value: crosses(curve, p, (step) => step.survival),
    lower: crosses(curve, p, (step) => limitsAt(step, kind, z).lower),
    upper: crosses(curve, p, (step) => limitsAt(step, kind, z).upper),
  };
}

/**
 * Survival, its error and limits at a time.
 * @returns null before the first time: nothing has happened yet
 */
export function survivalAt(curve: Survival, time: number): { step: SurvivalStep; atRisk: number } | null {
  const step = curve.steps.findLast((s) => s.time <= time);
  if (!step) return null;
  const next = curve.steps.find((s) => s.time >= time);
  return { step, atRisk: next?.atRisk ?? 0 };
}

const tolerance = 1.5e-8; // R's: the square root of the smallest double step

/** The middle between the first time a level lies at or below 1 − p and the first time it lies below. */
function crosses({ steps, longest }: Survival, p: number, levelAt: (step: SurvivalStep) => number | null): number | null {
  let first: number | null = null;
  for (const step of steps) {
    const level = levelAt(step);
    if (level === null || level > 1 - p + tolerance) continue;
    first ??= step.time;
    if (level <= 1 - p - tolerance) return (first + step.time) / 2;
  }
  return first === null || longest === null ? null : (first + longest) / 2;
}
