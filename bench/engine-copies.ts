import { Buffer } from 'node:buffer';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Knex } from 'knex';

/** Rows of a table of a SQLite store as lines of values parted by commas, in the order of the key, as many lines a text as `batch`; "" is null. */
export async function* linesOf(
  reader: Knex,
  table: string,
  key: string,
  columns: readonly string[],
  batch: number,
): AsyncGenerator<string> {
  const { last } = await reader(table).max({ last: key }).first<{ last: number | null }>();
  for (let from = 0; from <= (last ?? 0); from += batch) {
    const line = columns.map((column) => `coalesce(${column}, '')`).join(` || ',' || `);
    const text = `select group_concat(line, char(10)) as lines from (select ${line} as line from ${table} where ${key} >= ? and ${key} < ? order by ${key})`;
    const [row] = await reader.raw<{ lines: string | null }[]>(text, [from, from + batch]);
    if (row?.lines) yield `${row.lines}\n`;
  }
}

/** Writes a table of a SQLite store to a file of values parted by commas, without a header. */
export async function writeCsv(reader: Knex, table: string, key: string, columns: readonly string[], file: string): Promise<void> {
  const lines = linesOf(reader, table, key, columns, 50_000);
  await pipeline(
    Readable.from(lines).map((text: string) => Buffer.from(text)),
    createWriteStream(file),
  );
}
