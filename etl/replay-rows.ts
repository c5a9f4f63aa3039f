import type { Knex } from 'knex';
import type { RawRow, Reader } from './connector.ts';
import { bindMap, type RecordMap } from './map.ts';
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

/** A row that was handed to the run. */
export interface ReplayedRow {
  rejectId: number;
  /** As it was kept. */
  raw: string;
  /** As it was. */
  before: RawRow;
  /** As it is read now. */
  row: RawRow;
}

const pageRows = 500;

/** A reader over rejected rows in the order in which they were brought; `yielded` grows with them. What was superseded meanwhile is left out and counted. */
export function rejectedRows(rows: RejectedRows): { reader: Reader<null>; yielded: ReplayedRow[]; leftOut: () => number } {
  const yielded: ReplayedRow[] = [];
  let leftOut = 0;
  const { store, source, rejectIds, changes } = rows;
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
        const page = current.flatMap((kept) => replayedRow(kept, changes.get(kept.reject_id) ?? {}));
        const names = new Set(header);
        for (const { row } of page) for (const name of Object.keys(row.values)) names.add(name);
        if (names.size > header.length) header = [...names];
        for (const each of page) for (const name of header) each.row.values[name] ??= '';
        bytes += page.reduce((sum, each) => sum + each.raw.length, 0);
        yielded.push(...page);
        yield { header, rows: page.map((each) => each.row), broken: [], cursor: '', bytes, total };
      }
    },
  };
  return { reader, yielded, leftOut: () => leftOut };
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
  body: string;
}

/**
 * Of a folding map a row may have been landed though no case could be made with it. The row that is read now takes its place:
 * the old one would be folded beside it, and a row that comes last by its delivery would win over later ones.
 */
export async function keepPlaces(trx: Knex.Transaction, { source, map }: RejectedRows, rows: readonly ReplayedRow[]): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const bound = bindMap(map, [...new Set(rows.flatMap(({ row }) => Object.keys(row.values)))]);
  const keyed = rows.flatMap(({ before, row, raw }) => {
    const [old, now] = [bound.keyOf(before), bound.keyOf(row)];
    return 'key' in old && 'key' in now ? [{ raw, oldKey: old.key, newKey: now.key, newRowKey: bound.rowKey(row) }] : [];
  });
  const landed = await trx<SourceRow>('source_row')
    .where('source', source.source)
    .where(
      isOneOf(
        trx,
        'source_id',
        keyed.map((each) => each.oldKey),
      ),
    )
    .select('source_id', 'row_key', 'delivery', 'line', 'body');
  for (const { raw, oldKey, newKey, newRowKey } of keyed) {
    const old = landed.find((each) => each.source_id === oldKey && each.body === raw);
    if (!old || (oldKey === newKey && old.row_key === newRowKey)) continue;
    const own = trx<SourceRow>('source_row').where('source', source.source);
    await own.clone().where({ source_id: oldKey, row_key: old.row_key }).delete();
    await own.clone().where({ source_id: newKey, row_key: newRowKey }).update({ delivery: old.delivery, line: old.line });
    const waiting = ['source', 'source_id', 'shard_key'];
    await insertRows(trx, 'source_waiting', waiting, [[source.source, oldKey, shardKey(source.name, oldKey)]], { conflict: waiting });
  }
}

function replayedRow(kept: RejectedRecordRow, changed: Record<string, string>): ReplayedRow[] {
  const found = rejectedValues(kept.raw, kept.is_cut === 1);
  if ('none' in found || kept.raw === null) return [];
  const line = kept.line ?? 0;
  // It counts as of the run that brought it: what came later of its key or case stays later.
  const row = { line, delivery: kept.delivery, values: { ...found.values, ...changed } };
  return [{ rejectId: kept.reject_id, raw: kept.raw, before: { line, values: found.values }, row }];
}
