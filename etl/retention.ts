import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { z } from 'zod';
import { eraseCases } from './erase-cases.ts';
import type { EvidenceFiles } from './evidence-files.ts';
import { sweepEvidence } from './load-evidence.ts';
import { dateOfDay, dayNumber, localDate } from './local-time.ts';
import { kinds } from './record.ts';
import { isOneOf } from './store/insert.ts';
import type { Store } from './store/open.ts';
import { clearTraces, overwriting } from './store/overwrite.ts';
import { codeOf, type CaseFactRow, type ErasedCaseRow, type ErasureRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

/** How long identity and text of cases of a kind are kept after they ended. */
export interface RetentionRule {
  kind: (typeof kinds)[number];
  keep: string;
}

/** `retention:` of the configuration. */
export const retentionSchema = z
  .array(
    z.strictObject({
      kind: z.enum(kinds).describe('Which cases.'),
      keep: z
        .string()
        .regex(/^[1-9]\d{0,3} (day|month|year)s?$/, { error: 'must be like 6 years, 18 months or 90 days' })
        .describe('How long after a case ended, as 6 years, 18 months or 90 days. Open cases are kept.'),
    }),
  )
  .refine((rules) => new Set(rules.map(({ kind }) => kind)).size === rules.length, { error: 'has two entries of one kind' });

/** What is due by a rule. */
export interface RetentionDue extends RetentionRule {
  /** Last day of an end that is due, a local date. */
  ended_until: string;
  cases: number;
}
interface When {
  /** Seconds UTC. */
  now: number;
  /** Whose days are counted. */
  zone: string;
}

const batchCases = 500;

/** The local date so long before another; the 31st of a month without one is its last day. */
export function dateBefore(keep: string, today: string): string {
  const [count = '', unit = ''] = keep.split(' ');
  const n = Number(count);
  if (unit.startsWith('day')) return dateOfDay(dayNumber(today) - n);
  const [year = 0, month = 0, day = 0] = today.split('-').map(Number);
  const months = year * 12 + month - 1 - n * (unit.startsWith('year') ? 12 : 1);
  const first = (at: number) => `${String(Math.floor(at / 12)).padStart(4, '0')}-${String((at % 12) + 1).padStart(2, '0')}-01`;
  const last = dayNumber(first(months + 1)) - 1;
  return dateOfDay(Math.min(dayNumber(first(months)) + day - 1, last));
}

/** What is due by each rule. */
export async function retentionDue(knex: Knex, rules: readonly RetentionRule[], { now, zone }: When): Promise<RetentionDue[]> {
  const due: RetentionDue[] = [];
  for (const rule of rules) {
    const until = dateBefore(rule.keep, localDate(now, zone));
    const [counted] = await dueCases(knex, rule, until).count<{ n: number }[]>({ n: '*' });
    due.push({ ...rule, ended_until: until, cases: Number(counted?.n ?? 0) });
  }
  return due;
}

/**
 * Removes identity and text of all cases that are due, a batch a transaction: what was done when it is stopped stays done, the rest is due still.
 * The hash by which a customer is found goes with the last of their cases.
 * @param options `evidence`: where the bytes of their files lie, which go at the end
 * @returns a receipt for each rule by which something was due
 */
export async function eraseDue(
  store: Store,
  rules: readonly RetentionRule[],
  {
    by,
    now,
    zone,
    evidence,
    signal,
    after,
  }: When & { by: string; evidence: EvidenceFiles; signal?: AbortSignal; after?: (trx: Knex, receipt: ErasureRow) => Promise<void> },
): Promise<ErasureRow[]> {
  const receipts: ErasureRow[] = [];
  for (const rule of rules) {
    const until = dateBefore(rule.keep, localDate(now, zone));
    let receipt: ErasureRow | null = null;
    for (let isMore = true; isMore && !signal?.aborted;) {
      const made = await nextBatch(store, { rule, until, receipt, by, now, after });
      isMore = made !== null;
      receipt = made ?? receipt;
    }
    if (receipt) receipts.push(receipt);
  }
  if (receipts.length === 0) return [];
  await sweepEvidence(store, evidence, now);
  await clearTraces(store);
  return receipts;
}

interface BatchOptions {
  rule: RetentionRule;
  until: string;
  /** Of the batches before. */
  receipt: ErasureRow | null;
  by: string;
  now: number;
  after: ((trx: Knex, receipt: ErasureRow) => Promise<void>) | undefined;
}

function nextBatch(store: Store, options: BatchOptions): Promise<ErasureRow | null> {
  return overwriting(store, () => transact(store, (trx, changeSeq) => eraseBatch(trx, options, changeSeq)));
}

/** @returns the receipt with what was erased so far; null where nothing is due any more */
async function eraseBatch(trx: Knex.Transaction, options: BatchOptions, changeSeq: number): Promise<ErasureRow | null> {
  const { rule, until, by, now, after } = options;
  const facts = await dueCases(trx, rule, until)
    .orderBy('f.case_id')
    .limit(batchCases)
    .select<Pick<CaseFactRow, 'case_id' | 'source' | 'source_id' | 'customer_key'>[]>(
      'f.case_id',
      'f.source',
      'f.source_id',
      'f.customer_key',
    );
  if (facts.length === 0) return null;
  const caseIds = facts.map((fact) => fact.case_id);
  const [counted] = await trx('survey_fact')
    .where(isOneOf(trx, 'case_id', caseIds))
    .count<{ n: number }[]>({ n: '*' });
  const names = await trx('source_state').whereIn('source', [...new Set(facts.map((fact) => fact.source))]).orderBy('source').pluck<string[]>('name'); // prettier-ignore
  const before = options.receipt;
  const sums: Omit<ErasureRow, 'erasure_id'> = {
    at: now,
    erased_by: by,
    reason: 'age',
    cases: (before?.cases ?? 0) + facts.length,
    surveys: (before?.surveys ?? 0) + Number(counted?.n ?? 0),
    rejected: before?.rejected ?? 0,
    sources: JSON.stringify([...new Set([...(JSON.parse(before?.sources ?? '[]') as string[]), ...names])]),
    customer_hash: null,
    customer_key: null,
  };
  const erasureId = before?.erasure_id ?? (await trx<ErasureRow>('erasure').insert(sums).returning('erasure_id'))[0]?.erasure_id;
  if (erasureId === undefined) throw new Error('the receipt was not written');
  sums.rejected += await eraseCases(trx, facts, { changeSeq, erasureId, now });
  await trx<ErasureRow>('erasure').where({ erasure_id: erasureId }).update(sums);
  await forgetCustomers(trx, facts, changeSeq);
  const receipt = { ...sums, erasure_id: erasureId };
  await after?.(trx, { ...receipt, cases: facts.length });
  return receipt;
}

/** Gives customers all of whose cases are erased a key drawn by chance. */
async function forgetCustomers(
  trx: Knex.Transaction,
  facts: readonly Pick<CaseFactRow, 'customer_key'>[],
  changeSeq: number,
): Promise<void> {
  const keys = [...new Set(facts.flatMap(({ customer_key }) => customer_key ?? []))];
  const kept = new Set(
    await trx('case_fact as f')
      .where(isOneOf(trx, 'f.customer_key', keys))
      .where(isNotErased)
      .distinct()
      .pluck<string[]>('f.customer_key'),
  );
  for (const key of keys.filter((each) => !kept.has(each)))
    await trx<CaseFactRow>('case_fact')
      .where({ customer_key: key })
      .update({ customer_key: randomBytes(16).toString('base64url'), change_seq: changeSeq });
}

function dueCases(knex: Knex, { kind }: RetentionRule, until: string): Knex.QueryBuilder {
  return (
    knex('case_fact as f')
      .where('f.kind', codeOf('kind', kind))
      .whereNotNull('f.ended_on')
      .where('f.ended_on', '<=', until)
      // When it ended cannot be told from times in an impossible order.
      .where('f.is_time_impossible', 0)
      .where(isNotErased)
  );
}

function isNotErased(this: Knex.QueryBuilder): void {
  void this.whereNotExists(function (this: Knex.QueryBuilder) {
    void this.select('e.source').from<ErasedCaseRow>('erased_case as e').whereRaw('e.source = f.source and e.source_id = f.source_id');
  });
}
