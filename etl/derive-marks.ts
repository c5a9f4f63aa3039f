import { durationBin, isBefore, minutesBetween, type Moment, type Moments } from './derive-times.ts';
import { minorUnits } from './money.ts';
import type { CaseRecord, EventRecord, Flag } from './record.ts';
import { writeOnTime } from './sla-times.ts';
import { codeOf, durationEnds, durations, fixedLists, place, type FixedDimension, type Value } from './store/tables.ts';

const thirtyDays = 30 * 1440;
const durationPlaces = durations.map((duration) => ({
  end: durationEnds[duration],
  minutesPlace: place[`${duration}_minutes`],
  binPlace: place[`${duration}_bin`],
}));
const fixedDimensions = Object.keys(fixedLists) as FixedDimension[];
const noEvents: readonly EventRecord[] = [];

/** Durations from receipt with their bins; a negative one is none and marks the case. */
export function writeDurations(moments: Moments & { received: Moment }, row: Value[]): void {
  for (const { end: time, minutesPlace, binPlace } of durationPlaces) {
    const end = moments[time];
    if (!end) continue;
    const minutes = minutesBetween(moments.received, end);
    if (minutes === null) {
      row[place.is_time_impossible] = 1;
      continue;
    }
    row[minutesPlace] = minutes;
    row[binPlace] = durationBin(minutes);
  }
  const last = moments.resolved ?? moments.withdrawn ?? moments.closed;
  if (last && isBefore(last, moments.received)) row[place.is_time_impossible] = 1;
}

/** Counts of handling, and what holds of a case by its own times. Whether it repeats another only the store can tell. */
export function writeMarks(record: CaseRecord, moments: Moments & { received: Moment }, row: Value[]): void {
  const { received, resolved } = moments;
  const events = record.events ?? noEvents;
  const reopened = record.reopen_count ?? countEvents(events, 'reopened');
  const reassigned = record.reassign_count ?? Math.max(0, countEvents(events, 'assigned') - 1);
  if (reopened) row[place.reopen_count] = reopened;
  if (reassigned) row[place.reassign_count] = reassigned;
  writeOnTime(moments, row);
  const isSameDay = resolved !== undefined && resolved.on === received.on && !reopened && !reassigned && !moments.first_reopened;
  if (record.first_contact ?? isSameDay) row[place.is_first_contact] = 1;
  if (record.vulnerable) row[place.is_vulnerable] = 1;
  if (record.vulnerable_failed) row[place.is_vulnerable_failed] = 1;
  if (record.duplicate) row[place.is_duplicate] = 1;
  const { first_resolved: first, first_reopened: again } = moments;
  const untilAgain = first && again ? minutesBetween(first, again) : null;
  if (untilAgain !== null && untilAgain <= thirtyDays) row[place.is_reopened_in_30_days] = 1;
}

function countEvents(events: readonly EventRecord[], kind: EventRecord['kind']): number {
  let count = 0;
  for (const event of events) if (event.kind === kind) count += 1;
  return count;
}

/** Codes of fixed lists; the status follows from the times where it is not given. */
export function writeCodes(record: CaseRecord, moments: Moments, row: Value[]): void {
  const status = record.status ?? (moments.closed ? 'closed' : moments.resolved ? 'resolved' : moments.withdrawn ? 'closed' : 'open');
  if (!moments.ended && (status === 'resolved' || status === 'closed' || status === 'void')) row[place.is_ended_on_unknown_date] = 1;
  for (const dimension of fixedDimensions) {
    const code = codeOf(dimension, dimension === 'status' ? status : record[dimension]);
    if (code) row[place[dimension]] = code;
  }
}

/** @returns a flag for money in another currency, which is kept as given, or for an amount beyond what can be counted, which is not kept */
export function writeMoney(record: CaseRecord, amount: string, currency: string | null, row: Value[]): Flag[] {
  const given = record.redress_currency ?? currency;
  const minor = minorUnits(amount, given ?? '');
  if (minor === null)
    return [{ rule: 'malformed_value', field: 'redress_amount', message: 'the amount is too large to be counted exactly', value: amount }];
  row[place.redress_minor] = minor;
  if (given) row[place.redress_currency] = given;
  if (!given || !currency || given === currency) return [];
  return [
    {
      rule: 'other_currency',
      field: 'redress_currency',
      message: `redress is in ${given}, not in ${currency}`,
      value: `${amount} ${given}`,
    },
  ];
}
