import type { CaseFieldName, eventKinds } from '../../etl/record.ts';

/** What rows are counted. */
export type FactName = 'case' | 'survey' | 'case_issue';

/**
 * The dates figures are attributed to. `left` is when a case leaves the open stock: its end, or the day it came where the end lies before that.
 * `due` is a deadline: it may lie in the future.
 */
export const dateNames = [
  'received',
  'resolved',
  'left',
  'withdrawn',
  'first_resolved',
  'first_reopened',
  'first_escalated',
  'redress',
  'due',
  'asked',
  'answered',
] as const;
export type DateName = (typeof dateNames)[number];

/** A duration from receipt; each has minutes, a bin, and the same in business time (DESIGN §4 Time). */
export const durations = {
  resolution: { label: 'received to resolved', end: 'resolved_at' },
  first_response: { label: 'received to first response', end: 'first_response_at' },
  acknowledgement: { label: 'received to acknowledged', end: 'acknowledged_at' },
} as const;
export type DurationName = keyof typeof durations;

/**
 * A condition on a fact's columns, as data, so that it becomes SQL, a loop and English alike. "Then" is T, until when we know (DESIGN §6 As of).
 * `by_then`: the instant is known and not after T. `not_by_then`: unknown or after T. `passed`: the deadline lies before T; a date without time of day passes at its end.
 */
export type Condition =
  | { column: string; op: 'is' | 'is_not' | 'at_least' | 'at_most'; value: number | string }
  | { column: string; op: 'in'; value: readonly (number | string)[] }
  | { column: string; op: 'known' | 'unknown' | 'by_then' | 'not_by_then' | 'passed' }
  | { any: readonly (readonly Condition[])[] };

/** What a source must provide to be in a measure: one of the fields; else it is left out and `message` says why. */
export interface Need {
  anyOf: readonly (CaseFieldName | `surveys.${string}` | 'surveys' | 'events' | `events.${(typeof eventKinds)[number]}`)[];
  message: string;
}

export type Unit = 'cases' | 'surveys' | 'share' | 'days' | 'hours' | 'money' | 'points' | 'score' | 'per_case';
export type Interval = 'wilson' | 'nps' | 'mean' | 'poisson' | 'none';

/** The scores a mean is taken of. */
export const meanScores = { low: 1, high: 5 } as const;
/** What a count can add up: a column of the fact, or the minutes from receipt to the end of a case, to T while it has none. */
export type Summed = 'redress_minor' | 'waited_minutes';

interface Common {
  label: string;
  description: string;
  unit: Unit;
  better: 'lower' | 'higher' | 'neither';
  needs?: readonly Need[];
}

/** The kinds of measure (DESIGN §6). A percentile and a survival read one curve: by when a share has ended, and what share has not by when. */
export type Measure = Common &
  (
    | { kind: 'count'; fact: FactName; on: DateName; where?: readonly Condition[]; sum?: Summed }
    | { kind: 'stock'; fact: 'case'; enter: DateName; leave: DateName; where: readonly Condition[]; left: readonly Condition[] }
    | {
        kind: 'ratio';
        fact: 'case' | 'survey';
        on: DateName;
        whole: readonly Condition[];
        /** The rows of the numerator; absent where `sum` is averaged, or `within` says which. */
        part?: readonly Condition[];
        /** The rows of the numerator are those of the members of this dimension that are filtered by; the whole is free of that filter. */
        within?: 'issue';
        /** Rows taken from the numerator (detractors). */
        minus?: readonly Condition[];
        /** A column whose sum is the numerator: the figure is a mean, or a rate of events per case. */
        sum?: string;
        /** What the quotient is multiplied by; 1 unless told. */
        times?: number;
        /** `mean`: of whole scores from {@link meanScores}, by `sum`. `poisson`: of events on cases, by `sum`. */
        interval: Interval;
        /** A row counts once this many days have passed since its date. */
        matureDays?: number;
      }
    | { kind: 'percentile'; fact: 'case'; on: 'received'; of: DurationName; p: number; censored: boolean }
    | { kind: 'survival'; fact: 'case'; on: 'received'; of: DurationName; /** The age looked at. */ days: number }
  );

/** Whether a measure reads how long cases took: from the bins of a duration, over what was received. */
export function isOfDuration(measure: Measure): measure is Extract<Measure, { kind: 'percentile' | 'survival' }> {
  return measure.kind === 'percentile' || measure.kind === 'survival';
}

/** Whether a measure is a share of rows, so that a member's can be held against that of all. */
export function isShare(measure: Measure): boolean {
  return measure.kind === 'ratio' && measure.interval === 'wilson';
}

/** Whether a measure counts events per case, of which one case can have several. */
export function isEventRate(measure: Measure): boolean {
  return measure.kind === 'ratio' && measure.interval === 'poisson';
}
