import type { Knex } from 'knex';
import { BadInput, didYouMean } from '../etl/errors.ts';
import { flagRules } from '../etl/record.ts';
import type { FlaggedRow, ListPage, RejectedRow } from '../queries/model/lists.ts';
import { countRows, isoText, pageSize, sourceCode } from './page.ts';

/** Rejected rows, newest run first and by line within it. */
export async function listRejected(
  db: Knex,
  { source, run, page }: { source: string | null; run: number | null; page: number },
): Promise<ListPage<RejectedRow>> {
  const code = await sourceCode(db, source);
  const only = (query: Knex.QueryBuilder) => {
    if (code !== null) void query.where('rejected_record.source', code);
    if (run !== null) void query.where('run_id', run);
    return query;
  };
  const rows = (await only(db('rejected_record'))
    .leftJoin('source_state', 'source_state.source', 'rejected_record.source')
    .select('reject_id', 'run_id', 'source_state.name as source', 'input', 'line', 'column_no as column', 'field', 'reason', 'rejected_at')
    .select(db.raw('substr(raw, 1, 2000) as raw'))
    .orderBy([{ column: 'run_id', order: 'desc' }, { column: 'reject_id' }])
    .limit(pageSize)
    .offset((page - 1) * pageSize)) as (Omit<RejectedRow, 'rejected_at'> & { rejected_at: number })[];
  return {
    total: await countRows(only(db('rejected_record'))),
    page,
    size: pageSize,
    rows: rows.map((row) => ({ ...row, rejected_at: isoText(row.rejected_at) })),
  };
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
    const query = db('case_flag').join('case_fact', (on) =>
      on.on('case_fact.shard_key', 'case_flag.shard_key').on('case_fact.case_id', 'case_flag.case_id'),
    );
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
  const labels: Record<string, string> = flagRules;
  return {
    total: await countRows(base()),
    page,
    size: pageSize,
    rows: rows.map((row) => ({ ...row, label: labels[row.rule] ?? row.rule })),
  };
}
