import { setImmediate as nextTurn } from 'node:timers/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Extract, Reader } from './connector.ts';
import { SourceFailed } from './errors.ts';
import { loadBatch } from './load.ts';
import { endOfDay } from './local-time.ts';
import type { Log } from './log.ts';
import { bindMap, type RecordMap } from './map.ts';
import { beginRun, endRun, failRun } from './run-state.ts';
import type { Counts, Stage, StagedBatch } from './stage.ts';
import { createFoldStage } from './stage-fold.ts';
import { createPlainStage } from './stage-plain.ts';
import { lockSource } from './store/lock.ts';
import type { Store } from './store/open.ts';
import { customerSecret } from './store/settings.ts';
import { describeSource } from './store/sources.ts';
import type { PipelineRunRow } from './store/tables.ts';

export interface RunOptions<Options> {
  store: Store;
  /** Name of the source; default the map's. */
  source?: string;
  map: RecordMap;
  /** The map as the user named it. */
  mapName?: string;
  connector: Reader<Options>;
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
  /** Rows or cases loaded together; the default suits every input. What is in the store afterwards does not depend on it. */
  batchSize?: number;
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
 * source is in progress. What was loaded before stays loaded, the run is noted as failed, and until when the source is known
 * stays as it was.
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
  const { lock, result: started } = await lockSource(store, source, now(), (trx) => beginRun(trx, code, options));
  const { runId, isAfterFailure } = started;
  const begun = performance.now();
  const progress: RunProgress = { read: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0, flagged: 0, bytes: 0, seconds: 0 };
  log('run_started', { run_id: runId, source: name });
  options.onStarted?.(runId);

  let knownAt = 0;
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
        await lock.renew(trx, now(), at.cursor === '' ? {} : { cursor: at.cursor });
        await trx<PipelineRunRow>('pipeline_run')
          .where({ run_id: runId })
          .update({ ...total, bytes: at.bytes });
      },
    });
    staged.settle(result);
    knownAt = Math.max(knownAt, staged.knownAt);
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
    let last: Extract = { header: [], rows: [], broken: [], cursor: '', bytes: 0 };
    for await (const extract of connector.read(options.options, null, { now, pause: (ms, signal) => pause(ms, undefined, { signal }) })) {
      if (!stage) {
        const { header } = extract;
        const bound = bindMap(map, header, options.input);
        await describeSource(store, { ...description, fields: bound.fields });
        const isSourceEmpty = !(await store.writer('case_fact').where({ source: code }).first('case_id'));
        const { batchSize } = options;
        const create = map.fold ? createFoldStage : createPlainStage;
        stage = create({ bound, source, context, isSourceEmpty, isAfterFailure, runId, header, batchSize });
      }
      const slice = Math.min(sliceRows, options.batchSize ?? sliceRows);
      for (let from = 0; from < Math.max(1, extract.rows.length); from += slice) {
        stage.add({ rows: extract.rows.slice(from, from + slice), broken: from === 0 ? extract.broken : [] });
        await nextTurn();
        if (from + slice >= extract.rows.length) last = extract;
        if (!stage.isFull()) continue;
        const staged = stage.take();
        await loading;
        loading = load(staged, last);
        // It is awaited before the next batch; until then a failure must not count as unhandled.
        loading.catch(() => undefined);
      }
    }
    await loading;
    if (stage) {
      await load(stage.take(), last);
      for (let rest = stage.rest(); rest; rest = stage.rest()) await load(rest, last);
    }
    const through = options.throughDate === undefined ? knownAt : endOfDay(options.throughDate, zone);
    await endRun(options, { runId, code, lock, through });
  } catch (error) {
    await loading.catch(() => undefined);
    const told = tellLoaded(error, progress.read, map.fold !== null);
    await failRun(store, { runId, lock, now: now(), error: told });
    log('run_failed', { run_id: runId, source: name, error: told });
    throw told;
  }
  progress.seconds = (performance.now() - begun) / 1000;
  log('run_finished', { run_id: runId, source: name, ...progress });
  return { ...progress, runId, source: name, rowsPerSecond: progress.read / Math.max(progress.seconds, 0.001) };
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

/** A file that broke off leaves rows in the store; whoever reads why is told how many. */
function tellLoaded(error: unknown, rows: number, isFolding: boolean): unknown {
  if (rows === 0 || !(error instanceof SourceFailed)) return error;
  const fate = isFolding ? 'are kept and become cases with the next run that reads to its end' : 'are loaded and stay so';
  const message = `${error.message}; the first ${rows.toLocaleString('en')} rows ${fate}`;
  return new SourceFailed(error.source, message, { retriable: error.retriable, cause: error });
}
