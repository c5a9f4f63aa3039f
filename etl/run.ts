import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Connector, Extract } from './connector.ts';
import { loadBatch } from './load.ts';
import { endOfDay } from './local-time.ts';
import type { Log } from './log.ts';
import { bindMap, type RecordMap } from './map.ts';
import type { Counts, Stage, StagedBatch } from './stage.ts';
import { createFoldStage } from './stage-fold.ts';
import { createPlainStage } from './stage-plain.ts';
import { lockSource, type SourceLock } from './store/lock.ts';
import type { Store } from './store/open.ts';
import { customerSecret } from './store/settings.ts';
import { describeSource } from './store/sources.ts';
import type { PipelineRunRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

export interface RunOptions<Options> {
  store: Store;
  /** Name of the source; default the map's. */
  source?: string;
  map: RecordMap;
  /** The map as the user named it. */
  mapName?: string;
  connector: Connector<Options>;
  /** What /data shows as the source's connector; default the connector's own name. */
  connectorName?: string;
  options: Options;
  startedBy: PipelineRunRow['started_by'];
  /** Name of the file, for rejected rows. */
  input: string | null;
  /** The organisation's zone and currency where they are configured; else the map's hold. */
  organisation?: { zone: string | null; currency: string | null };
  /** Seconds since 1970 UTC. */
  now: () => number;
  log: Log;
  onStarted?: (runId: number) => void;
  onProgress?: (progress: RunProgress) => void;
  /** `YYYY-MM-DD`: the input is complete to the end of this day. */
  throughDate?: string;
  /** Noted as loaded when the run is done, so that a drop folder reads each file once. */
  file?: { hash: string; name: string };
}

export interface RunProgress extends Counts {
  bytes: number;
  seconds: number;
}
export interface RunReport extends RunProgress {
  runId: number;
  source: string;
  rowsPerSecond: number;
}

// Between slices the statements of the batch being written go on, and so does a server that runs in this process.
const sliceRows = 200;

/**
 * One run: reads the input, maps, derives and loads it batch by batch, each with its counts in one transaction.
 * While one batch is being written the next is being read. Running the same input again changes nothing.
 * @throws BadInput when the header does not fit the map; SourceFailed when the input cannot be read or another run of the
 * source is in progress. What was loaded before stays loaded and the run is noted as failed.
 */
export async function runImport<Options>(options: RunOptions<Options>): Promise<RunReport> {
  const { store, map, connector, log, now } = options;
  const name = options.source ?? map.source;
  const description = {
    name,
    connector: options.connectorName ?? connector.name,
    map: options.mapName ?? map.source,
    zone: map.zone,
    fields: [] as string[],
  };
  const code = await describeSource(store, description);
  const source = { name, code };
  const { lock, result: runId } = await lockSource(store, source, now(), (trx) => beginRun(trx, code, options));
  const begun = performance.now();
  const progress: RunProgress = { read: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0, flagged: 0, bytes: 0, seconds: 0 };
  log('run_started', { run_id: runId, source: name });
  options.onStarted?.(runId);

  async function load(staged: StagedBatch, at: { cursor: string; bytes: number }): Promise<void> {
    let total: Counts = progress;
    const result = await loadBatch(store, {
      ...staged.load,
      source,
      runId,
      input: options.input,
      now: now(),
      async after(trx, done) {
        total = add(progress, staged.count(done));
        await lock.renew(trx, now(), { cursor: at.cursor, throughAt: options.throughDate === undefined ? staged.knownAt : 0 });
        await trx<PipelineRunRow>('pipeline_run')
          .where({ run_id: runId })
          .update({ ...total, bytes: at.bytes });
      },
    });
    staged.settle(result);
    Object.assign(progress, total, { bytes: at.bytes, seconds: (performance.now() - begun) / 1000 });
    options.onProgress?.({ ...progress });
  }

  let loading = Promise.resolve();
  try {
    const zone = options.organisation?.zone ?? map.zone;
    const context = {
      zone,
      currency: options.organisation?.currency ?? map.currency,
      now: now(),
      customerSecret: await customerSecret(store),
    };
    let stage: Stage | null = null;
    let last: Extract = { rows: [], broken: [], cursor: '', bytes: 0 };
    for await (const extract of connector.read(options.options, null)) {
      if (!stage) {
        const bound = bindMap(map, headerOf(extract));
        await describeSource(store, { ...description, fields: bound.fields });
        const isSourceEmpty = !(await store.writer('case_fact').where({ source: code }).first('case_id'));
        stage = (map.fold ? createFoldStage : createPlainStage)({ bound, source, context, isSourceEmpty });
      }
      for (let from = 0; from < Math.max(1, extract.rows.length); from += sliceRows) {
        stage.add({ rows: extract.rows.slice(from, from + sliceRows), broken: from === 0 ? extract.broken : [] });
        await nextTurn();
      }
      last = extract;
      if (!stage.isFull()) continue;
      const staged = stage.take();
      await loading;
      loading = load(staged, extract);
      // It is awaited before the next batch; until then a failure must not count as unhandled.
      loading.catch(() => undefined);
    }
    await loading;
    if (stage) await load(stage.take(), last);
    const through = options.throughDate === undefined ? 0 : endOfDay(options.throughDate, zone);
    await endRun(options, { runId, code, lock, through });
  } catch (error) {
    await loading.catch(() => undefined);
    await failRun(store, { runId, lock, now: now(), error });
    log('run_failed', { run_id: runId, source: name, error });
    throw error;
  }
  progress.seconds = (performance.now() - begun) / 1000;
  log('run_finished', { run_id: runId, source: name, ...progress });
  return { ...progress, runId, source: name, rowsPerSecond: progress.read / Math.max(progress.seconds, 0.001) };
}

function headerOf(extract: Extract & { header?: string[] }): string[] {
  return extract.header ?? Object.keys(extract.rows[0]?.values ?? {});
}

function add(a: Counts, b: Counts): Counts {
  return {
    read: a.read + b.read,
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    rejected: a.rejected + b.rejected,
    flagged: a.flagged + b.flagged,
  };
}

/** Whatever still says "running" belongs to a process that is gone, since the lock is ours. */
async function beginRun(
  trx: Knex.Transaction,
  source: number,
  { startedBy, input, now }: Pick<RunOptions<unknown>, 'startedBy' | 'input' | 'now'>,
): Promise<number> {
  await trx<PipelineRunRow>('pipeline_run')
    .where({ source, state: 'running' })
    .update({ state: 'failed', finished_at: now(), message: 'interrupted: its process ended before it was done' });
  const rows = await trx<PipelineRunRow>('pipeline_run')
    .insert({ source, started_by: startedBy, input, state: 'running', started_at: now() })
    .returning('run_id');
  return (rows[0] as { run_id: number }).run_id; // one row was inserted
}

async function endRun(
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

async function failRun(store: Store, run: { runId: number; lock: SourceLock; now: number; error: unknown }): Promise<void> {
  const message = run.error instanceof Error ? run.error.message : String(run.error);
  await transact(store, async (trx) => {
    await trx<PipelineRunRow>('pipeline_run')
      .where({ run_id: run.runId })
      .update({ state: 'failed', finished_at: run.now, message: message.slice(0, 2000) });
    await run.lock.release(trx);
  });
}
