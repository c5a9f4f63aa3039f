import { hash } from 'node:crypto';
import type { Knex } from 'knex';
import { reasonKind } from './reject-reason.ts';
import { insertRows, isOneOf } from './store/insert.ts';
import type { RejectedRecordRow, Value } from './store/tables.ts';
import { updateRows } from './store/update.ts';

/** A part of the input of which no case was made. */
export interface Reject {
  /** Name of the file where it is not the batch's. */
  input?: string | null;
  line: number | null;
  /** 1-based position in the row, where it is known. */
  column: number | null;
  field: string | null;
  reason: string;
  /** The row as it came; what exceeds 64 KiB is cut. */
  raw: string | null;
  /** The key of the case it would make and, of a folding map, which of its rows it is; where that is known. */
  key?: string | null;
  rowKey?: string | null;
  /** The run that brought it, where it is not the one that rejects it; the line is one of that run's input. */
  delivery?: number;
}

/** Something that was loaded, or that its source no longer has: what is older of it has no say any more. */
export interface Arrival {
  key: string;
  /** Of a folding map the row; null: the whole case of a map that makes it of one row; absent: all of it. */
  rowKey?: string | null;
  /** The run that brought it, and the line of its input. */
  delivery: number;
  line: number;
}

/** The run that rejects. */
export interface Rejecting {
  source: { code: number };
  runId: number | null;
  input: string | null;
  /** Seconds UTC. */
  now: number;
}

type Known = Pick<RejectedRecordRow, 'reject_id' | 'input' | 'line' | 'content_hash'>;
/** A rejected row with what is kept of it. */
interface Kept {
  reject: Reject;
  raw: string | null;
  contentHash: string;
}

const rawLimit = 64 * 1024;
const moved = [
  'run_id', 'input', 'line', 'reason', 'seen_at', 'source_id', 'row_key', 'delivery', 'settled_at', 'settled_by', 'settlement',
  'settled_run',
] as const; // prettier-ignore
const fixed = ['source', 'column_no', 'field', 'reason_kind', 'raw', 'is_cut', 'content_hash', 'rejected_at'] as const;

/**
 * Keeps rejected rows. One that waits since an earlier run and comes again, with the same content and the same reason, is not added
 * once more: it moves to this run. Two rows of one input are two also when they say the same. A row that had been superseded and
 * comes again waits again.
 */
export async function noteRejects(trx: Knex.Transaction, run: Rejecting, rejects: readonly Reject[]): Promise<void> {
  if (rejects.length === 0) return;
  const kept = rejects.map(keep);
  const known = await findKnown(trx, run, kept);
  const added: Kept[] = [];
  const again: [Known, Kept][] = [];
  kept.forEach((each, i) => {
    const before = known[i];
    if (before === undefined) added.push(each);
    else again.push([before, each]);
  });
  await insertRows(
    trx,
    'rejected_record',
    [...moved, ...fixed],
    added.map((each) => [...movedValues(run, each, run.input), ...fixedValues(run, each)]),
  );
  await updateRows(
    trx,
    'rejected_record',
    ['reject_id'],
    moved,
    again.map(([before, each]) => {
      const { delivery = run.runId } = each.reject;
      // What another run brought stands where it stood.
      return [before.reject_id, ...movedValues(run, each, delivery === run.runId ? run.input : before.input)];
    }),
  );
}

/**
 * Settles rejected rows that are older than what was loaded with their key: read again they would put back what was. Rows that were
 * dismissed can be read again too.
 */
