import type { Config, SourceConfig } from './config.ts';
import { csv } from './connectors/csv.ts';
import { newFiles } from './connectors/folder.ts';
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

/**
 * Reads what is new in a configured source: one run per new file of its folder. Without any, a run that a person started is
 * noted all the same, so that they see it happened; a scheduled one is not.
 * @param onStarted gets the number of each run once it is under way
 * @throws as {@link runImport}; files after the one that failed wait for the next time
 */
export async function runSource(
  deps: SourceDeps,
  source: SourceConfig,
  startedBy: string,
  onStarted?: (runId: number) => void,
): Promise<RunReport[]> {
  const { store, now, log } = deps;
  const map = deps.findMap(source.map);
  const code = await describeSource(store, { name: source.name, connector: source.connector, map: source.map, zone: map.zone, fields: [] });
  const isLoaded = async (hash: string): Promise<boolean> =>
    (await store.writer('loaded_file').where({ source: code, content_hash: hash }).first('name')) !== undefined;
  const files = await newFiles({ source: source.name, folder: source.path, isLoaded, settleMs: deps.settleMs });
  if (files.length === 0) {
    if (startedBy === 'schedule') return [];
    const runId = await noteEmptyRun(store, code, startedBy, now());
    onStarted?.(runId);
    return [];
  }
  const reports: RunReport[] = [];
  for (const file of files) {
    const options = { ...map.input, file: file.path };
    reports.push(
      await runImport({
        store, map, log, now, startedBy, options, onStarted, connector: csv, connectorName: source.connector, source: source.name, mapName: source.map,
        input: file.name, organisation: deps.config.organisation, file: { hash: file.hash, name: file.name },
      }), // prettier-ignore
    );
  }
  return reports;
}

async function noteEmptyRun(store: Store, source: number, startedBy: string, now: number): Promise<number> {
  return transact(store, async (trx) => {
    const run = { source, started_by: startedBy, state: 'done' as const, started_at: now, finished_at: now, message: 'no new files' };
    const rows = await trx<PipelineRunRow>('pipeline_run').insert(run).returning('run_id');
    return (rows[0] as { run_id: number }).run_id; // one row was inserted
  });
}
