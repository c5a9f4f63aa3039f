import { contactFields, textFields } from '../queries/case-sight.ts';
import type { CaseDetail } from '../queries/model/wire.ts';
import type { AuditEvent } from './auth/audit.ts';

/** What is written down of a case that is shown: who the customer is says more than what was said; null where it has neither. */
export function viewOf({ fields, events, surveys, proposal }: CaseDetail): AuditEvent['action'] | null {
  if (contactFields.some((field) => fields[field])) return 'contact_viewed';
  const hasText =
    textFields.some((field) => fields[field]) ||
    events.some(({ note }) => note) ||
    surveys.some(({ comment, follow_up: followUp }) => comment || followUp?.note) ||
    proposal !== null;
  return hasText ? 'text_viewed' : null;
}
