import type { Measure } from './measure.ts';

/**
 * What marks a figure as more than chance, beside figures of its own past (DESIGN §8): the written rules of NHS England's Making Data Count, each with
 * its direction and its words, in short for tables. `seasonal`: a rule is broken, and was in the same periods a year before.
 */
export const signals = {
  above_limits: { short: 'above typical', direction: 'up', words: 'above its typical range' },
  below_limits: { short: 'below typical', direction: 'down', words: 'below its typical range' },
  rising: { short: 'steady rise', direction: 'up', words: 'part of a steady rise: six steps up in a row' },
  falling: { short: 'steady fall', direction: 'down', words: 'part of a steady fall: six steps down in a row' },
  near_upper: {
    short: 'near upper end',
    direction: 'up',
    words: 'near the upper end of its typical range, as two of three neighbours are',
  },
  near_lower: {
    short: 'near lower end',
    direction: 'down',
    words: 'near the lower end of its typical range, as two of three neighbours are',
  },
  run_above: { short: 'run above usual', direction: 'up', words: 'one of seven or more in a row above its usual level' },
  run_below: { short: 'run below usual', direction: 'down', words: 'one of seven or more in a row below its usual level' },
  seasonal: { short: 'as last year', direction: null, words: 'as it was in the same periods a year before' },
} as const satisfies Record<string, { short: string; direction: 'up' | 'down' | null; words: string }>;
export type SignalName = keyof typeof signals;

/** What a signal means for the organisation; `high` and `low` where neither is better. */
export type Verdict = 'common_cause' | 'improvement' | 'concern' | 'high' | 'low';

/** A verdict as a screen writes it. */
export const verdictWords: Record<Verdict, string> = {
  common_cause: 'as usual',
  improvement: 'Improvement',
  concern: 'Concern',
  high: 'Higher than usual',
  low: 'Lower than usual',
};

/** What a direction means where lower or higher is better; null for chance alone. */
export function judge(direction: 'up' | 'down' | null, better: Measure['better']): Verdict {
  if (direction === null) return 'common_cause';
  if (better === 'neither') return direction === 'up' ? 'high' : 'low';
  return (direction === 'up') === (better === 'higher') ? 'improvement' : 'concern';
}

/** A signal as a table holds it; null for anything else. */
export function signalOf(value: unknown): SignalName | null {
  return typeof value === 'string' && Object.hasOwn(signals, value) ? (value as SignalName) : null; // tested against the keys
}

/** What a signal of a measure means. */
export function verdictOf(signal: SignalName | null, better: Measure['better']): Verdict {
  return judge(signal === null ? null : signals[signal].direction, better);
}

/** How limits are made: individuals (XmR), shares (p) and rates (u), both with limits widened by σ_z (p′, u′), or the spread of a stock's own past. */
export type LimitsMethod = 'xmr' | 'p' | 'p_prime' | 'u' | 'u_prime' | 'spread';
