import type { Knex } from 'knex';
import type { Derived } from './derive.ts';
import { applyDecisions, noteUnmapped } from './label-decisions.ts';
import { replaceChildren } from './load-children.ts';
import { applyLinks } from './case-links.ts';
import { noteLikely } from './load-likely.ts';
import { markRepeats } from './load-repeats.ts';
import { replaceSurveys } from './load-surveys.ts';
import { applyLocals, readLocals } from './local-facts.ts';
import { shardKey } from './shard-key.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import type { LabelScope } from './store/labels.ts';
import { checkRulesInForce } from './store/rules.ts';
import { blankCaseFact, caseFactColumns, dimensionColumns, fixedLists, parentDimension, place } from './store/tables.ts';
import { takeNumbers } from './store/transact.ts';

/** Where cases come from: the source's name decides their shard, its code stands in the row. */
export interface SourceKey {
  name: string;
  code: number;
}
export interface LoadScope {
  trx: Knex.Transaction;
  changeSeq: number;
  labels: LabelScope;
  source: SourceKey;
  runId: number | null;
  /** Name of the file, for flags. */
  input: string | null;
  /** The store holds no case of this source but those of this run; keys new to the run need not be looked up. */
  isKnownNew?: (sourceId: string) => boolean;
}

/** Where a value stood. */
export interface RowPlace {
  line: number;
  /** Name of the file where it is not the one that is being read. */
  input?: string | null;
}
/** A case to be loaded. */
export interface LoadedCase extends Derived {
  /** Where the value of each flag stood, in the order of the flags. */
  flagPlaces?: readonly RowPlace[];
  /** Where it came from, where a row of its key may stand in the same input; else it came with the run. */
  arrival?: { delivery: number; line: number };
}

export type Outcome = 'inserted' | 'updated' | 'unchanged';
/** A case as it was written. */
export interface WrittenCase {
  derived: LoadedCase;
  caseId: number;
  shardKey: number;
  isNew: boolean;
}

interface Existing {
  source_id: string;
  case_id: number;
  row_hash: string;
  customer_key: string | null;
}

const keyColumns = ['source', 'source_id', 'shard_key'] as const;
const caseLabels = dimensionColumns.filter((d): d is Exclude<typeof d, keyof typeof fixedLists> => !(d in fixedLists));
const labelPlaces = caseLabels.map((dimension) => ({ dimension, at: place[dimension], above: parentDimension[dimension] }));

/**
 * Inserts new cases and rewrites changed ones with all that hangs on them; unchanged ones are not touched.
 * @param cases each key once
 * @returns what became of each, in order, and the id of each
 * @throws SourceFailed where they were derived with calendars or policies that are no longer in force
 */
export async function upsertCases(scope: LoadScope, cases: readonly LoadedCase[]): Promise<{ outcomes: Outcome[]; caseIds: number[] }> {
  const { trx, source } = scope;
  if (cases[0]) await checkRulesInForce(trx, cases[0].rulesHash, source.name);
  const existing = await findExisting(scope, cases);
  const outcomes = cases.map((derived): Outcome => {
    const found = existing.get(derived.sourceId);
    return !found ? 'inserted' : found.row_hash === derived.rowHash ? 'unchanged' : 'updated';
  });
  const inserted = outcomes.reduce((n, o) => n + Number(o === 'inserted'), 0);
  let nextId = inserted ? (await takeNumbers(trx, 'case_id', inserted)) - inserted : 0;
  const written: WrittenCase[] = [];
  const caseIds: number[] = [];
  const locals = await readLocals(trx, source, cases);
  for (const [i, derived] of cases.entries()) {
    const found = existing.get(derived.sourceId);
    const caseId = found?.case_id ?? ++nextId;
    caseIds.push(caseId);
    if (outcomes[i] === 'unchanged') continue;
    const shard = shardKey(source.name, derived.sourceId);
    const { row, record } = derived;
    row[place.case_id] = caseId;
    row[place.shard_key] = shard;
    row[place.source] = source.code;
    row[place.change_seq] = scope.changeSeq;
    for (const { dimension, at, above } of labelPlaces) {
      const name = record[dimension];
      // Also where there is none: of a transaction that is run again, the row holds what was said here.
      row[at] = name ? scope.labels.code(dimension, name, above ? scope.labels.code(above, record[above as typeof dimension]) : 0) : 0;
    }
    noteUnmapped(scope.labels, source.code, derived);
    if (scope.labels.hasDecisions(source.code)) applyDecisions(scope.labels, source.code, derived);
    await applyLocals(trx, scope.labels, locals.get(derived.sourceId) ?? [], derived);
    nameChildren(scope.labels, derived);
    written.push({ derived, caseId, shardKey: shard, isNew: !found });
  }
  if (written.length === 0) return { outcomes, caseIds };
  // Labels before facts: another order is refused where facts are distributed and refer to labels.
  await scope.labels.flush();
  await applyLinks(scope, written);
  await writeFacts(trx, written);
  await replaceChildren(scope, written);
  await replaceSurveys(scope, written);
  // Both the customer a case had and the one it has now.
  const customers = new Set<string>();
  for (const { derived } of written) {
    const before = existing.get(derived.sourceId)?.customer_key;
    const now = derived.row[place.customer_key];
    if (before) customers.add(before);
    if (typeof now === 'string') customers.add(now);
  }
  const close = await markRepeats(trx, [...customers], scope.changeSeq);
  await noteLikely(scope, written, close);
  return { outcomes, caseIds };
}

async function findExisting({ trx, source, isKnownNew }: LoadScope, cases: readonly Derived[]): Promise<Map<string, Existing>> {
  const ids = cases.map((d) => d.sourceId);
  const asked = isKnownNew ? ids.filter((id) => !isKnownNew(id)) : ids;
  if (asked.length === 0) return new Map();
  const rows = await trx<Existing & { source: number }>('case_fact')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', asked))
    .select('source_id', 'case_id', 'row_hash', 'customer_key');
  return new Map(rows.map((row) => [row.source_id, row]));
}

/** Gives every label that only children use its code. */
function nameChildren(labels: LabelScope, derived: Derived): void {
  for (let i = 1; i < derived.issues.length; i++)
    labels.code('sub_issue', derived.issues[i]?.sub_issue, labels.code('issue', derived.issues[i]?.issue));
  for (const { agent } of derived.surveys) labels.code('agent', agent);
}

/** Only columns some row uses are sent; the others fall back to their default. */
async function writeFacts(trx: Knex.Transaction, written: WrittenCase[]): Promise<void> {
  const isUsed = blankCaseFact.map(() => false);
  for (const { derived } of written) {
    const { row } = derived;
    for (let i = 0; i < row.length; i++) if (row[i] !== blankCaseFact[i]) isUsed[i] = true;
  }
  const used = caseFactColumns.filter((_, i) => isUsed[i]);
  const places = used.map((column) => place[column]);
  const rows = written.map(({ derived }) => derived.row);
  if (written.every((w) => w.isNew)) return insertRows(trx, 'case_fact', used, rows, { places });
  const unused = caseFactColumns.filter((_, i) => !isUsed[i]);
  await insertRows(trx, 'case_fact', used, rows, { places, conflict: keyColumns, keep: ['case_id'], reset: unused });
}
