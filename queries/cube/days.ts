import { startOf } from '../model/buckets.ts';
import type { Grain } from '../model/buckets.ts';

const dayMs = 86_400_000;
const known = new Map<string, number>();
/** Dates met are remembered up to so many: the days of two centuries and some odd ones. */
const mostKnown = 100_000;

/** Days from 1970-01-01 to a date `YYYY-MM-DD`. */
export function dayOf(date: string): number {
  let day = known.get(date);
  if (day === undefined) {
    day = Math.round(Date.parse(`${date}T00:00:00Z`) / dayMs);
    if (known.size < mostKnown) known.set(date, day);
  }
  return day;
}

const dates = new Map<number, string>();

/** The date `YYYY-MM-DD` so many days after 1970-01-01. */
export function dateOf(day: number): string {
  let date = dates.get(day);
  if (date === undefined) {
    date = new Date(day * dayMs).toISOString().slice(0, 10);
    if (dates.size < mostKnown) dates.set(day, date);
  }
  return date;
}

const starts = new Map<Grain, Map<number, string>>();

/** First date of the bucket that a day lies in. */
export function bucketOf(day: number, grain: Grain): string {
  let own = starts.get(grain);
  if (!own) starts.set(grain, (own = new Map<number, string>()));
  let start = own.get(day);
  if (start === undefined) {
    start = startOf(grain, dateOf(day));
    if (own.size < mostKnown) own.set(day, start);
  }
  return start;
}
