import type { Knex } from 'knex';
import { BadInput } from '../etl/errors.ts';
import { rejectedValues } from '../etl/reject-reason.ts';
import { whyNotOfRow, whyNotOfSource } from '../etl/replay.ts';
import type { SourceDeps } from '../etl/run-source.ts';
import { isOneOf } from '../etl/store/insert.ts';
import type { RejectedRecordRow, SourceStateRow } from '../etl/store/tables.ts';
import type { RejectedDetail } from '../queries/model/lists.ts';
import { Refused } from './errors.ts';
import { sourceCode } from './page.ts';
import { rejectedRow, selectRejected, type StoredReject } from './problem-lists.ts';
import { hasColumns, ofKind } from './reject-reasons.ts';

/** One rejected row with the state of its source. */
export interface KeptReject {
  row: RejectedRecordRow;
  source: SourceStateRow | null;
}

/** @throws Refused (404) when there is no such row */
export async function readReject(db: Knex, id: number): Promise<KeptReject> {
  const row = await db<RejectedRecordRow>('rejected_record').where({ reject_id: id }).first();
  if (!row) throw new Refused(404, `there is no rejected row ${id}`);
  return { row, source: (await db<SourceStateRow>('source_state').where({ source: row.source }).first()) ?? null };
}

/** All that is kept of a rejected row. @throws Refused (404) when there is no such row */
export async function rejectedDetail(deps: Pick<SourceDeps, 'config' | 'findMap' | 'store'>, id: number): Promise<RejectedDetail> {
  const db = deps.store.reader;
  const { row, source } = await readReject(db, id);
  const shown = (await selectRejected(db, db('rejected_record').where({ reject_id: id })).first()) as StoredReject | undefined;
  if (!shown) throw new Refused(404, `there is no rejected row ${id}`);
  const found = rejectedValues(row.raw, row.is_cut === 1);
  return {
    ...rejectedRow({ ...shown, raw: row.raw?.slice(0, 2000) ?? null }),
    values: 'values' in found ? found.values : null,
    text: row.raw,
    why_not: whyNotOf(deps, { row, source }),
  };
}

/** Why a rejected row cannot be replayed, in words; null when it can be. */
export function whyNotOf(deps: Pick<SourceDeps, 'config' | 'findMap'>, { row, source }: KeptReject): string | null {
  const found = rejectedValues(row.raw, row.is_cut === 1);
  const isCut = 'none' in found && found.none === 'cut' ? 1 : 0;
  return whyNotOfRow({ ...row, hasColumns: 'values' in found, is_cut: isCut }) ?? whyNotOfSource(deps, source);
}

/** What a request means by "these rows": some by number, or all that wait and were rejected alike. */
export type Chosen = { ids: number[] } | { source: string; field: string | null; reasonKind: string };

/** A row that is meant; what was kept of it can be large and is read when it is its turn. */
export type ChosenRow = Pick<RejectedRecordRow, 'reject_id' | 'source' | 'is_cut' | 'settlement' | 'settled_run'> & { has_columns: 0 | 1 };

/** The rows that are meant, of one source, oldest first. */
export interface ChosenRows {
  source: SourceStateRow;
  rows: ChosenRow[];
}

/**
 * Finds the rows that are meant.
 * @param most of a group that is larger the oldest rows are taken; default all
 * @throws BadInput when there are none, they are of several sources, or a number is unknown
 */
export async function findChosen(db: Knex, chosen: Chosen, most = 2 ** 31): Promise<ChosenRows> {
  const rows = await ('ids' in chosen ? byNumber(db, chosen.ids) : byGroup(db, chosen, most));
  const [first] = rows;
  if (!first) throw new BadInput([{ field: '', message: 'no such rows wait; they may have been replayed or dismissed meanwhile' }]);
  if (rows.some((row) => row.source !== first.source))
    throw new BadInput([{ field: 'rows', message: 'these are rows of several sources; replay or dismiss them a source at a time' }]);
  const source = await db<SourceStateRow>('source_state').where({ source: first.source }).first();
  if (!source) throw new BadInput([{ field: 'rows', message: 'the source of these rows is not known any more' }]);
  return { source, rows };
}

/** Dismisses the rows that still wait. @returns how many */
export async function dismissRows(trx: Knex, rows: readonly ChosenRow[], { by, now }: { by: string; now: number }): Promise<number> {
  const ids = rows.map((row) => row.reject_id);
  return trx<RejectedRecordRow>('rejected_record')
    .where(isOneOf(trx, 'reject_id', ids))
    .whereNull('settled_at')
    .update({ settled_at: now, settled_by: by, settlement: 'dismissed' });
}

function chosenRows(db: Knex): Knex.QueryBuilder<object, ChosenRow[]> {
  const query: Knex.QueryBuilder = db('rejected_record')
    .select(
      'reject_id',
      'source',
      'is_cut',
      'settlement',
      'settled_run',
      db.raw(`case when ${hasColumns} then 1 else 0 end as has_columns`),
    )
    .orderBy('reject_id');
  return query as Knex.QueryBuilder<object, ChosenRow[]>;
}

async function byNumber(db: Knex, ids: number[]): Promise<ChosenRow[]> {
  const rows = await chosenRows(db).where(isOneOf(db, 'reject_id', ids));
  const found = new Set(rows.map((row) => row.reject_id));
  const unknown = ids.filter((id) => !found.has(id));
  if (unknown.length) throw new BadInput([{ field: 'rows', message: `there is no rejected row ${unknown.slice(0, 5).join(', ')}` }]);
  return rows;
}

async function byGroup(db: Knex, group: { source: string; field: string | null; reasonKind: string }, most: number): Promise<ChosenRow[]> {
  const source = (await sourceCode(db, group.source)) ?? 0;
  const isOfKind = await ofKind(db, group.reasonKind);
  const query = chosenRows(db).whereNull('settled_at').where({ source, field: group.field });
  isOfKind(query);
  return query.limit(most);
}
