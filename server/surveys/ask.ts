import type { SatisfactionConfig } from '../../etl/config-satisfaction.ts';
import { BadInput } from '../../etl/errors.ts';
import { foldEvents } from '../../etl/handled.ts';
import type { HeldCase } from '../../etl/load-handling.ts';
import type { EventRecord } from '../../etl/record.ts';
import type { SurveyInvitationRow } from '../../etl/store/tables.ts';
import { askedEvent } from '../../etl/survey-asking.ts';
import { withdrawInvitations } from '../../etl/survey-invitations.ts';
import { audit } from '../auth/audit.ts';
import type { SignedIn } from '../auth/roles.ts';
import { hashToken, newToken } from '../auth/tokens.ts';
import { queueDeliveries } from '../digest/deliver/deliveries.ts';
import { readMailbox } from '../digest/deliver/mail-settings.ts';
import { mailKey } from './invitation.ts';

/** How a customer is asked. */
export type Channel = 'mail' | 'link';

export interface Asking {
  user: Pick<SignedIn, 'userId' | 'name'>;
  /** Seconds since 1970 UTC. */
  now: number;
  channel: Channel;
  words: SatisfactionConfig;
}

/** What was made: the secret of a link to copy, null of one that is mailed. */
export interface Asked {
  event: EventRecord;
  token: string | null;
  expiresAt: number;
}

const daySeconds = 86_400;

/** The mail address a case names as its contact; null where that is none. */
export function mailAddressOf(contact: string | null | undefined): string | null {
  return readMailbox(contact ?? '')?.address ?? null;
}

/**
 * Asks how satisfied the customer of a case is, within the transaction that holds it: makes a link, in place of one that waits, and puts its mail in line.
 * @throws BadInput where it cannot be asked, or has no address to be mailed to
 */
export async function askCustomer({ trx, caseId, entered, events }: HeldCase, { user, now, channel, words }: Asking): Promise<Asked> {
  const record = foldEvents(entered, events);
  const address = mailAddressOf(record.contact);
  if (channel === 'mail' && address === null)
    throw new BadInput([{ field: 'channel', message: 'the case has no mail address as its contact; expected link' }]);
  const { event, survey } = askedEvent(record, { by: user.name, now, channel });
  await withdrawInvitations(trx, caseId, now);
  const token = channel === 'link' ? newToken() : null;
  const expiresAt = now + words.days * daySeconds;
  const { question, message } = words;
  const [made] = await trx<SurveyInvitationRow>('survey_invitation')
    .insert({ token_hash: token && hashToken(token), case_id: caseId, survey, question, message, asked_at: now, expires_at: expiresAt })
    .returning('invitation_id');
  if (channel === 'mail' && address !== null && made)
    await queueDeliveries(trx, [{ issue_id: mailKey(made.invitation_id), digest_id: 0, kind: 'survey', address }], {
      askedBy: user.name,
      now,
    });
  await audit(trx, { at: now, userId: user.userId, action: 'survey_asked', target: `case ${caseId}: ${channel}` });
  return { event, token, expiresAt };
}
