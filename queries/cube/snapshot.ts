import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import type { Knex } from 'knex';
import { engineOf } from '../sql/select.ts';
import { openArrow, writeArrow, type ArrowFile, type FileColumn, type FileValues } from './arrow-file.ts';
import { chunkRows, constantChunk, type Chunk } from './chunk.ts';
import { held, type HeldTable } from './columns.ts';
import { Facts } from './facts.ts';
import { bitsFor, constantOf, emptyRange, pack, rangeOf } from './packed.ts';
import type { ColumnTable, StoredRows } from './table.ts';

/** Changes with what the files hold: files of another version are not read. */
const version = 3;

/** What a snapshot is of: a store, as of a change. */
export interface SnapshotOf {
  store: string;
  change: number;
}

/** What stands in the schema of each file. */
interface About extends SnapshotOf {
  version: number;
  /** The same in the files written together. */
  written: string;
  table: string;
  rows: number;
  /** Columns that are not in the file, since all rows have one value; null for none. */
  constants: Record<string, number | null>;
  words: Record<string, string[]>;
}

/**
 * What tells a store from every other: when it was made, to the millisecond, and on PostgreSQL its number on the server, since databases are copied
 * there and go on apart. A SQLite store brought back from a backup is the same.
 */
export async function storeIdentity(reader: Knex): Promise<string> {
  const first = await reader('knex_migrations').orderBy('id').first<{ name: string; migration_time: unknown }>('name', 'migration_time');
  const database: unknown =
    engineOf(reader) === 'postgresql' ? await reader('pg_database').whereRaw('datname = current_database()').first('oid') : null;
  return createHash('sha256')
    .update(JSON.stringify([first, database]))
    .digest('base64url')
    .slice(0, 22);
}

/**
 * Writes the facts beside the database, an Arrow file a table: integers in as few bits as hold them, the least of them for none. Facts may change meanwhile:
 * rows are only added and marked, so what is written is as of the beginning. Whoever is killed on the way leaves the files before, or some that do not
 * belong together and are not read.
 */
export async function saveFacts(folder: string, facts: Facts, of: SnapshotOf): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const written = randomUUID();
  const orders = facts.tables.map((table) => table.rowsInOrder());
  const words = facts.tables.map((table) => table.words);
  for (const [i, table] of facts.tables.entries()) {
    const rows = orders[i] ?? new Int32Array(0);
    await writeTable(fileOf(folder, table.name, '.new'), table, rows, { ...of, written, words: words[i] ?? {} });
  }
  for (const { name } of facts.tables) await rename(fileOf(folder, name, '.new'), fileOf(folder, name));
}

/** Facts out of files that {@link saveFacts} has written, and the change they are as of. Columns are read when they are first asked for. */
export interface LoadedFacts {
  facts: Facts;
  change: number;
  close: () => void;
}

/**
 * Opens the facts kept beside the database.
 * @returns null when there are none
 * @throws Error saying why they cannot be used: they are damaged, of another version or of another store; a column that is damaged is found when it is
 * asked for, by an {@link UnreadableSnapshot}
 */
export function loadFacts(folder: string, store: string): LoadedFacts | null {
  const files: ArrowFile[] = [];
  const close = () => files.forEach((file) => file.close());
  try {
    const found = new Map<HeldTable, { file: ArrowFile; about: About }>();
    for (const table of Object.keys(held) as HeldTable[]) {
      const file = openIfThere(fileOf(folder, table));
      if (!file) {
        close();
        return null;
      }
      files.push(file);
      found.set(table, { file, about: aboutOf(file, table) });
    }
    const [first, ...others] = [...found.values()].map(({ about }) => about);
    if (!first || others.some(({ written }) => written !== first.written)) throw new Error('its files do not belong together');
    if (first.store !== store) throw new Error('it is of another store');
    const stored = (table: HeldTable): StoredRows => {
      const one = found.get(table);
      if (!one) throw new Error(`${table} is missing`);
      return storedRows(one.file, one.about);
    };
    const facts = new Facts({ case_fact: stored('case_fact'), survey_fact: stored('survey_fact'), case_issue: stored('case_issue') });
    return { facts, change: first.change, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** A column of a snapshot that is not what was written. */
export class UnreadableSnapshot extends Error {}

/** Removes what is kept beside the database. */
export async function dropFacts(folder: string): Promise<void> {
  for (const table of Object.keys(held) as HeldTable[]) await rm(fileOf(folder, table), { force: true });
}

function fileOf(folder: string, table: HeldTable, suffix = ''): string {
  return path.join(folder, `${table}.arrow${suffix}`);
}

async function writeTable(
  file: string,
  table: ColumnTable,
  rows: Int32Array,
  about: Omit<About, 'version' | 'table' | 'rows' | 'constants'>,
): Promise<void> {
  const columns: FileColumn[] = [];
  const constants: About['constants'] = {};
  for (const name of Object.keys(held[table.name])) {
    let range = emptyRange();
    for (const part of partsOf(rows)) {
      range = rangeOf(table.valuesAt(name, part), range);
      // Others who ask get their turn.
      await new Promise(setImmediate);
    }
    const constant = constantOf(range);
    if (constant === undefined) columns.push({ name, bits: bitsFor(range) });
    else constants[name] = constant;
  }
  function* batches(): Generator<FileValues[]> {
    for (const part of partsOf(rows)) {
      yield columns.map(({ name, bits }) => {
        const values = table.valuesAt(name, part);
        return { values: pack(values, bits), spread: rangeOf(values) };
      });
    }
  }
  const whole: About = { ...about, version, table: table.name, rows: rows.length, constants };
  const text = JSON.stringify(whole);
  const handle = await open(file, 'w');
  try {
    await writeArrow(handle, columns, { silverlining: text, crc32: String(crc32(text)) }, batches());
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function* partsOf(rows: Int32Array): Generator<Int32Array> {
  for (let from = 0; from < rows.length; from += chunkRows) yield rows.subarray(from, from + chunkRows);
}

function openIfThere(file: string): ArrowFile | null {
  try {
    return openArrow(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function aboutOf(file: ArrowFile, table: HeldTable): About {
  const text = file.about.get('silverlining') ?? '';
  if (String(crc32(text)) !== file.about.get('crc32')) throw new Error('its head is damaged');
  const about = JSON.parse(text) as About; // its checksum says that it is as it was written
  if (about.version !== version) throw new Error(`it is of version ${about.version}, not ${version}`);
  const names = [...file.columns.keys(), ...Object.keys(about.constants)];
  if (about.table !== table || names.sort().join() !== Object.keys(held[table]).sort().join()) throw new Error('it has other columns');
  return about;
}

function storedRows(file: ArrowFile, { rows, constants, words }: About): StoredRows {
  return {
    count: rows,
    words,
    chunk(column, index) {
      const constant = constants[column];
      if (constant !== undefined) return constantChunk(constant);
      try {
        return readChunk(file, column, index);
      } catch (error) {
        throw new UnreadableSnapshot(error instanceof Error ? error.message : String(error), { cause: error });
      }
    },
  };
}

/** A batch of a file is a chunk in memory, as it stands there. */
function readChunk(file: ArrowFile, column: string, index: number): Chunk {
  const bits = file.columns.get(column);
  if (!bits) throw new Error(`${column} is missing`);
  const { values, spread } = file.read(column, index);
  return { values, bits, ...spread };
}
