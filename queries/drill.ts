import { BadInput, didYouMean, type Problem } from '../etl/errors.ts';
import { chooseMembers } from './members.ts';
import { prepareAll, type Prepared, type QueryDeps } from './prepare.ts';
import { isOfDuration, type Condition, type DateName, type FactName } from './model/measure.ts';
import { otherLabel } from './model/dimensions.ts';
import { measureNames, measureOf, type MeasureName } from './model/measures.ts';
import { parseQuery, type Query } from './model/query.ts';
import { filterOf, rowsOf } from './model/tally.ts';
import { everything, teamCodes } from './sight.ts';
import { bandColumn, dimensionColumn } from './sql/columns.ts';
import { conditionSql, dateColumns, filterSql, known } from './sql/conditions.ts';
import type { Context } from './sql/context.ts';
import { all, inside, isOneOf, join, sql, type Fragment } from './sql/fragment.ts';
import { engineOf } from './sql/select.ts';

/** A figure whose cases are wanted, read from a request. */
export interface Drill {
  measure: MeasureName;
  query: Query;
  key: Record<string, string>;
  part: 'whole' | 'numerator';
}

/** The rows behind a figure. */
export interface DrillRows {
  fact: FactName;
  /** Conditions on the fact as `f` (and `i` for the issues of a case). */
  where: Fragment;
}

/**
 * Reads which figure is meant.
 * @throws BadInput by field
 */
export function parseDrill(raw: unknown): Drill {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new BadInput([{ field: '', message: 'must be an object with measure, query and key' }]);
  const { measure, query: given, key = {}, part = 'whole' } = raw as Record<string, unknown>;
  const name = measureNames.find((m) => m === measure);
  if (!name)
    throw new BadInput([
      {
        field: 'measure',
        message: `unknown name ${JSON.stringify(measure)}${typeof measure === 'string' ? didYouMean(measure, measureNames) : ''}`,
      },
    ]);
  let query: Query;
  try {
    query = parseQuery(given);
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    throw new BadInput(error.problems.map((p) => ({ ...p, field: p.field ? `query.${p.field}` : 'query' })));
  }
  if (part !== 'whole' && part !== 'numerator') throw new BadInput([{ field: 'part', message: 'must be whole or numerator' }]);
  if (typeof key !== 'object' || key === null || Array.isArray(key))
    throw new BadInput([{ field: 'key', message: 'must be an object: a label for each name of by, and period' }]);
  const problems: Problem[] = [];
  const allowed = [...query.by, ...(query.grain ? ['period'] : [])] as string[];
  for (const [field, value] of Object.entries(key)) {
    if (!allowed.includes(field))
      problems.push({ field: `key.${field}`, message: `is neither in by nor the period${didYouMean(field, allowed)}` });
    else if (typeof value !== 'string') problems.push({ field: `key.${field}`, message: 'must be text' });
  }
  if (problems.length) throw new BadInput(problems);
  return { measure: name, query, key: key as Record<string, string>, part }; // every value was seen to be text
}

/**
 * The conditions that make exactly the rows behind a figure: as many as its count or its `n` (DESIGN §6 Drill).
 * @throws BadInput for labels and periods the query does not have
 */
export async function rowsBehind(deps: QueryDeps, { measure: name, query, key, part }: Drill): Promise<DrillRows> {
  const measures = query.measures.includes(name) ? query.measures : [name, ...query.measures].slice(0, 24);
  const [prepared] = await prepareAll(deps, [{ ...query, measures, compare: null, order: query.order ?? `-${query.measures[0] ?? name}` }]);
  const read = prepared?.measures.find((m) => m.name === name);
  if (!prepared || !read) throw new Error('a query was lost'); // one in, one out
  const measure = measureOf(name);
  const engine = engineOf(deps.reader);
  const fact = measure.fact;
  const { filter } = prepared.scope;
  const context: Context = { fact, engine, through: read.isMissing ? { sources: [], isAll: false } : read.through };
  const stretch = stretchOf(prepared, key.period);
  const isBusiness = query.time === 'business' && isOfDuration(measure);
  const inTime: Condition[] = isBusiness ? [{ column: 'received_business_seconds', op: 'known' }] : [];
  const conditions = [...rowsOf(name, part, filter, prepared.currency), ...inTime].map((c) => conditionSql(c, context));
  const rows = [...conditions, ...filterSql(filterOf(measure, filter), context), ...(await keySql(deps, prepared, key, context))];
  if (!stretch) return { fact, where: sql('1 = 0') };
  if (measure.kind === 'stock') {
    const entered = dated(measure.enter, null, stretch.to, context, 0);
    const gone = [...dated(measure.leave, null, stretch.to, context, 0), ...measure.left.map((c) => conditionSql(c, context))];
    const stays = inside(join([sql('f.ended_at is null or not'), inside(all(gone))], ' '));
    return { fact, where: all([...entered, ...rows, stays]) };
  }
  const mature = measure.kind === 'ratio' ? (measure.matureDays ?? 0) : 0;
  return { fact, where: all([...dated(measure.on, stretch.from, stretch.to, context, mature), ...rows]) };
}

function stretchOf({ current, query }: Prepared, period: string | undefined): { from: string; to: string } | null {
  const { stretches } = current;
  const last = stretches.at(-1);
  if (period === undefined) return last ? { from: query.from, to: last.to } : null;
  const found = stretches.find((s) => s.period === period);
  if (!found)
    throw new BadInput([
      {
        field: 'key.period',
        message: `"${period}" is the first date of no ${query.grain} of the query${didYouMean(
          period,
          stretches.map((s) => s.period),
        )}`,
      },
    ]);
  return found;
}

function dated(on: DateName, from: string | null, to: string, context: Context, matureDays: number): Fragment[] {
  const column = dateColumns[on].on;
  return [from === null ? sql(`${column} <= ?`, to) : sql(`${column} between ? and ?`, from, to), ...known(context, on, matureDays)];
}

async function keySql(deps: QueryDeps, prepared: Prepared, key: Record<string, string>, context: Context): Promise<Fragment[]> {
  const { query, catalog } = prepared;
  const columnOf = (name: string) => bandColumn(name, context) ?? sql(dimensionColumn(name === 'source' ? '+source' : name, context.fact));
  const among = (name: string, code: number) => {
    const list = isOneOf('', name === 'team' ? teamCodes(deps.sight ?? everything, [code]) : [code]);
    const column = columnOf(name);
    return { sql: column.sql + list.sql, values: [...column.values, ...list.values] };
  };
  const isOther = query.by.length > 0 && query.limit !== null && query.by.some((name) => key[name] === otherLabel);
  if (isOther) {
    const [kept] = await chooseMembers(deps, [prepared]);
    const tuples = kept?.keep ?? null;
    if (tuples === null) return [sql('1 = 0')];
    const outside = tuples.map((codes) => inside(all(codes.map((code, i) => among(query.by[i] ?? 'kind', code)))));
    return outside.map((piece) => join([sql('not'), piece], ' '));
  }
  const problems: Problem[] = [];
  const pieces: Fragment[] = [];
  for (const name of query.by) {
    const label = key[name];
    if (label === undefined) continue;
    const code = catalog.codeOf(name, label);
    if (code === undefined)
      problems.push({ field: `key.${name}`, message: `unknown member "${label}"${didYouMean(label, catalog.names(name))}` });
    else {
      pieces.push(among(name, code));
    }
  }
  if (problems.length) throw new BadInput(problems);
  return pieces;
}
