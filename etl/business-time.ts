import { dayNumber } from './local-time.ts';
import { openingHoursOf, weekSeconds, type Calendar } from './opening-hours.ts';

/** Instants outside these years (the second exclusive) are slips of the pen; business time is not counted from or to them. */
export const countedYears = [1900, 2200] as const;
const [earliest, latest] = countedYears.map((year) => Date.UTC(year, 0, 1) / 1000) as [number, number]; // two in, two out

/**
 * Whole minutes of opening hours between two instants, rounded down; nought where `to` does not lie after `from`. Opening hours are when the wall
 * clock shows them: of the hour that autumn repeats both are counted, of the one that spring leaves out nothing.
 * @param from seconds UTC
 * @param to seconds UTC
 * @returns null when an instant lies outside {@link countedYears}
 */
export function businessMinutes(from: number, to: number, calendar: Calendar): number | null {
  if (!isCounted(from) || !isCounted(to)) return null;
  return to <= from ? 0 : Math.floor(openingHoursOf(calendar).secondsBetween(from, to) / 60);
}

const epoch = Date.UTC(2000, 0, 1) / 1000;

/**
 * Where an instant stands on the clock that runs only in opening hours: seconds of them since 2000, negative before. The difference of two is what is
 * open between them; calendars that differ in a holiday before both show other clocks, but the same difference.
 * @returns null for an instant outside {@link countedYears}
 */
export function businessClock(instant: number, calendar: Calendar): number | null {
  if (!isCounted(instant)) return null;
  const hours = openingHoursOf(calendar);
  return instant >= epoch ? hours.secondsBetween(epoch, instant) : -hours.secondsBetween(instant, epoch);
}

/**
 * Minutes of opening hours between two dates without times of day: those of every day after the first up to and with the last, by the wall clock,
 * whatever daylight saving does. So what is done on the last day of a limit of three business days has taken the opening minutes of three days.
 * @param from `YYYY-MM-DD`
 * @param to `YYYY-MM-DD`; nought where it does not lie after `from`
 */
export function businessMinutesOfDays(from: string, to: string, calendar: Calendar): number {
  const hours = openingHoursOf(calendar);
  const [first, last] = [dayNumber(from), dayNumber(to)];
  if (last <= first) return 0;
  const weeks = Math.floor((last - first) / 7);
  let minutes = weeks * hours.minutesOfWeek;
  for (let day = first + weeks * 7 + 1; day <= last; day++) minutes += hours.minutesOfWeekday(day);
  return minutes - (hours.holidayMinutesUntil(last) - hours.holidayMinutesUntil(first));
}

/**
 * The instant at which some opening hours have passed: the end of an opening rather than the beginning of the next.
 * @param from seconds UTC
 * @param seconds more than nought
 * @returns seconds UTC; null where that, or `from`, lies outside {@link countedYears}
 */
export function afterBusinessSeconds(from: number, seconds: number, calendar: Calendar): number | null {
  if (!isCounted(from)) return null;
  const hours = openingHoursOf(calendar);
  let left = seconds;
  for (let week = Math.floor(from / weekSeconds); week * weekSeconds < latest; week++) {
    for (const [start, end] of hours.inWeek(week)) {
      const begin = Math.max(start, from);
      if (end <= begin) continue;
      if (left <= end - begin) return begin + left;
      left -= end - begin;
    }
  }
  return null;
}

/**
 * The date `count` business days after a date, which is day nought whether anybody works on it or not.
 * @returns days since 1970-01-01; null where there are not that many before {@link countedYears} end
 */
export function afterBusinessDays(day: number, count: number, calendar: Calendar): number | null {
  const hours = openingHoursOf(calendar);
  let left = count;
  for (let next = day + 1; next * 86_400 < latest; next++) {
    if (hours.onDay(next).length === 0) continue;
    left -= 1;
    if (left === 0) return next;
  }
  return null;
}

function isCounted(instant: number): boolean {
  return instant >= earliest && instant < latest;
}
