import type { Knex } from 'knex';
import type { RunOptions } from './run.ts';
import type { SourceLock } from './store/lock.ts';
import type { Store } from './store/open.ts';
import type { PipelineRunRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

/**
 * Notes a run as begun. Whatever still says "running" belongs to a process that is gone, since the lock is ours.
 * @returns its number, and whether the run of the source before it failed
 */
export async function beginRun(
  trx: Knex.Transaction,
  source: number,
  { startedBy, input, now }: Pick<RunOptions<unknown>, 'startedBy' | 'input' | 'now'>,
): Promise<{ runId: number; isAfterFailure: boolean }> {
  await trx<PipelineRunRow>('pipeline_run')
    .where({ source, state: 'running' })
    .update({ state: 'failed', finished_at: now(), message: 'interrupted: its process ended before it was done' });
  const before = await trx<PipelineRunRow>('pipeline_run').where({ source }).orderBy('run_id', 'desc').first('state');
  const rows = await trx<PipelineRunRow>('pipeline_run')
    .insert({ source, started_by: startedBy, input, state: 'running', started_at: now() })
    .returning('run_id');
  const { run_id: runId } = rows[0] as { run_id: number }; // one row was inserted
  return { runId, isAfterFailure: before?.state === 'failed' };
}

/** Notes a run as done, with its file and until when the source is known (seconds UTC; 0 leaves that as it is), and frees the source. */
export async function endRun(
  options: Pick<RunOptions<unknown>, 'store' | 'now' | 'file'>,
  run: { runId: number; code: number; lock: SourceLock; through: number },
): Promise<void> {
  const { store, now, file } = options;
  await transact(store, async (trx) => {
    await run.lock.renew(trx, now(), { throughAt: run.through });
    if (file) {
      await trx('loaded_file')
        .insert({ source: run.code, content_hash: file.hash, name: file.name, run_id: run.runId, loaded_at: now() })
        .onConflict(['source', 'content_hash'])
        .ignore();
    }
    await trx<PipelineRunRow>('pipeline_run').where({ run_id: run.runId }).update({ state: 'done', finished_at: now() });
    await run.lock.release(trx);
  });
}

/** Notes a run as failed and frees the source. */
export async function failRun(store: Store, run: { runId: number; lock: SourceLock; now: number; error: unknown }): Promise<void> {
  const message = run.error instanceof Error ? run.error.message : String(run.error);
  await transact(store, async (trx) => {
    await trx<PipelineRunRow>('pipeline_run')
      .where({ run_id: run.runId })
      .update({ state: 'failed', finished_at: run.now, message: message.slice(0, 2000) });
    await run.lock.release(trx);
  });
}
