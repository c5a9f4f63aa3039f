import { formatDate } from '../queries/model/number.ts';

const clocks = new Map<string, Intl.DateTimeFormat>();

/**
 * What clocks in `zone` show at an instant.
 * @param instant milliseconds since 1970 UTC
 * @returns `date` `YYYY-MM-DD` and `time` `HH:MM`, 24 hours
 */
export function wallClock(instant: number, zone: string): { date: string; time: string } {
  let format = clocks.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
    }); // prettier-ignore
    clocks.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(instant).map((p) => [p.type, p.value]));
  return { date: `${part.year}-${part.month}-${part.day}`, time: `${part.hour}:${part.minute}` };
}

/**
 * A time in a table, on the clocks of `zone`: "22 Nov 2026, 09:31", or "22 Nov 2026" for a day without a time, which no zone shifts.
 * @param when ISO 8601 instant or `YYYY-MM-DD`; null gives an empty text
 * @param detail `day` leaves the time of day out
 */
export function shortWhen(when: string | null | undefined, zone: string, detail: 'minute' | 'day' = 'minute'): string {
  if (!when) return '';
  if (!when.includes('T')) return formatDate(when, 'short');
  const { date, time } = wallClock(Date.parse(when), zone);
  return detail === 'day' ? formatDate(date, 'short') : `${formatDate(date, 'short')}, ${time}`;
}

/**
 * How long from one time to another in whole minutes, negative when `to` is the earlier.
 * @param from ISO 8601 instant or `YYYY-MM-DD`, which is the beginning of that day in UTC
 */
export function minutesBetween(from: string, to: string): number {
  return Math.floor((Date.parse(to) - Date.parse(from)) / 60_000);
}

/** The first letter large: values of fixed lists are kept in lower case. */
export function sentence(text: string | null | undefined): string {
  return text ? text.charAt(0).toUpperCase() + text.slice(1) : '';
}
