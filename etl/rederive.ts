import type { Knex } from 'knex';
import type { BusinessRules } from './business-rules.ts';
import type { Log } from './log.ts';
import { rederive, ruledColumns, usedColumns, type RuledCase } from './rederive-case.ts';
import { policyDimensions, type PolicyDimension } from './sla.ts';
import { openLabels, type LabelScope } from './store/labels.ts';
import type { Store } from './store/open.ts';
import { putRulesInForce, readRules, readRulesProgress, writeRulesProgress } from './store/rules.ts';
import { nameOf, fixedLists, policyBit, type CaseFactRow, type FixedDimension, type SourceStateRow, type Value } from './store/tables.ts';
import { transact } from './store/transact.ts';
import { updateRows } from './store/update.ts';

export interface RederiveOptions {
  /** The organisation's zone; null: each source's own. */
  zone: string | null;
  log: Log;
  /** Ends the work after the batch in hand; what is left is done by the next call. */
  signal?: AbortSignal;
  /** Cases of a batch; the default suits every store. */
  batchSize?: number;
}

/** What was looked at and what of it changed. */
export interface Rederived {
  cases: number;
  changed: number;
}

type StoredCase = RuledCase & Pick<CaseFactRow, 'case_id' | 'shard_key' | 'source' | 'sla_policy' | PolicyDimension>;

const columns = ['case_id', 'shard_key', 'source', 'sla_policy', ...policyDimensions, ...usedColumns, ...ruledColumns] as const;

/**
 * Puts the calendars and policies of the configuration in force and brings every case of the store in line with them. To be called before anything is
 * loaded; where they have not changed it does nothing but finish what an earlier call left.
 */
export async function adoptRules(store: Store, rules: BusinessRules, options: RederiveOptions): Promise<Rederived> {
  if (await putRulesInForce(store, rules)) options.log('business_rules_changed', { policies: rules.policies.length });
  return rederiveCases(store, options);
}

/** To be called in the transaction that gives cases other labels: policies choose by labels, so {@link rederiveCases} has to follow. */
export async function requestRederiving(trx: Knex.Transaction): Promise<void> {
  const { hash, rules } = await readRules(trx);
  if (rules.policies.some((policy) => policy.when)) await writeRulesProgress(trx, { hash, after: 0, since: null });
}

/**
 * Brings the cases that are not yet in line with the rules in force in line with them, a batch a transaction: killed at any moment, the next call goes
 * on where this one stood, and several at once share the work. Only cases of which something changes are written.
 */
export async function rederiveCases(store: Store, { zone, log, signal, batchSize = 4000 }: RederiveOptions): Promise<Rederived> {
  const done: Rederived = { cases: 0, changed: 0 };
  const begun = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const progress = await readRulesProgress(store.writer);
    if (!progress || progress.after === null) break;
    let keep = (): void => undefined;
    const batch = await transact(store, async (trx, changeSeq) => {
      const now = await readRulesProgress(trx);
      if (!now || now.after === null) return { cases: 0, changed: 0 };
      const { rules } = await readRules(trx);
      const cases = await trx<StoredCase>('case_fact')
        .where('case_id', '>', now.after)
        .where((where) => void (now.since === null || changesSince(where, now.since)))
        .orderBy('case_id')
        .limit(batchSize)
        .select(...columns);
      const labels = await openLabels(store, trx);
      keep = () => labels.keep();
      const changed = await rederiveBatch(trx, cases, {
        rules,
        changeSeq,
        labels,
        names: await namesOf(trx, rules),
        zones: await zonesOf(trx, zone),
      });
      await writeRulesProgress(trx, { ...now, after: cases.length < batchSize ? null : (cases.at(-1)?.case_id ?? null) });
      return { cases: cases.length, changed };
    });
    keep();
    done.cases += batch.cases;
    done.changed += batch.changed;
  }
  if (done.cases > 0) log('cases_rederived', { ...done, seconds: (performance.now() - begun) / 1000 });
  return done;
}

/** Cases with a time or a deadline from an instant on. */
function changesSince(where: Knex.QueryBuilder, since: number): void {
  for (const column of usedColumns) if (column.endsWith('_at')) void where.orWhere(column, '>=', since);
}

interface BatchScope {
  rules: BusinessRules;
  changeSeq: number;
  labels: LabelScope;
  names: (dimension: PolicyDimension | 'sla_policy', code: number) => string | undefined;
  zones: (source: number) => string;
}

/** @returns how many cases were written */
async function rederiveBatch(trx: Knex.Transaction, cases: readonly StoredCase[], scope: BatchScope): Promise<number> {
  const { rules, changeSeq, labels, names, zones } = scope;
  const rows: Value[][] = [];
  const moved: Value[][] = [];
  for (const fact of cases) {
    const isOurs = (fact.by_policy & policyBit('sla_policy')) !== 0;
    const named = isOurs ? undefined : names('sla_policy', fact.sla_policy);
    const { values, policy } = rederive(fact, rules, zones(fact.source), named, (dimension) => names(dimension, fact[dimension]));
    const code = policy === null ? (isOurs ? 0 : fact.sla_policy) : labels.code('sla_policy', policy);
    const isSame = code === fact.sla_policy && ruledColumns.every((column, i) => fact[column] === values[i]);
    if (isSame) continue;
    rows.push([fact.case_id, fact.shard_key, changeSeq, code, ...values]);
    if (code !== fact.sla_policy) moved.push([fact.case_id, fact.shard_key, changeSeq, code]);
  }
  if (rows.length === 0) return 0;
  await labels.flush();
  await updateRows(trx, 'case_fact', ['case_id', 'shard_key'], ['change_seq', 'sla_policy', ...ruledColumns], rows);
  // Surveys carry the labels of their case.
  await updateRows(trx, 'survey_fact', ['case_id', 'shard_key'], ['change_seq', 'sla_policy'], moved);
  return rows.length;
}

/** The labels behind codes, of the dimensions policies ask for. */
async function namesOf(trx: Knex.Transaction, { policies }: BusinessRules): Promise<BatchScope['names']> {
  const asked = new Set<string>(['sla_policy', ...policies.flatMap(({ when }) => Object.keys(when ?? {}))]);
  const rows = await trx<{ dimension: string; code: number; name: string }>('label')
    .whereIn('dimension', [...asked])
    .select('dimension', 'code', 'name');
  const names = new Map(rows.map(({ dimension, code, name }) => [`${dimension} ${code}`, name]));
  return (dimension, code) => {
    if (code === 0) return undefined;
    return dimension in fixedLists ? nameOf(dimension as FixedDimension, code) : names.get(`${dimension} ${code}`);
  };
}

async function zonesOf(trx: Knex.Transaction, zone: string | null): Promise<BatchScope['zones']> {
  if (zone !== null) return () => zone;
  const rows = await trx<SourceStateRow>('source_state').select('source', 'zone');
  const zones = new Map(rows.map((row) => [row.source, row.zone]));
  return (source) => zones.get(source) ?? 'UTC';
}
