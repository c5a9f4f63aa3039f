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
}

/** The run that rejects. */
export interface Rejecting {
  source: { code: number };
  runId: number | null;
  input: string | null;
  /** Seconds UTC. */
  now: number;
}

type Known = Pick<RejectedRecordRow, 'reject_id' | 'line' | 'content_hash'>;
/** A rejected row with what is kept of it. */
interface Kept {
  reject: Reject;
  raw: string | null;
  contentHash: string;
}

const rawLimit = 64 * 1024;
const moved = ['run_id', 'input', 'line', 'reason', 'seen_at', 'settled_at', 'settled_by', 'settlement', 'settled_run'] as const;
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
  const again: [number, Kept][] = [];
  kept.forEach((each, i) => {
    const id = known[i];
    if (id === undefined) added.push(each);
    else again.push([id, each]);
  });
  await insertRows(
    trx,
    'rejected_record',
    [...moved, ...fixed],
    added.map((each) => [...movedValues(run, each), ...fixedValues(run, each)]),
  );
  await updateRows(
    trx,
    'rejected_record',
    ['reject_id'],
    moved,
    again.map(([id, each]) => [id, ...movedValues(run, each)]),
  );
}

/** Of each rejected row the number under which it is kept already, each number once; a row of the same line goes before others. */
async function findKnown(trx: Knex.Transaction, { source, runId }: Rejecting, kept: readonly Kept[]): Promise<(number | undefined)[]> {
  const rows: Known[] = await trx<RejectedRecordRow>('rejected_record')
    .where('source', source.code)
    .where(isOneOf(trx, 'content_hash', [...new Set(kept.map((each) => each.contentHash))]))
    .where((state) => void state.whereNull('settlement').orWhere('settlement', 'superseded'))
    // What this run has kept already is another row of its input.
    .whereNot('run_id', runId ?? 0)
    .orderBy([{ column: 'settled_at', nulls: 'first' }, { column: 'reject_id' }])
    .select('reject_id', 'line', 'content_hash');
  if (rows.length === 0) return [];
  const byPlace = new Map(rows.map((row) => [`${row.content_hash} ${row.line}`, row.reject_id] as const).reverse());
  const taken = new Set<number>();
  const found = kept.map(({ contentHash, reject }) => {
    const id = byPlace.get(`${contentHash} ${reject.line}`);
    if (id === undefined || taken.has(id)) return undefined;
    taken.add(id);
    return id;
  });
  const others = new Map<string | null, number[]>();
  for (const { reject_id: id, content_hash: content } of rows.reverse()) {
    if (taken.has(id)) continue;
    const list = others.get(content);
    if (list) list.push(id);
    else others.set(content, [id]);
  }
  return found.map((id, i) => id ?? others.get(kept[i]?.contentHash ?? null)?.pop());
}

function movedValues(run: Rejecting, { reject }: Kept): Value[] {
  return [run.runId ?? 0, reject.input ?? run.input, reject.line, reject.reason, run.now, null, null, null, null];
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
