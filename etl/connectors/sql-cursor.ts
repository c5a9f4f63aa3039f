import { fingerprint } from './fingerprint.ts';
import type { SqlPlan } from './sql-database.ts';
import type { SqlOptions } from './sql-options.ts';

/** Where a read of a table has got to. */
export interface SqlCursor {
  /** Watermark (where there is one) and key of the last row taken, as the database writes them; null for none. */
  after: string[] | null;
  /** Key of the last row without a watermark, while those are being read; null else. */
  nulls: string[] | null;
}

const version = 2;

/** @param of what the table is asked for, see `askedFor` */
export function writeCursor(of: string, cursor: SqlCursor): string {
  return JSON.stringify({ v: version, of, ...cursor });
}

/**
 * @param since what {@link writeCursor} gave
 * @returns null when it was written for something else or by another version
 */
export function readCursor(since: string, of: string): SqlCursor | null {
  const given = parse(since);
  const isPlace = (value: unknown): value is string[] | null =>
    value === null || (Array.isArray(value) && value.every((part) => typeof part === 'string'));
  if (given?.v !== version || given.of !== of || !isPlace(given.after) || !isPlace(given.nulls)) return null;
  return { after: given.after, nulls: given.nulls };
}

/** A hash of what says which rows are read and in which order: where from, which table or query, key and watermark. */
export function askedFor({ table, query, key, watermark }: SqlPlan, { database, file }: SqlOptions): string {
  return fingerprint([file ?? placeOf(database ?? ''), table, query, key, watermark]);
}

/** Host and database without user, password and settings. */
function placeOf(database: string): string {
  if (!URL.canParse(database)) return '';
  const { host, pathname, searchParams } = new URL(database);
  return `${host || (searchParams.get('host') ?? '')}${pathname}`;
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
