import { businessMinutes, businessMinutesOfDays } from './business-time.ts';
import { dateOfDay, dayNumber, localDate } from './local-time.ts';
import { openingHoursOf, weekSeconds, type Calendar, type Stretch } from './opening-hours.ts';

/** One line of a sum of business time: a stretch that is counted, or a day of which nothing is. */
export interface SumRow {
  /** Local date in the zone of the calendar. */
  date: string;
  /** Instants, seconds UTC, `to` exclusive; null where nothing is counted, and where days are counted as a whole. */
  from: number | null;
  to: number | null;
  /** Seconds counted; the figure is the whole minutes of their sum. */
  seconds: number;
  /** Why nothing is counted. */
  reason: 'closed' | 'holiday' | null;
  /** The name of the holiday, where it has one. */
  holiday: string | null;
}

export interface BusinessSum {
  /** Null where the instants lie too far away to be counted. */
  minutes: number | null;
  rows: SumRow[];
  /** Days beyond those listed, and what is counted of them. */
  rest: { days: number; seconds: number };
}

/**
 * How `businessMinutes` comes about: day by day in the zone of the calendar, every stretch that is counted, and the days of which nothing is counted
 * with the reason. The seconds of the rows and of the rest, in whole minutes rounded down, are the figure.
 * @param most days listed
 */
export function explainBusinessMinutes(from: number, to: number, calendar: Calendar, most = 400): BusinessSum {
  const minutes = businessMinutes(from, to, calendar);
  if (minutes === null || to <= from) return { minutes, rows: [], rest: { days: 0, seconds: 0 } };
  const counted = new Map<number, Stretch[]>();
  const hours = openingHoursOf(calendar);
  for (let week = Math.floor(from / weekSeconds); week * weekSeconds < to; week++) {
    for (const [start, end] of hours.inWeek(week)) {
      for (const [day, stretch] of byDay([Math.max(start, from), Math.min(end, to)], calendar.zone)) {
        const list = counted.get(day) ?? [];
        const last = list.at(-1);
        // Weeks are cut at midnight UTC, which can lie inside opening hours.
        if (last?.[1] === stretch[0]) list[list.length - 1] = [last[0], stretch[1]];
        else list.push(stretch);
        counted.set(day, list);
      }
    }
  }
  const days = [dayNumber(localDate(from, calendar.zone)), dayNumber(localDate(to - 1, calendar.zone))] as const;
  return sumOf(minutes, days, most, calendar, (day) =>
    (counted.get(day) ?? []).map(([start, end]) => ({ from: start, to: end, seconds: end - start })),
  );
}

/** How `businessMinutesOfDays` comes about: a row a day, after the first up to and with the last. */
export function explainBusinessDays(from: string, to: string, calendar: Calendar, most = 400): BusinessSum {
  const minutes = businessMinutesOfDays(from, to, calendar);
  const hours = openingHoursOf(calendar);
  return sumOf(minutes, [dayNumber(from) + 1, dayNumber(to)], most, calendar, (day) => {
    const seconds = hours.onDay(day).reduce((sum, [start, end]) => sum + end - start, 0);
    return seconds > 0 ? [{ from: null, to: null, seconds }] : [];
  });
}

function sumOf(
  minutes: number,
  [first, last]: readonly [number, number],
  most: number,
  calendar: Calendar,
  countedOn: (day: number) => Pick<SumRow, 'from' | 'to' | 'seconds'>[],
): BusinessSum {
  const { holidays } = openingHoursOf(calendar);
  const sum: BusinessSum = { minutes, rows: [], rest: { days: 0, seconds: 0 } };
  for (let day = first; day <= last; day++) {
    const counted = countedOn(day);
    if (day - first >= most) {
      sum.rest.days += 1;
      for (const { seconds } of counted) sum.rest.seconds += seconds;
      continue;
    }
    const date = dateOfDay(day);
    for (const stretch of counted) sum.rows.push({ date, ...stretch, reason: null, holiday: null });
    if (counted.length) continue;
    const reason = holidays.has(day) ? 'holiday' : 'closed';
    sum.rows.push({ date, from: null, to: null, seconds: 0, reason, holiday: holidays.get(day) ?? null });
  }
  return sum;
}

/** A stretch cut at the midnights of a zone, each part with its day. */
function byDay([from, to]: Stretch, zone: string): [number, Stretch][] {
  const parts: [number, Stretch][] = [];
  for (let start = from; start < to;) {
    const date = localDate(start, zone);
    const end = localDate(to - 1, zone) === date ? to : firstAfter(start, to, date, zone);
    parts.push([dayNumber(date), [start, end]]);
    start = end;
  }
  return parts;
}

/** The first instant that does not show the date, between one that does and one that does not. */
function firstAfter(from: number, to: number, date: string, zone: string): number {
  let [low, high] = [from, to - 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localDate(middle, zone) === date) low = middle;
    else high = middle;
  }
  return high;
}
