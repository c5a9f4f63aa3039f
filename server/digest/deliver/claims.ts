import type { Knex } from 'knex';
import { forgetOwner, isAlive, newOwner } from '../../../etl/store/owner.ts';
import type { Store } from '../../../etl/store/open.ts';
import type { DigestDeliveryRow, DigestIssueRow, DigestRecipientRow, DigestRow } from '../../../etl/store/tables.ts';
import { transact } from '../../../etl/store/transact.ts';
import { whyNotAsked } from '../../surveys/invitation.ts';
import { aboutOf, namesNotToTell } from '../seen.ts';

/** A message this process has in hand; nobody else takes it until it is settled, released or forgotten. */
export type Claim = DigestDeliveryRow & { owner: string };

/** What a claimed message comes to. */
export type Settled = Pick<DigestDeliveryRow, 'state' | 'said'> & Partial<Pick<DigestDeliveryRow, 'next_at' | 'sent_at'>>;

// Longer than a message can be in hand, so that another machine's process that says nothing is gone.
const holdSeconds = 900;
const broken =
  'Silverlining was stopped while the mail server was being given this message, and does not know whether the server has it. ' +
  'It is not sent again by itself, so that nobody gets it twice: ask the recipient, or send it again.';
const stops = {
  unsubscribed: 'the recipient has unsubscribed',
  departed: 'the recipient has left',
  refused: 'the mail server has said that there is no such mailbox',
  removed: 'the recipient was taken off the list',
};

const deliveries = (db: Knex) => db<DigestDeliveryRow>('digest_delivery');

/** How many messages are due, up to `most`. */
export async function countDue(db: Knex, kinds: readonly DigestDeliveryRow['kind'][], now: number, most: number): Promise<number> {
  return (await due(db, kinds, now).limit(most).select('delivery_id')).length;
}

/**
 * Takes the next due message in hand, those of an issue one after the other. Messages nobody wants any more are stopped on the way.
 * @param now seconds since 1970 UTC
 * @returns null when there is none
 */
export async function claimNext(store: Store, kinds: readonly DigestDeliveryRow['kind'][], now: number): Promise<Claim | null> {
  const owner = newOwner();
  try {
    const claim = await transact(store, async (trx) => {
      for (;;) {
        const next = await due(trx, kinds, now).orderBy(['next_at', 'issue_id', 'delivery_id']).first();
        if (!next) return null;
        const mine = deliveries(trx).where({ delivery_id: next.delivery_id, state: 'queued' });
        const said = await whyStopped(trx, next);
        if (said !== null) {
          await mine.update({ state: 'stopped', said });
          continue;
        }
        const [claimed] = await mine.update({ state: 'claimed', owner, claimed_at: now, attempts: next.attempts + 1 }).returning('*');
        if (claimed) return { ...claimed, owner };
      }
    });
    if (!claim) forgetOwner(owner);
    return claim;
  } catch (error) {
    forgetOwner(owner);
    throw error;
  }
}

/**
 * Notes that the message itself goes out now. From here on only an answer tells whether it arrived.
 * @throws Error when it is somebody else's by now: then it must not go
 */
export async function noteHandover(store: Store, { delivery_id, owner }: Claim, now: number): Promise<void> {
  const count = await transact(store, (trx) =>
    deliveries(trx).where({ delivery_id, owner, state: 'claimed' }).update({ state: 'sending', claimed_at: now }),
  );
  if (count === 0) throw new Error('another process has taken this message over');
}

/**
 * Writes down what became of a claimed message, and lets go of it. That it was accepted holds also where somebody has given it up meanwhile.
 * @returns whether it was still ours
 */
export async function settle(store: Store, { delivery_id, owner }: Claim, settled: Settled): Promise<boolean> {
  const from: DigestDeliveryRow['state'][] = ['claimed', 'sending', ...(settled.state === 'sent' ? (['unknown'] as const) : [])];
  const count = await transact(store, (trx) =>
    deliveries(trx)
      .where({ delivery_id, owner })
      .whereIn('state', from)
      .update({ ...settled, owner: null }),
  );
  return count > 0;
}

