import type { Knex } from 'knex';
import { BadInput } from './errors.ts';
import type { LoadScope, WrittenCase } from './load-cases.ts';
import { markRepeats } from './load-repeats.ts';
import { isOneOf } from './store/insert.ts';
import type { Store } from './store/open.ts';
import { place, type CaseFactRow, type CaseLinkRow, type LinkState } from './store/tables.ts';
import { transact } from './store/transact.ts';

/** What somebody says two cases are; `likely` takes back what was said. */
export interface LinkDecision {
  /** The two cases, whichever way round. */
  caseIds: readonly [number, number];
  /** What they were to one another when it was read; null: nothing. */
  was: LinkState | null;
  is: LinkState;
}
export interface LinkOptions {
  by: string;
  /** Seconds since 1970 UTC. */
  now: number;
  /** Whether a case is one of theirs. */
  isSeen: (fact: CaseFactRow) => boolean;
  /** Work of the same transaction: with it or not at all. */
  after: (trx: Knex.Transaction) => Promise<void>;
}

/** Somebody said something else of the two cases since it was read. */
export class LinkChanged extends Error {
  readonly current: Pick<CaseLinkRow, 'state' | 'decided_by' | 'decided_at'> | null;

  constructor(current: LinkChanged['current']) {
    super(`the two cases are ${current?.state ?? 'nothing'} to one another`);
    this.name = 'LinkChanged';
    this.current = current;
  }
}

/**
 * Says what two cases are to one another. Of duplicates the later one counts in nothing but duplicates from then on, by the same mark that a source
 * sets; it keeps all it holds, and the mark stays when the case is loaded again.
 * @returns false where one of the cases is not there, or none of theirs
 * @throws BadInput where it cannot be, LinkChanged
 */
export async function decideLink(store: Store, { caseIds, was, is }: LinkDecision, options: LinkOptions): Promise<boolean> {
  if (caseIds[0] === caseIds[1]) throw refused('are one and the same case; expected two');
  return transact(store, async (trx, changeSeq) => {
    const facts = await trx<CaseFactRow>('case_fact').where(isOneOf(trx, 'case_id', caseIds));
    const [one, two] = facts;
    if (!one || !two || !facts.every(options.isSeen)) return false;
    const row = await trx<CaseLinkRow>('case_link')
      .where(isOneOf(trx, 'case_id', caseIds))
      .where(isOneOf(trx, 'other_id', caseIds))
      .first();
    if ((row?.state ?? null) !== was) throw new LinkChanged(row ?? null);
    if (is === (was ?? 'likely')) throw refused(`are ${is} already`);
    // Who is the later one stays as it was found, whatever a source says of their times since.
    const isFirstLater = row ? row.case_id === one.case_id : isAfter(one, two);
    const [later, earlier] = isFirstLater ? [one, two] : [two, one];
    if (was === 'duplicate') await mark(trx, later, row?.is_own_duplicate ?? 0, changeSeq);
    if (is === 'duplicate') {
      await checkDuplicate(trx, later, earlier, was);
      await mark(trx, later, 1, changeSeq);
    }
    const key = { case_id: later.case_id, other_id: earlier.case_id, shard_key: later.shard_key };
    await trx<CaseLinkRow>('case_link').where(key).delete();
    if (is !== 'likely' || (row && row.reason !== 'said')) {
      const decided = is === 'likely' ? { decided_by: null, decided_at: null } : { decided_by: options.by, decided_at: options.now };
      const { reason = 'said' as const, score = null } = row ?? {};
      const added = { ...key, other_shard_key: earlier.shard_key, state: is, reason, score, is_own_duplicate: 0, ...decided };
      await trx<CaseLinkRow>('case_link').insert(added);
    }
    await options.after(trx);
    return true;
  });
}

/** Puts the mark of a duplicate on changed cases that somebody said it of, and notes what their source says of it. */
export async function applyLinks({ trx }: LoadScope, written: readonly WrittenCase[]): Promise<void> {
  const changed = written.filter(({ isNew }) => !isNew);
  if (changed.length === 0) return;
  const marked = await trx<CaseLinkRow>('case_link')
    .where(
      isOneOf(
        trx,
        'case_id',
        changed.map(({ caseId }) => caseId),
      ),
    ) // prettier-ignore
    .where({ state: 'duplicate' })
    .select('case_id', 'other_id', 'is_own_duplicate');
  for (const { case_id, other_id, is_own_duplicate } of marked) {
    const row = changed.find(({ caseId }) => caseId === case_id)?.derived.row;
    if (!row) continue;
    const own = Number(row[place.is_duplicate]);
    if (own !== is_own_duplicate) await trx<CaseLinkRow>('case_link').where({ case_id, other_id }).update({ is_own_duplicate: own });
    row[place.is_duplicate] = 1;
  }
}

