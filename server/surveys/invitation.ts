import type { Knex } from 'knex';
import { localDate } from '../../etl/local-time.ts';
import { surveyMailPrefix } from '../../etl/survey-invitations.ts';
import type { Store } from '../../etl/store/open.ts';
import type { CaseFactRow, SurveyInvitationRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import { formatDate } from '../../queries/model/number.ts';
import { hashToken, newToken } from '../auth/tokens.ts';

/** What a link leads to. Whoever has a wrong one is told nothing but that. */
export type KnownInvitation =
  { state: 'unknown' } | { state: 'open' | 'answered' | 'expired' | 'withdrawn'; invitation: SurveyInvitationRow; receivedOn: string };

const invitations = (db: Knex) => db<SurveyInvitationRow>('survey_invitation');

/** Looks a link up by its secret. Writes nothing. @param now seconds since 1970 UTC */
export async function findInvitation(db: Knex, token: string, now: number): Promise<KnownInvitation> {
  const invitation = await invitations(db)
    .where({ token_hash: hashToken(token) })
    .first();
  if (!invitation) return { state: 'unknown' };
  const receivedOn = await receivedOnOf(db, invitation);
  return receivedOn === null ? { state: 'unknown' } : { state: invitationState(invitation, now), invitation, receivedOn };
}

/** Whether a link still asks, and if not why. */
export function invitationState({ answered_at, withdrawn_at, expires_at }: SurveyInvitationRow, now: number) {
  if (answered_at !== null) return 'answered';
  if (withdrawn_at !== null) return 'withdrawn';
  return expires_at <= now ? 'expired' : 'open';
}

/** Null: the case is gone. */
async function receivedOnOf(db: Knex, { case_id }: SurveyInvitationRow): Promise<string | null> {
  const fact = await db<CaseFactRow>('case_fact').where({ case_id }).first('received_on');
  return fact?.received_on ?? null;
}

/** The address of the page that asks. */
export function surveyUrl(baseUrl: string, token: string): string {
  return `${baseUrl}/survey?token=${token}`;
}

/** The last date on which a link works, on the clocks of `zone`. */
export function lastDate(expiresAt: number, zone: string | null): string {
  return localDate(expiresAt - 1, zone ?? 'UTC');
}

/** What the outbox knows an invitation by. */
export function mailKey(invitationId: number): string {
  return `${surveyMailPrefix}${invitationId}`;
}

/** The invitation the outbox knows by `key`. */
export function invitationIdOf(key: string): number {
  return Number(key.slice(surveyMailPrefix.length));
}

/**
 * Gives an invitation its link, at the moment its mail is written: so the store never holds the secret, and a mail that is written again, since the one before
 * cannot have arrived, has a link of its own.
 * @throws Error where there is no such invitation any more
 */
export async function freshLink(
  store: Store,
  key: string,
  { baseUrl, zone }: { baseUrl: string; zone: string | null },
): Promise<{ invitation: SurveyInvitationRow; received: string; until: string; url: string }> {
  const token = newToken();
  const [invitation] = await transact(store, (trx) =>
    invitations(trx)
      .where({ invitation_id: invitationIdOf(key) })
      .update({ token_hash: hashToken(token) })
      .returning('*'),
  );
  const receivedOn = invitation && (await receivedOnOf(store.reader, invitation));
  if (!invitation || !receivedOn) throw new Error('what the question is about is not there any more');
  const until = formatDate(lastDate(invitation.expires_at, zone));
  return { invitation, received: formatDate(receivedOn), until, url: surveyUrl(baseUrl, token) };
}

/** Why the mail of an invitation is not wanted any more; null where it is. */
export async function whyNotAsked(db: Knex, key: string): Promise<string | null> {
  const row = await invitations(db)
    .where({ invitation_id: invitationIdOf(key) })
    .first();
  if (!row || row.withdrawn_at !== null) return 'the question was withdrawn';
  return row.answered_at === null ? null : 'it was answered meanwhile';
}
