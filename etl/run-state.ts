import type { Knex } from 'knex';
import type { RunOptions } from './run.ts';
import type { SourceLock, SourceProgress } from './store/lock.ts';
import type { Store } from './store/open.ts';
import type { PipelineRunRow, RunKind, SourceStateRow } from './store/tables.ts';
import { transact } from './store/transact.ts';
import { suspicion } from './suspicion.ts';

/** A run that has begun, with what the store knows of its source. */
export interface BegunRun {
  runId: number;
  startedAt: number;
  /** The run of the source before it failed. */
  isAfterFailure: boolean;
  /** Where the connector is to go on from; null: from the start. */
  cursor: string | null;
  /** Every column the records of the source have had. */
  columns: string[];
}

const longestHistory = 1000;

/** Notes a run as begun. Whatever still says "running" belongs to a process that is gone, since the lock is ours. */
export async function beginRun<Options>(
  trx: Knex.Transaction,
  source: number,
  options: Pick<RunOptions<Options>, 'startedBy' | 'input' | 'now' | 'connector' | 'since' | 'isFromStart' | 'file'>,
): Promise<BegunRun> {
  const { startedBy, input, now, connector, since, isFromStart } = options;
  const startedAt = now();
  await trx<PipelineRunRow>('pipeline_run')
    .where({ source, state: 'running' })
    .update({ state: 'failed', finished_at: startedAt, message: 'interrupted: its process ended before it was done' });
  const before = await trx<PipelineRunRow>('pipeline_run').where({ source }).orderBy('run_id', 'desc').first('state');
  const state = await trx<SourceStateRow>('source_state').where({ source }).first('cursor', 'columns');
  const rows = await trx<PipelineRunRow>('pipeline_run')
    .insert({ source, started_by: startedBy, input, state: 'running', started_at: startedAt, kind: kindOf(options) })
    .returning('run_id');
  const { run_id: runId } = rows[0] as { run_id: number }; // one row was inserted
  return {
    runId,
    startedAt,
    isAfterFailure: before?.state === 'failed',
    cursor: since === 'cursor' && !isFromStart ? cursorOf(connector.name, state?.cursor ?? null) : null,
    columns: JSON.parse(state?.columns ?? '[]') as string[],
  };
}

function kindOf<Options>({ since, file, connector }: Pick<RunOptions<Options>, 'since' | 'file' | 'connector'>): RunKind {
  if (since === 'cursor') return 'pull';
  if (file) return 'file';
  return connector.name === 'replay' || connector.name === 'push' ? connector.name : 'import';
}

/** A cursor as the store keeps it. It says which connector it is of, since no other can read it. */
export function keptCursor(connector: string, cursor: string): string {
  return JSON.stringify([connector, cursor]);
}

function cursorOf(connector: string, kept: string | null): string | null {
  const [owner, cursor] = JSON.parse(kept ?? '[]') as [string?, string?];
  return owner === connector ? (cursor ?? null) : null;
}

export interface RunEnd {
  runId: number;
  code: number;
  lock: SourceLock;
  /** What to note of the source. */
  progress: SourceProgress;
  warning: string | null;
}

/** Notes a run as done, with its file and what is known of the source now, and frees the source. */
export async function endRun(
  { store, now, file, onEnd }: Pick<RunOptions<unknown>, 'store' | 'now' | 'file' | 'onEnd'>,
  { runId, code, lock, progress, warning }: RunEnd,
): Promise<void> {
  await transact(store, async (trx) => {
    await lock.renew(trx, now(), progress);
    if (file) {
      await trx('loaded_file')
        .insert({ source: code, content_hash: file.hash, name: file.name, run_id: runId, loaded_at: now() })
        .onConflict(['source', 'content_hash'])
        .merge();
    }
    await trx<PipelineRunRow>('pipeline_run').where({ run_id: runId }).update({ state: 'done', finished_at: now(), warning });
    await onEnd?.(trx, runId);
    await lock.release(trx);
  });
}

/** Notes a run as failed and frees the source. */
export async function failRun(store: Store, run: { runId: number; lock: SourceLock; now: number; message: string }): Promise<void> {
  await transact(store, async (trx) => {
    await trx<PipelineRunRow>('pipeline_run')
      .where({ run_id: run.runId })
      .update({ state: 'failed', finished_at: run.now, message: run.message.slice(0, 2000) });
    await run.lock.release(trx);
  });
}

/**
 * Why the run of a source that is under way should be looked at though it ends well, by how much the runs of its kind read before.
 * @param run `isRegular` false: it is one of its kind, so that only its own rows count
 */
export async function judgeRun(
  store: Store,
  source: number,
  run: { read: number; rejected: number; isRegular: boolean; isWhole: boolean },
): Promise<string | null> {
  const history = run.isRegular
    ? await store
        .writer<PipelineRunRow>('pipeline_run')
        .where({ source, state: 'done' })
        // A note that there was nothing new is no reading.
        .whereNull('message')
        .where('kind', store.writer<PipelineRunRow>('pipeline_run').where({ source, state: 'running' }).select('kind'))
        .orderBy('run_id', 'desc')
        .limit(longestHistory)
        .pluck<number[]>('read')
    : [];
  return suspicion(run, history);
}
