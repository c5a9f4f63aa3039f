import type { Knex } from 'knex';
import type { RawRow } from './connector.ts';
import { derive } from './derive.ts';
import { placeFlag, placeProblem } from './fold-place.ts';
import type { LoadedCase, RowPlace } from './load-cases.ts';
import type { Arrival, Reject } from './load-rejects.ts';
import { deliveryOf, landRows, takeWaiting, type KeyedRow, type LandedRow } from './load-rows.ts';
import { createSeenKeys } from './seen-keys.ts';
import { brokenReject, fullSize, noCounts, toReject, type Counts, type Stage, type StagedBatch, type StageOptions } from './stage.ts';

const fullRows = 4000;
// A case can have many rows, and all of them are held at once.
const fullCases = 1000;

/**
 * A stage for folding maps. The rows of the whole input are landed first, then each case they touch is made once from all its rows:
 * what comes of them cannot depend on how they fell into batches. A case of which none can be made any more is taken out.
 */
export function createFoldStage(options: StageOptions): Stage {
  const { source, context, runId, batchSize } = options;
  let { bound, header } = options;
  const [rowLimit, caseLimit] = [batchSize ?? fullRows, batchSize ?? fullCases];
  /** Keys counted as unchanged when their rows came. */
  const counted = createSeenKeys();
  let staged = empty();
  let isDone = false;

  function empty() {
    return { read: 0, size: 0, rows: [] as KeyedRow[], rejects: [] as Reject[] };
  }

  function reject(rejected: Reject): void {
    staged.rejects.push(rejected);
    staged.size += rejected.raw?.length ?? 0;
  }

  function judge({ key, rows }: { key: string; rows: LandedRow[] }, inputs: ReadonlyMap<number, string | null>) {
    const parsed = bound.record(rows);
    const placeOf = (row: LandedRow): RowPlace =>
      row.delivery === runId ? { line: row.line } : { line: row.line, input: inputs.get(row.delivery) ?? null };
    if (!parsed.ok) {
      const row = placeProblem(bound, rows, parsed.problems[0]);
      return { key, reject: row && { ...toReject(row, parsed.problems, header, key), rowKey: row.rowKey, ...placeOf(row) } };
    }
    const made: LoadedCase = derive(parsed.record, parsed.flags, context);
    if (made.flags.length) {
      const places = made.flags.map((flag) => placeFlag(bound, rows, flag, context));
      made.flagPlaces = places.flatMap((row) => (row ? placeOf(row) : []));
    }
    return { key, made };
  }

  async function judgeWaiting(trx: Knex.Transaction) {
    const groups = await takeWaiting(trx, source, caseLimit);
    const inputs = await inputsOf(
      trx,
      groups.flatMap((group) => group.rows.map((row) => row.delivery)),
    );
    const judged = groups.map((group) => judge(group, inputs));
    return {
      cases: judged.flatMap(({ made }) => made ?? []),
      rejects: judged.flatMap(({ reject }) => reject ?? []),
      gone: judged.flatMap(({ key, made }) => (made ? [] : key)),
      isLast: groups.length < caseLimit,
    };
  }

  function landed(key: string, row: RawRow): Arrival {
    const delivery = deliveryOf(row);
    return { key, rowKey: bound.rowKey(row), ...(delivery === undefined ? { delivery: runId, line: 0 } : { delivery, line: row.line }) };
  }

  async function inputsOf(trx: Knex.Transaction, deliveries: readonly number[]): Promise<Map<number, string | null>> {
    const earlier = [...new Set(deliveries)].filter((delivery) => delivery !== runId);
    if (earlier.length === 0) return new Map();
    const runs = await trx<{ run_id: number; input: string | null }>('pipeline_run').whereIn('run_id', earlier).select('run_id', 'input');
    return new Map(runs.map((run) => [run.run_id, run.input]));
  }

  return {
    rebind(wider, columns) {
      bound = wider;
      header = columns;
    },
    add(extract) {
      for (const row of extract.rows) {
        staged.read += 1;
        const key = bound.keyOf(row);
        if ('problem' in key) {
          reject({ ...toReject(row, [key.problem], header, key.known ?? null), rowKey: bound.rowKey(row) });
          continue;
        }
        staged.rows.push({ key: key.key, row });
        for (const column of bound.columns) staged.size += row.values[column]?.length ?? 0;
      }
      staged.read += extract.broken.length;
      for (const broken of extract.broken) reject(brokenReject(broken));
    },
    isFull: () => staged.rows.length + staged.rejects.length >= rowLimit || staged.size >= fullSize,
    take() {
      const { read, rows, rejects } = staged;
      staged = empty();
      let same: string[] = [];
      return {
        read,
        knownAt: 0,
        load: {
          cases: [],
          rejects,
          async before(trx) {
            const landing = { source, bound, runId, isEveryCaseDue: options.isAfterFailure };
            same = (await landRows(trx, landing, rows)).filter((key) => counted.get(key) === 0);
            return { cases: [], rejects: [], landed: rows.map(({ key, row }) => landed(key, row)) };
          },
        },
        count: ({ rejected }) => ({ ...noCounts, read, unchanged: same.length, rejected }),
        settle() {
          for (const key of same) counted.set(key, 1);
        },
      };
    },
    rest() {
      if (isDone) return null;
      let judged: Awaited<ReturnType<typeof judgeWaiting>> = { cases: [], rejects: [], gone: [], isLast: true };
      const batch: StagedBatch = {
        read: 0,
        knownAt: 0,
        load: {
          cases: [],
          rejects: [],
          // Each case is made once in a run, so none of a source that was empty can be there.
          isKnownNew: options.isSourceEmpty ? () => true : undefined,
          async before(trx) {
            judged = await judgeWaiting(trx);
            batch.knownAt = judged.cases.reduce((last, c) => Math.max(last, c.knownAt), 0);
            return judged;
          },
        },
        count({ outcomes, cases, rejected }) {
          const counts: Counts = { ...noCounts, rejected };
          cases.forEach((made, i) => {
            const outcome = outcomes[i] ?? 'unchanged';
            counts[outcome] += 1;
            counts.unchanged -= counted.get(made.sourceId);
            if (outcome !== 'unchanged' && made.flags.length) counts.flagged += 1;
          });
          for (const key of judged.gone) counts.unchanged -= counted.get(key);
          return counts;
        },
        settle() {
          isDone = judged.isLast;
        },
      };
      return batch;
    },
  };
}
