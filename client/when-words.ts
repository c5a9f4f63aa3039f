import { formatDate } from '../queries/model/number.ts';
import { wallClock } from './case-words.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How far a time is away, in the unit that reads best: "14 hours ago", "in 3 days", "just now".
 * @param instant milliseconds since 1970 UTC, as `now`
 */
export function distanceInWords(instant: number, now: number): string {
  const away = Math.abs(now - instant);
  if (away < minute) return instant <= now ? 'just now' : 'in less than a minute';
  const said = lengthInWords(away);
  return instant <= now ? `${said} ago` : `in ${said}`;
}

/** A length of time in whole units, rounded down: "3 days", "14 hours", "1 minute", "20 seconds". */
export function lengthInWords(milliseconds: number): string {
  if (milliseconds >= 2 * day) return counted(milliseconds / day, 'day');
  if (milliseconds >= 2 * hour) return counted(milliseconds / hour, 'hour');
  if (milliseconds >= minute) return counted(milliseconds / minute, 'minute');
  return counted(milliseconds / 1000, 'second');
}

/**
 * A time as people say it, on the clocks of `zone`: "today 18:00", "yesterday 18:00", "tomorrow 02:00", else "21 Nov 2026, 18:00".
 * @param instant milliseconds since 1970 UTC, as `now`
 */
export function dayAndTime(instant: number, now: number, zone: string): string {
  const { date, time } = wallClock(instant, zone);
  const near = [
    ['today', 0],
    ['yesterday', -1],
    ['tomorrow', 1],
  ] as const;
  const found = near.find(([, days]) => date === shifted(wallClock(now, zone).date, days));
  return found ? `${found[0]} ${time}` : `${formatDate(date, 'short')}, ${time}`;
}

/** A calendar date some days later, `YYYY-MM-DD`. */
function shifted(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString().slice(0, 10);
}

function counted(amount: number, unit: string): string {
  const whole = Math.max(0, Math.floor(amount));
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}
