import { forgetBands, removeLinks } from './case-links.ts';
import { eraseAsked } from './erase-asked.ts';
import type { LoadScope } from './load-cases.ts';
import { removeChildren } from './load-children.ts';
import { markRepeats } from './load-repeats.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import type { CaseFactRow, EvidenceRow } from './store/tables.ts';

/**
 * Takes cases out of the store with all that their source says of them, and notes their numbers as gone; what people here say of them by their key is
 * there again when they come again, as those do that are folded of rows. Keys without a case are passed over.
 * @returns how many cases there were
 */
export async function removeCases({ trx, source, changeSeq }: LoadScope, sourceIds: readonly string[]): Promise<number> {
  if (sourceIds.length === 0) return 0;
  const found = await trx<CaseFactRow>('case_fact')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', sourceIds))
    .select('case_id', 'shard_key', 'customer_key');
  if (found.length === 0) return 0;
  const caseIds = found.map((row) => row.case_id);
  await removeChildren(trx, caseIds);
  await removeLinks(trx, caseIds, changeSeq);
  for (const table of ['survey_fact', 'case_fact'])
    await trx(table)
      .where(isOneOf(trx, 'case_id', caseIds))
      .delete();
  await insertRows(
    trx,
    'case_gone',
    ['case_id', 'shard_key', 'change_seq'],
    found.map((row) => [row.case_id, row.shard_key, changeSeq]),
  );
  const customers = found.map((row) => row.customer_key).filter((key) => key !== null);
  await markRepeats(trx, [...new Set(customers)], changeSeq);
  return found.length;
}

/**
 * What a source no longer has leaves nothing behind: neither its case nor the rows it was folded from, nor what people here said and asked about it.
 * Bytes of files, and their rows with no word in them, go when evidence is swept.
 * @param now seconds since 1970 UTC
 * @returns how many cases there were
 */
export async function removeGone(scope: LoadScope, sourceIds: readonly string[], now: number): Promise<number> {
  await removeFollowUps(scope, sourceIds);
  await removeSaid(scope, sourceIds, now);
  for (const table of ['source_waiting', 'source_row', 'case_local', 'attribution_contest'])
    await scope
      .trx(table)
      .where('source', scope.source.code)
      .where(isOneOf(scope.trx, 'source_id', sourceIds))
      .delete();
  return removeCases(scope, sourceIds);
}

/** What was noted about the surveys of cases that are gone for good. */
async function removeFollowUps({ trx, source }: LoadScope, sourceIds: readonly string[]): Promise<void> {
  if (sourceIds.length === 0) return;
  const cases = trx('case_fact')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', sourceIds))
    .select('shard_key', 'case_id');
  const surveys = trx('survey_fact').where('source', source.code).whereIn(['shard_key', 'case_id'], cases).select('source_id');
  await trx('follow_up').where('source', source.code).whereIn('source_id', surveys).delete();
}

/** What hangs on the numbers of cases that are gone for good, and is not their source's. */
async function removeSaid({ trx, source }: LoadScope, sourceIds: readonly string[], now: number): Promise<void> {
  if (sourceIds.length === 0) return;
  const caseIds = await trx<CaseFactRow>('case_fact')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', sourceIds))
    .pluck<number[]>('case_id');
  if (caseIds.length === 0) return;
  await eraseAsked(trx, caseIds, now);
  await trx('survey_invitation')
    .where(isOneOf(trx, 'case_id', caseIds))
    .delete();
  const files = () => trx<EvidenceRow>('case_evidence').where(isOneOf(trx, 'case_id', caseIds));
  await files().update({ name: '(gone)', note: '', removal_reason: '' });
  await files().whereNull('removed_at').update({ removed_by: 'source', removed_at: now });
  await forgetBands(trx, caseIds);
}
