import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Reader } from './connector.ts';
import { deriveContextOf } from './derive-context.ts';
import { endOfDay } from './local-time.ts';
import type { Log } from './log.ts';
import type { RecordMap } from './map.ts';
import { createBatches, type OpenRun, type RunBatches } from './run-batches.ts';
import { followColumns } from './run-columns.ts';
import { asStoreFault, tellFailure } from './run-failure.ts';
import { createIntake } from './run-intake.ts';
import { beginRun, endRun, failRun, judgeRun } from './run-state.ts';
import type { Counts } from './stage.ts';
import { isDiskFull, storeFault } from './store/fault.ts';
import { lockSource, type SourceProgress } from './store/lock.ts';
import type { Store } from './store/open.ts';
import { keepReserve, reuseLog, useReserve } from './store/reserve.ts';
import { describeSource, type SourceDescription } from './store/sources.ts';
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
  /** With the values of secrets. */
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
  /** Work of the transaction that takes the source; what it throws keeps the run from beginning. It must be repeatable. */
  onBegin?: (trx: Knex.Transaction) => Promise<void>;
  /** Work of the transaction that notes the run as done. It must be repeatable. */
  onEnd?: (trx: Knex.Transaction, runId: number) => Promise<void>;
  /** Further work of the transaction of each batch; `counts` are those of the run with this batch. It must be repeatable. */
  onBatch?: (trx: Knex.Transaction, counts: Counts) => Promise<void>;
  /**
   * `cursor`: goes on from where the last batch of the source ended, and notes where this one does. `start` (the default) reads
   * everything and leaves the noted place alone.
   */
  since?: 'start' | 'cursor';
  /** With `cursor`: begins at the start all the same, as after a change of the map or of what the source is asked for. */
  isFromStart?: boolean;
  /** A key that comes again in the run with other content; default `replace` with `since: 'cursor'`, else `refuse`. */
  repeats?: 'refuse' | 'replace';
  /**
   * Until when the source is known after the run; default `content`, the latest time of its cases. `run_start`: when the run began,
   * once it has read to the end of the source. `now`: from its first case on.
   */
  through?: 'content' | 'run_start' | 'now';
  /** `YYYY-MM-DD`, with `content`: the input is complete to the end of this day. */
  throughDate?: string;
  /** It is one of a row of runs that read about as much each time: too little is suspicious. */
  isRegular?: boolean;
  /** Ends the run before its end. */
  signal?: AbortSignal;
  /** Takes secrets out of errors before they are noted, logged or thrown. */
  redact?: (text: string) => string;
  /** Noted as loaded when the run is done, so that a drop folder reads each file once. */
  file?: { hash: string; name: string };
  /** Rows or cases loaded together; the default suits every input. What is in the store afterwards does not depend on it. */
  batchSize?: number;
}

export interface RunProgress extends Counts {
  bytes: number;
  seconds: number;
  /** What is to be expected in all, where the source says so. */
  total: { count: number; unit: 'rows' | 'bytes' } | null;
}
export interface RunReport extends RunProgress {
  runId: number;
  source: string;
  rowsPerSecond: number;
  /** Why its result should be looked at though it ended well. */
  warning: string | null;
}

/**
 * One run: reads the input, maps, derives and loads it batch by batch, each with its counts and the place to go on from in one
 * transaction. While one batch is being written the next is being read. Running the same input again changes nothing.
 * @throws BadInput when the header does not fit the map; SourceFailed when the input cannot be read, the store not be written or
 * another run of the source is in progress (RunInProgress). What was read before is loaded and stays so, the run is noted as
 * failed, and until when the source is known stays as it was.
 */
