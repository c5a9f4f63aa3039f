import { calendarFor } from '../etl/business-rules.ts';
import { explainBusinessDays, explainBusinessMinutes } from '../etl/business-sum.ts';
import type { CaseFactRow, SourceStateRow } from '../etl/store/tables.ts';
import type { QueryDeps } from './prepare.ts';
import { timeText } from './cases.ts';
import type { Catalog } from './catalog.ts';
import { readBusiness } from './business.ts';
import type { BusinessTimeJson } from './model/wire.ts';
import { wholeDayBit } from './sql/whole-day.ts';

/** Bits of `by_policy`, in the order of the store; a test compares it with the store's own list. */
export const policyGiven = ['due_at', 'acknowledgement_due_at', 'summary_due_at', 'sla_policy'] as const;

/**
 * How the business time of a case comes about: from receipt to its resolution, else to its end, else to until when its source is known.
 * @param zone of the dates of the store
 * @returns null where no calendar holds for the case, or its times are in an impossible order
 */
export async function businessTimeOf(deps: QueryDeps, fact: CaseFactRow, catalog: Catalog, zone: string): Promise<BusinessTimeJson | null> {
  const { rules, why } = await readBusiness(deps.reader);
  const policy = fact.sla_policy === 0 ? undefined : catalog.nameOf('sla_policy', fact.sla_policy);
  const calendar = calendarFor(rules, policy);
  if (why !== null || !calendar || fact.is_time_impossible === 1) return null;
  const until = fact.resolved_at !== null ? 'resolved' : fact.ended_at !== null ? 'ended' : 'now';
  const to = until === 'now' ? await knownUntil(deps, fact.source) : fact[`${until}_at`];
  const received = fact.received_at;
  if (to === null || received === null) return null;
  const isDay = (time: 'received' | 'resolved' | 'ended') => (fact.whole_day & wholeDayBit(time)) !== 0;
  const lastOn = until === 'now' ? null : fact[`${until}_on`];
  const sum =
    until !== 'now' && isDay('received') && isDay(until) && fact.received_on !== null && lastOn !== null
      ? explainBusinessDays(fact.received_on, lastOn, calendar)
      : explainBusinessMinutes(received, to, calendar);
  if (sum.minutes === null) return null;
  const instant = (at: number | null) => timeText(at, false, zone);
  return {
    calendar: Object.keys(rules.calendars).find((name) => rules.calendars[name] === calendar) ?? '',
    zone: calendar.zone,
    policy: policy ?? null,
    by_policy: policyGiven.filter((_, bit) => (fact.by_policy & (1 << bit)) !== 0),
    from: timeText(received, isDay('received'), zone) ?? '',
    to: timeText(to, until !== 'now' && isDay(until), zone) ?? '',
    until,
    minutes: sum.minutes,
    rows: sum.rows.map((row) => ({ ...row, from: instant(row.from), to: instant(row.to) })),
    rest: sum.rest,
  };
}

async function knownUntil({ reader, now }: QueryDeps, source: number): Promise<number | null> {
  const state = await reader<SourceStateRow>('source_state').where({ source }).first('through_at', 'is_live');
  return state?.is_live === 1 ? now() : (state?.through_at ?? null);
}
