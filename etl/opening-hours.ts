import { dayNumber } from './local-time.ts';
import { zoneClock } from './time.ts';

/** The days of the week as calendars name them, Monday first. */
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * When work is done: opening hours by weekday, as `09:00-17:00` on the wall clock of the zone (several a day, to `24:00`; a day without any is
 * closed), and dates on which nobody works.
 */
export interface Calendar {
  /** IANA name. */
  zone: string;
  hours: Partial<Record<Weekday, string[] | undefined>>;
  /** `YYYY-MM-DD`, or with a name. */
  holidays?: (string | { date: string; name?: string | undefined })[] | undefined;
}

/** From (inclusive) and to (exclusive), in seconds: of the wall clock, or since 1970 UTC. */
export type Stretch = readonly [from: number, to: number];

/** A calendar made ready for counting. Made once; weeks are worked out when they are first asked for. */
export interface OpeningHours {
  zone: string;
  /** Holidays by their day number, with their name where they have one. */
  holidays: ReadonlyMap<number, string | null>;
  minutesOfWeek: number;
  /** Opening hours of a day (days since 1970-01-01) by the wall clock; none on a holiday. */
  onDay(day: number): readonly Stretch[];
  /** Opening minutes of a day by the wall clock were it no holiday. */
  minutesOfWeekday(day: number): number;
  /** Opening minutes by the wall clock that holidays take up to and with a day. */
  holidayMinutesUntil(day: number): number;
  /** The open stretches of a week since 1970-01-01 00:00 UTC (a Thursday), ascending; stretches that touch its edges are cut there. */
  inWeek(week: number): readonly Stretch[];
  /** Open seconds between two instants, `to` not before `from`. */
  secondsBetween(from: number, to: number): number;
}

export const weekSeconds = 604_800;
const daySeconds = 86_400;
const mondayShift = 3; // 1970-01-01 was a Thursday
const ready = new WeakMap<Calendar, OpeningHours>();

/** The opening hours of a calendar; the calendar must not be changed afterwards. */
export function openingHoursOf(calendar: Calendar): OpeningHours {
  let hours = ready.get(calendar);
  if (!hours) ready.set(calendar, (hours = makeReady(calendar)));
  return hours;
}

function makeReady(calendar: Calendar): OpeningHours {
  const clock = zoneClock(calendar.zone);
  const week = weekdays.map((day) => merged((calendar.hours[day] ?? []).map(secondsOf)));
  const minutes = week.map((stretches) => stretches.reduce((sum, [from, to]) => sum + (to - from) / 60, 0));
  const holidays = namesOf(calendar);
  let taken = 0;
  const takenUntil = [...holidays.keys()].sort((a, b) => a - b).map((day) => ({ day, minutes: (taken += minutes[weekdayOf(day)] ?? 0) }));
  const weeks: (readonly Stretch[])[] = [];
  /** Open seconds before each of the weeks, from the beginning of the first. */
  const before: number[] = [];
  let first = 0;

  const onDay = (day: number): readonly Stretch[] => (holidays.has(day) ? [] : (week[weekdayOf(day)] ?? []));

  /** Stretches of instants in which the wall clock shows opening hours while it is `offset` ahead of UTC. */
  function addOpen(list: Stretch[], start: number, end: number, offset: number): void {
    const last = Math.floor((end - 1 + offset) / daySeconds);
    for (let day = Math.floor((start + offset) / daySeconds); day <= last; day++) {
      const midnight = day * daySeconds - offset;
      for (const [from, to] of onDay(day)) {
        const open: Stretch = [Math.max(start, midnight + from), Math.min(end, midnight + to)];
        if (open[0] >= open[1]) continue;
        const previous = list.at(-1);
        if (previous?.[1] === open[0]) list[list.length - 1] = [previous[0], open[1]];
        else list.push(open);
      }
    }
  }

  function openInWeek(number: number): Stretch[] {
    const list: Stretch[] = [];
    const end = (number + 1) * weekSeconds;
    let start = number * weekSeconds;
    // Clocks change at most once a week: a week that begins and ends with the same offset has no change.
    while (start < end) {
      const offset = clock.offsetAt(start);
      const change = clock.offsetAt(end) === offset ? end : firstOther(start, end, offset);
      addOpen(list, start, change, offset);
      start = change;
    }
    return list;
  }

  function firstOther(from: number, to: number, offset: number): number {
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (clock.offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  function reach(from: number, to: number): void {
    if (weeks.length === 0) first = from;
    if (from < first) {
      const earlier: Stretch[][] = [];
      for (let number = from; number < first; number++) earlier.push(openInWeek(number));
      weeks.unshift(...earlier);
      first = from;
      before.length = 0;
    }
    while (first + weeks.length <= to) weeks.push(openInWeek(first + weeks.length));
    let sum = 0;
    const known = before.length - 1;
    if (known >= 0) sum = (before[known] ?? 0) + secondsOfAll(weeks[known] ?? []);
    for (let i = known + 1; i < weeks.length; i++) {
      before.push(sum);
      sum += secondsOfAll(weeks[i] ?? []);
    }
  }

  function weekAt(number: number): readonly Stretch[] {
    // Cases often come newest first: a year at a time, since what lies before is put in front of everything.
    if (number < first) reach(number - 52, number);
    else if (number >= first + weeks.length) reach(weeks.length ? first : number, number);
    return weeks[number - first] ?? [];
  }

  function secondsUntil(instant: number): number {
    const number = Math.floor(instant / weekSeconds);
    let open = before[number - first] ?? 0;
    for (const [from, to] of weeks[number - first] ?? []) {
      if (from >= instant) break;
      open += Math.min(to, instant) - from;
    }
    return open;
  }

  return {
    zone: calendar.zone,
    holidays,
    minutesOfWeek: minutes.reduce((sum, value) => sum + value, 0),
    onDay,
    minutesOfWeekday: (day) => minutes[weekdayOf(day)] ?? 0,
    holidayMinutesUntil: (day) => takenUntil.findLast((holiday) => holiday.day <= day)?.minutes ?? 0,
    inWeek: weekAt,
    secondsBetween(from, to) {
      weekAt(Math.floor(from / weekSeconds));
      weekAt(Math.floor(to / weekSeconds));
      return secondsUntil(to) - secondsUntil(from);
    },
  };
}

function namesOf({ holidays = [] }: Calendar): Map<number, string | null> {
  return new Map(
    holidays.map((holiday) => (typeof holiday === 'string' ? [dayNumber(holiday), null] : [dayNumber(holiday.date), holiday.name ?? null])),
  );
}

/** `09:00-17:30` in seconds of the day. */
function secondsOf(hours: string): Stretch {
  const [from = '', to = ''] = hours.split('-');
  const seconds = (time: string) => Number(time.slice(0, 2)) * 3600 + Number(time.slice(3, 5)) * 60;
  return [seconds(from), seconds(to)];
}

/** In order, what touches put together. */
function merged(stretches: Stretch[]): Stretch[] {
  const list: Stretch[] = [];
  for (const [from, to] of stretches.sort((a, b) => a[0] - b[0])) {
    const last = list.at(-1);
    if (last && from <= last[1]) list[list.length - 1] = [last[0], Math.max(last[1], to)];
    else list.push([from, to]);
  }
  return list;
}

function secondsOfAll(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, [from, to]) => sum + to - from, 0);
}

function weekdayOf(day: number): number {
  return (((day + mondayShift) % 7) + 7) % 7;
}
