import type { Knex } from 'knex';
import { planErasure, type Customer } from '../etl/erase.ts';
import type { Store } from '../etl/store/open.ts';
import type { ErasureRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import { keptWords, removedWords, type ErasureJson, type ErasurePlanJson } from '../queries/model/erasure.ts';

/** What erasing a customer would change; null where they have no case. */
export async function describeErasure(store: Store, customer: Customer): Promise<ErasurePlanJson | null> {
  const plan = await planErasure(store, customer);
  if (!plan) return null;
  const { caseIds, open, surveys, rejected, sources, isNamed, isDone } = plan;
  return { cases: caseIds.length, open, surveys, rejected, sources, is_named: isNamed ? 1 : 0, is_done: isDone ? 1 : 0 };
}

/** A receipt by its number. */
export async function readErasure(db: Knex, erasureId: number): Promise<ErasureJson | null> {
  const row = await db<ErasureRow>('erasure').where({ erasure_id: erasureId }).first();
  return row ? erasureJson(row) : null;
}

export function erasureJson({ erasure_id, at, erased_by: by, reason, cases, surveys, rejected, sources }: ErasureRow): ErasureJson {
  return { erasure_id, at: isoText(at), by, reason, cases, surveys, rejected, sources: JSON.parse(sources) as string[] }; // written by etl/erase.ts
}

/** What was erased, for the audit trail. */
export function erasureTarget({ erasure_id, cases }: Pick<ErasureRow, 'erasure_id' | 'cases'>): string {
  return `erasure ${erasure_id}: ${cases} ${cases === 1 ? 'case' : 'cases'}`;
}

/** A receipt to print and keep; it says nothing that would tell whom it is about. */
export function receiptText({ erasure_id, at, by, reason, cases, surveys, rejected, sources }: ErasureJson, organisation: string): string {
  return [
    `Receipt of erasure ${erasure_id}`,
    organisation,
    '',
    `When:            ${at}`,
    `By:              ${by}`,
    `Why:             ${reason === 'request' ? 'erasure of a customer was asked for' : 'kept for as long as is configured'}`,
    `Cases changed:   ${cases}`,
    `Surveys changed: ${surveys}`,
    `Rows emptied:    ${rejected} that had been rejected`,
    `Sources:         ${sources.join(', ')}`,
    '',
    `Removed: ${removedWords}.`,
    `Kept: ${keptWords}.`,
    'Rows that the sources send again are erased as they are loaded.',
    'Not covered: the sources themselves, backups made before, and files that were exported.',
    '',
  ].join('\n');
}
