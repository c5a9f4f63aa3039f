import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import type { LoadedCase, LoadScope, SourceKey } from './load-cases.ts';
import type { Reject } from './load-rejects.ts';
import { scrubCase } from './scrub.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import { place, type CaseFactRow, type ErasedCaseRow, type ErasureRow, type RejectedRecordRow } from './store/tables.ts';

/** Tells an erased customer when they come again; @param customerKey the keyed hash of the reference, which it cannot be turned back into */
export function customerHash(customerKey: string): string {
  return hash('sha256', `erased ${customerKey}`, 'base64url').slice(0, 22);
}

/** Which of some keys of a source are of erased cases. */
export async function erasedKeys(trx: Knex, source: Pick<SourceKey, 'code'>, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const rows = await trx<ErasedCaseRow>('erased_case')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', keys))
    .select('source_id');
  return new Set(rows.map((row) => row.source_id));
}

/**
 * Takes identity and text out of what is about to be written of erased cases, and of new cases of erased customers received before they were erased,
 * which are from then on erased as well: no row brings back what was erased.
 * @returns the cases in their order
 */
export async function scrubErased({ trx, source }: LoadScope, cases: readonly LoadedCase[]): Promise<readonly LoadedCase[]> {
  if (cases.length === 0 || !(await trx<ErasureRow>('erasure').first('erasure_id'))) return cases;
  const erased = await erasedKeys(trx, source, cases.map((c) => c.sourceId)); // prettier-ignore
  const customers = await erasedCustomers(trx, cases);
  const standing = new Map<string, string | null>();
  if (erased.size) {
    const facts = await trx<CaseFactRow>('case_fact')
      .where('source', source.code)
      .where(isOneOf(trx, 'source_id', [...erased]))
      .select('source_id', 'customer_key');
    for (const { source_id, customer_key } of facts) standing.set(source_id, customer_key);
  }
  const added: ErasedCaseRow[] = [];
  const scrubbed = cases.map((derived) => {
    const { sourceId: source_id } = derived;
    const known = customers.get(keyOf(derived));
    // Whoever comes back later is a customer as any other.
    const customer = known && Number(derived.row[place.received_at]) <= known.at ? known : undefined;
    if (!erased.has(source_id) && !customer) return derived;
    if (customer && !erased.has(source_id)) added.push({ source: source.code, source_id, erasure_id: customer.erasure_id });
    return scrubCase(derived, customer?.customer_key ?? standing.get(source_id) ?? null);
  });
  await insertRows(trx, 'erased_case', ['source', 'source_id', 'erasure_id'], added.map((row) => [row.source, row.source_id, row.erasure_id])); // prettier-ignore
  await emptyRows(trx, source.code, added.map((row) => row.source_id)); // prettier-ignore
  return scrubbed;
}

/**
 * Takes what was kept of the rows of erased cases: those that were folded are deleted, those that were rejected lose what they said.
 * @returns how many rejected rows there were
 */
export async function emptyRows(trx: Knex, source: number, keys: readonly string[]): Promise<number> {
  if (keys.length === 0) return 0;
  for (const table of ['source_row', 'source_waiting'])
    await trx(table)
      .where({ source })
      .where(isOneOf(trx, 'source_id', keys))
      .delete();
  return trx<RejectedRecordRow>('rejected_record')
    .where({ source })
    .where(isOneOf(trx, 'source_id', keys))
    .update({ raw: null, reason: erasedReason, reason_kind: erasedReason, content_hash: null, settlement: 'dismissed' });
}

/** Rejected rows less what they say, where they are of erased cases. */
export async function scrubRejects(trx: Knex, source: SourceKey, rejects: readonly Reject[]): Promise<readonly Reject[]> {
  const keys = rejects.flatMap(({ key }) => key ?? []);
  const erased = await erasedKeys(trx, source, keys);
  if (erased.size === 0) return rejects;
  return rejects.map((reject) => (reject.key && erased.has(reject.key) ? { ...reject, raw: null, reason: erasedReason } : reject));
}

const erasedReason = 'its case was erased: what the row said is not kept';
const keyOf = ({ row }: LoadedCase) => String(row[place.customer_key] ?? '');

/** Erasures by the keyed hash of the customer, of those among the cases who are erased. */
async function erasedCustomers(trx: Knex, cases: readonly LoadedCase[]): Promise<Map<string, ErasureRow>> {
  const keys = new Map<string, string>();
  for (const each of cases) if (keyOf(each)) keys.set(customerHash(keyOf(each)), keyOf(each));
  if (keys.size === 0) return new Map();
  const found = await trx<ErasureRow>('erasure')
    .where(isOneOf(trx, 'customer_hash', [...keys.keys()]))
    .orderBy('at');
  return new Map(found.map((erasure) => [keys.get(erasure.customer_hash ?? '') ?? '', erasure]));
}
