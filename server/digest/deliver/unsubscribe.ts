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

/** The name of what a link is for, whether it still comes, and whether its reader ended it and so can have it again. */
export async function subscriptionState(
  store: Store,
  { digestId, address }: Subscription,
): Promise<{ name: string; isOver: boolean; canReturn: boolean }> {
  const digest = await store.reader<DigestRow>('digest').where({ digest_id: digestId }).first('name', 'removed_at');
  const row = await recipient(store.reader, { digestId, address }).first('stopped_at');
  const ended = await endedRows(store.reader, { digestId, address });
  return {
    name: digest?.name ?? 'this digest',
    isOver: !digest || digest.removed_at !== null || !row || row.stopped_at !== null,
    canReturn: ended.length > 0,
  };
}

/** Has an address get the mails of a digest again that it unsubscribed from. Whoever was taken off otherwise stays so. */
export async function resubscribe(store: Store, subscription: Subscription, now: number): Promise<void> {
  await transact(store, async (trx) => {
    const { address } = subscription;
    for (const digestId of await endedRows(trx, subscription)) {
      await recipient(trx, { digestId, address }).update({ stopped_at: null, stop_reason: null });
      await audit(trx, { at: now, userId: null, action: 'digest_resubscribed', target: `digest ${digestId}` });
    }
  });
}

/**
 * The digests that an address does not get because it used a link: the one the link is for, or, where that was removed, those it stayed off for that alone since
 * they are what became of it.
 */
async function endedRows(db: Store['reader'], { digestId, address }: Subscription): Promise<number[]> {
  const digest = await db<DigestRow>('digest').where({ digest_id: digestId }).first('name', 'owner', 'removed_at');
  const own = await recipient(db, { digestId, address }).where({ stop_reason: 'unsubscribed' }).first('digest_id');
  if (!digest || !own) return [];
  if (digest.removed_at === null) return [digestId];
  const { name, owner } = digest;
  const heirs = db<DigestRow>('digest')
    .whereNull('removed_at')
    .where((either) => void either.where({ name }).orWhere({ owner }))
    .select('digest_id');
  // Who never got it has no link of its own to it: such a row was written as ended.
  const rows = await db<DigestRecipientRow>('digest_recipient')
    .where({ address, stop_reason: 'unsubscribed' })
    .whereRaw('stopped_at = added_at')
    .whereIn('digest_id', heirs)
    .select('digest_id');
  return rows.map((row) => row.digest_id);
}

/** Ends the mails of a digest to an address until its reader wants them again: who manages the digest cannot put it back. Done twice it is done once. */
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
