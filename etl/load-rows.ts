import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import type { RawRow } from './connector.ts';
import type { SourceKey } from './load-cases.ts';
import { erasedKeys } from './load-erased.ts';
import type { BoundMap } from './map.ts';
import { shardKey } from './shard-key.ts';
import { insertRows, isOneOf } from './store/insert.ts';

/** A row of a folding map with the key of its case. */
export interface KeyedRow {
  key: string;
  row: RawRow;
}
/** A row as it was kept: the columns the map reads. */
export interface LandedRow extends RawRow {
  /** The run that brought it; the line is one of that run's input. */
  delivery: number;
  rowKey: string;
}
/** The run that brought a row, where it is not the one that reads it. */
export function deliveryOf(row: RawRow & { delivery?: number }): number | undefined {
  return row.delivery;
}
/** A case with all its rows in the order in which the map folds them. */
export interface RowGroup {
  key: string;
  rows: LandedRow[];
}
/** What rows are landed for. */
export interface Landing {
  source: SourceKey;
  bound: BoundMap;
  runId: number;
  /** Every case whose rows come is to be made anew, changed or not. */
  isEveryCaseDue: boolean;
}

interface SourceRow {
  source: number;
  source_id: string;
  row_key: string;
  shard_key: number;
  ordinal: number;
  delivery: number;
  line: number;
  hash: string;
  body: string;
  replaced: string | null;
}
type KeptRow = Pick<SourceRow, 'delivery' | 'line' | 'hash' | 'replaced'>;

const columns = ['source', 'source_id', 'row_key', 'shard_key', 'ordinal', 'delivery', 'line', 'hash', 'body', 'replaced'] as const;
const waitingColumns = ['source', 'source_id', 'shard_key'] as const;

/**
 * Keeps the rows of a folding map and notes the cases that wait to be made of them: those with a new or changed row, and those of
 * which no case could be made before. A row that comes again as it was keeps its place; a changed one replaces the one with its key.
 * @returns the keys of the other cases, which stay as they are
 */
export async function landRows(trx: Knex.Transaction, landing: Landing, given: readonly KeyedRow[]): Promise<string[]> {
  const { source } = landing;
  // Of an erased case no row is kept any more: it stays as it was.
  const erased = await erasedKeys(trx, source, [...new Set(given.map((r) => r.key))]);
  const rows = given.filter(({ key }) => !erased.has(key));
  const keys = [...new Set(rows.map((r) => r.key))];
  const kept = await trx<SourceRow>('source_row')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', keys))
    .select('source_id', 'row_key', 'delivery', 'line', 'hash', 'replaced');
  const known = new Map<string, KeptRow>(kept.map((row) => [placeKey(row), row]));
  const changed = new Map<string, SourceRow>();
  const touched = new Set<string>();
  for (const { key, row } of rows) {
    const landed = toSourceRow(landing, key, row);
    const place = placeKey(landed);
    const before = known.get(place);
    if (before?.hash === landed.hash) continue;
    if (before) takePlace(landed, before);
    known.set(place, landed);
    changed.set(place, landed);
    touched.add(key);
  }
  await insertRows(
    trx,
    'source_row',
    columns,
    [...changed.values()].map((row) => columns.map((c) => row[c])),
    { conflict: ['source', 'source_id', 'row_key', 'shard_key'] },
  );
  const others = keys.filter((key) => !touched.has(key));
  const made = await withCase(trx, source, others);
  const due = landing.isEveryCaseDue ? keys : keys.filter((key) => !made.has(key));
  await insertRows(
    trx,
    'source_waiting',
    waitingColumns,
    due.map((key) => [source.code, key, shardKey(source.name, key)]),
    { conflict: waitingColumns },
  );
  return [...made, ...erased];
}

/** The next cases that wait to be made, at most `limit`; they wait no longer once the transaction is committed. */
export async function takeWaiting(trx: Knex.Transaction, source: SourceKey, limit: number): Promise<RowGroup[]> {
  const keys = await trx('source_waiting').where('source', source.code).orderBy('source_id').limit(limit).pluck<string[]>('source_id');
  if (keys.length === 0) return [];
  const own = (table: string) =>
    trx<SourceRow>(table)
      .where('source', source.code)
      .where(isOneOf(trx, 'source_id', keys));
  const rows = await own('source_row').select('source_id', 'row_key', 'ordinal', 'delivery', 'line', 'body');
  await own('source_waiting').delete();
  const groups = new Map<string, typeof rows>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(row.source_id)?.push(row);
  return [...groups].map(([key, list]) => ({
    key,
    rows: list
      .sort((a, b) => a.ordinal - b.ordinal || a.delivery - b.delivery || a.line - b.line)
      .map(({ row_key: rowKey, delivery, line, body }) => ({ delivery, line, rowKey, values: JSON.parse(body) as Record<string, string> })),
  }));
}

/**
 * A row with new content counts as of its own delivery. An input that has two rows of one key replaces one by the other each time
 * it is read: back to the content that its delivery found, the row is again where it was.
 */
function takePlace(row: SourceRow, before: KeptRow): void {
  if (before.delivery !== row.delivery) row.replaced = `${before.delivery} ${before.line} ${before.hash}`;
  else if (before.replaced !== null) {
    const [delivery, line, hash] = before.replaced.split(' ');
    if (hash === row.hash) Object.assign(row, { delivery: Number(delivery), line: Number(line) });
    else row.replaced = before.replaced;
  }
}

async function withCase(trx: Knex.Transaction, source: SourceKey, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const found = await trx<{ source: number; source_id: string }>('case_fact')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', keys))
    .select('source_id');
  return new Set(found.map((row) => row.source_id));
}

function placeKey(row: Pick<SourceRow, 'source_id' | 'row_key'>): string {
  return `${row.source_id}\u0000${row.row_key}`;
}

/** Where the file decides the order, all ordinals are equal and the line is no part of the hash: a row may move in the next file. */
function toSourceRow({ source, bound, runId }: Landing, key: string, row: RawRow): SourceRow {
  const given: Record<string, string> = {};
  for (const column of bound.columns) {
    const value = row.values[column];
    // What is empty is left out, so that one column more in the input changes no row.
    if (value) given[column] = value;
  }
  const body = JSON.stringify(given);
  const ordinal = bound.ordinal(row) ?? 0;
  return {
    source: source.code,
    source_id: key,
    row_key: bound.rowKey(row),
    shard_key: shardKey(source.name, key),
    ordinal,
    delivery: deliveryOf(row) ?? runId,
    line: row.line,
    hash: landedHash(ordinal, body),
    body,
    replaced: null,
  };
}

/**
 * What tells whether a row has changed.
 * @param ordinal its place among the rows of its case, null where the order of the file decides
 * @param body JSON of the columns the map reads and that hold something
 */
export function landedHash(ordinal: number | null, body: string): string {
  return hash('sha256', `${ordinal ?? 0} ${body}`, 'base64url').slice(0, 22);
}
