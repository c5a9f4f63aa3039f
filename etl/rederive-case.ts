import { momentOf, type Moment, type Moments } from './derive-times.ts';
import type { BusinessRules } from './business-rules.ts';
import { localDate } from './local-time.ts';
import type { PolicyDimension } from './sla.ts';
import { addDeadlines, writeBusinessTime, writeOnTime } from './sla-times.ts';
import {
  datedTimes,
  durations,
  place,
  policyBit,
  policyBits,
  wholeDayBits,
  type CaseFactColumn,
  type CaseFactRow,
  type CaseTime,
  type DatedTime,
  type Value,
} from './store/tables.ts';

/** What calendars and policies decide of a case, as columns of `case_fact`; `sla_policy` is apart, since it is a label. */
export const ruledColumns = [
  'by_policy', 'whole_day', 'due_at', 'due_on', 'acknowledgement_due_at', 'summary_due_at', 'is_on_time', 'is_acknowledged_on_time',
  'is_resolved_early', 'received_business_seconds', 'ended_business_minutes',
  ...durations.flatMap((d) => [`${d}_business_minutes`, `${d}_business_bin`] as const),
] as const satisfies readonly CaseFactColumn[]; // prettier-ignore

const usedTimes = ['received', 'acknowledged', 'first_response', 'resolved', 'ended', 'due', 'acknowledgement_due', 'summary_due'] as const;
/** The columns the above are worked out from. */
export const usedColumns = [
  ...usedTimes.map((time) => `${time}_at` as const),
  ...usedTimes.filter(isDated).map((time) => `${time}_on` as const),
] as const satisfies readonly CaseFactColumn[];

/** A case as far as its deadlines and business time go. */
export type RuledCase = Pick<CaseFactRow, (typeof ruledColumns)[number] | (typeof usedColumns)[number]>;

/**
 * Works out anew what calendars and policies decide of a case of the store; what came from the source stays.
 * @param named the policy the source says
 * @returns the values of {@link ruledColumns}, and the policy the case falls under by its labels
 */
export function rederive(
  fact: RuledCase,
  rules: BusinessRules,
  zone: string,
  named: string | undefined,
  labelOf: (dimension: PolicyDimension) => string | undefined,
): { values: Value[]; policy: string | null } {
  const moments = momentsOf(fact, zone);
  const ruled = addDeadlines(moments, rules, zone, named, labelOf);
  const row: Value[] = [];
  row[place.by_policy] = ruled.byPolicy;
  let wholeDay = fact.whole_day;
  for (const time of policyBits) {
    if (time === 'sla_policy') continue;
    const moment = moments[time];
    const bit = 1 << wholeDayBits.indexOf(time);
    wholeDay = moment?.isWholeDay ? wholeDay | bit : wholeDay & ~bit;
    row[place[`${time}_at`]] = moment?.at ?? null;
    if (time === 'due') row[place.due_on] = moment?.on ?? null;
  }
  row[place.whole_day] = wholeDay;
  writeOnTime(moments, row);
  if (ruled.calendar) writeBusinessTime(moments, ruled.calendar, zone, row);
  return { values: ruledColumns.map((column) => row[place[column]] ?? null), policy: ruled.policy };
}

/** The times of a case but for those that a policy gave it. */
function momentsOf(fact: RuledCase, zone: string): Moments & { received: Moment } {
  const moments: Moments = {};
  for (const time of usedTimes) {
    const at = fact[`${time}_at`];
    if (at === null || isByPolicy(time, fact.by_policy)) continue;
    const isWholeDay = (fact.whole_day & (1 << wholeDayBits.indexOf(time))) !== 0;
    const on = (isDated(time) ? fact[`${time}_on`] : null) ?? localDate(at, zone);
    moments[time] = { at, on, isWholeDay, given: isWholeDay ? on : at };
  }
  const received = moments.received ?? momentOf(0, zone);
  return { ...moments, received };
}

function isByPolicy(time: CaseTime, byPolicy: number): boolean {
  return policyBits.some((given) => given === time && (byPolicy & policyBit(given)) !== 0);
}

function isDated<T extends CaseTime>(time: T): time is T & DatedTime {
  return (datedTimes as readonly CaseTime[]).includes(time);
}
