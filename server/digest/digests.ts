import type { Knex } from 'knex';
import { lastDue, type Schedule } from '../../etl/due.ts';
import type { Store } from '../../etl/store/open.ts';
import type { DigestDeliveryRow, DigestIssueRow, DigestRecipientRow, DigestRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import { BadInput } from '../../etl/errors.ts';
import { isoText } from '../../etl/time.ts';
import type { DigestBody } from '../../queries/model/digest.ts';
import { audit } from '../auth/audit.ts';
import type { SignedIn } from '../auth/roles.ts';
import { overtaken, Refused } from '../errors.ts';

/** Who changes something, and when in seconds UTC. */
export interface Who {
  user: SignedIn;
  now: number;
}

/** A digest that has not been removed. */
export async function digestRow(db: Knex, id: number): Promise<DigestRow> {
  const row = await db<DigestRow>('digest').where({ digest_id: id }).whereNull('removed_at').first();
  if (!row) throw new Refused(404, `there is no digest ${id}; it may have been deleted meanwhile`);
  return row;
}

/** All digests, by name. */
export async function digestRows(db: Knex): Promise<DigestRow[]> {
  const rows = await db<DigestRow>('digest').whereNull('removed_at');
  return rows.sort((a, b) => a.name.localeCompare(b.name, 'en') || a.digest_id - b.digest_id);
}

/** Who gets a digest, also who does not any more, by address. */
export async function recipientRows(db: Knex, ids: readonly number[]): Promise<DigestRecipientRow[]> {
  const rows = await db<DigestRecipientRow>('digest_recipient').whereIn('digest_id', [...ids]);
  return rows.sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The schedule of a digest. */
export function scheduleOf({ every, on_day, at, zone }: ScheduleColumns): Schedule {
  const on = on_day === null ? {} : { on: JSON.parse(on_day) as NonNullable<Schedule['on']> }; // written from a schedule
  return { every, ...on, at, ...(zone === null ? {} : { zone }) };
}

/** Under which name the runs of a digest are noted, beside those of sources, whose names hold no colon. */
export function scheduleName({ digest_id }: Pick<DigestRow, 'digest_id'>): string {
  return `digest:${digest_id}`;
}

/** The columns of a digest as a page sends it. */
function columnsOf(body: DigestBody): Pick<DigestRow, 'name' | 'filter' | 'every' | 'on_day' | 'at' | 'zone' | 'owner' | 'ends_on'> {
  const { name, where, every, on, at, zone, owner, ends_on } = body;
  return { name, filter: JSON.stringify(where), every, on_day: JSON.stringify(on), at, zone, owner, ends_on };
}

/** What a digest is, as a page reads it. */
function bodyOf(row: DigestRow, recipients: readonly DigestRecipientRow[]): DigestBody {
  const { name, filter, every, at, zone, owner, ends_on } = row;
  return {
    name, where: JSON.parse(filter) as DigestBody['where'], every, on: scheduleOf(row).on ?? 1, at, zone, owner, ends_on,
    recipients: recipients.filter(({ stopped_at }) => stopped_at === null).map(({ address }) => address),
  }; // prettier-ignore
}

/**
 * Adds a digest; its first run is the next by its schedule.
 * @throws BadInput when its name is taken
 */
export async function addDigest(store: Store, body: DigestBody, { user, now }: Who): Promise<{ digest_id: number }> {
  return transact(store, async (trx) => {
    await refuseTaken(trx, body.name, null);
    const rows = await trx<DigestRow>('digest')
      .insert({ ...columnsOf(body), origin: 'page', since_at: now, created_by: user.name, created_at: now })
      .returning('digest_id');
    const { digest_id } = rows[0] as { digest_id: number }; // one row was inserted
    await putRecipients(trx, digest_id, body.recipients, { by: user.name, now, isPerson: true });
    await audit(trx, { at: now, userId: user.userId, action: 'digest_added', target: `digest ${digest_id}` });
    return { digest_id };
  });
}

/**
 * Replaces what a digest is.
 * @param version of what the caller read
 * @throws Refused 409 when somebody changed it since, or when it stands in the configuration
 */
export async function changeDigest(
  store: Store,
  id: number,
  { version, ...body }: DigestBody & { version: number },
  who: Who,
): Promise<void> {
  const { user, now } = who;
  await transact(store, async (trx) => {
    const row = await editable(trx, id);
    await refuseTaken(trx, body.name, id);
    if (row.version !== version) {
      const by = { by: row.changed_by ?? row.created_by, at: isoText(row.changed_at ?? row.created_at) };
      throw overtaken({ ...bodyOf(row, await recipientRows(trx, [id])), version: row.version }, by);
    }
    await trx<DigestRow>('digest')
      .where({ digest_id: id })
      .update({
        ...columnsOf(body),
        ...(isSameSchedule(row, columnsOf(body)) ? {} : { since_at: now }),
        changed_by: user.name,
        changed_at: now,
        version: version + 1,
      });
    await putRecipients(trx, id, body.recipients, { by: user.name, now, isPerson: true });
    await audit(trx, { at: now, userId: user.userId, action: 'digest_changed', target: `digest ${id}` });
  });
}

/** Deletes a digest; what it told stays in the archive. */
export async function removeDigest(store: Store, id: number, { user, now }: Who): Promise<void> {
  await transact(store, async (trx) => {
    await editable(trx, id);
    await trx<DigestRow>('digest').where({ digest_id: id }).update({ removed_at: now });
    await audit(trx, { at: now, userId: user.userId, action: 'digest_removed', target: `digest ${id}` });
  });
}

/** Lets a digest rest; messages that wait for it are not sent. */
export async function pauseDigest(store: Store, id: number, reason: string | null, { user, now }: Who): Promise<void> {
  await transact(store, async (trx) => {
    await digestRow(trx, id);
    await pause(trx, id, { by: user.name, reason, now });
    await audit(trx, { at: now, userId: user.userId, action: 'digest_paused', target: `digest ${id}` });
  });
}

/** The same within a transaction; one that rests already keeps its reason. */
export async function pause(
  trx: Knex,
  id: number,
  { by, reason, now }: { by: string; reason: string | null; now: number },
): Promise<boolean> {
  const count = await trx<DigestRow>('digest')
    .where({ digest_id: id })
    .whereNull('paused_at')
    .update({ paused_at: now, paused_by: by, pause_reason: reason });
  return count > 0;
}

/** Has a digest go on with its next run; what it missed meanwhile is not made up for, and what waited is not sent any more once another was due. */
export async function resumeDigest(store: Store, id: number, { user, now }: Who): Promise<void> {
  await transact(store, async (trx) => {
    const row = await digestRow(trx, id);
    if (row.paused_at !== null) await stopOld(trx, row, now);
    await trx<DigestRow>('digest').where({ digest_id: id }).update({ paused_at: null, paused_by: null, pause_reason: null, since_at: now });
    await audit(trx, { at: now, userId: user.userId, action: 'digest_resumed', target: `digest ${id}` });
  });
}

async function stopOld(trx: Knex, row: DigestRow, now: number): Promise<void> {
  // The organisation's zone can be no more than a day from UTC.
  const due = lastDue(scheduleOf(row), now, 'UTC') - daySeconds;
  const old = trx<DigestIssueRow>('digest_issue').where({ digest_id: row.digest_id }).where('due_at', '<', due).select('issue_id');
  await trx<DigestDeliveryRow>('digest_delivery')
    .where({ digest_id: row.digest_id, state: 'queued' })
    .whereIn('kind', ['digest', 'webhook'])
    .whereIn('issue_id', old)
    .update({ state: 'stopped', said: 'the digest was paused until the next was due' });
}
const daySeconds = 86_400;

/**
 * Makes the recipients those of a list. Who unsubscribed stays so, whoever lists them again, and also where that was from a digest that has been removed, of the
 * same owner or the same name: one that is written anew under another name is what it was. Who was taken off comes back when listed anew; who left, or has no
 * mailbox, only where a person lists them: the configuration goes on naming them with every start.
 * @returns whether that changed anything
 */
export async function putRecipients(
  trx: Knex,
  id: number,
  addresses: readonly string[],
  { by, now, isPerson }: { by: string; now: number; isPerson: boolean },
): Promise<boolean> {
  const rows = () => trx<DigestRecipientRow>('digest_recipient').where({ digest_id: id });
  const known = new Map((await rows()).map((row) => [row.address, row]));
  const comesBack = ({ stop_reason }: DigestRecipientRow) =>
    stop_reason === 'removed' || (isPerson && (stop_reason === 'departed' || stop_reason === 'refused'));
  const wanted = new Set(addresses);
  const added = [...wanted].filter((address) => !known.has(address));
  const ended = added.length ? await endedBefore(trx, id) : new Set<string>();
  let isChanged = added.length > 0;
  for (const address of added) {
    const stopped = ended.has(address) ? ({ stopped_at: now, stop_reason: 'unsubscribed' } as const) : {};
    await rows().insert({ digest_id: id, address, added_by: by, added_at: now, ...stopped });
  }
  for (const row of known.values()) {
    const { address, stopped_at } = row;
    const isBack = stopped_at !== null && wanted.has(address) && comesBack(row);
    const isOff = stopped_at === null && !wanted.has(address);
    if (isBack) await rows().where({ address }).update({ stopped_at: null, stop_reason: null });
    if (isOff) await rows().where({ address }).update({ stopped_at: now, stop_reason: 'removed' });
    isChanged ||= isBack || isOff;
  }
  return isChanged;
}

/** The addresses that unsubscribed from what the digest was before it was removed and written anew: of the same owner, or the same name. */
async function endedBefore(trx: Knex, id: number): Promise<Set<string>> {
  const { name, owner } = await digestRow(trx, id);
  const removed = trx<DigestRow>('digest')
    .whereNotNull('removed_at')
    .where((either) => void either.where({ name }).orWhere({ owner }))
    .select('digest_id');
  const rows = trx<DigestRecipientRow>('digest_recipient').whereIn('digest_id', removed).where({ stop_reason: 'unsubscribed' });
  return new Set((await rows.select('address')).map(({ address }) => address));
}

/** Whether two digests are made at the same times. */
export function isSameSchedule(a: ScheduleColumns, b: ScheduleColumns): boolean {
  return JSON.stringify(scheduleOf(a)) === JSON.stringify(scheduleOf(b));
}
type ScheduleColumns = Pick<DigestRow, 'every' | 'on_day' | 'at' | 'zone'>;

async function editable(trx: Knex, id: number): Promise<DigestRow> {
  const row = await digestRow(trx, id);
  if (row.origin === 'config')
    throw new Refused(409, `"${row.name}" stands in silverlining.yaml; change it there and start Silverlining again`);
  return row;
}

async function refuseTaken(trx: Knex, name: string, except: number | null): Promise<void> {
  const taken = await trx<DigestRow>('digest').where({ name }).whereNull('removed_at').first('digest_id');
  if (taken && taken.digest_id !== except) throw new BadInput([{ field: 'name', message: `there already is a digest "${name}"` }]);
}