export async function supersede(
  trx: Knex.Transaction,
  { source, runId, now }: Omit<Rejecting, 'input'>,
  arrivals: Iterable<Arrival>,
): Promise<void> {
  const byKey = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const list = byKey.get(arrival.key);
    if (list) list.push(arrival);
    else byKey.set(arrival.key, [arrival]);
  }
  if (byKey.size === 0) return;
  const rows = await trx<RejectedRecordRow>('rejected_record')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', [...byKey.keys()]))
    .where((state) => void state.whereNull('settlement').orWhere('settlement', 'dismissed'))
    .select('reject_id', 'source_id', 'row_key', 'delivery', 'line');
  const older = rows.filter((row) => byKey.get(row.source_id ?? '')?.some((arrival) => isOlder(row, arrival)));
  if (older.length === 0) return;
  const ids = older.map((row) => row.reject_id);
  await trx<RejectedRecordRow>('rejected_record')
    .where(isOneOf(trx, 'reject_id', ids))
    .update({ settlement: 'superseded', settled_at: now, settled_by: null, settled_run: runId });
}

function isOlder(row: Pick<RejectedRecordRow, 'row_key' | 'delivery' | 'line'>, arrival: Arrival): boolean {
  if (arrival.rowKey !== undefined && arrival.rowKey !== row.row_key) return false;
  return row.delivery < arrival.delivery || (row.delivery === arrival.delivery && (row.line ?? 0) < arrival.line);
}

/** Of each rejected row what is kept of it already, nothing twice; a row of the same line goes before others. */
async function findKnown(trx: Knex.Transaction, { source, runId }: Rejecting, kept: readonly Kept[]): Promise<(Known | undefined)[]> {
  const rows: Known[] = await trx<RejectedRecordRow>('rejected_record')
    .where('source', source.code)
    .where(isOneOf(trx, 'content_hash', [...new Set(kept.map((each) => each.contentHash))]))
    .where((state) => void state.whereNull('settlement').orWhere('settlement', 'superseded'))
    // What this run has kept already is another row of its input.
    .whereNot('run_id', runId ?? 0)
    .orderBy([{ column: 'settled_at', nulls: 'first' }, { column: 'reject_id' }])
    .select('reject_id', 'input', 'line', 'content_hash');
  if (rows.length === 0) return [];
  const byPlace = new Map(rows.map((row) => [`${row.content_hash} ${row.line}`, row] as const).reverse());
  const taken = new Set<Known>();
  const found = kept.map(({ contentHash, reject }) => {
    const row = byPlace.get(`${contentHash} ${reject.line}`);
    if (row === undefined || taken.has(row)) return undefined;
    taken.add(row);
    return row;
  });
  const others = new Map<string | null, Known[]>();
  for (const row of rows.reverse()) {
    if (taken.has(row)) continue;
    const list = others.get(row.content_hash);
    if (list) list.push(row);
    else others.set(row.content_hash, [row]);
  }
  return found.map((row, i) => row ?? others.get(kept[i]?.contentHash ?? null)?.pop());
}

function movedValues({ runId, now }: Rejecting, { reject }: Kept, input: string | null): Value[] {
  const { line, reason, key = null, rowKey = null, delivery = runId } = reject;
  return [runId ?? 0, reject.input ?? input, line, reason, now, key, rowKey, delivery ?? 0, null, null, null, null];
}

function fixedValues(run: Rejecting, { reject, raw, contentHash }: Kept): Value[] {
  const isCut = Number(raw !== reject.raw);
  return [run.source.code, reject.column, reject.field, reasonKind(reject.reason), raw, isCut, contentHash, run.now];
}

/** What counts as the same is frozen: rows that wait are found by it. The reason without its values, as lines of other rows move. */
function keep(reject: Reject): Kept {
  const raw = reject.raw === null ? null : cut(reject.raw);
  const said = JSON.stringify([reject.field, reject.column, reasonKind(reject.reason), raw]);
  return { reject, raw, contentHash: hash('sha256', said, 'base64url').slice(0, 22) };
}

/** At most 64 KiB of UTF-8. */
function cut(text: string): string {
  if (text.length * 3 <= rawLimit) return text;
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= rawLimit ? text : new TextDecoder().decode(bytes.subarray(0, rawLimit), { stream: true });
}
