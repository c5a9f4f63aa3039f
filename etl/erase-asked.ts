import type { Knex } from 'knex';
import { isOneOf } from './store/insert.ts';
import type { DigestDeliveryRow, SurveyInvitationRow } from './store/tables.ts';
import { surveyMailPrefix } from './survey-invitations.ts';

interface Contest {
  source: number;
  source_id: string;
  reason: string;
  decision: string | null;
}

const waiting = ['queued', 'claimed'] as const satisfies readonly DigestDeliveryRow['state'][];

/** Takes back what customers were asked and did not answer, and the addresses they were asked at; what was counted of it stays. */
export async function eraseAsked(trx: Knex.Transaction, caseIds: readonly number[], now: number): Promise<void> {
  const invitations = () => trx<SurveyInvitationRow>('survey_invitation').where(isOneOf(trx, 'case_id', caseIds));
  const asked = await invitations().pluck<number[]>('invitation_id');
  if (asked.length === 0) return;
  await invitations().whereNull('answered_at').whereNull('withdrawn_at').update({ withdrawn_at: now });
  const mails = () => trx<DigestDeliveryRow>('digest_delivery').where('kind', 'survey').where(isOneOf(trx, 'issue_id', asked.map((id) => `${surveyMailPrefix}${id}`))); // prettier-ignore
  await mails().whereIn('state', waiting).update({ state: 'stopped' });
  // A mail server names addresses in what it says.
  await mails().update({ address: '(erased)', said: null });
}

/** Takes out what was written about whose a case is. */
export async function eraseContests(trx: Knex.Transaction, source: number, keys: readonly string[]): Promise<void> {
  const contests = () =>
    trx<Contest>('attribution_contest')
      .where({ source })
      .where(isOneOf(trx, 'source_id', keys));
  await contests().update({ reason: erasedWords });
  await contests().whereNotNull('decision').update({ decision: erasedWords });
}

/** What stands for what was written about whose a case is. */
export const erasedWords = '(erased)';
