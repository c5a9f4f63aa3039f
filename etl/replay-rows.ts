import type { Knex } from 'knex';
import type { RawRow, Reader } from './connector.ts';
import { landedHash } from './load-rows.ts';
import { bindMap, type BoundMap, type RecordMap } from './map.ts';
import { rejectedValues } from './reject-reason.ts';
import { shardKey } from './shard-key.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import type { Store } from './store/open.ts';
import type { RejectedRecordRow, SourceStateRow } from './store/tables.ts';

/** Rejected rows of one source, by number, with what is to be changed in them. */
export interface RejectedRows {
  store: Store;
  source: SourceStateRow;
  map: RecordMap;
  rejectIds: readonly number[];
  changes: ReadonlyMap<number, Record<string, string>>;
}

/** What is held of a row that was handed to the run until it is settled: a row can be 64 KiB, and there can be 100,000. */
export interface ReplayedRow {
  rejectId: number;
  /** Of a folding map where it may have been landed, and where it lands now. */
  move: { key: string; hash: string; newKey: string; newRowKey: string } | null;
}

/** Rejected rows on their way through a run. */
export interface ReplayReader {
  reader: Reader<null>;
  /** The rows that were read and are not settled, in the order in which they were read. */
  open: () => readonly ReplayedRow[];
  /** Lets go of the first rows, which are settled. */
  settled: (count: number) => void;
  /** How many rows were left out, since they were superseded meanwhile. */
  leftOut: () => number;
}

const pageRows = 500;

/** Reads rejected rows in the order in which they were brought. What was superseded meanwhile is left out. */
export function rejectedRows({ store, source, map, rejectIds, changes }: RejectedRows): ReplayReader {
  const open: ReplayedRow[] = [];
  let leftOut = 0;
  const reader: Reader<null> = {
    name: 'replay',
    description: 'Rows that were rejected, read again',
    hasOpenHeader: true,
    async *read(_options, _since, { knownColumns = [] }) {
      let header: readonly string[] = knownColumns;
      let bytes = 0;
      const total = { count: rejectIds.length, unit: 'rows' as const };
      const own = (ids: readonly number[]) =>
        store
          .reader<RejectedRecordRow>('rejected_record')
          .where('source', source.source)
          .where(isOneOf(store.reader, 'reject_id', ids))
          .orderBy(['delivery', 'line', 'reject_id']);
      const order = (await own(rejectIds).select('reject_id')).map((kept) => kept.reject_id);
      for (let from = 0; from < order.length; from += pageRows) {
        const found = await own(order.slice(from, from + pageRows));
        const current = found.filter((kept) => kept.settlement !== 'superseded');
        leftOut += found.length - current.length;
        const page = current.flatMap((kept) => readAgain(kept, changes.get(kept.reject_id) ?? {}));
        const names = new Set(header);
        for (const { row } of page) for (const name of Object.keys(row.values)) names.add(name);
        if (names.size > header.length) header = [...names];
        for (const { row } of page) for (const name of header) row.values[name] ??= '';
        bytes += page.reduce((sum, { raw }) => sum + raw.length, 0);
        const bound = map.fold && page.length ? bindMap(map, header) : null;
        for (const each of page) open.push({ rejectId: each.rejectId, move: bound && moveOf(bound, each) });
        yield { header, rows: page.map(({ row }) => row), broken: [], cursor: '', bytes, total };
      }
    },
  };
  return { reader, open: () => open, settled: (count) => void open.splice(0, count), leftOut: () => leftOut };
}

/** Notes rows as replayed by a run; those that it rejected again as they were wait on. */
export async function settleRows(
  trx: Knex.Transaction,
  rows: readonly ReplayedRow[],
  { runId, by, now }: { runId: number; by: string; now: number },
): Promise<void> {
  if (rows.length === 0) return;
  const ids = rows.map((row) => row.rejectId);
  await trx<RejectedRecordRow>('rejected_record')
    .where(isOneOf(trx, 'reject_id', ids))
    .whereNot('run_id', runId)
    .update({ settled_at: now, settled_by: by, settlement: 'replayed', settled_run: runId });
}

interface SourceRow {
  source: number;
  source_id: string;
  row_key: string;
  delivery: number;
  line: number;
  hash: string;
}

/**
 * Of a folding map a row may have been landed though no case could be made with it. The row that is read now takes its place:
 * the old one would be folded beside it, and a row that comes last by its delivery would win over later ones.
 */
export async function keepPlaces(trx: Knex.Transaction, source: SourceStateRow, rows: readonly ReplayedRow[]): Promise<void> {
  const moves = rows.flatMap(({ move }) => move ?? []);
  if (moves.length === 0) return;
  const keys = moves.map((move) => move.key);
  const landed = await trx<SourceRow>('source_row')
    .where('source', source.source)
    .where(isOneOf(trx, 'source_id', keys))
    .select('source_id', 'row_key', 'delivery', 'line', 'hash');
  const found = new Map(landed.map((row) => [`${row.source_id} ${row.hash}`, row]));
  for (const { key, hash, newKey, newRowKey } of moves) {
    const old = found.get(`${key} ${hash}`);
    if (!old || (key === newKey && old.row_key === newRowKey)) continue;
    const own = trx<SourceRow>('source_row').where('source', source.source);
    await own.clone().where({ source_id: key, row_key: old.row_key }).delete();
    await own.clone().where({ source_id: newKey, row_key: newRowKey }).update({ delivery: old.delivery, line: old.line });
    const waiting = ['source', 'source_id', 'shard_key'];
    await insertRows(trx, 'source_waiting', waiting, [[source.source, key, shardKey(source.name, key)]], { conflict: waiting });
  }
}

/** A row as it was kept, as it was, and as it is read now. */
interface Again {
  rejectId: number;
  raw: string;
  before: RawRow;
  row: RawRow;
}

function readAgain(kept: RejectedRecordRow, changed: Record<string, string>): Again[] {
  const found = rejectedValues(kept.raw, kept.is_cut === 1);
  if ('none' in found || kept.raw === null) return [];
  const line = kept.line ?? 0;
  // It counts as of the run that brought it: what came later of its key or case stays later.
  const row = { line, delivery: kept.delivery, values: { ...found.values, ...changed } };
  return [{ rejectId: kept.reject_id, raw: kept.raw, before: { line, values: found.values }, row }];
}

function moveOf(bound: BoundMap, { raw, before, row }: Again): ReplayedRow['move'] {
  const [old, now] = [bound.keyOf(before), bound.keyOf(row)];
  if (!('key' in old) || !('key' in now)) return null;
  return { key: old.key, hash: landedHash(bound.ordinal(before), raw), newKey: now.key, newRowKey: bound.rowKey(row) };
}
