import type { SourceConfig } from './config.ts';
import type { FilesContext, FoundFile } from './connector.ts';
import type { Store } from './store/open.ts';
import { describeSource } from './store/sources.ts';
import type { PipelineRunRow, SourceStateRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

interface LoadedFileRow {
  source: number;
  content_hash: string;
  name: string;
  run_id: number;
}

/** What the store knows of the files of a source. */
export function loadedFiles({ writer }: Store, source: number): Pick<FilesContext, 'isLoaded' | 'isCurrent'> {
  const lastRead = async (hash: string): Promise<number | null> => {
    const found = await writer<LoadedFileRow>('loaded_file').where({ source, content_hash: hash }).first('run_id');
    return found?.run_id ?? null;
  };
  return {
    isLoaded: async (hash) => (await lastRead(hash)) !== null,
    async isCurrent(name, hash) {
      const runId = await lastRead(hash);
      if (runId === null) return false;
      return (await writer<LoadedFileRow>('loaded_file').where({ source, name }).where('run_id', '>', runId).first('run_id')) === undefined;
    },
  };
}

/** Notes a file that cannot be read as it is: its content counts as read, under the run that failed. */
export async function noteRefused(store: Store, refused: { source: number; runId: number; file: FoundFile; now: number }): Promise<void> {
  const { source, runId, file, now } = refused;
  await transact(store, (trx) =>
    trx('loaded_file')
      .insert({ source, content_hash: file.hash, name: file.name, run_id: runId, loaded_at: now })
      .onConflict(['source', 'content_hash'])
      .merge(),
  );
}

/** Files that were refused count as new again. */
export async function forgetRefused(store: Store, source: number): Promise<void> {
  const failed = store.writer('pipeline_run').where({ source, state: 'failed' }).select('run_id');
  await transact(store, (trx) => trx('loaded_file').where({ source }).whereIn('run_id', failed).delete());
}

/** Notes that somebody asked for a run and there was nothing new. @returns the number of the run */
export async function noteEmptyRun(store: Store, source: number, startedBy: string, now: number): Promise<number> {
  const run = { source, started_by: startedBy, state: 'done' as const, started_at: now, finished_at: now, message: 'no new files' };
  return insertRun(store, run);
}

/** Notes a run that could not even begin, so that /data says why. */
export async function noteUnstarted(
  store: Store,
  { source, startedBy, now, message }: { source: SourceConfig; startedBy: string; now: number; message: string },
): Promise<void> {
  const { name, connector, map } = source;
  const known = await store.writer<SourceStateRow>('source_state').where({ name }).first('source');
  const code = known?.source ?? (await describeSource(store, { name, connector, map, zone: null, fields: [] }));
  const at = { started_at: now, finished_at: now };
  await insertRun(store, { source: code, started_by: startedBy, state: 'failed', ...at, message: message.slice(0, 2000) });
}

/** Scheduled runs of the source need no pause any more. */
export async function clearFailures(store: Store, name: string): Promise<void> {
  const failing = await store.writer<SourceStateRow>('source_state').where({ name }).where('failed_count', '>', 0).first('source');
  if (!failing) return;
  await transact(store, (trx) => trx<SourceStateRow>('source_state').where({ name }).update({ failed_count: 0, retry_at: null }));
}

async function insertRun(store: Store, run: Partial<PipelineRunRow>): Promise<number> {
  const rows = await transact(store, (trx) => trx<PipelineRunRow>('pipeline_run').insert(run).returning('run_id'));
  return (rows[0] as { run_id: number }).run_id; // one row was inserted
}
