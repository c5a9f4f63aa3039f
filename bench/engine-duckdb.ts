import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { Knex } from 'knex';
import { writeCsv } from './engine-copies.ts';
import { factsKnownAt } from './engine-facts.ts';
import { panelDays, type Integers } from './engine-panels.ts';

/** The columns that the statements read, with the type anybody would give them. */
const tables = {
  case_fact: {
    key: 'case_id',
    columns: {
      case_id: 'integer', kind: 'tinyint', product: 'smallint', issue: 'smallint', channel: 'smallint', team: 'smallint', is_duplicate: 'tinyint',
      is_time_impossible: 'tinyint', is_on_time: 'tinyint', received_on: 'date', due_on: 'date', ended_on: 'date', redress_on: 'date',
      received_at: 'bigint', due_at: 'bigint', resolved_at: 'bigint', ended_at: 'bigint', resolution_bin: 'integer', redress_minor: 'integer',
      redress_currency: 'varchar',
    },
  },
  survey_fact: {
    key: 'survey_id',
    columns: {
      survey_id: 'integer', kind: 'tinyint', product: 'smallint', is_duplicate: 'tinyint', survey_kind: 'tinyint', is_satisfied: 'tinyint',
      answered_on: 'date',
    },
  },
} as const; // prettier-ignore

/** DuckDB in memory with the facts of a store, and its statements by name. */
export interface Duckdb {
  version: string;
  names: readonly string[];
  /** What a statement gives, all of it read. */
  run(name: string): Promise<unknown[][]>;
  close(): void;
}

/** Opens DuckDB on as many threads as there are cores and copies the facts of a SQLite store into it. */
export async function openDuckdb(reader: Knex, folder: string, threads: number): Promise<Duckdb> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  for (const [table, { key, columns }] of Object.entries(tables)) await copy(connection, reader, { table, key, columns, folder });
  const statements = readStatements();
  const version = await connection.runAndReadAll('select version()');
  return {
    version: String(version.getRows()[0]?.[0]),
    names: [...statements.keys()],
    async run(name) {
      const text = statements.get(name);
      if (!text) throw new Error(`duckdb.sql has no statement named "${name}"`);
      return (await connection.runAndReadAll(text)).getRowsJson();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

interface Copy {
  table: string;
  key: string;
  columns: Record<string, string>;
  folder: string;
}

async function copy(connection: DuckDBConnection, reader: Knex, { table, key, columns, folder }: Copy): Promise<void> {
  const file = path.join(folder, `${table}.csv`);
  await writeCsv(reader, table, key, Object.keys(columns), file);
  const types = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  await connection.run(`create table ${table} (${types.join(', ')})`);
  await connection.run(`copy ${table} from '${file}' (format csv, header false)`);
  rmSync(file);
}

/** The statements of duckdb.sql by the name above each, with the dates of the panels put in. */
function readStatements(): Map<string, string> {
  const text = readFileSync(fileURLToPath(new URL('duckdb.sql', import.meta.url)), 'utf8');
  const [, ...parts] = text.split(/^-- name: /m);
  return new Map(
    parts.map((part) => {
      const [name = ''] = part.split('\n', 1);
      const sql = part.slice(name.length);
      return [
        name,
        sql
          .replaceAll('$from', `date '${panelDays.from}'`)
          .replaceAll('$to', `date '${panelDays.to}'`)
          .replaceAll('$known', String(factsKnownAt)),
      ];
    }),
  );
}

/** Rows of a statement of a panel as whole numbers by key: `keys` columns first, then the numbers. */
export function integersOfRows(rows: readonly unknown[][], keys: number): Integers {
  return Object.fromEntries(rows.map((row) => [row.slice(0, keys).map(keyOf).join(' '), row.slice(keys).map(Number)]));
}

function keyOf(value: unknown): string {
  return String(value).slice(0, 10);
}
