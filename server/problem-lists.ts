import type { Knex } from 'knex';
import { BadInput, didYouMean } from '../etl/errors.ts';
import { flagRules } from '../etl/record.ts';
import { reasonKind } from '../etl/reject-reason.ts';
import { isoText } from '../etl/time.ts';
import type { FlaggedRow, FlagRules, ListPage, RejectedRow } from '../queries/model/lists.ts';
import { countRows, pageSize, sourceCode } from './page.ts';
import { ofKind } from './reject-reasons.ts';

export interface RejectedFilter {
  source: string | null;
  run: number | null;
  field: string | null;
  reasonKind: string | null;
  /** null: both. */
  state: 'waiting' | 'settled' | null;
  page: number;
}

/** Rejected rows, newest run first and by line within it. */
export async function listRejected(
  db: Knex,
  { source, run, field, reasonKind: kind, state, page }: RejectedFilter,
): Promise<ListPage<RejectedRow>> {
  const code = await sourceCode(db, source);
  const isOfKind = kind === null ? null : await ofKind(db, kind);
  const only = (query: Knex.QueryBuilder) => {
    if (code !== null) void query.where('rejected_record.source', code);
    if (run !== null) void query.where('run_id', run);
    if (field !== null) void query.where('field', field);
    if (state === 'waiting') void query.whereNull('settled_at');
    if (state === 'settled') void query.whereNotNull('settled_at');
    isOfKind?.(query);
    return query;
  };
  const rows = (await selectRejected(db, only(db('rejected_record')))
    .select(db.raw('substr(raw, 1, 2000) as raw'))
    .orderBy([{ column: 'run_id', order: 'desc' }, { column: 'reject_id' }])
    .limit(pageSize)
    .offset((page - 1) * pageSize)) as StoredReject[];
  return { total: await countRows(only(db('rejected_record'))), page, size: pageSize, rows: rows.map(rejectedRow) };
}

/** A rejected row as it is stored, with the name of its source. */
export type StoredReject = Omit<RejectedRow, 'rejected_at' | 'settled_at' | 'reason_kind'> & {
  rejected_at: number;
  settled_at: number | null;
  reason_kind: string | null;
};

/** Adds to a query of `rejected_record` the columns of {@link StoredReject} but `raw`. */
export function selectRejected(db: Knex, query: Knex.QueryBuilder): Knex.QueryBuilder {
  return query
    .leftJoin('source_state', 'source_state.source', 'rejected_record.source')
    .select('reject_id', 'run_id', 'source_state.name as source', 'input', 'line', 'column_no as column', 'field', 'reason', 'rejected_at')
    .select('reason_kind', 'settled_at', 'settled_by', 'settlement', 'settled_run');
}

/** A rejected row as lists show it. */
export function rejectedRow(row: StoredReject): RejectedRow {
  return {
    ...row,
    rejected_at: isoText(row.rejected_at),
    settled_at: isoText(row.settled_at),
    reason_kind: row.reason_kind ?? reasonKind(row.reason),
  };
}

/** The rules that marked cases, of one source or all, most cases first. */
export async function listFlagRules(db: Knex, source: string | null): Promise<FlagRules> {
  const code = await sourceCode(db, source);
  const query: Knex.QueryBuilder = flaggedCases(db);
  if (code !== null) void query.where('case_fact.source', code);
  const found: unknown = await query.groupBy('rule').select('rule').countDistinct('case_flag.case_id as cases');
  const rows = found as { rule: string; cases: number }[];
  rows.sort((a, b) => b.cases - a.cases || (a.rule < b.rule ? -1 : 1));
  return { rows: rows.map(({ rule, cases }) => ({ rule, label: labels[rule] ?? rule, cases })) };
}

/** Values kept though something about them is wrong, newest case first. */
export async function listFlagged(
  db: Knex,
  { source, rule, page }: { source: string | null; rule: string | null; page: number },
): Promise<ListPage<FlaggedRow>> {
  if (rule !== null && !Object.hasOwn(flagRules, rule)) {
    throw new BadInput([{ field: 'rule', message: `there is no rule "${rule}"${didYouMean(rule, Object.keys(flagRules))}` }]);
  }
  const code = await sourceCode(db, source);
  const base = () => {
    const query = flaggedCases(db);
    if (code !== null) void query.where('case_fact.source', code);
    if (rule !== null) void query.where('rule', rule);
    return query;
  };
  const rows = (await base()
    .leftJoin('source_state', 'source_state.source', 'case_fact.source')
    .select('case_flag.case_id', 'source_state.name as source', 'case_fact.source_id', 'rule', 'field', 'message', 'value', 'run_id')
    .select('case_flag.input', 'case_flag.line')
    .orderBy([{ column: 'case_flag.case_id', order: 'desc' }, { column: 'flag_no' }])
    .limit(pageSize)
    .offset((page - 1) * pageSize)) as Omit<FlaggedRow, 'label'>[];
  return {
    total: await countRows(base()),
    page,
    size: pageSize,
    rows: rows.map((row) => ({ ...row, label: labels[row.rule] ?? row.rule })),
  };
}

const labels: Record<string, string> = flagRules;

function flaggedCases(db: Knex): Knex.QueryBuilder {
  return db('case_flag').join('case_fact', (on) =>
    on.on('case_fact.shard_key', 'case_flag.shard_key').on('case_fact.case_id', 'case_flag.case_id'),
  );
}
