import type { Knex } from 'knex';
import type { DigestDeliveryRow, DigestIssueRow, DigestRow } from '../../etl/store/tables.ts';
import { periodFrom } from '../../queries/model/digest-period.ts';
import { can, type SignedIn } from '../auth/roles.ts';
import type { User } from '../auth/users.ts';
import { queueDeliveries } from './deliver/deliveries.ts';

/** Puts a message in line for the owner of a digest and for the administrators: it was not sent, and why. */
export async function tellKeepers(
  trx: Knex.Transaction,
  { issue_id, digest_id }: Pick<DigestIssueRow, 'issue_id' | 'digest_id'>,
  { now, askedBy }: { now: number; askedBy: string },
): Promise<void> {
  const digest = await trx<DigestRow>('digest').where({ digest_id }).first('owner');
  const people = (await trx<User>('user').whereNull('disabled_at')).filter(
    ({ name, role }) => name === digest?.owner || role === 'administrator',
  );
  const addresses = [...new Set(people.flatMap(({ email }) => email ?? []))];
  const wanted = addresses.map((address) => ({ issue_id, digest_id, kind: 'alert' as const, address }));
  await queueDeliveries(trx, wanted, { askedBy, now });
}

/** Puts a message in line for the administrators and the owner: a digest rests by itself. */
export async function tellOfPause(trx: Knex.Transaction, digestId: number, now: number): Promise<void> {
  await tellKeepers(trx, { issue_id: `${pausePrefix}${digestId}:${now}`, digest_id: digestId }, { now, askedBy: automatic });
}

/** Whether a message tells of a digest that rests, and so of no issue. */
export function isOfPause({ issue_id }: { issue_id: string }): boolean {
  return issue_id.startsWith(pausePrefix);
}
const pausePrefix = 'pause:';

/**
 * What somebody is told of on every page: one's own digests, or all for who manages them, that were not sent, failed, wait for
 * long or were paused by themselves.
 * @param given the time, seconds UTC, and why no mail is sent; null where it is
 */
export async function digestAttention(
  db: Knex,
  user: SignedIn,
  { now, why }: { now: number; why: string | null },
): Promise<{ message: string; href: string }[]> {
  const digests = (await db<DigestRow>('digest').whereNull('removed_at')).filter(
    (digest) => digest.owner === user.name || (can(user, 'manage_digests') && user.role === 'administrator'),
  );
  const told = await Promise.all(
    digests.map(async ({ digest_id, name, paused_at, pause_reason, paused_by }) => {
      if (paused_at !== null)
        return paused_by === automatic ? [{ message: `The digest “${name}” is paused: ${pause_reason ?? ''}`, href: '/digests' }] : [];
      const last = await db<DigestIssueRow>('digest_issue').where({ digest_id, kind: 'regular' }).orderBy('due_at', 'desc').first();
      if (!last) return [];
      const { text } = periodFrom(last.grain, last.from_on);
      const href = `/digests/${last.issue_id}`;
      if (last.state === 'held') {
        if (last.told_at === null) return [];
        const [first = ''] = JSON.parse(last.reasons ?? '[]') as string[];
        return [{ message: `The digest “${name}” of ${text} was not sent. ${first}`, href }];
      }
      const missed = (await db('digest_delivery')
        .where({ issue_id: last.issue_id })
        .whereIn('state', ['failed', 'unknown'])
        .whereRaw(
          'not exists (select 1 from digest_delivery later where later.issue_id = digest_delivery.issue_id and later.kind = digest_delivery.kind and later.address = digest_delivery.address and later.round > digest_delivery.round)',
        )
        .count({ n: '*' })) as unknown as [{ n: number }]; // one row
      const count = Number(missed[0].n);
      if (count) return [{ message: `The digest “${name}” of ${text} did not reach everybody: ${messages(count)}.`, href }];
      const waiting = await db<DigestDeliveryRow>('digest_delivery')
        .where({ issue_id: last.issue_id, state: 'queued' })
        .whereNot({ kind: 'alert' })
        .where('asked_at', '<', now - longWait)
        .select('kind', 'said');
      const said = waiting.find((each) => each.said !== null)?.said ?? (waiting.some(({ kind }) => kind === 'digest') ? why : null);
      if (waiting.length === 0) return [];
      return [
        {
          message: `${messages(waiting.length)} of the digest “${name}” of ${text} waited for over an hour${said ? `: ${said}` : '.'}`,
          href,
        },
      ];
    }),
  );
  return told.flat();
}

/** How long a message may wait before somebody is told, seconds. */
const longWait = 3600;

function messages(count: number): string {
  return `${count} ${count === 1 ? 'message' : 'messages'}`;
}

/** Who pauses a digest where nobody did. */
export const automatic = 'Silverlining';
