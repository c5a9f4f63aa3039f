import type { Knex } from 'knex';
import type { Budget } from '../budget.ts';
import { durations, type Condition, type DurationName } from '../model/measure.ts';
import type { BusinessAge, Sum, Tally, TallyRow } from '../model/tally.ts';
import { bandColumn, bucketColumn, dimensionColumn } from './columns.ts';
import { conditionSql, dateColumns, filterSql, known, tables } from './conditions.ts';
import { then, type Context } from './context.ts';
import { all, inside, isOneOf, join, sql, type Fragment } from './fragment.ts';
import { engineOf, selectRows, type SelectedRow } from './select.ts';
import { answerTallies, isSame, planStatements, sharedConditions, type Statement, type StatementRow } from './statements.ts';

/**
 * Answers tallies with SQL. Tallies that differ only in dates, grain or sums share a SELECT where they can.
 * @returns the rows of each tally, in the order given; several rows may be about the same bucket, rows whose sums are all 0 are left out
 * @throws BadInput when the statements give more rows than the budget has, or take too long
 */
export async function runTallies(knex: Knex, tallies: readonly Tally[], budget: Budget): Promise<TallyRow[][]> {
  const statements = planStatements(tallies, listsBins(engineOf(knex)));
  return answerTallies(tallies, statements, (statement) => runStatement(knex, statement, budget), budget);
}

/** A SELECT in its parts: what is asked for, of what, under which conditions, and by which of the first columns it is grouped. */
export interface Select {
  columns: Fragment[];
  from: string;
  where: Fragment[];
  groups: number[];
}

/** The SELECT of a statement, for the store and its log. */
export function statementSql(statement: Statement, engine: Context['engine']): Fragment {
  const { columns, from, where, groups } = selectOf(statement, engine);
  const pieces = [sql('select'), join(columns, ', '), sql(`from ${from} where`), all(where)];
  if (groups.length) pieces.push(sql(`group by ${groups.join(', ')}`));
  return join(pieces, ' ');
}

/** The parts of the SELECT of a statement, for the store and readers. */
export function selectOf(statement: Statement, engine: Context['engine']): Select {
  const { tally, from, to, grain, cuts } = statement;
  const context: Context = { fact: tally.fact, engine, through: tally.through };
  const { on } = dateColumns[tally.on];
  const columns: Fragment[] = [
    ...(grain ? [named(sql(bucketColumn(on, grain, engine)), 't_bucket')] : []),
    ...(cuts.length ? [named(segmentSql(on, cuts), 't_segment')] : []),
    ...keyColumns(tally, context).map((k, i) => named(k, `t_key${i}`)),
    ...(tally.bin && !listsBins(engine) ? [named(binSql(tally.bin, context), 't_bin')] : []),
  ];
  const groups = columns.map((_, i) => i + 1);
  if (tally.bin && listsBins(engine)) columns.push(join([sql('group_concat('), binSql(tally.bin, context), sql(", ' ') as t_bins")], ''));
  const shared = sharedConditions(statement.sums);
  for (const [i, sum] of statement.sums.entries()) columns.push(named(sumSql(sum, shared, context), `t_sum${i}`));
  const where = [
    from === null ? sql(`${on} <= ?`, to) : sql(`${on} between ? and ?`, from, to),
    ...known(context, tally.on, tally.matureDays),
    ...[...tally.where, ...shared].map((c) => conditionSql(c, context)),
    ...filterSql(tally.filter, context),
  ];
  return { columns, from: tables[tally.fact], where, groups };
}

async function runStatement(knex: Knex, statement: Statement, budget: Budget): Promise<StatementRow[]> {
  const { tally, sums, cuts } = statement;
  const limited = join([statementSql(statement, engineOf(knex)), sql('limit ?', budget.most('groups') + 1)], ' ');
  const found = await selectRows(knex, limited, budget);
  budget.spend('groups', found.length);
  return found.map((row) => ({
    date: dateOf(row, statement, cuts),
    keys: tally.by.map((_, i) => Number(row[`t_key${i}`])),
    bins: tally.bin ? binsOf(row) : null,
    sums: sums.map((_, i) => Number(row[`t_sum${i}`])),
  }));
}

/**
 * SQLite sorts all rows to group them by bin, and its driver is slow with many rows: a list of the bins a group, counted here, takes a third of the time.
 * On PostgreSQL groups of bins are added up where the rows are.
 */
export function listsBins(engine: Context['engine']): boolean {
  return engine === 'sqlite';
}

/** The bins of a row: a list of one for each case, or one with its count. */
function binsOf(row: SelectedRow): number[] {
  const { t_bins: list, t_bin: bin } = row;
  if (typeof list === 'string') {
    const bins: number[] = [];
    for (const text of list.split(' ')) bins.push(Number(text), 1);
    return bins;
  }
  return typeof bin === 'number' ? [bin, Number(row.t_sum0)] : [];
}

/** The first date a row can be about: of its bucket, or of the cut inside it, or of the statement. */
function dateOf(row: SelectedRow, { from }: Statement, cuts: string[]): string {
  const cut = cuts[Number(row.t_segment ?? 0) - 1] ?? '';
  const bucket = typeof row.t_bucket === 'string' ? row.t_bucket : '';
  const latest = cut > bucket ? cut : bucket;
  return from !== null && latest < from ? from : latest;
}

