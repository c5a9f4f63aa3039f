import type { Knex } from 'knex';
import type { Store } from '../../etl/store/open.ts';
import type { DigestDeliveryRow, DigestRecipientRow, DigestRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import type { User } from '../auth/users.ts';
import { audit } from '../auth/audit.ts';
import { automatic, tellOfPause } from './alerts.ts';
import { pause } from './digests.ts';

/**
 * Lets rest what nobody answers for or nobody reads any more: a digest whose owner was disabled or is no user, and a recipient whose account was; where that was
 * the last recipient, or one was taken off, the digest rests too until somebody has looked at it. Administrators see it on every page.
 */
export async function pauseDeparted(store: Store, now: number): Promise<void> {
  const people = await store.writer<User>('user').select('name', 'email', 'disabled_at');
  const here = new Set(people.flatMap(({ name, disabled_at }) => (disabled_at === null ? [name] : [])));
  const gone = people.flatMap(({ email, disabled_at }) => (disabled_at !== null && email ? [email.toLowerCase()] : []));
  const stays = new Set(people.flatMap(({ email, disabled_at }) => (disabled_at === null && email ? [email.toLowerCase()] : [])));
  const left = gone.filter((address) => !stays.has(address));
  const digests = await store.writer<DigestRow>('digest').whereNull('removed_at');
  const recipients = left.length
    ? await store.writer<DigestRecipientRow>('digest_recipient').whereIn('address', left).whereNull('stopped_at')
    : [];
  for (const { digest_id, owner, paused_at } of digests) {
    const away = recipients.filter((row) => row.digest_id === digest_id);
    const isOrphan = paused_at === null && !here.has(owner);
    if (!isOrphan && away.length === 0) continue;
    await transact(store, async (trx) => {
      for (const { address } of away)
        await trx<DigestRecipientRow>('digest_recipient')
          .where({ digest_id, address })
          .update({ stopped_at: now, stop_reason: 'departed' });
      const reason = isOrphan
        ? `its owner ${owner} is no user any more; give it another and let it go on`
        : `${away.length === 1 ? 'a recipient is no user any more and gets it' : `${away.length} recipients are no users any more and get it`} no longer; look at who does and let it go on`;
      if (away.length) await noteStopped(trx, digest_id, now);
      if (await pause(trx, digest_id, { by: automatic, reason, now })) {
        await audit(trx, { at: now, userId: null, action: 'digest_paused', target: `digest ${digest_id}` });
        await tellOfPause(trx, digest_id, now);
      }
    });
  }
}

/** A mail server says that there is no such mailbox: nothing more goes there, and the digest's keepers are told by the failed message. */
export async function stopMailbox(store: Store, { digest_id, address, kind }: DigestDeliveryRow, now: number): Promise<void> {
  if (kind !== 'digest') return;
  await transact(store, async (trx) => {
    const count = await trx<DigestRecipientRow>('digest_recipient')
      .where({ digest_id, address })
      .whereNull('stopped_at')
      .update({ stopped_at: now, stop_reason: 'refused' });
    if (count) await noteStopped(trx, digest_id, now);
  });
}

/** Addresses are people's: the trail names the digest alone. */
function noteStopped(trx: Knex.Transaction, digestId: number, now: number): Promise<void> {
  return audit(trx, { at: now, userId: null, action: 'digest_recipient_stopped', target: `digest ${digestId}` });
}
