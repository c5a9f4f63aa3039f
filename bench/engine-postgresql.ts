import { cpus } from 'node:os';
import type { Knex } from 'knex';
import { openStore, type Store } from '../etl/store/open.ts';
import { startPostgresql } from '../test/support/postgresql.ts';
import { linesOf } from './engine-copies.ts';
import { describeFacts } from './engine-facts.ts';

const facts = { case_fact: 'case_id', survey_fact: 'survey_id', case_issue: 'case_id' } as const;
const batch = 20_000;

/**
 * Runs something over a PostgreSQL store with the facts of a SQLite one.
 * @returns null where there is no server
 */
export async function overPostgresql<T>(from: Knex, rows: number, dataDir: string, use: (store: Store) => Promise<T>): Promise<T | null> {
  const server = await startPostgresql().catch(() => null);
  if (!server) return null;
  try {
    const store = await openStore({ dataDir, databaseUrl: server.url });
    try {
      await describeFacts(store, rows);
      for (const [table, key] of Object.entries(facts)) await copy(from, store.writer, table, key);
      await store.writer.raw('vacuum analyze');
      await store.writer.raw(
        `alter database ${new URL(server.url).pathname.slice(1)} set max_parallel_workers_per_gather = ${cpus().length}`,
      );
      return await use(store);
    } finally {
      await store.close();
    }
  } finally {
    await server.stop();
  }
}

/** A batch is one text of lines, taken apart by the server: values one by one take five times as long. */
async function copy(from: Knex, to: Knex, table: string, key: string): Promise<void> {
  const columns = await to('information_schema.columns')
    .where({ table_name: table, table_schema: 'public' })
    .select<{ name: string; type: string }[]>('column_name as name', 'data_type as type');
  const names = columns.map(({ name }) => name);
  const values = columns.map(({ type }, i) => `nullif(v[${i + 1}], '')::${type}`).join(', ');
  for await (const lines of linesOf(from, table, key, names, batch))
    await to.raw(
      `insert into ${table} (${names.join(', ')}) select ${values} from (
         select string_to_array(line, ',') as v from unnest(string_to_array(?, chr(10))) as line where line <> '') as t`,
      [lines],
    );
}