/** How many cuts lie at or before the date. */
function segmentSql(on: string, cuts: string[]): Fragment {
  return join(
    cuts.map((cut) => sql(`case when ${on} >= ? then 1 else 0 end`, cut)),
    ' + ',
  );
}

function keyColumns(tally: Statement['tally'], context: Context): Fragment[] {
  const columns = tally.by.map((name) => bandColumn(name, context) ?? sql(dimensionColumn(name, tally.fact)));
  const { keep } = tally;
  if (!keep) return columns;
  const isKept = keepSql(columns, keep);
  return columns.map((column) => join([sql('case when'), isKept, sql('then'), column, sql('else -1 end')], ' '));
}

function keepSql(columns: Fragment[], keep: readonly (readonly number[])[]): Fragment {
  const [first] = columns;
  if (keep.length === 0 || !first) return sql('1 = 0');
  if (columns.length === 1)
    return isIn(
      first,
      keep.map((codes) => codes[0] ?? 0),
    );
  // PostgreSQL takes values whose type nothing tells for texts.
  const rows = keep.map((codes) => ({ sql: `(${codes.map(() => 'cast(? as integer)').join(', ')})`, values: [...codes] }));
  return join([inside(join(columns, ', ')), sql('in (values'), join(rows, ', '), sql(')')], ' ');
}

function isIn(column: Fragment, codes: number[]): Fragment {
  const list = isOneOf('', codes);
  return { sql: column.sql + list.sql, values: [...column.values, ...list.values] };
}

function binSql({ of, business }: NonNullable<Tally['bin']>, context: Context): Fragment {
  const end = `f.${durations[of].end}`;
  const t = then(context);
  if (business) return businessBinSql(of, business, context);
  return join(
    [
      sql('case when f.is_time_impossible = 1 or f.is_ended_on_unknown_date = 1 then null'),
      sql(`when ${end} <=`), t, sql(`then f.${of}_bin`),
      sql('else -1 -'), waitedSql(3600, context), sql('end'),
    ],
    ' ',
  ); // prettier-ignore
}

function businessBinSql(of: DurationName, { calendars }: BusinessAge, context: Context): Fragment {
  const t = then(context);
  const now = join(
    [
      sql('case when 1 = 0 then null'),
      ...calendars.map(({ policies, through }) => {
        const at = join([sql('cast('), then({ through }), sql('as bigint)')], ' ');
        return policies ? join([sql('when'), isOneOf('f.sla_policy', policies), sql('then'), at], ' ') : join([sql('else'), at], ' ');
      }),
      sql('end'),
    ],
    ' ',
  );
  return join(
    [
      sql('case when f.is_time_impossible = 1 or f.is_ended_on_unknown_date = 1 then null'),
      sql(`when f.${durations[of].end} <=`), t, sql(`then f.${of}_business_bin`),
      sql('when f.ended_at <='), t, sql('then -1 - f.ended_business_minutes / 60'),
      sql('when ('), now, sql(') < f.received_business_seconds then -1'),
      sql('else -1 - (('), now, sql(') - f.received_business_seconds) / 3600 end'),
    ],
    ' ',
  ); // prettier-ignore
}

function sumSql(sum: Sum, shared: readonly Condition[], context: Context): Fragment {
  const own = sum.where.filter((c) => !shared.some((s) => isSame(s, c)));
  const when = all(own.map((c) => conditionSql(c, context)));
  if (sum.column === 'case')
    return own.length ? join([sql('count(distinct case when'), when, sql('then f.case_id end)')], ' ') : sql('count(distinct f.case_id)');
  if (own.length === 0 && sum.column === 1) return sql('count(*)');
  const value = summedSql(sum.column, context);
  if (own.length === 0) return join([sql('coalesce(sum('), value, sql('), 0)')], '');
  return join([sql('coalesce(sum(case when'), when, sql('then'), value, sql('else 0 end), 0)')], ' ');
}

function summedSql(column: Sum['column'], context: Context): Fragment {
  if (column === 1) return sql('1');
  if (column === 'waited_minutes') return waitedSql(60, context);
  if (column === 'waited_hours_squared') return join([waitedSql(3600, context), waitedSql(3600, context)], ' * ');
  if (column === 'redress_hundreds_squared') return sql('(f.redress_minor / 100) * (f.redress_minor / 100)');
  if (column === 'reassign_count_squared') return sql('f.reassign_count * f.reassign_count');
  return sql(`f.${column}`);
}

/**
 * How long a case took, or has waited by T, in whole units of so many seconds. An end told by its date alone may lie before the time of receipt, and so
 * may T on the day of receipt: then it is none.
 */
function waitedSql(seconds: number, context: Context): Fragment {
  const at = join([sql('cast('), then(context), sql('as bigint)')], ' ');
  const end = join([sql('case when f.ended_at <='), then(context), sql('then f.ended_at else'), at, sql('end')], ' ');
  const until = join([sql('case when'), end, sql('< f.received_at then f.received_at else'), end, sql('end')], ' ');
  return inside(join([sql('(('), until, sql(`) - f.received_at) / ${seconds}`)], ''));
}

function named(piece: Fragment, name: string): Fragment {
  return { sql: `${piece.sql} as ${name}`, values: piece.values };
}
