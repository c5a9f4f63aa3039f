import { zoneClock } from './time.ts';

const daySeconds = 86_400;
const dates = new Map<number, string>();
const cacheLimit = 100_000;

/**
 * The calendar date of an instant in a zone.
 * @param instant seconds since 1970 UTC
 * @param zone IANA name, as `Europe/Vienna`
 * @returns `YYYY-MM-DD`
 */
export function localDate(instant: number, zone: string): string {
  return dateOfDay(Math.floor((instant + zoneClock(zone).offsetAt(instant)) / daySeconds));
}

/**
 * The first instant at which clocks in `zone` show `date` and `secondOfDay`.
 * A time that daylight saving leaves out is moved forward by the hour that is missing.
 * @returns seconds since 1970 UTC
 */
export function instantAt(date: string, secondOfDay: number, zone: string): number {
  return zoneClock(zone).instantOf(dayNumber(date) * daySeconds + secondOfDay);
}

/** The last second of a date in a zone, seconds since 1970 UTC. */
export function endOfDay(date: string, zone: string): number {
  return instantAt(dateOfDay(dayNumber(date) + 1), 0, zone) - 1;
}

/** Whole days since 1970-01-01 of a date `YYYY-MM-DD`. */
export function dayNumber(date: string): number {
  // Years below 100 would be taken as of the twentieth century, so the date is moved on by the 400 years after which the calendar repeats.
  const moved = Date.UTC(Number(date.slice(0, 4)) + 400, Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10)));
  return Math.round(moved / 1000 / daySeconds) - 146_097;
}

/** The date `YYYY-MM-DD` that is `day` days after 1970-01-01. */
export function dateOfDay(day: number): string {
  let date = dates.get(day);
  if (date === undefined) {
    if (dates.size > cacheLimit) dates.clear();
    date = new Date(day * daySeconds * 1000).toISOString().slice(0, -14);
    dates.set(day, date);
  }
  return date;
}
