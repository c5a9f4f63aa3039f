import type { CaseTime } from '../../etl/store/tables.ts';

/** The times of a case in the order of the bits of `whole_day`; a test compares it with the store's own list. */
export const timesByBit = [
  'received', 'acknowledged', 'first_response', 'first_escalated', 'first_resolved', 'first_reopened', 'resolved', 'withdrawn',
  'closed', 'ended', 'redress', 'due', 'acknowledgement_due', 'summary_due',
] as const satisfies readonly CaseTime[]; // prettier-ignore

/**
 * The bit of `whole_day` that says a time is a date without a time of day.
 * @throws Error for a name that is no time of a case
 */
export function wholeDayBit(time: string): number {
  const position = (timesByBit as readonly string[]).indexOf(time);
  if (position < 0) throw new Error(`${time} is no time of a case`);
  return 1 << position;
}
