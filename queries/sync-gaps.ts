import { addDays } from './model/buckets.ts';

/** Days on which a source brought nothing though it usually does. */
export interface Gap {
  from: string;
  to: string;
  /** How many cases those weekdays brought in the weeks before, in all. */
  expected: number;
}

/** What was usual is taken from this many days before a gap: eight of each weekday. */
export const usualDays = 56;
const fewestWeeks = 3;
// With so many to be expected, none at all is no chance: below e^-20 were they to come one by one.
const fewestExpected = 20;

/**
 * The stretches of days without any case of a source that usually has them. What is usual is the mean of the same weekday in the eight weeks
 * before, at least three of each, so that weekends of an office are no gaps; a stretch counts where at least twenty cases were to be expected.
 * @param counts cases of each day, from `first` on, without a day left out
 * @param first local date `YYYY-MM-DD`
 */
export function gapsIn(counts: readonly number[], first: string): Gap[] {
  const begin = counts.findIndex((count) => count > 0);
  if (begin < 0) return [];
  const gaps: Gap[] = [];
  for (let day = begin; day < counts.length; day++) {
    if (counts[day] !== 0) continue;
    const start = day;
    while (day + 1 < counts.length && counts[day + 1] === 0) day++;
    let expected = 0;
    for (let missing = start; missing <= day; missing++) expected += usualOn(counts, begin, start, missing);
    if (expected >= fewestExpected) gaps.push({ from: addDays(first, start), to: addDays(first, day), expected: Math.round(expected) });
  }
  return gaps;
}

/** The mean of the same weekday in the weeks before `start`; 0 where too few are known. */
function usualOn(counts: readonly number[], begin: number, start: number, day: number): number {
  const same: number[] = [];
  for (let back = day - 7; back >= begin && back >= start - usualDays; back -= 7) if (back < start) same.push(counts[back] ?? 0);
  return same.length < fewestWeeks ? 0 : same.reduce((sum, count) => sum + count, 0) / same.length;
}