/** Puts a claimed message back as if it had not been taken. */
export async function release(store: Store, claim: Claim): Promise<void> {
  const { delivery_id, owner } = claim;
  await transact(store, (trx) =>
    deliveries(trx)
      .where({ delivery_id, owner })
      .whereIn('state', ['claimed', 'sending'])
      .update({ state: 'queued', owner: null, attempts: claim.attempts - 1 }),
  );
}

/**
 * Takes messages from processes that are gone: what was not handed over yet is sent after all, of the rest nobody knows.
 * @returns how many of each
 */
export async function recover(store: Store, now: number): Promise<{ queued: number; unknown: number }> {
  const dead = await deadClaims(store.reader, now);
  if (dead.length === 0) return { queued: 0, unknown: 0 };
  return transact(store, async (trx) => {
    const counts = { queued: 0, unknown: 0 };
    // Read again: a process that only seemed gone may have settled it.
    for (const { delivery_id, owner } of await deadClaims(trx, now)) {
      const mine = () => deliveries(trx).where({ delivery_id, owner });
      counts.queued += await mine().where({ state: 'claimed' }).update({ state: 'queued', owner: null });
      // It keeps its owner, who may still learn the answer.
      counts.unknown += await mine().where({ state: 'sending' }).update({ state: 'unknown', said: broken });
    }
    return counts;
  });
}

async function deadClaims(db: Knex, now: number): Promise<Pick<DigestDeliveryRow, 'delivery_id' | 'owner' | 'claimed_at'>[]> {
  const taken = await deliveries(db).whereIn('state', ['claimed', 'sending']).select('delivery_id', 'owner', 'claimed_at');
  return taken.filter(({ owner, claimed_at }) => owner === null || !isAlive(owner) || (claimed_at ?? 0) + holdSeconds <= now);
}

/** What is in line; messages of a digest that rests wait until it goes on. */
function due(db: Knex, kinds: readonly DigestDeliveryRow['kind'][], now: number) {
  const resting = db<DigestRow>('digest').whereNotNull('paused_at').select('digest_id');
  return deliveries(db)
    .where({ state: 'queued' })
    .where('next_at', '<=', now)
    .whereIn('kind', kinds)
    .where((either) => void either.whereIn('kind', ['test', 'alert']).orWhereNotIn('digest_id', resting));
}

/** Why a message is not wanted any more, or null. Whoever asked for a test is sent it anyway, and who must know that a check failed as long as it does. */
async function whyStopped(trx: Knex, { kind, issue_id, digest_id, address, asked_at }: DigestDeliveryRow): Promise<string | null> {
  if (kind === 'survey') return whyNotAsked(trx, issue_id);
  const issue = await trx<DigestIssueRow>('digest_issue').where({ issue_id }).first('state', 'due_at');
  if (kind === 'alert') return issue?.state === 'made' ? 'it was sent meanwhile' : null;
  if (kind === 'test') return null;
  const digest = await trx<DigestRow>('digest').where({ digest_id }).first('removed_at');
  if (digest && digest.removed_at !== null) return 'the digest was removed';
  // Who asks for an old one after a newer one was made wants that old one.
  const newer = trx<DigestIssueRow>('digest_issue')
    .where({ digest_id, kind: 'regular', state: 'made' })
    .where('due_at', '>', issue?.due_at ?? asked_at)
    .where('made_at', '>', asked_at);
  if (await newer.first('issue_id')) return 'a newer one was made';
  const recipient = await trx<DigestRecipientRow>('digest_recipient').where({ digest_id, address }).first('stopped_at', 'stop_reason');
  if (recipient && recipient.stopped_at !== null) return stops[recipient.stop_reason ?? 'removed'];
  const names = kind === 'digest' ? await namesNotToTell(trx, () => aboutOf(trx, issue_id), address) : [];
  return names.length ? `it is about cases that ${names.join(' and ')} may not see` : null;
}