/** Takes away what was found and said of cases that are gone; the duplicates of one that is gone count again. */
export async function removeLinks(trx: Knex.Transaction, caseIds: readonly number[], changeSeq: number): Promise<void> {
  const left = await trx<CaseLinkRow>('case_link')
    .where(isOneOf(trx, 'other_id', caseIds))
    .where({ state: 'duplicate', is_own_duplicate: 0 })
    .pluck<number[]>('case_id');
  for (const case_id of left.filter((id) => !caseIds.includes(id))) {
    const fact = await trx<CaseFactRow>('case_fact').where({ case_id }).first();
    if (fact) await mark(trx, fact, 0, changeSeq);
  }
  for (const column of ['case_id', 'other_id'])
    await trx('case_link')
      .where(isOneOf(trx, column, caseIds))
      .delete();
}

/** Takes away what cases were found to be like, and the keys of their texts it was found by; what somebody said of them stays. */
export async function forgetLikely(trx: Knex.Transaction, caseIds: readonly number[]): Promise<void> {
  for (const column of ['case_id', 'other_id'])
    await trx<CaseLinkRow>('case_link')
      .where(isOneOf(trx, column, caseIds))
      .where({ state: 'likely' })
      .delete();
  await forgetBands(trx, caseIds);
}

/** Takes away the keys of the texts of cases. They are found by no index: it is for what happens seldom. */
export async function forgetBands(trx: Knex.Transaction, caseIds: readonly number[]): Promise<void> {
  await trx('case_band')
    .where(isOneOf(trx, 'case_id', caseIds))
    .delete();
}

/** Sets whether a case counts, on it and its surveys; whether others repeat it follows. */
async function mark(trx: Knex.Transaction, fact: CaseFactRow, isDuplicate: number, changeSeq: number): Promise<void> {
  const { case_id, shard_key, customer_key } = fact;
  const marked = { is_duplicate: isDuplicate, change_seq: changeSeq };
  await trx('case_fact').where({ case_id, shard_key }).update(marked);
  await trx('survey_fact').where({ case_id, shard_key }).update(marked);
  if (customer_key !== null) await markRepeats(trx, [customer_key], changeSeq);
}

async function checkDuplicate(trx: Knex, later: CaseFactRow, earlier: CaseFactRow, was: LinkState | null): Promise<void> {
  const duplicateOf = async (caseId: number) =>
    (await trx<CaseLinkRow>('case_link').where({ case_id: caseId, state: 'duplicate' }).first('other_id'))?.other_id;
  const already = await duplicateOf(later.case_id);
  if (already !== undefined)
    throw refused(`case ${later.case_id} is marked as a duplicate of case ${already} already; take that back first`);
  if (later.is_duplicate === 1 && was !== 'duplicate')
    throw refused(`case ${later.case_id} is marked as a duplicate by its source already`);
  if (earlier.is_duplicate === 1 && (await duplicateOf(earlier.case_id)) === undefined)
    throw refused(
      `case ${earlier.case_id} is marked as a duplicate by its source and counts nowhere; link case ${later.case_id} to the one that counts`,
    );
  // Times may have changed since pairs were found, so that nothing else rules out a circle in which no case counts.
  const seen = new Set([later.case_id]);
  for (let id: number | undefined = earlier.case_id; id !== undefined; id = await duplicateOf(id)) {
    if (seen.has(id)) throw refused(`case ${earlier.case_id} is itself a duplicate of case ${later.case_id}`);
    seen.add(id);
  }
}

function isAfter(one: CaseFactRow, two: CaseFactRow): boolean {
  const [a, b] = [one.received_at ?? 0, two.received_at ?? 0];
  return a > b || (a === b && one.case_id > two.case_id);
}

function refused(message: string): BadInput {
  return new BadInput([{ field: 'state', message }]);
}
