import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { isOneOf } from '../../../etl/store/insert.ts';
import type { Store } from '../../../etl/store/open.ts';
import type { DigestDeliveryRow } from '../../../etl/store/tables.ts';
import { isoText } from '../../../etl/time.ts';
import { transact } from '../../../etl/store/transact.ts';
import type { DeliveryJson, DeliveryState } from '../../../queries/model/digest.ts';
import { audit } from '../../auth/audit.ts';
import type { SignedIn } from '../../auth/roles.ts';
import { Refused } from '../../errors.ts';

/** A message that is to be sent. */
export type WantedDelivery = Pick<DigestDeliveryRow, 'issue_id' | 'digest_id' | 'kind' | 'address'>;

/** Who asks for something: a user, and when, seconds since 1970 UTC. */
export interface Asker {
  user: Pick<SignedIn, 'userId' | 'name'>;
  now: number;
}

const mostRows = 500;
const againFrom: readonly DeliveryState[] = ['failed', 'unknown', 'stopped', 'sent'];

/**
 * Puts messages in line for the first time; one that is there already stays as it is.
 * @param askedBy name of a user, or who else had them made
 * @returns how many are new
 */
export async function queueDeliveries(
  trx: Knex.Transaction,
  wanted: readonly WantedDelivery[],
  { askedBy, now }: { askedBy: string; now: number },
): Promise<number> {
  const rows = wanted.map((delivery) => newRow({ ...delivery, address: delivery.address.toLowerCase() }, 1, { askedBy, now }));
  let added = 0;
  for (let from = 0; from < rows.length; from += mostRows) {
    const written = await trx<DigestDeliveryRow>('digest_delivery')
      .insert(rows.slice(from, from + mostRows))
      .onConflict(['issue_id', 'kind', 'address', 'round'])
      .ignore()
      .returning('delivery_id');
    added += written.length;
  }
  return added;
}

/**
 * Sends a message once more, in a round of its own, because a person says so: only they can know that it is missing.
 * @returns the new one
 * @throws Refused when there is no such message, or it is in line or in hand already
 */
export function resend(store: Store, deliveryId: number, who: Asker): Promise<DeliveryJson> {
  return transact(store, async (trx) => {
    const asked = await trx<DigestDeliveryRow>('digest_delivery').where({ delivery_id: deliveryId }).first();
    if (!asked) throw new Refused(404, `there is no message ${deliveryId}`);
    const { issue_id, kind, address } = asked;
    const last = await lastRounds(trx, [issue_id]).where({ kind, address }).first<DigestDeliveryRow>('*');
    if (!againFrom.includes(last.state))
      throw new Refused(
        409,
        `this message ${last.state === 'queued' ? 'waits to be sent' : 'is being sent'} already; see what becomes of it first`,
      );
    await addRound(trx, [last], who);
    const [added] = await listRows(trx, { issue_id, kind, address, round: last.round + 1 });
    if (!added) throw new Error('what was just written is there'); // same transaction
    return added;
  });
}

/**
 * The same for all messages of an issue that failed or of which nobody knows whether they arrived.
 * @returns how many are sent again
 */
export function resendAll(store: Store, issueId: string, who: Asker): Promise<number> {
  return transact(store, async (trx) => {
    const last: unknown = await lastRounds(trx, [issueId]).whereIn('state', ['failed', 'unknown']).select('*');
    const rows = last as DigestDeliveryRow[]; // all its columns
    await addRound(trx, rows, who);
    return rows.length;
  });
}

/** Every message of an issue in every round: by kind, address and round. */
export function listDeliveries(db: Knex, issueId: string): Promise<DeliveryJson[]> {
  return listRows(db, { issue_id: issueId });
}

/** How many recipients' messages stand how, of each the last round, by issue. What its owner was told of it does not count. */
export async function countStates(db: Knex, issueIds: readonly string[]): Promise<Map<string, Partial<Record<DeliveryState, number>>>> {
  const rows: unknown = await lastRounds(db, issueIds)
    .whereNot({ kind: 'alert' })
    .groupBy('issue_id', 'state')
    .select('issue_id', 'state')
    .count({ n: '*' });
  const counts = new Map<string, Partial<Record<DeliveryState, number>>>();
  for (const { issue_id, state, n } of rows as { issue_id: string; state: DeliveryState; n: number }[])
    counts.set(issue_id, { ...counts.get(issue_id), [state]: n });
  return counts;
}

function lastRounds(db: Knex, issueIds: readonly string[]): Knex.QueryBuilder {
  return db
    .from('digest_delivery as d')
    .where(isOneOf(db, 'd.issue_id', issueIds))
    .whereRaw(
      'not exists (select 1 from digest_delivery later where later.issue_id = d.issue_id and later.kind = d.kind and later.address = d.address and later.round > d.round)',
    );
}

async function addRound(trx: Knex.Transaction, last: readonly DigestDeliveryRow[], { user, now }: Asker): Promise<void> {
  for (let from = 0; from < last.length; from += mostRows)
    await trx('digest_delivery').insert(
      last.slice(from, from + mostRows).map((row) => newRow(row, row.round + 1, { askedBy: user.name, now })),
    );
  // Addresses are people's: the trail names messages by their number.
  for (const { issue_id, delivery_id } of last)
    await audit(trx, { at: now, userId: user.userId, action: 'digest_resent', target: `${issue_id} ${delivery_id}` });
}

function newRow({ issue_id, digest_id, kind, address }: WantedDelivery, round: number, { askedBy, now }: { askedBy: string; now: number }) {
  const hash = createHash('sha256')
    .update(JSON.stringify([issue_id, kind, address]))
    .digest('hex');
  return {
    issue_id,
    digest_id,
    kind,
    address,
    round,
    state: 'queued' as const,
    // Without the round: whoever gets a message twice sees that it is the same.
    message_id: `<${hash.slice(0, 32)}@silverlining>`,
    attempts: 0,
    next_at: now,
    asked_by: askedBy,
    asked_at: now,
  };
}

const webhookNames = { slack: 'Slack', teams: 'Microsoft Teams' };

async function listRows(db: Knex, where: Partial<DigestDeliveryRow>): Promise<DeliveryJson[]> {
  const qualified = Object.fromEntries(Object.entries(where).map(([column, value]) => [`d.${column}`, value]));
  const rows: unknown = await db('digest_delivery as d')
    .leftJoin('digest', 'digest.digest_id', 'd.digest_id')
    .where(qualified)
    .orderBy(['d.kind', 'd.address', 'd.round'])
    .select('d.*', 'digest.webhook_kind');
  return (rows as (DigestDeliveryRow & { webhook_kind: 'slack' | 'teams' | null })[]).map((row) => ({
    delivery_id: row.delivery_id,
    issue_id: row.issue_id,
    kind: row.kind as DeliveryJson['kind'], // questions to customers are of no issue
    address: row.kind === 'webhook' && row.webhook_kind ? webhookNames[row.webhook_kind] : row.address,
    round: row.round,
    state: row.state,
    attempts: row.attempts,
    next_at: row.state === 'queued' ? isoText(row.next_at) : null,
    said: row.said,
    sent_at: row.sent_at === null ? null : isoText(row.sent_at),
    asked_by: row.asked_by,
  }));
}
