import type { Condition, DateName, FactName } from '../model/measure.ts';
import type { Filter, SearchTerm } from '../model/tally.ts';
import { bandColumn, dimensionColumn } from './columns.ts';
import { then, type Context } from './context.ts';
import { all, inside, isOneOf, join, sql, type Fragment } from './fragment.ts';
import { wholeDayBit } from './whole-day.ts';

/** Facts and their aliases: `f` is what is counted, or the case behind it; `i` the issues of a case. */
export const tables: Record<FactName, string> = {
  case: 'case_fact as f',
  survey: 'survey_fact as f',
  case_issue: 'case_issue as i join case_fact as f on f.shard_key = i.shard_key and f.case_id = i.case_id',
};

/** The columns of a date: the local date, and the instant where it is one that has to have come. */
export const dateColumns: Record<DateName, { on: string; at: string | null }> = {
  received: { on: 'f.received_on', at: 'f.received_at' },
  resolved: { on: 'f.resolved_on', at: 'f.resolved_at' },
  left: { on: 'f.ended_on', at: 'f.ended_at' },
  withdrawn: { on: 'f.withdrawn_on', at: 'f.withdrawn_at' },
  first_resolved: { on: 'f.first_resolved_on', at: 'f.first_resolved_at' },
  first_reopened: { on: 'f.first_reopened_on', at: 'f.first_reopened_at' },
  first_escalated: { on: 'f.first_escalated_on', at: 'f.first_escalated_at' },
  redress: { on: 'f.redress_on', at: 'f.redress_at' },
  due: { on: 'f.due_on', at: null },
  asked: { on: 'f.asked_on', at: 'f.asked_at' },
  answered: { on: 'f.answered_on', at: 'f.answered_at' },
};

/** What holds for every row a tally or a list counts: its source is known, and at T both the case and the date exist. */
export function known(context: Context, on: DateName, matureDays = 0): Fragment[] {
  const pieces: Fragment[] = [];
  const { sources, isAll } = context.through;
  // The plus keeps SQLite from walking the index by source instead of the one by date.
  if (!isAll)
    pieces.push(
      sources.length
        ? isOneOf(
            '+f.source',
            sources.map((s) => s.source),
          )
        : sql('1 = 0'),
    );
  if (context.fact !== 'survey') pieces.push(join([sql('f.received_at'), then(context)], ' <= '));
  const { at } = dateColumns[on];
  if (at && (at !== 'f.received_at' || matureDays > 0)) pieces.push(join([sql(at), then(context, matureDays)], ' <= '));
  return pieces;
}

/** A condition of the model as SQL. */
export function conditionSql(condition: Condition, context: Context): Fragment {
  if ('any' in condition)
    return inside(
      join(
        condition.any.map((each) => inside(all(each.map((c) => conditionSql(c, context))))),
        ' or ',
      ),
    );
  if (condition.column === 'ended_past_due') return endedPastDue;
  const column = `f.${condition.column}`;
  switch (condition.op) {
    case 'is':
      return sql(`${column} = ?`, condition.value);
    case 'is_not':
      return sql(`${column} <> ?`, condition.value);
    case 'at_least':
      return sql(`${column} >= ?`, condition.value);
    case 'at_most':
      return sql(`${column} <= ?`, condition.value);
    case 'in':
      return isOneOf(column, condition.value);
    case 'known':
      return sql(`${column} is not null`);
    case 'unknown':
      return sql(`${column} is null`);
    case 'by_then':
      return join([sql(column), then(context)], ' <= ');
    case 'not_by_then':
      return inside(join([sql(`${column} is null or ${column}`), then(context)], ' > '));
    case 'passed': {
      const bit = wholeDayBit(condition.column.replace(/_at$/, ''));
      return join([sql(`${column} + (f.whole_day & ${bit}) / ${bit} * 86399`), then(context)], ' <= ');
    }
  }
}

/** The filter of a query as SQL, one piece a filter. */
export function filterSql(filter: Filter, context: Context): Fragment[] {
  const { fact } = context;
  const pieces: Fragment[] = [];
  const column = (name: string) => {
    const band = bandColumn(name, context);
    return band ?? sql(dimensionColumn(name, fact));
  };
  const among = (name: string, codes: number[], word: 'in' | 'not in') =>
    join([column(name), { sql: `(${codes.map(() => '?').join(', ')})`, values: codes }], ` ${word} `);
  for (const [name, codes] of Object.entries(filter.members)) pieces.push(among(name === 'source' ? '+source' : name, codes, 'in'));
  for (const [name, codes] of Object.entries(filter.not)) pieces.push(among(name === 'source' ? '+source' : name, codes, 'not in'));
  const { resolution_days: days, open_age_days: age, score } = filter.range;
  if (days) pieces.push(join([sql('f.resolved_at'), then(context)], ' <= '), ...edges(sql('f.resolution_minutes'), days, 1440));
  if (age) {
    pieces.push(sql('f.is_ended_on_unknown_date = 0'), inside(join([sql('f.ended_at is null or f.ended_at'), then(context)], ' > ')));
    pieces.push(...edges(inside(join([then(context), sql('f.received_at')], ' - ')), age, 86_400));
  }
  if (score && fact === 'survey') pieces.push(join([sql('f.answered_at'), then(context)], ' <= '), ...edges(sql('f.score'), score, 1));
  else if (score) {
    const rows = all([join([sql('s.answered_at'), then(context, 0, 's')], ' <= '), ...edges(sql('s.score'), score, 1)]);
    pieces.push({
      sql: `(f.shard_key, f.case_id) in (select s.shard_key, s.case_id from survey_fact as s where ${rows.sql})`,
      values: rows.values,
    });
  }
  if (filter.text.length) pieces.push(textSql(filter.text, context.engine));
  return pieces;
}

/** Holds of a case whose text has all of some terms. */
export function textSql(terms: SearchTerm[], engine: Context['engine']): Fragment {
  if (engine === 'sqlite') {
    const match = terms.map((t) => `"${t.words.join(' ')}"${t.isPrefix ? '*' : ''}`).join(' AND ');
    return sql('f.case_id in (select rowid from case_search where case_search match ?)', match);
  }
  // Vectors made from arrays hold no positions, so phrases are looked for in the text itself.
  const lexemes = terms.flatMap((t) => t.words.map((w, i) => `'${w}'${t.isPrefix && i === t.words.length - 1 ? ':*' : ''}`)).join(' & ');
  const phrases = terms
    .filter((t) => t.words.length > 1)
    .map((t) => sql(`' ' || t.search_text || ' ' like ?`, `% ${t.words.join(' ')}${t.isPrefix ? '' : ' '}%`));
  const where = all([sql(`array_to_tsvector(string_to_array(t.search_text, ' ')) @@ ?::tsquery`, lexemes), ...phrases]);
  return {
    sql: `(f.shard_key, f.case_id) in (select t.shard_key, t.case_id from case_text as t where ${where.sql})`,
    values: where.values,
  };
}

function edges(value: Fragment, [from, below]: [number | null, number | null], unit: number): Fragment[] {
  const pieces: Fragment[] = [];
  if (from !== null) pieces.push(join([value, sql('?', from * unit)], ' >= '));
  if (below !== null) pieces.push(join([value, sql('?', below * unit)], ' < '));
  return pieces;
}

// A date without a time of day is compared by dates, as the loader does.
const days = wholeDayBit('ended') | wholeDayBit('due');
const endedPastDue = sql(
  `(f.ended_at is not null and case when (f.whole_day & ${days}) <> 0 then f.ended_on > f.due_on else f.ended_at > f.due_at end)`,
);
