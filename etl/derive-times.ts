import { dayNumber, instantAt, localDate } from './local-time.ts';
import type { CaseRecord, EventRecord, Flag, When } from './record.ts';
import { datedTimes, place, wholeDayBits, type CaseTime, type DatedTime, type Value } from './store/tables.ts';
import { isoText } from './time.ts';

/** A time of a case: its instant (seconds UTC; local midnight for a date), its local date, and whether it was given as a date only. */
export interface Moment {
  at: number;
  on: string;
  isWholeDay: boolean;
  given: When;
}
export type Moments = Partial<Record<CaseTime, Moment>>;

const isDated = (time: CaseTime): time is DatedTime => (datedTimes as readonly CaseTime[]).includes(time);
const timeColumns = wholeDayBits.map((time, bit) => ({
  time,
  at: place[`${time}_at`],
  on: isDated(time) ? place[`${time}_on`] : -1,
  bit: 1 << bit,
}));
const dueTimes: readonly CaseTime[] = ['due', 'acknowledgement_due', 'summary_due'];
const pastTimes = timeColumns.filter(({ time }) => time !== 'ended' && !dueTimes.includes(time));
const ordered = ['resolved', 'withdrawn', 'closed', 'first_response', 'acknowledged', 'first_resolved'] as const;

/** Reads a time in a zone. */
export function momentOf(given: When, zone: string): Moment {
  if (typeof given === 'number') return { at: given, on: localDate(given, zone), isWholeDay: false, given };
  return { at: instantAt(given, 0, zone), on: given, isWholeDay: true, given };
}

/**
 * The times of a case. First times that the record leaves out are taken from its events; `ended` is resolved, else withdrawn,
 * else closed, and never before receipt, so that every case leaves the open ones no earlier than it came.
 */
export function readMoments(record: CaseRecord, zone: string): Moments & { received: Moment } {
  const { events } = record;
  const received = momentOf(record.received_at, zone);
  const moments: Moments & { received: Moment } = { received };
  // Written out: this runs for every row, and a helper made inside would be made for every row.
  const acknowledged = record.acknowledged_at ?? firstEvent(events, 'acknowledged', zone);
  if (acknowledged !== undefined) moments.acknowledged = momentOf(acknowledged, zone);
  const responded = record.first_response_at ?? firstEvent(events, 'responded', zone);
  if (responded !== undefined) moments.first_response = momentOf(responded, zone);
  const escalated = record.first_escalated_at ?? firstEvent(events, 'escalated', zone);
  if (escalated !== undefined) moments.first_escalated = momentOf(escalated, zone);
  const reopened = record.first_reopened_at ?? firstEvent(events, 'reopened', zone);
  if (reopened !== undefined) moments.first_reopened = momentOf(reopened, zone);
  if (record.resolved_at !== undefined) moments.resolved = momentOf(record.resolved_at, zone);
  const firstResolved = record.first_resolved_at ?? firstEvent(events, 'resolved', zone);
  if (firstResolved !== undefined) moments.first_resolved = momentOf(firstResolved, zone);
  else if (moments.resolved && reopened === undefined && !record.reopen_count) moments.first_resolved = moments.resolved;
  if (record.withdrawn_at !== undefined) moments.withdrawn = momentOf(record.withdrawn_at, zone);
  if (record.closed_at !== undefined) moments.closed = momentOf(record.closed_at, zone);
  if (record.due_at !== undefined) moments.due = momentOf(record.due_at, zone);
  if (record.acknowledgement_due_at !== undefined) moments.acknowledgement_due = momentOf(record.acknowledgement_due_at, zone);
  if (record.summary_due_at !== undefined) moments.summary_due = momentOf(record.summary_due_at, zone);
  const ended = moments.resolved ?? moments.withdrawn ?? moments.closed;
  if (ended) moments.ended = isBefore(ended, received) ? received : ended;
  // Money is dated by payment, else resolution, else receipt.
  if (record.redress_at !== undefined) moments.redress = momentOf(record.redress_at, zone);
  else if (record.redress_amount !== undefined) moments.redress = moments.resolved ?? received;
  return moments;
}

/** Writes `*_at`, `*_on` and `whole_day` into a row of `case_fact`. */
export function writeMoments(moments: Moments, row: Value[]): void {
  let wholeDay = 0;
  for (const { time, at, on, bit } of timeColumns) {
    const moment = moments[time];
    if (!moment) continue;
    row[at] = moment.at;
    if (on >= 0) row[on] = moment.on;
    if (moment.isWholeDay) wholeDay |= bit;
  }
  row[place.whole_day] = wholeDay;
}

/**
 * Whole elapsed minutes, rounded down; between two dates whole days of 1,440 minutes.
 * @returns null when `to` lies before `from`
 */
export function minutesBetween(from: Moment, to: Moment): number | null {
  if (isBefore(to, from)) return null;
  if (from.isWholeDay && to.isWholeDay) return (dayNumber(to.on) - dayNumber(from.on)) * 1440;
  // A date on the day of the other's time of day: its midnight lies before, but the day is the same.
  return Math.max(0, Math.floor((to.at - from.at) / 60));
}

/** Whether `a` is before `b`; by dates when either is a date without a time of day. */
export function isBefore(a: Moment, b: Moment): boolean {
  return a.isWholeDay || b.isWholeDay ? a.on < b.on : a.at < b.at;
}

/** Lower edge in minutes of the bin of a duration: the minute up to 2 days, the hour up to 400 days, the day beyond. */
export function durationBin(minutes: number): number {
  if (minutes < 2880) return minutes;
  return minutes < 400 * 1440 ? minutes - (minutes % 60) : minutes - (minutes % 1440);
}

/** Flags for times before receipt, a reopening before the resolution, and times after `now`. */
export function timeFlags(moments: Moments & { received: Moment }, zone: string, now: number): Flag[] {
  const flags: Flag[] = [];
  const { received, first_reopened: reopened, first_resolved: resolved } = moments;
  for (const time of ordered) {
    const moment = moments[time];
    if (!moment || !isBefore(moment, received) || isFlagged(flags, moment)) continue;
    flags.push({ rule: 'time_order', field: `${time}_at`, message: `${time.replace('_', ' ')} before received`, value: show(moment) });
  }
  if (reopened && resolved && isBefore(reopened, resolved)) {
    flags.push({ rule: 'time_order', field: 'first_reopened_at', message: 'first reopened before first resolved', value: show(reopened) });
  }
  for (const { time } of pastTimes) {
    const moment = moments[time];
    if (!moment || moment.at <= now) continue;
    if ((moment.isWholeDay && moment.on <= localDate(now, zone)) || isFlagged(flags, moment)) continue;
    flags.push({ rule: 'future_date', field: `${time}_at`, message: `${time.replace('_', ' ')} lies in the future`, value: show(moment) });
  }
  return flags;
}

/** One value under several names, as resolved and closed often are, is one thing to look at. */
function isFlagged(flags: readonly Flag[], moment: Moment): boolean {
  return flags.length > 0 && flags.some((flag) => flag.value === show(moment));
}

function firstEvent(events: EventRecord[] | undefined, kind: EventRecord['kind'], zone: string): When | undefined {
  if (!events) return undefined;
  let first: Moment | undefined;
  for (const event of events) {
    if (event.kind !== kind) continue;
    const moment = momentOf(event.at, zone);
    if (!first || moment.at < first.at) first = moment;
  }
  return first?.given;
}

function show(moment: Moment): string {
  return moment.isWholeDay ? moment.on : isoText(moment.at);
}
