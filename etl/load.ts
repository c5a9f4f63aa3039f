import type { Knex } from 'knex';
import { upsertCases, type LoadedCase, type LoadScope, type Outcome, type SourceKey } from './load-cases.ts';
import { scrubErased, scrubRejects } from './load-erased.ts';
import { removeCases, removeGone } from './load-gone.ts';
import { noteRejects, supersede, type Arrival, type Reject } from './load-rejects.ts';
import { openLabels } from './store/labels.ts';
import type { Store } from './store/open.ts';
import { transact } from './store/transact.ts';

export interface Batch {
  source: SourceKey;
  runId: number | null;
  input: string | null;
  /** Seconds UTC. */
  now: number;
  /** Each key once. */
  cases: readonly LoadedCase[];
  rejects: readonly Reject[];
  /** Keys the source no longer has: their cases are taken out before anything is written. */
  gone?: readonly string[];
  isKnownNew?: (sourceId: string) => boolean;
  /**
   * Work of the same transaction before the cases are written; the cases and rejects it returns are added to those above.
   * `gone` are keys whose case, where there is one, is taken out of the store; `landed` are rows that were kept to be folded.
   */
  before?: (
    trx: Knex.Transaction,
  ) => Promise<{ cases: LoadedCase[]; rejects: Reject[]; gone?: readonly string[]; landed?: readonly Arrival[] }>;
  /** Work of the same transaction after everything is written: cursor, counts. */
  after?: (trx: Knex.Transaction, result: BatchResult) => Promise<void>;
}

export interface BatchResult {
  /** What became of each case, in order. */
  outcomes: Outcome[];
  caseIds: number[];
  cases: readonly LoadedCase[];
  rejected: number;
  /** Cases taken out of those the source no longer has. */
  removed: number;
}

/**
 * Loads a batch in one transaction: cases with all that hangs on them, rejected rows, and what `after` adds.
 * Either all of it is in the store or nothing.
 */
export async function loadBatch(store: Store, batch: Batch): Promise<BatchResult> {
  let keep = (): void => undefined;
  const result = await transact(store, async (trx, changeSeq) => {
    const labels = await openLabels(store, trx);
    keep = () => labels.keep();
    const more = await batch.before?.(trx);
    const cases = more ? [...batch.cases, ...more.cases] : batch.cases;
    const rejects = more ? [...batch.rejects, ...more.rejects] : batch.rejects;
    const { source, runId, input, isKnownNew } = batch;
    const scope: LoadScope = { trx, changeSeq, labels, source, runId, input, isKnownNew };
    const removed = batch.gone?.length ? await removeGone(scope, batch.gone, batch.now) : 0;
    if (more?.gone) await removeCases(scope, more.gone);
    const { outcomes, caseIds } = await upsertCases(scope, await scrubErased(scope, cases));
    await noteRejects(trx, batch, await scrubRejects(trx, source, rejects));
    await supersede(trx, batch, arrivals(batch, cases, more?.landed));
    const done = { outcomes, caseIds, cases, rejected: rejects.length, removed };
    await batch.after?.(trx, done);
    return done;
  });
  keep();
  return result;
}

/** What a batch has brought in good order. A case comes at the beginning of its run where nothing else is said: no row of the run is older. */
function* arrivals({ runId, gone = [] }: Batch, cases: readonly LoadedCase[], landed: readonly Arrival[] = []): Iterable<Arrival> {
  const start = { delivery: runId ?? 0, line: 0 };
  for (const key of gone) yield { key, ...start };
  for (const { sourceId: key, arrival = start } of cases) yield { key, rowKey: null, ...arrival };
  yield* landed;
}
