import { addBuckets, addDays, endOf, startOf } from './buckets.ts';
import type { DigestStep } from './digest.ts';
import { formatBucket } from './number.ts';

/** The period a digest tells of; inclusive local dates. */
export interface DigestPeriod {
  step: DigestStep;
  from: string;
  to: string;
  /** "October 2026", "week of 9 Nov 2026", "Q3 2026". */
  text: string;
}

/** The last whole period before a day: what a digest made on it tells of. Weeks start on Monday. */
export function periodBefore(step: DigestStep, day: string): DigestPeriod {
  return periodFrom(step, addBuckets(step, startOf(step, day), -1));
}

/** The period that begins on a day. */
export function periodFrom(step: DigestStep, from: string): DigestPeriod {
  return { step, from, to: endOf(step, from), text: formatBucket(step, from) };
}

/** The period as a sentence names it: "in October 2026", "in the week of 9 Nov 2026". */
export function inPeriod({ step, text }: Pick<DigestPeriod, 'step' | 'text'>): string {
  return step === 'week' ? `in the ${text}` : `in ${text}`;
}

/** How many periods of the same length the series of a digest have: enough to tell what is usual, and no more than a small picture holds. */
const seriesLength: Record<DigestStep, number> = { week: 26, month: 24, quarter: 16 };

/** The first date of the series that end with a period. */
export function seriesFrom({ step, from }: Pick<DigestPeriod, 'step' | 'from'>): string {
  return addBuckets(step, from, 1 - seriesLength[step]);
}

/** The day after a period, from whose first moment on it is over. */
export function dayAfter({ to }: Pick<DigestPeriod, 'to'>): string {
  return addDays(to, 1);
}
