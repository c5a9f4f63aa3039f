import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { openStore, type Store } from '../../etl/store/open.ts';
import { copyDatabase, dropDatabases } from './databases.ts';

// The one place that decides which database a test is about. run.mjs runs every file that imports it twice: on SQLite, with the file of an empty store
// that has been migrated, and with these set on PostgreSQL: the server, such a store there, and how the copies of this file are named.
const { TEST_SQLITE_MODEL: sqliteModel, TEST_DATABASE_URL: server, TEST_STORE_MODEL: model, TEST_STORE_COPIES: copies } = process.env;
const onPostgresql = server && model && copies ? { server, model, copies } : null;

/** What the stores of this process are kept in. */
export const engine: Store['engine'] = onPostgresql ? 'postgresql' : 'sqlite';

/** How often a property is tried: a fifth as often on PostgreSQL, since what it holds of the program was drawn for on SQLite. */
export const draws = (count: number): number => (engine === 'sqlite' ? count : Math.max(2, Math.round(count / 5)));

/**
 * The store of a folder, migrated as in production; on PostgreSQL every folder has a database of its own, also in other processes. Where tests run together
 * it is copied from one that has been migrated, unless it is to be `anew`.
 */
export async function openTestStore(dataDir: string, { anew = false } = {}): Promise<Store> {
  const file = path.join(dataDir, 'silverlining.sqlite');
  if (sqliteModel && !onPostgresql && !anew && !existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    copyFileSync(sqliteModel, file);
  }
  return openStore({ dataDir, databaseUrl: (await storeEnv(dataDir)).DATABASE_URL });
}

/** What tells a command or a process which store to open: the one of the folder. */
export async function storeEnv(dataDir: string): Promise<{ SILVERLINING_DATA: string; DATABASE_URL?: string }> {
  if (!onPostgresql) return { SILVERLINING_DATA: dataDir };
  const { server, model } = onPostgresql;
  return { SILVERLINING_DATA: dataDir, DATABASE_URL: await copyDatabase(server, model, databaseOf(dataDir)) };
}

/** Makes the store of another folder what the store of this one is, which nobody has open. */
export async function copyTestStore(from: string, to: string): Promise<void> {
  cpSync(from, to, { recursive: true });
  if (onPostgresql) await copyDatabase(onPostgresql.server, databaseOf(from), databaseOf(to));
}

/** Rows of a statement, in one shape for both databases. */
export async function rowsOf<T>(knex: Knex, statement: string, values: Knex.Value[] = []): Promise<T[]> {
  const found: unknown = await knex.raw(statement, values);
  return Array.isArray(found) ? (found as T[]) : (found as { rows: T[] }).rows;
}

/** Lets the store refuse a kind of change of a table, those that hold `when`, until what it resolves to is called. */
export async function refuseChange(
  { writer }: Store,
  kind: 'insert' | 'update',
  table: string,
  when = '1 = 1',
): Promise<() => Promise<void>> {
  const make = (what: string) => `create trigger refusing before ${kind} on ${table} ${what}`;
  const function_ = `create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$`;
  if (engine === 'sqlite') await writer.raw(make(`when ${when} begin select raise(abort, 'refused'); end`));
  else await writer.raw(`${function_}; ${make(`for each row when (${when}) execute function refuse()`)}`);
  return async () => void (await writer.raw(engine === 'sqlite' ? 'drop trigger refusing' : 'drop function refuse cascade'));
}

/** Takes the store of a folder away, with the folder. What a file leaves behind, run.mjs takes away. */
export async function removeTestStore(dataDir: string): Promise<void> {
  rmSync(dataDir, { recursive: true, force: true });
  if (onPostgresql) await dropDatabases(onPostgresql.server, databaseOf(dataDir));
}

function databaseOf(dataDir: string): string {
  return `${onPostgresql?.copies}_${createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 16)}`;
}
