import type { Config, SourceConfig } from './config.ts';
import { csv } from './connectors/csv.ts';
import { newFiles, type DroppedFile } from './connectors/folder.ts';
import { BadInput, SourceFailed } from './errors.ts';
import type { Log } from './log.ts';
import type { RecordMap } from './map.ts';
import { runImport, type RunReport } from './run.ts';
import type { Store } from './store/open.ts';
import { describeSource } from './store/sources.ts';
import type { PipelineRunRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

export interface SourceDeps {
  store: Store;
  config: Config;
  /** The map behind the name or path of a configuration. @throws BadInput */
  findMap: (nameOrPath: string) => RecordMap;
  /** Seconds since 1970 UTC. */
  now: () => number;
  log: Log;
  /** How long a dropped file must stand still before it is read; default as {@link newFiles}. */
  settleMs?: number;
}

/** What became of the files of a source. */
export interface SourceRun {
  /** One report a file that was read. */
  reports: RunReport[];
  /** Files that cannot be read as they are, with the reason; each has its failed run. */
  refused: { name: string; reason: string }[];
}

/**
 * Reads what is new in a configured source: one run per new file of its folder. Without any, a run that a person started is
 * noted all the same, so that they see it happened; a scheduled one is not. A file that cannot be read as it is (it does not
 * fit the map, say) does not keep the others waiting: it is noted once, and read again when its content has changed or a
 * person starts a run.
 * @param onStarted gets the number of each run once it is under way
 * @throws as {@link runImport} where trying again can help; files after the one that failed wait for the next time
 */
export async function runSource(
  deps: SourceDeps,
  source: SourceConfig,
  startedBy: string,
  onStarted?: (runId: number) => void,
): Promise<SourceRun> {
  const { store, now, log } = deps;
  const map = deps.findMap(source.map);
  const code = await describeSource(store, { name: source.name, connector: source.connector, map: source.map, zone: map.zone, fields: [] });
  if (startedBy !== 'schedule') await forgetRefused(store, code);
  const isLoaded = async (hash: string): Promise<boolean> =>
    (await store.writer('loaded_file').where({ source: code, content_hash: hash }).first('name')) !== undefined;
  const files = await newFiles({ source: source.name, folder: source.path, isLoaded, settleMs: deps.settleMs });
  const result: SourceRun = { reports: [], refused: [] };
  if (files.length === 0) {
    if (startedBy !== 'schedule') onStarted?.(await noteEmptyRun(store, code, startedBy, now()));
    return result;
  }
  for (const file of files) {
    const options = { ...map.input, file: file.path };
    let runId = 0;
    const begun = (id: number): void => {
      runId = id;
      onStarted?.(id);
    };
    try {
      result.reports.push(
        await runImport({
          store, map, log, now, startedBy, options, onStarted: begun, connector: csv, connectorName: source.connector, source: source.name,
          mapName: source.map, input: file.name, organisation: deps.config.organisation, file: { hash: file.hash, name: file.name },
        }), // prettier-ignore
      );
    } catch (error) {
      if (runId === 0 || !isOfTheFile(error)) throw error;
      await noteRefused(store, { source: code, runId, file, now: now() });
      result.refused.push({ name: file.name, reason: error.message });
    }
  }
  return result;
}

/** Whether reading the same bytes again would fail again. */
function isOfTheFile(error: unknown): error is Error {
  return error instanceof BadInput || (error instanceof SourceFailed && !error.retriable);
}

/** Its content counts as read, under the run that failed. */
async function noteRefused(
  store: Store,
  { source, runId, file, now }: { source: number; runId: number; file: DroppedFile; now: number },
): Promise<void> {
  await transact(store, (trx) =>
    trx('loaded_file')
      .insert({ source, content_hash: file.hash, name: file.name, run_id: runId, loaded_at: now })
      .onConflict(['source', 'content_hash'])
      .ignore(),
  );
}

async function forgetRefused(store: Store, source: number): Promise<void> {
  const failed = store.writer('pipeline_run').where({ source, state: 'failed' }).select('run_id');
  await transact(store, (trx) => trx('loaded_file').where({ source }).whereIn('run_id', failed).delete());
}

async function noteEmptyRun(store: Store, source: number, startedBy: string, now: number): Promise<number> {
  return transact(store, async (trx) => {
    const run = { source, started_by: startedBy, state: 'done' as const, started_at: now, finished_at: now, message: 'no new files' };
    const rows = await trx<PipelineRunRow>('pipeline_run').insert(run).returning('run_id');
    return (rows[0] as { run_id: number }).run_id; // one row was inserted
  });
}
