import { businessClock, businessMinutes, businessMinutesOfDays } from './business-time.ts';
import { calendarFor, policyDues, policyFor, type BusinessRules } from './business-rules.ts';
import { deadline } from './deadline.ts';
import { durationBin, isBefore, momentOf, type Moment, type Moments } from './derive-times.ts';
import { endOfDay } from './local-time.ts';
import type { Calendar } from './opening-hours.ts';
import type { PolicyDimension } from './sla.ts';
import { durationEnds, durations, place, policyBit, type Value } from './store/tables.ts';

/** What the rules say of a case. */
export interface Ruled {
  /** The policy it falls under by its labels; null where it names one itself, or none fits. */
  policy: string | null;
  /** What its business time is counted by. */
  calendar: Calendar | null;
  /** Bits of `by_policy`. */
  byPolicy: number;
}

const dues = Object.entries(policyDues) as [keyof typeof policyDues, (typeof policyDues)[keyof typeof policyDues]][];
const durationPlaces = durations.map((duration) => ({
  end: durationEnds[duration],
  minutes: place[`${duration}_business_minutes`],
  bin: place[`${duration}_business_bin`],
}));

/**
 * Chooses the policy of a case and adds the deadlines it gives to the times of the case, where the source gives none.
 * @param named the policy the source says
 */
export function addDeadlines(
  moments: Moments & { received: Moment },
  rules: BusinessRules,
  zone: string,
  named: string | undefined,
  labelOf: (dimension: PolicyDimension) => string | undefined,
): Ruled {
  const policy = policyFor(rules, named, labelOf);
  const calendar = calendarFor(rules, policy?.name ?? named);
  let byPolicy = 0;
  const { received } = moments;
  const localZone = calendar?.zone ?? zone;
  for (const [key, time] of dues) {
    const limit = policy?.[key];
    if (!limit || moments[time]) continue;
    const due = deadline(received.given, limit, localZone, calendar);
    if (due === null) continue;
    // A day of another zone than that of the store's dates is kept as the instant of its end.
    const isOtherDay = typeof due === 'string' && localZone !== zone && !received.isWholeDay;
    moments[time] = momentOf(isOtherDay ? endOfDay(due, localZone) : due, zone);
    byPolicy |= policyBit(time);
  }
  const isChosen = named === undefined && policy !== null;
  if (isChosen) byPolicy |= policyBit('sla_policy');
  return { policy: isChosen ? policy.name : null, calendar, byPolicy };
}

/** Writes durations in business time with their bins, and what the age of the case in business time is reckoned from. */
export function writeBusinessTime(moments: Moments & { received: Moment }, calendar: Calendar, zone: string, row: Value[]): void {
  const { received, ended } = moments;
  for (const { end, minutes, bin } of durationPlaces) {
    const moment = moments[end];
    const value = moment ? businessMinutesBetween(received, moment, calendar) : null;
    row[minutes] = value;
    row[bin] = value === null ? null : durationBin(value);
  }
  // A date without a time of day may have been at its end: a case is never taken to have waited longer than it has.
  row[place.received_business_seconds] = businessClock(received.isWholeDay ? endOfDay(received.on, zone) + 1 : received.at, calendar);
  row[place.ended_business_minutes] = ended ? businessMinutesBetween(received, ended, calendar) : null;
}

/**
 * Whole minutes of opening hours; between two dates those of whole days; beside an instant a date counts from its midnight, as elapsed time does.
 * @returns null when `to` lies before `from`
 */
export function businessMinutesBetween(from: Moment, to: Moment, calendar: Calendar): number | null {
  if (isBefore(to, from)) return null;
  if (from.isWholeDay && to.isWholeDay) return businessMinutesOfDays(from.on, to.on, calendar);
  return businessMinutes(from.at, to.at, calendar);
}

/** Writes whether deadlines were kept; 0 also where there is none. */
export function writeOnTime({ resolved, acknowledged, due, acknowledgement_due, summary_due }: Moments, row: Value[]): void {
  row[place.is_on_time] = isKept(resolved, due);
  row[place.is_acknowledged_on_time] = isKept(acknowledged, acknowledgement_due);
  row[place.is_resolved_early] = isKept(resolved, summary_due);
}

function isKept(done: Moment | undefined, due: Moment | undefined): 0 | 1 {
  return done && due && !isBefore(due, done) ? 1 : 0;
}
