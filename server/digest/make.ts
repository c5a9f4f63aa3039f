import type { Knex } from 'knex';
import type { DigestIssueRow, DigestRecipientRow, DigestRow } from '../../etl/store/tables.ts';
import { transact } from '../../etl/store/transact.ts';
import { noteDue } from '../../etl/schedule-state.ts';
import type { DigestPeriod } from '../../queries/model/digest-period.ts';
import { tellKeepers } from './alerts.ts';
import { compose, newIssueId, periodOf, type Composition } from './compose.ts';
import { queueDeliveries, type WantedDelivery } from './deliver/deliveries.ts';
import type { DigestDeps } from './deps.ts';
import { scheduleName } from './digests.ts';
import { writeParts } from './issues.ts';

/**
 * Makes the issue a digest is due for: frozen with its parts, its messages in line and its run noted in one transaction, so that nothing is made twice or
 * forgotten, whatever dies when. Where a check fails it is held and nothing is sent; its owner and the administrators are told, unless it only waits for a
 * source that may still come by itself.
 * @param due instant it is due for, seconds UTC
 * @returns null where another process was faster, or the digest was changed, paused or removed meanwhile: then it is due still, as what it is now
 */
export async function makeIssue(deps: DigestDeps, digest: DigestRow, due: number, askedBy = 'schedule'): Promise<DigestIssueRow | null> {
  const period = await periodOf(deps, digest, due);
  const known = await regularIssue(deps.store.writer, digest.digest_id, period);
  if (known?.state === 'made') {
    await transact(deps.store, (trx) => noteDue(trx, scheduleName(digest), due, null));
    return null;
  }
  const composed = await compose(deps, digest, { at: due, issueId: known?.issue_id ?? newIssueId() });
  return transact(deps.store, async (trx) => {
    if (!(await isUnchanged(trx, digest))) return null;
    const now = deps.now();
    const row = rowOf(digest, composed, { kind: 'regular', due, now });
    if (!(await putRow(trx, row))) return null;
    await noteDue(trx, scheduleName(digest), due, null);
    if (row.state === 'held') return holdIssue(trx, row, composed, { now, askedBy });
    const made = await freeze(trx, row, composed);
    await queueDeliveries(trx, await messagesOf(trx, digest, row.issue_id), { askedBy, now });
    return made;
  });
}

/** Drawing takes a while; whoever changes a digest meanwhile means the one that is being made too. */
async function isUnchanged(trx: Knex.Transaction, { digest_id, version, paused_at, filter }: DigestRow): Promise<boolean> {
  const row = await trx<DigestRow>('digest').where({ digest_id }).whereNull('removed_at').first('version', 'paused_at', 'filter');
  return row?.version === version && row.paused_at === paused_at && row.filter === filter;
}

/**
 * Makes an issue for one address alone, as if the digest were due now; what would hold it stands first among its notes.
 * @throws Error where it cannot be computed at all, with the reasons
 */
export async function makeTest(deps: DigestDeps, digest: DigestRow, address: string, askedBy: string): Promise<DigestIssueRow> {
  const now = deps.now();
  const composed = await compose(deps, digest, { at: now, remark: heldRemark });
  if (!composed.content) throw new NotComputed(composed.reasons);
  return transact(deps.store, async (trx) => {
    const row: DigestIssueRow = { ...rowOf(digest, composed, { kind: 'test', due: now, now }), state: 'made', reasons: null };
    await trx<DigestIssueRow>('digest_issue').insert(row);
    const made = await freeze(trx, row, composed);
    await queueDeliveries(trx, [{ issue_id: row.issue_id, digest_id: digest.digest_id, kind: 'test', address }], { askedBy, now });
    return made;
  });
}

/** A digest of which nothing can be shown. */
export class NotComputed extends Error {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(reasons.join(' '));
    this.name = 'NotComputed';
    this.reasons = reasons;
  }
}

/** What stands first in a preview or test that would not be sent. */
export function heldRemark(reasons: string[]): string {
  return `As things are this would not be sent. ${reasons.join(' ')}`;
}

function regularIssue(
  db: Knex,
  digestId: number,
  { step, from }: Pick<DigestPeriod, 'step' | 'from'>,
): Promise<DigestIssueRow | undefined> {
  return db<DigestIssueRow>('digest_issue').where({ digest_id: digestId, grain: step, from_on: from, kind: 'regular' }).first();
}

function rowOf(
  { digest_id, name }: DigestRow,
  { issueId, period, content, reasons }: Composition,
  { kind, due, now }: { kind: DigestIssueRow['kind']; due: number; now: number },
): DigestIssueRow {
  const isHeld = reasons.length > 0 || !content;
  return {
    issue_id: issueId, digest_id, name, kind, grain: period.step, from_on: period.from, to_on: period.to, due_at: due,
    state: isHeld ? 'held' : 'made', reasons: isHeld ? JSON.stringify(reasons) : null, made_at: now, checked_at: now, told_at: null,
    as_of_at: content ? Math.floor(Date.parse(content.asOf) / 1000) : null, headline: content?.headline[0] ?? null, hash: null,
  }; // prettier-ignore
}

/** Writes an issue in the place of a held one, or as a new one. @returns false where another process has made it meanwhile */
async function putRow(trx: Knex.Transaction, row: DigestIssueRow): Promise<boolean> {
  const known = await regularIssue(trx, row.digest_id, { step: row.grain, from: row.from_on });
  if (!known) {
    await trx<DigestIssueRow>('digest_issue').insert(row);
    return true;
  }
  if (known.state === 'made' || known.issue_id !== row.issue_id) return false;
  const { told_at, ...rest } = row;
  await trx<DigestIssueRow>('digest_issue')
    .where({ issue_id: known.issue_id })
    .update({ ...rest, told_at: row.state === 'held' ? known.told_at : told_at });
  return true;
}

async function freeze(trx: Knex.Transaction, row: DigestIssueRow, { parts }: Composition): Promise<DigestIssueRow> {
  const hash = await writeParts(trx, row.issue_id, parts);
  await trx<DigestIssueRow>('digest_issue').where({ issue_id: row.issue_id }).update({ hash });
  return { ...row, hash };
}

async function holdIssue(
  trx: Knex.Transaction,
  row: DigestIssueRow,
  { expectedBy }: Composition,
  { now, askedBy }: { now: number; askedBy: string },
): Promise<DigestIssueRow> {
  const known = await trx<DigestIssueRow>('digest_issue').where({ issue_id: row.issue_id }).first('told_at');
  const isEarly = expectedBy !== null && now < expectedBy;
  if (isEarly || known?.told_at) return row;
  await tellKeepers(trx, row, { now, askedBy });
  await trx<DigestIssueRow>('digest_issue').where({ issue_id: row.issue_id }).update({ told_at: now });
  return { ...row, told_at: now };
}

async function messagesOf(trx: Knex.Transaction, { digest_id, webhook }: DigestRow, issueId: string): Promise<WantedDelivery[]> {
  const recipients = await trx<DigestRecipientRow>('digest_recipient').where({ digest_id }).whereNull('stopped_at').orderBy('address');
  const about = { issue_id: issueId, digest_id };
  return [
    ...recipients.map(({ address }): WantedDelivery => ({ ...about, kind: 'digest', address })),
    ...(webhook === null ? [] : [{ ...about, kind: 'webhook' as const, address: 'webhook' }]),
  ];
}
