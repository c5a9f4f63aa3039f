import type { Knex } from 'knex';
import { isOneOf } from './store/insert.ts';
import type { EvidenceRow } from './store/tables.ts';

/** Who removed a file that went with an erasure; no person can be told by it. */
export const removedByErasure = 'erasure';

/**
 * Removes all files of cases, and what was written about them; how many there were, of what type and size, stays. Their bytes lie in the folder until
 * {@link sweepEvidence} takes away what no other case has.
 */
export async function eraseEvidence(trx: Knex.Transaction, caseIds: readonly number[], now: number): Promise<void> {
  const files = () => trx<EvidenceRow>('case_evidence').where(isOneOf(trx, 'case_id', caseIds));
  await files().update({ name: '(erased)', note: '', removal_reason: '' });
  await files().whereNull('removed_at').update({ removed_by: removedByErasure, removed_at: now });
}
