import type { Knex } from 'knex';
import type { Budget } from '../budget.ts';
import type { SearchTerm } from '../model/tally.ts';
import { textSql } from './conditions.ts';
import { join, sql } from './fragment.ts';
import { engineOf, selectRows } from './select.ts';

/** The numbers of the cases whose text has all of some terms. */
export async function casesWithText(reader: Knex, terms: SearchTerm[], budget: Budget): Promise<ReadonlySet<number>> {
  const statement = join([sql('select f.case_id from case_fact as f where'), textSql(terms, engineOf(reader))], ' ');
  const rows = await selectRows(reader, statement, budget.statementMs, budget.signal);
  return new Set(rows.map((row) => Number(row.case_id)));
}