export async function runImport<Options>(options: RunOptions<Options>): Promise<RunReport> {
  const { store, map, connector, log, now, input } = options;
  const name = options.source ?? map.source;
  const description: SourceDescription = {
    name,
    connector: options.connectorName ?? connector.name,
    map: options.mapName ?? map.source,
    zone: map.zone,
    fields: [],
  };
  const { source, lock, begun } = await begin(options, description).catch((error: unknown) => {
    throw asStoreFault(name, error);
  });
  const { runId } = begun;
  const isOpen = options.since === 'cursor' || options.through === 'now' || connector.hasOpenHeader === true;
  const columns = followColumns({ map, input, known: begun.columns, isOpen });
  const run: OpenRun<Options> = { options, source, begun, lock, columns };
  const batches = createBatches(run);
  const { progress } = batches;
  const clock = performance.now();
  log('run_started', { run_id: runId, source: name });
  options.onStarted?.(runId);
  try {
    const ended = await readAll(run, batches, description);
    await endRun(options, { runId, code: source.code, lock, ...ended });
    progress.seconds = (performance.now() - clock) / 1000;
    log('run_finished', { run_id: runId, source: name, ...progress, warning: ended.warning });
    const rowsPerSecond = progress.read / Math.max(progress.seconds, 0.001);
    return { ...progress, runId, source: name, rowsPerSecond, warning: ended.warning };
  } catch (error) {
    await batches.settled().catch(() => undefined);
    const told = tellFailure(error, {
      source: name,
      loaded: progress.read,
      isFolding: map.fold !== null,
      isPulled: options.since === 'cursor',
      signal: options.signal,
      redact: options.redact,
    });
    const message = told instanceof Error ? told.message : String(told);
    if (isDiskFull(error)) await useReserve(store);
    const noteFailure = (): Promise<void> => failRun(store, { runId, lock, now: now(), message });
    await noteFailure()
      .catch(async (unwritten: unknown) => {
        if (storeFault(unwritten) === null) throw unwritten;
        await reuseLog(store);
        await noteFailure();
      })
      .catch((unwritten: unknown) => {
        // The next run of the source notes this one as interrupted.
        lock.abandon();
        log('run_failure_not_noted', { run_id: runId, source: name, error: unwritten });
      });
    log('run_failed', { run_id: runId, source: name, error: told });
    throw told;
  }
}

async function begin<Options>(options: RunOptions<Options>, description: SourceDescription) {
  const { store, now } = options;
  await keepReserve(store);
  const source = { name: description.name, code: await describeSource(store, description) };
  const { lock, result: begun } = await lockSource(store, source, now, async (trx) => {
    await options.onBegin?.(trx);
    return beginRun(trx, source.code, options);
  });
  return { source, lock, begun };
}

/** @returns what is to be noted when everything is loaded */
async function readAll<Options>(
  run: OpenRun<Options>,
  batches: RunBatches,
  description: SourceDescription,
): Promise<{ progress: SourceProgress; warning: string | null }> {
  const { options, source, begun, columns } = run;
  const { store, map, now, signal, organisation, input } = options;
  const context = await deriveContextOf(store, { organisation, map, source: source.code, now: begun.startedAt });
  const intake = createIntake(run, batches, { context, description });
  const reading = {
    now,
    knownColumns: begun.columns,
    pause: (milliseconds: number, stop?: AbortSignal) => pause(milliseconds, undefined, { signal: stop }),
    ...(signal ? { signal } : {}),
  };
  try {
    for await (const extract of options.connector.read(options.options, begun.cursor, reading)) {
      signal?.throwIfAborted();
      await intake.take(extract);
    }
  } finally {
    // An input that breaks off leaves what it gave: a source that always does gets a little further each time.
    await intake.flush();
  }
  await intake.finish();

  const { read, rejected, inserted, updated, unchanged } = batches.progress;
  const missing = columns.missing();
  const size = { read, rejected, input, isRegular: options.isRegular ?? false, isWhole: begun.cursor === null };
  const warnings = [missing && `the columns have changed: ${missing}`, await judgeRun(store, source.code, size)];
  const progress: SourceProgress = options.since === 'cursor' ? { notice: intake.notice() } : {};
  if (options.through === 'run_start') {
    if (!intake.isPartial()) progress.throughAt = begun.startedAt;
  } else if (options.through !== 'now')
    progress.throughAt = options.throughDate === undefined ? batches.knownAt() : endOfDay(options.throughDate, context.zone);
  else if (inserted + updated + unchanged > 0) progress.is_live = 1;
  return { progress, warning: warnings.filter((text) => text !== null).join('; ') || null };
}
