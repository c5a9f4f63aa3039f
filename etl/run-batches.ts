import type { Extract } from './connector.ts';
import { loadBatch } from './load.ts';
import type { RunColumns } from './run-columns.ts';
import type { RunOptions, RunProgress } from './run.ts';
import { keptCursor, type BegunRun } from './run-state.ts';
import { addCounts, noCounts, type Counts, type StagedBatch } from './stage.ts';
import type { SourceKey } from './load-cases.ts';
import type { SourceLock, SourceProgress } from './store/lock.ts';
import type { PipelineRunRow } from './store/tables.ts';

/** A run under way. */
export interface OpenRun<Options> {
  options: RunOptions<Options>;
  source: SourceKey;
  begun: BegunRun;
  lock: SourceLock;
  columns: RunColumns;
}

/** How far the input has been taken up when a batch is loaded. */
export type Reached = Pick<Extract, 'cursor' | 'bytes' | 'total'>;

/** Loads the batches of a run one after the other, each with its counts and the place to go on from in one transaction. */
export interface RunBatches {
  progress: RunProgress;
  /** The latest time of the cases loaded, seconds UTC. */
  knownAt: () => number;
  /** Once the batches before it are loaded. */
  load: (staged: StagedBatch, at: Reached) => Promise<void>;
  /** As `load`, but resolves when loading begins; its failure comes with the next call. */
  begin: (staged: StagedBatch, at: Reached) => Promise<void>;
  /** Resolves or rejects as the batch begun last. */
  settled: () => Promise<void>;
}

/** The batches of a run. See {@link RunBatches}. */
export function createBatches<Options>({ options, source, begun, lock, columns }: OpenRun<Options>): RunBatches {
  const { store, now, input } = options;
  const { runId } = begun;
  const clock = performance.now();
  const progress: RunProgress = { ...noCounts, bytes: 0, seconds: 0, total: null };
  let knownAt = 0;
  let keptColumns = begun.columns.length;
  let loading = Promise.resolve();

  async function write(staged: StagedBatch, at: Reached): Promise<void> {
    const { bytes } = at;
    const total = at.total ?? progress.total;
    const all = columns.all();
    const noted: SourceProgress = {};
    if (options.since === 'cursor' && at.cursor !== '') noted.cursor = keptCursor(options.connector.name, at.cursor);
    if (all.length > keptColumns) noted.columns = JSON.stringify(all);
    let counts: Counts = progress;
    const result = await loadBatch(store, {
      ...staged.load,
      source,
      runId,
      input,
      now: now(),
      async after(trx, done) {
        counts = addCounts(progress, staged.count(done));
        await lock.renew(trx, now(), noted);
        await trx<PipelineRunRow>('pipeline_run')
          .where({ run_id: runId })
          .update({ ...counts, bytes, total: total?.count ?? null, total_unit: total?.unit ?? null });
        await options.onBatch?.(trx, counts);
      },
    });
    staged.settle(result);
    keptColumns = all.length;
    knownAt = Math.max(knownAt, staged.knownAt);
    Object.assign(progress, counts, { bytes, total, seconds: (performance.now() - clock) / 1000 });
    options.onProgress?.({ ...progress });
  }

  return {
    progress,
    knownAt: () => knownAt,
    async load(staged, at) {
      await loading;
      await write(staged, at);
    },
    async begin(staged, at) {
      await loading;
      loading = write(staged, at);
      // It is awaited before the next batch; until then a failure must not count as unhandled.
      loading.catch(() => undefined);
    },
    settled: () => loading,
  };
}
