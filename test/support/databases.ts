import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { openStore } from '../../etl/store/open.ts';

/** Empty stores on a PostgreSQL server, one after the other, each copied from one that has been migrated. */
export interface Databases {
  /** Address of a new one. */
  next(): Promise<string>;
  /** Takes the latest one away; its connections are closed. */
  dropLast(): Promise<void>;
  close(): Promise<void>;
}

/** @param server address of a database whose user may make others */
export async function newDatabases(server: string): Promise<Databases> {
  const name = (suffix: string | number) => `silverlining_copy_${process.pid}_${suffix}`;
  const urlOf = (database: string) => Object.assign(new URL(server), { pathname: `/${database}` }).href;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  const drop = (database: string) => client.query(`drop database if exists ${database} with (force)`);
  await client.query(`create database ${name('model')}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-databases-'));
  await (await openStore({ dataDir: folder, databaseUrl: urlOf(name('model')) })).close();
  rmSync(folder, { recursive: true });
  let latest = 0;
  return {
    async next() {
      latest += 1;
      await client.query(`create database ${name(latest)} template ${name('model')}`);
      return urlOf(name(latest));
    },
    async dropLast() {
      await drop(name(latest));
    },
    async close() {
      await drop(name('model'));
      await client.end();
    },
  };
}
