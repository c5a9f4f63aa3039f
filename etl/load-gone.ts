import type { LoadScope } from './load-cases.ts';
import { removeChildren } from './load-children.ts';
import { markRepeats } from './load-repeats.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import type { CaseFactRow } from './store/tables.ts';

/**
 * Takes cases out of the store with all that hangs on them, and notes their numbers as gone. Keys without a case are passed over.
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
 * What a source no longer has leaves nothing behind: neither its case nor the rows it was folded from.
 * @returns how many cases there were
 */
export async function removeGone(scope: LoadScope, sourceIds: readonly string[]): Promise<number> {
  await removeFollowUps(scope, sourceIds);
  for (const table of ['source_waiting', 'source_row'])
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
