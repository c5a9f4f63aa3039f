import { dateOfDay, dayNumber, instantAt, localDate } from './local-time.ts';
import { zoneClock } from './time.ts';

export const scheduleSteps = ['15m', 'hour', 'day', 'week', 'month'] as const;
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** When something is to run, as data. */
export interface Schedule {
  /** Digests also have quarters. */
  every: (typeof scheduleSteps)[number] | 'quarter';
  /** Week: a weekday (default Monday). Month, and of a quarter its first one: a day from 1 to 31 (default 1); in shorter months the last one. */
  on?: (typeof weekdays)[number] | number;
  /** Day, week, month, quarter: local time `HH:MM` (default 00:00). */
  at?: string;
  /** IANA zone of `on` and `at`; default the organisation's. */
  zone?: string;
}

/**
 * The last instant up to and including `now` at which the schedule is due. Local times that daylight saving leaves out are due
 * when the clocks have moved on; those that occur twice are due once, the first time.
 * @param now seconds since 1970 UTC
 * @param zone for schedules that name none
 */
export function lastDue(schedule: Schedule, now: number, zone: string): number {
  const local = schedule.zone ?? zone;
  if (schedule.every === '15m' || schedule.every === 'hour') {
    const step = schedule.every === 'hour' ? 3600 : 900;
    const offset = zoneClock(local).offsetAt(now);
    return Math.floor((now + offset) / step) * step - offset;
  }
  // The instant of a date can lie after midnight of the next one in no zone; two days back one is always past.
  for (let day = dayNumber(localDate(now, local)); ; day--) {
    if (!isDueOn(schedule, day)) continue;
    const due = instantAt(dateOfDay(day), secondOfDay(schedule.at ?? '00:00'), local);
    if (due <= now) return due;
  }
}

/** The first instant after `now` at which the schedule is due; parameters as for {@link lastDue}. */
export function nextDue(schedule: Schedule, now: number, zone: string): number {
  const local = schedule.zone ?? zone;
  if (schedule.every === '15m' || schedule.every === 'hour') {
    // Clocks may move within the step: try its quarters.
    for (let at = now + 1; ; at = Math.floor(at / 900) * 900 + 900)
      if (lastDue(schedule, at, zone) > now) return lastDue(schedule, at, zone);
  }
  for (let day = dayNumber(localDate(now, local)); ; day++) {
    if (!isDueOn(schedule, day)) continue;
    const due = instantAt(dateOfDay(day), secondOfDay(schedule.at ?? '00:00'), local);
    if (due > now) return due;
  }
}

/**
 * Whether a schedule has to run now. However many times it was missed, it runs once.
 * @param last when it last ran was due, or null when it never ran
 * @returns the instant it is due for, or null
 */
export function dueNow(schedule: Schedule, last: number | null, now: number, zone: string): number | null {
  const due = lastDue(schedule, now, zone);
  return last === null || due > last ? due : null;
}

function isDueOn(schedule: Schedule, day: number): boolean {
  if (schedule.every === 'week') {
    const wanted = weekdays.indexOf((schedule.on as (typeof weekdays)[number] | undefined) ?? 'monday');
    return (((day + 3) % 7) + 7) % 7 === wanted; // 1970-01-01 was a Thursday
  }
  if (schedule.every === 'month' || schedule.every === 'quarter') {
    const date = dateOfDay(day);
    if (schedule.every === 'quarter' && Number(date.slice(5, 7)) % 3 !== 1) return false;
    const wanted = Math.min(Number(schedule.on ?? 1), daysInMonth(date));
    return Number(date.slice(8, 10)) === wanted;
  }
  return true;
}

function daysInMonth(date: string): number {
  return new Date(Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)), 0)).getUTCDate();
}

function secondOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 3600 + Number(time.slice(3, 5)) * 60;
}
