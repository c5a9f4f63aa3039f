import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { customerKey } from './derive.ts';
import type { EvidenceFiles } from './evidence-files.ts';
import { bySource, eraseCases } from './erase-cases.ts';
import { customerHash } from './load-erased.ts';
import { sweepEvidence } from './load-evidence.ts';
import { isOneOf } from './store/insert.ts';
import type { Store } from './store/open.ts';
import { clearTraces, overwriting } from './store/overwrite.ts';
import { customerSecret } from './store/settings.ts';
import type { CaseFactRow, ErasureRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

/** Whose cases: all of one customer, found by one of them or by the reference their source gives them. */
export type Customer = { caseId: number } | { reference: string };

/** What an erasure would change. */
export interface ErasurePlan {
  caseIds: number[];
  /** How many of them have not ended. */
  open: number;
  surveys: number;
  /** Rejected rows of these cases. */
  rejected: number;
  sources: string[];
  /** Whether the case names its customer; where it does not, it is the only one that is known to be theirs. */
  isNamed: boolean;
  /** Whether all of them were erased before. */
  isDone: boolean;
}
type Fact = Pick<CaseFactRow, 'case_id' | 'source' | 'source_id' | 'customer_key' | 'ended_at' | 'is_ended_on_unknown_date'>;
const factColumns = ['case_id', 'source', 'source_id', 'customer_key', 'ended_at', 'is_ended_on_unknown_date'] as const;

/** What erasing a customer would change; null where they have no case. */
export async function planErasure(store: Store, customer: Customer): Promise<ErasurePlan | null> {
  const facts = await factsOf(store.reader, await keysOf(store, customer), customer);
  return facts.length ? planOf(store.reader, facts) : null;
}

/**
 * Removes who a customer is and all that was written in all their cases; what is counted stays. In one transaction, with a receipt; what comes of
 * this customer later is erased as it is loaded.
 * @param options `by`: name of who does it; `evidence`: where the bytes of their files lie, which go once that is written, also those an erasure
 * before could not take away; `after`: work of the same transaction
 * @returns the receipt; null where they have no case
 */
export async function eraseCustomer(
  store: Store,
  customer: Customer,
  {
    by,
    now,
    evidence,
    after,
  }: { by: string; now: number; evidence: EvidenceFiles; after?: (trx: Knex.Transaction, receipt: ErasureRow) => Promise<void> },
): Promise<ErasureRow | null> {
  const keys = await keysOf(store, customer);
  const receipt = await overwriting(store, () =>
    transact(store, async (trx, changeSeq) => {
      const facts = await factsOf(trx, keys, customer);
      if (facts.length === 0) return null;
      const plan = await planOf(trx, facts);
      const own = facts[0]?.customer_key ?? null;
      // Somebody who is erased again keeps what stands for them, and the newer receipt is the one that knows them.
      const priors =
        own === null
          ? []
          : await trx<ErasureRow>('erasure')
              .where({ customer_key: own })
              .orWhere({ customer_hash: customerHash(own) });
      const prior = priors.find(({ customer_hash }) => customer_hash !== null) ?? priors[0];
      if (prior) await trx<ErasureRow>('erasure').where({ erasure_id: prior.erasure_id }).update({ customer_hash: null });
      const made: Omit<ErasureRow, 'erasure_id'> = {
        at: now,
        erased_by: by,
        reason: 'request',
        cases: facts.length,
        surveys: plan.surveys,
        rejected: plan.rejected,
        sources: JSON.stringify(plan.sources),
        customer_hash: own === null ? null : prior ? prior.customer_hash : customerHash(own),
        customer_key: own === null ? null : (prior?.customer_key ?? randomBytes(16).toString('base64url')),
      };
      const [row] = await trx<ErasureRow>('erasure').insert(made).returning('erasure_id');
      if (!row) throw new Error('the receipt was not written');
      const written: ErasureRow = { ...made, erasure_id: row.erasure_id };
      await eraseCases(trx, facts, { changeSeq, now, erasureId: row.erasure_id, customerKey: made.customer_key ?? own });
      await after?.(trx, written);
      return written;
    }),
  );
  if (!receipt) return null;
  await sweepEvidence(store, evidence, now);
  await clearTraces(store);
  return receipt;
}

async function planOf(knex: Knex, facts: readonly Fact[]): Promise<ErasurePlan> {
  const caseIds = facts.map((fact) => fact.case_id);
  const count = async (query: Knex.QueryBuilder) => Number((await query.count<{ n: number }[]>({ n: '*' }))[0]?.n ?? 0);
  let [rejected, erased] = [0, 0];
  const codes: number[] = [];
  for (const { source, keys } of bySource(facts)) {
    codes.push(source);
    const own = (table: 'rejected_record' | 'erased_case') =>
      knex(table)
        .where('source', source)
        .where(isOneOf(knex, 'source_id', keys));
    rejected += await count(own('rejected_record').whereNotNull('raw'));
    erased += await count(own('erased_case'));
  }
  return {
    caseIds,
    open: facts.filter((fact) => fact.ended_at === null && !fact.is_ended_on_unknown_date).length,
    surveys: await count(knex('survey_fact').where(isOneOf(knex, 'case_id', caseIds))),
    rejected,
    sources: await knex('source_state').whereIn('source', codes).orderBy('source').pluck<string[]>('name'),
    isNamed: facts[0]?.customer_key !== null,
    isDone: erased === facts.length,
  };
}

/** What stands for a customer in their cases: the keyed hash, and what took its place in those that were erased; none where a case names none. */
async function keysOf(store: Store, customer: Customer): Promise<string[]> {
  if ('reference' in customer) {
    const key = customerKey(customer.reference, await customerSecret(store));
    const erased = await store.reader<ErasureRow>('erasure').where({ customer_hash: customerHash(key) }).first('customer_key'); // prettier-ignore
    return erased?.customer_key ? [key, erased.customer_key] : [key];
  }
  const fact = await store.reader<CaseFactRow>('case_fact').where({ case_id: customer.caseId }).first('customer_key');
  return fact?.customer_key ? [fact.customer_key] : [];
}

function factsOf(knex: Knex, keys: readonly string[], customer: Customer): Promise<Fact[]> {
  const query = knex<CaseFactRow>('case_fact')
    .orderBy('case_id')
    .select(...factColumns);
  if (keys.length) return query.whereIn('customer_key', keys);
  return 'caseId' in customer ? query.where({ case_id: customer.caseId }) : Promise.resolve([]);
}
