import { mkdirSync } from 'node:fs';
import path from 'node:path';
import createKnex, { type Knex } from 'knex';
import type { Client } from 'pg';
import type { Database } from 'sqlite3';
import { SourceFailed } from '../errors.ts';
import { connectFault, storeFault } from './fault.ts';
import { finishRestore, refuseWhileRestoring } from './finish-restore.ts';
import { isSqlite } from './insert.ts';
import { migrationNames, migrationSource } from './migrations/index.ts';
import { retryWhileBusy } from './transact.ts';

export interface StoreOptions {
  /** Folder of the store; created when it is missing. */
  dataDir: string;
  /** `postgres://…`; absent: the file `silverlining.sqlite` in `dataDir`. */
  databaseUrl?: string | undefined;
}

/** One writer connection and several readers that see the last commit while a load runs. */
export interface Store {
  writer: Knex;
  reader: Knex;
  engine: 'sqlite' | 'postgresql';
  /** Lets statements that run end, and refuses those that come after. */
  close(): Promise<void>;
}

/**
 * Opens the store, creates it when it is missing and brings it up to date. Several processes may have it open at once.
 * @throws SourceFailed when the store cannot be written or the database not be reached, with what to do; Error when the folder or the database cannot be opened
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  if (!options.databaseUrl) {
    refuseWhileRestoring(options.dataDir);
    finishRestore(options.dataDir);
  }
  mkdirSync(options.dataDir, { recursive: true });
  const store = options.databaseUrl
    ? await openPostgresql(options.databaseUrl)
    : openSqlite(path.join(options.dataDir, 'silverlining.sqlite'));
  try {
    await migrate(store.writer);
  } catch (error) {
    await store.close();
    const fault = storeFault(error) ?? (options.databaseUrl ? connectFault(error, options.databaseUrl) : null);
    throw fault === null
      ? error
      : new SourceFailed(options.databaseUrl ? 'the store' : options.dataDir, fault, { retriable: true, cause: error });
  }
  return store;
}

// Knex writes to the console on its own; whatever goes wrong is thrown as well.
const quiet = { warn: () => undefined, error: () => undefined, deprecate: () => undefined, debug: () => undefined };

function openSqlite(filename: string): Store {
  const open = (max: number, pragmas: string) =>
    createKnex({
      client: 'sqlite3',
      connection: { filename },
      useNullAsDefault: true,
      log: quiet,
      pool: {
        min: 0,
        max,
        afterCreate(connection: Database, done: (error: Error | null, connection: Database) => void) {
          connection.configure('busyTimeout', 10_000);
          connection.exec(`pragma temp_store = memory; ${pragmas}`, (error) => done(error, connection));
        },
      },
    });
  // Synchronous "normal" in WAL: killing the process loses nothing; after a power cut the last commits may be missing, never broken.
  const writer = open(1, 'pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on; pragma cache_size = -65536;');
  const reader = open(4, 'pragma cache_size = -32768; pragma query_only = on;');
  return storeOf(writer, reader, 'sqlite');
}

async function openPostgresql(url: string): Promise<Store> {
  const { default: pg } = await import('pg');
  // Counts and sums come back as int8 and numeric; results then equal SQLite's.
  pg.types.setTypeParser(20, (text: string) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value)) throw new Error('a whole number beyond 2^53 cannot be read exactly');
    return value;
  });
  pg.types.setTypeParser(1700, Number);
  pg.types.setTypeParser(1082, (text: string) => text);
  const open = (max: number, isReader: boolean) =>
    createKnex({
      client: 'pg',
      connection: url,
      log: quiet,
      pool: {
        min: 0,
        max,
        afterCreate(connection: Client, done: (error: Error | null, connection: Client) => void) {
          // So that what a process that died was asking ends with it; servers before version 14 do not know it.
          connection.query("set client_connection_check_interval = '5s'", () => {
            connection.query(`set default_transaction_read_only = ${isReader ? 'on' : 'off'}`, (error) => done(error, connection));
          });
        },
      },
    });
  return storeOf(open(1, false), open(5, true), 'postgresql');
}

function storeOf(writer: Knex, reader: Knex, engine: Store['engine']): Store {
  return { writer, reader, engine, close: async () => void (await Promise.all([end(writer), end(reader)])) };
}

/** The pool would let a statement that comes while it closes wait a minute for a connection that never comes, and the process with it. */
async function end(knex: Knex): Promise<void> {
  (knex.client as Knex.Client).acquireConnection = () => Promise.reject(new Error('the store is closed'));
  await knex.destroy();
}

/** Number of the lock that lets one process at a time migrate a database of PostgreSQL; SQLite has one writer anyway. */
const migrationLock = 5_170_322;

/** All or nothing in one transaction, so that a killed process leaves neither half a schema nor Knex's lock behind. */
async function migrate(writer: Knex): Promise<void> {
  await retryWhileBusy(async () => {
    if (await isUpToDate(writer)) return;
    await writer.transaction(async (trx) => {
      if (!isSqlite(trx)) await trx.raw('select pg_advisory_xact_lock(?)', [migrationLock]);
      if (await isUpToDate(trx)) return;
      await trx.migrate.latest({ migrationSource });
    });
  });
}

async function isUpToDate(knex: Knex): Promise<boolean> {
  if (!(await knex.schema.hasTable('knex_migrations'))) return false;
  const done = new Set(await knex<{ name: string }>('knex_migrations').pluck<string[]>('name'));
  return migrationNames.every((name) => done.has(name));
}
