import type { CaseFieldName } from '../etl/record.ts';
import type { EvidenceJson } from './model/evidence.ts';
import type { CaseDetail } from './model/wire.ts';
import type { Sight } from './sight.ts';

/** What tells who a customer is. */
export const contactFields = ['customer_ref', 'customer_name', 'contact'] as const satisfies readonly CaseFieldName[];
/** What was written about a case. */
export const textFields = ['title', 'narrative', 'resolution_note', 'remedy_sought'] as const satisfies readonly CaseFieldName[];
const personFields = ['agent', 'agent_complained', 'vulnerable', 'vulnerable_failed'] as const satisfies readonly CaseFieldName[];

/** A case less what somebody may not see of it. What was wrong with a value quotes it, and goes with the value. */
export function withinSight(sight: Sight, detail: CaseDetail): CaseDetail {
  const hidden = new Set<string>([
    ...(sight.contact ? [] : contactFields),
    ...(sight.text ? [] : textFields),
    ...(sight.persons ? [] : personFields),
  ]);
  if (hidden.size === 0) return detail;
  const fields = Object.fromEntries(Object.entries(detail.fields).map(([name, value]) => [name, hidden.has(name) ? null : value]));
  return {
    ...detail,
    fields,
    events: eventsWithin(sight, detail.events),
    local: sight.persons ? detail.local : [],
    contest: sight.text && sight.persons ? detail.contest : null,
    proposal: sight.text && sight.persons ? detail.proposal : null,
    // Files show who a customer is, whatever they are called.
    evidence: sight.text && sight.contact ? detail.evidence.map((one) => (sight.persons ? one : unnamed(one))) : [],
    surveys: detail.surveys.map((survey) => ({
      ...survey,
      ...(sight.text ? {} : { comment: null, follow_up: survey.follow_up && { ...survey.follow_up, note: null } }),
      ...(sight.persons ? {} : { agent: null }),
    })),
    flags: detail.flags.filter(({ field }) => sight.text && !hidden.has(field)),
  };
}

function unnamed(one: EvidenceJson): EvidenceJson {
  return { ...one, by: null, removed: one.removed && { ...one.removed, by: null } };
}

/** Events of a case less what somebody may not see of them. */
export function eventsWithin(sight: Sight, events: CaseDetail['events']): CaseDetail['events'] {
  return events.map((event) => ({
    ...event,
    ...(sight.persons ? {} : { actor: null }),
    ...(sight.text && sight.persons ? {} : { from: null, to: null, note: null }),
  }));
}
