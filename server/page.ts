import type { Knex } from 'knex';
import { BadInput, didYouMean } from '../etl/errors.ts';
import type { SourceStateRow } from '../etl/store/tables.ts';

/** Rows of a page. */
export const pageSize = 50;

/**
 * The code of the source called `name`; null for null, which stands for all.
 * @throws BadInput with near names when there is no such source
 */
export async function sourceCode(db: Knex, name: string | null): Promise<number | null> {
  if (name === null) return null;
  const states = await db<SourceStateRow>('source_state').select('source', 'name');
  const state = states.find((s) => s.name === name);
  if (state) return state.source;
  const names = states.map((s) => s.name);
  throw new BadInput([{ field: 'source', message: `there is no source "${name}"${didYouMean(name, names)}` }]);
}

/** How many rows a query without columns has. */
export async function countRows(query: Knex.QueryBuilder): Promise<number> {
  const row = (await query.count('* as n').first()) as { n: number } | undefined;
  return row?.n ?? 0;
}
