import { loadEvents } from '../../etl/load-handling.ts';
import type { DigestDeliveryRow, SurveyInvitationRow } from '../../etl/store/tables.ts';
import type { AppDeps } from '../deps.ts';
import { invitationIdOf } from './invitation.ts';

/**
 * A mail was given up for good: whoever it would have asked was not asked, and the history of the case says so. Why is not repeated there, since mail servers
 * name addresses. Any other message, and a question that was answered or taken back meanwhile, is left as it is.
 */
export async function noteNotDelivered(
  { store, organisation, now }: Pick<AppDeps, 'store' | 'organisation' | 'now'>,
  { kind, issue_id }: Pick<DigestDeliveryRow, 'kind' | 'issue_id'>,
): Promise<void> {
  if (kind !== 'survey') return;
  const asks = () => ({ invitation_id: invitationIdOf(issue_id), answered_at: null, withdrawn_at: null });
  const invitation = await store.writer<SurveyInvitationRow>('survey_invitation').where(asks()).first('case_id');
  if (!invitation) return;
  const { zone, currency } = organisation;
  const at = now();
  await loadEvents(store, invitation.case_id, { zone, currency, now: at, isSeen: () => true }, async ({ trx }) => {
    const still = await trx<SurveyInvitationRow>('survey_invitation').where(asks()).first('case_id');
    return still ? [{ kind: 'survey not delivered', at }] : [];
  });
}
