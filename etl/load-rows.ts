import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import type { RawRow } from './connector.ts';
import type { BoundMap } from './map.ts';
import { shardKey } from './shard-key.ts';
import type { SourceKey } from './load-cases.ts';
import { insertRows, isOneOf } from './store/insert.ts';

/** A row of a folding map with the key of its case. */
export interface KeyedRow {
  key: string;
  row: RawRow;
}
/** A case whose rows have come, new ones or the same again. */
export interface RowGroup {
  key: string;
  /** All its rows in the order the map folds them; none when nothing has changed. */
  rows: RawRow[];
  /** Whether any row is new or changed; if not, the case is as it was. */
  isTouched: boolean;
}

interface SourceRow {
  source: number;
  source_id: string;
  row_key: string;
  shard_key: number;
  ordinal: number;
  line: number;
  hash: string;
  body: string;
}

const columns = ['source', 'source_id', 'row_key', 'shard_key', 'ordinal', 'line', 'hash', 'body'] as const;

/**
 * Keeps the rows of a folding map and returns each case they belong to with all its rows, earlier ones included.
 * A row that comes again with the same key replaces the one that is there.
 */
export async function landRows(trx: Knex.Transaction, source: SourceKey, bound: BoundMap, rows: readonly KeyedRow[]): Promise<RowGroup[]> {
  const keys = [...new Set(rows.map((r) => r.key))];
  const cases = new Map(keys.map((key) => [key, { key, rows: new Map<string, LandedRow>(), isTouched: false }]));
  const kept = await trx<SourceRow>('source_row')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', keys))
    .select(...columns);
  for (const row of kept) cases.get(row.source_id)?.rows.set(row.row_key, row);
  const changed = new Map<string, SourceRow>();
  for (const { key, row } of rows) {
    const landed = toSourceRow(source, bound, key, row);
    const own = cases.get(key);
    if (!own || own.rows.get(landed.row_key)?.hash === landed.hash) continue;
    own.rows.set(landed.row_key, { ...landed, values: row.values });
    own.isTouched = true;
    changed.set(`${key}\u0000${landed.row_key}`, landed);
  }
  await insertRows(
    trx,
    'source_row',
    columns,
    [...changed.values()].map((row) => columns.map((c) => row[c])),
    { conflict: ['source', 'source_id', 'row_key', 'shard_key'] },
  );
  return [...cases.values()].map(({ key, rows: own, isTouched }) => ({
    key,
    isTouched,
    rows: isTouched ? inOrder([...own.values()]) : [],
  }));
}

/** A row read back holds the columns the map reads; one that has just come holds them all, which the map does not tell apart. */
interface LandedRow extends SourceRow {
  values?: Record<string, string>;
}

function inOrder(rows: LandedRow[]): RawRow[] {
  return rows
    .sort((a, b) => a.ordinal - b.ordinal || a.line - b.line)
    .map((r) => ({ line: r.line, values: r.values ?? (JSON.parse(r.body) as Record<string, string>) }));
}

function toSourceRow(source: SourceKey, bound: BoundMap, key: string, row: RawRow): SourceRow {
  const body = JSON.stringify(Object.fromEntries(bound.columns.map((column) => [column, row.values[column] ?? ''])));
  const ordinal = bound.ordinal(row) ?? row.line;
  return {
    source: source.code,
    source_id: key,
    row_key: bound.rowKey(row),
    shard_key: shardKey(source.name, key),
    ordinal,
    line: row.line,
    hash: hash('sha256', `${ordinal} ${body}`, 'base64url').slice(0, 22),
    body,
  };
}
