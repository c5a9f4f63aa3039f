import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Extract } from './connector.ts';
import type { DeriveContext } from './derive.ts';
import type { OpenRun, Reached, RunBatches } from './run-batches.ts';
import { bareBatch, type Stage } from './stage.ts';
import { createFoldStage } from './stage-fold.ts';
import { createPlainStage } from './stage-plain.ts';
import { describeSource, type SourceDescription } from './store/sources.ts';

/** Takes up what a connector yields and loads it whenever there is enough for a batch. */
export interface Intake {
  /** @throws BadInput when the header does not fit the map */
  take(extract: Extract): Promise<void>;
  /** Loads what is waiting for a batch; the place to go on from is then behind everything that was taken. */
  flush(): Promise<void>;
  /** Once the whole input has been taken: makes the cases that could not be made before. */
  finish(): Promise<void>;
  /** What the source said of itself last. */
  notice(): string | null;
  /** Whether the source has more than was read. */
  isPartial(): boolean;
}

// Between slices the statements of the batch being written go on, and so does a server that runs in this process.
const sliceRows = 50;

/** The intake of a run. See {@link Intake}. */
export function createIntake<Options>(
  run: OpenRun<Options>,
  batches: RunBatches,
  { context, description }: { context: DeriveContext; description: SourceDescription },
): Intake {
  const { options, source, begun, columns } = run;
  const { map, store, signal, batchSize } = options;
  let stage: Stage | null = null;
  let reached: Reached = { cursor: '', bytes: 0 };
  let notice: string | null = null;
  let isPartial = false;

  async function stageFor(header: readonly string[], hasRows: boolean): Promise<Stage | null> {
    const widened = columns.take(header, hasRows);
    if (!widened) return stage;
    await describeSource(store, { ...description, fields: widened.bound.fields });
    if (stage) stage.rebind(widened.bound, widened.columns);
    else {
      const isSourceEmpty = !(await store.writer('case_fact').where({ source: source.code }).first('case_id'));
      const repeats = options.repeats ?? (options.since === 'cursor' ? 'replace' : 'refuse');
      const create = map.fold ? createFoldStage : createPlainStage;
      stage = create({
        bound: widened.bound, header: widened.columns, source, context, isSourceEmpty, repeats, isAfterFailure: begun.isAfterFailure,
        runId: begun.runId, batchSize,
      }); // prettier-ignore
    }
    return stage;
  }

  async function takeRows(to: Stage, extract: Extract): Promise<void> {
    const { rows, broken } = extract;
    const slice = Math.min(sliceRows, batchSize ?? sliceRows);
    for (let from = 0; from < Math.max(1, rows.length); from += slice) {
      signal?.throwIfAborted();
      to.add({ rows: rows.slice(from, from + slice), broken: from === 0 ? broken : [] });
      await nextTurn();
      // With keys that are gone the place is reached only when those are taken out too.
      if (from + slice >= rows.length && !extract.gone?.length) reached = extract;
      if (to.isFull()) await batches.begin(to.take(), reached);
    }
  }

  async function flush(): Promise<void> {
    await batches.settled();
    if (stage) await batches.load(stage.take(), reached);
  }

  return {
    async take(extract) {
      const { broken, gone = [] } = extract;
      notice = extract.notice ?? notice;
      isPartial ||= extract.isPartial === true;
      const to = await stageFor(extract.header, extract.rows.length > 0);
      if (to) await takeRows(to, extract);
      if (to && gone.length === 0) return;
      await flush();
      await batches.load(bareBatch(to ? [] : broken, gone), extract);
      reached = extract;
    },
    flush,
    async finish() {
      // Rows that an earlier run left behind wait to be folded also when there is nothing new.
      const last = stage ?? (map.fold ? await stageFor([], false) : null);
      for (let rest = last?.rest(); rest; rest = last?.rest()) await batches.load(rest, reached);
    },
    notice: () => notice,
    isPartial: () => isPartial,
  };
}
