import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { openStore } from '../../etl/store/open.ts';

/** Copies of an empty store that has been migrated, on one PostgreSQL server. */
export interface Databases {
  /** Name of the database they are copied from. */
  model: string;
  /** Of the server, as `PostgreSQL 15.3`. */
  version: string;
  /** See {@link dropDatabases}. */
  drop(stem: string): Promise<void>;
  /** Takes the model away too. */
  close(): Promise<void>;
}

/** @param server address of a database whose user may make others */
export async function newDatabases(server: string): Promise<Databases> {
  const model = `silverlining_model_${process.pid}`;
  const version = await withClient(server, async (client) => {
    await client.query(`create database ${model}`);
    return (await client.query<{ server_version: string }>('show server_version')).rows[0]?.server_version.split(' ')[0];
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-databases-'));
  await (await openStore({ dataDir: folder, databaseUrl: urlOf(server, model) })).close();
  rmSync(folder, { recursive: true });
  return {
    model,
    version: `PostgreSQL ${version}`,
    drop: (stem) => dropDatabases(server, stem),
    close: () => dropDatabases(server, model),
  };
}

/** An empty store in a file of SQLite that has been migrated. `remove` takes it away. */
export async function newSqliteModel(): Promise<{ file: string; remove: () => void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-model-'));
  await (await openStore({ dataDir: folder })).close();
  return { file: path.join(folder, 'silverlining.sqlite'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Copies the database `model` unless there is one named `name`. @returns address of the copy */
export async function copyDatabase(server: string, model: string, name: string): Promise<string> {
  await withClient(server, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name} template ${model} strategy file_copy`);
  });
  return urlOf(server, name);
}

/** Takes the databases away that are named `stem` or `stem_…`, and ends what is still connected to them. */
export async function dropDatabases(server: string, stem: string): Promise<void> {
  await withClient(server, async (client) => {
    const named = `select datname from pg_database where datname = $1 or starts_with(datname, $1 || '_')`;
    const { rows } = await client.query<{ datname: string }>(named, [stem]);
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  });
}

async function withClient<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  return Object.assign(new URL(server), { pathname: `/${database}` }).href;
}
