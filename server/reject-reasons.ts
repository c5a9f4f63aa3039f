import type { Knex } from 'knex';
import { isOneOf } from '../etl/store/insert.ts';
import { reasonKind } from '../etl/reject-reason.ts';
import type { RejectedRecordRow } from '../etl/store/tables.ts';
import { isoText } from '../etl/time.ts';
import type { RejectReasonRow, RejectReasons } from '../queries/model/lists.ts';
import { sourceCode } from './page.ts';

interface Found {
  source: string;
  field: string | null;
  /** One of the two: what was grouped by. */
  reason_kind?: string;
  reason?: string;
  n: number;
  first_at: number;
  last_at: number;
  example: number;
  replayable: number;
}

/** What rejected rows wait for, of one source or all, most rows first. */
export async function listRejectReasons(db: Knex, source: string | null): Promise<RejectReasons> {
  const code = await sourceCode(db, source);
  const waiting = () => {
    const query = db('rejected_record').whereNull('settled_at');
    return code === null ? query : query.where('rejected_record.source', code);
  };
  const summed = (query: Knex.QueryBuilder, by: 'reason' | 'reason_kind') =>
    query
      .leftJoin('source_state', 'source_state.source', 'rejected_record.source')
      .groupBy('source_state.name', 'field', by)
      .select('source_state.name as source', 'field', by)
      .count('* as n')
      .min('rejected_at as first_at')
      .max('seen_at as last_at')
      .max('reject_id as example')
      .select(db.raw(`sum(case when ${hasColumns} then 1 else 0 end) as replayable`)) as unknown as Promise<Found[]>;
  const known = await summed(waiting().whereNotNull('reason_kind'), 'reason_kind');
  // Rows of a store older than kinds.
  const older = await summed(waiting().whereNull('reason_kind'), 'reason');
  const groups = new Map<string, RejectReasonRow & { first: number; last: number }>();
  for (const found of [...known, ...older]) {
    const kind = found.reason_kind ?? reasonKind(found.reason ?? '');
    const key = JSON.stringify([found.source, found.field, kind]);
    const group = groups.get(key) ?? {
      source: found.source,
      field: found.field,
      reason_kind: kind,
      rows: 0,
      first_at: '',
      last_at: '',
      example: 0,
      replayable: 0,
      first: Infinity,
      last: 0,
    };
    group.rows += found.n;
    group.replayable += found.replayable;
    group.first = Math.min(group.first, found.first_at);
    group.last = Math.max(group.last, found.last_at);
    group.example = Math.max(group.example, found.example);
    groups.set(key, group);
  }
  const rows = [...groups.values()].sort((a, b) => b.rows - a.rows || b.example - a.example);
  return { rows: rows.map(({ first, last, ...row }) => ({ ...row, first_at: isoText(first), last_at: isoText(last) })) };
}

/** SQL: whether a row of `rejected_record` was split into columns, whose JSON was kept whole. A broken row that looks the same is found out when it is read. */
export const hasColumns = `is_cut = 0 and raw like '{"%"}'`;

/** The condition that a row of `rejected_record` belongs to a kind of reason; rows of older stores are told by their whole reason. */
export async function ofKind(db: Knex, kind: string): Promise<(query: Knex.QueryBuilder) => void> {
  const reasons = (await olderReasons(db)).filter((reason) => reasonKind(reason) === kind);
  return (query) =>
    void query.where((or) => {
      void or.where('reason_kind', kind);
      if (reasons.length) void or.orWhere((both) => void both.whereNull('reason_kind').where(isOneOf(db, 'reason', reasons)));
    });
}

// Every row written today has its kind: a store without older rows never has any.
const withoutOlder = new WeakSet<Knex>();

async function olderReasons(db: Knex): Promise<string[]> {
  if (withoutOlder.has(db)) return [];
  const older = await db<RejectedRecordRow>('rejected_record').whereNull('reason_kind').distinct('reason');
  if (older.length === 0) withoutOlder.add(db);
  return older.map((row) => row.reason);
}
