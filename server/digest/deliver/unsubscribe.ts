import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Store } from '../../../etl/store/open.ts';
import type { DigestRecipientRow, DigestRow } from '../../../etl/store/tables.ts';
import { transact } from '../../../etl/store/transact.ts';
import { unsubscribeSecret } from '../../../etl/store/settings.ts';
import { audit } from '../../auth/audit.ts';
import { Refused } from '../../errors.ts';

/** Whom a link to unsubscribe is for. */
export interface Subscription {
  digestId: number;
  address: string;
}

/** The token of a link to unsubscribe: whom it is for, signed with a key of the store, so that nobody can make one for somebody else. It does not expire. */
export async function unsubscribeToken(store: Store, { digestId, address }: Subscription): Promise<string> {
  const body = Buffer.from(JSON.stringify([digestId, address])).toString('base64url');
  return `${body}.${signature(await unsubscribeSecret(store), body)}`;
}

/** The address of such a link. */
export async function unsubscribeUrl(store: Store, baseUrl: string, subscription: Subscription): Promise<string> {
  return `${baseUrl}/unsubscribe?token=${await unsubscribeToken(store, subscription)}`;
}

/** Reads a token. @throws Refused 404 for one that we have not signed */
export async function readToken(store: Store, token: string): Promise<Subscription> {
  const [body = '', given = ''] = token.split('.');
  const wanted = Buffer.from(signature(await unsubscribeSecret(store), body));
  const signed = Buffer.from(given);
  if (signed.length !== wanted.length || !timingSafeEqual(signed, wanted))
    throw new Refused(404, 'this link is not complete; open it from the mail again, or answer the mail to be taken off');
  const [digestId, address] = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as [number, string]; // we have signed it
  return { digestId, address };
}

/** The name of what a link is for, and whether it still comes. */
export async function subscriptionState(store: Store, { digestId, address }: Subscription): Promise<{ name: string; isOver: boolean }> {
  const digest = await store.reader<DigestRow>('digest').where({ digest_id: digestId }).first('name', 'removed_at');
  const row = await recipient(store.reader, { digestId, address }).first('stopped_at');
  return { name: digest?.name ?? 'this digest', isOver: !digest || digest.removed_at !== null || !row || row.stopped_at !== null };
}

/** Ends the mails of a digest to an address, for good: who manages the digest cannot put it back. Done twice it is done once. */
export async function unsubscribe(store: Store, { digestId, address }: Subscription, now: number): Promise<void> {
  await transact(store, async (trx) => {
    const count = await recipient(trx, { digestId, address })
      .where((or) => void or.whereNull('stopped_at').orWhereNot({ stop_reason: 'unsubscribed' }))
      .update({ stopped_at: now, stop_reason: 'unsubscribed' });
    if (count) await audit(trx, { at: now, userId: null, action: 'digest_unsubscribed', target: `digest ${digestId}` });
  });
}

function recipient(db: Store['reader'], { digestId, address }: Subscription) {
  return db<DigestRecipientRow>('digest_recipient').where({ digest_id: digestId, address });
}

function signature(secret: string, body: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url');
}
