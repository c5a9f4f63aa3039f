import type { Knex } from 'knex';
import type { SurveyInvitationRow } from './store/tables.ts';

/** What the outbox knows the mail of an invitation by: this and its number. */
export const surveyMailPrefix = 'survey:';

/** Ends the links to a case's question that wait for an answer: what they ask of does not stand any more, or another link takes their place. */
export async function withdrawInvitations(trx: Knex.Transaction, caseId: number, now: number): Promise<void> {
  await trx<SurveyInvitationRow>('survey_invitation')
    .where({ case_id: caseId })
    .whereNull('withdrawn_at')
    .whereNull('answered_at')
    .update({ withdrawn_at: now });
}
