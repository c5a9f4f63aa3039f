import type { Knex } from 'knex';
import type { Budget } from '../budget.ts';
import type { SearchTerm } from '../model/tally.ts';
import { textSql } from './conditions.ts';
import { join, sql } from './fragment.ts';
import { engineOf, selectRows } from './select.ts';

/** The most cases a search may bring into memory. */
const mostFound = 1_000_000;

/**
 * The numbers of the cases whose text has all of some terms; null where there are more than may be brought into memory.
 * @throws BadInput when it takes too long
 */
export async function casesWithText(
  reader: Knex,
  terms: SearchTerm[],
  budget: Budget,
  most = mostFound,
): Promise<ReadonlySet<number> | null> {
  const engine = engineOf(reader);
  // One text takes a quarter of the time and memory of as many rows.
  const list = engine === 'sqlite' ? "group_concat(case_id, ' ')" : "string_agg(cast(case_id as text), ' ')";
  const found = join([sql(`select ${list} as ids from (select f.case_id from case_fact as f where`), textSql(terms, engine)], ' ');
  const [row] = await selectRows(reader, join([found, sql('limit ?) as found', most + 1)], ' '), budget);
  const ids = row?.ids ? String(row.ids).split(' ') : [];
  return ids.length > most ? null : new Set(ids.map(Number));
}
