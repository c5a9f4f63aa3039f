import type { Knex } from 'knex';
import { columnTypes, isSqlite, jsonText } from './insert.ts';
import type { Value } from './tables.ts';

/**
 * Gives rows that are there new values, in one statement with one bound JSON text. Rows that are not there are passed over.
 * @param keys the columns a row is found by; they are the first of every row
 * @param columns the columns to set; they follow in every row
 */
export async function updateRows(
  trx: Knex,
  table: string,
  keys: readonly string[],
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
): Promise<void> {
  if (rows.length === 0 || columns.length === 0) return;
  const all = [...keys, ...columns];
  const types = isSqlite(trx) ? null : await columnTypes(trx, table);
  const values = all.map((column, i) => (types ? `(value ->> ${i})::${types.get(column) ?? 'text'}` : `value ->> '$[${i}]'`));
  const from = types ? 'jsonb_array_elements(?::jsonb) as rows (value)' : 'jsonb_each(?)';
  await trx.raw(
    `update ?? set ${columns.map(() => '?? = given.??').join(', ')} ` +
      `from (select ${values.map((value) => `${value} as ??`).join(', ')} from ${from}) as given ` +
      `where ${keys.map(() => '?? = given.??').join(' and ')}`,
    [table, ...columns.flatMap((c) => [c, c]), ...all, jsonText(rows), ...keys.flatMap((c) => [`${table}.${c}`, c])],
  );
}
