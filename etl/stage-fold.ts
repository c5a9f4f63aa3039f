import { derive, type Derived } from './derive.ts';
import type { Reject } from './load.ts';
import { landRows, type KeyedRow } from './load-rows.ts';
import { createSeenKeys } from './seen-keys.ts';
import { brokenReject, fullSize, toReject, type Counts, type Stage, type StagedBatch, type StageOptions } from './stage.ts';

// More rows than cases in a batch of the other stage: rows of a case that come together are put together once.
const fullRows = 4000;

// What became of a case in this run: bits, so that a case met in several batches counts once.
const stateOf = { unchanged: 1, inserted: 2, updated: 3 } as const;
const flaggedBit = 4;

/** A stage for folding maps: rows are landed, then each case they touch is made anew from all its rows. */
export function createFoldStage({ bound, source, context }: StageOptions): Stage {
  const states = createSeenKeys();
  let staged = empty();

  function empty() {
    return { read: 0, size: 0, rows: [] as KeyedRow[], rejects: [] as Reject[] };
  }
  return {
    add(extract) {
      for (const row of extract.rows) {
        staged.read += 1;
        const key = bound.keyOf(row);
        if ('problem' in key) {
          staged.rejects.push(toReject(row, [key.problem]));
          continue;
        }
        staged.rows.push({ key: key.key, row });
        for (const column of bound.columns) staged.size += row.values[column]?.length ?? 0;
      }
      staged.read += extract.broken.length;
      for (const broken of extract.broken) staged.rejects.push(brokenReject(broken));
    },
    isFull: () => staged.rows.length + staged.rejects.length >= fullRows || staged.size >= fullSize,
    take() {
      const { read, rows, rejects } = staged;
      staged = empty();
      let untouched: string[] = [];
      const batch: StagedBatch = {
        read,
        knownAt: 0,
        load: {
          cases: [],
          rejects,
          async before(trx) {
            const made: { cases: Derived[]; rejects: Reject[] } = { cases: [], rejects: [] };
            const groups = await landRows(trx, source, bound, rows);
            untouched = groups.filter((g) => !g.isTouched).map((g) => g.key);
            for (const group of groups) {
              const [first] = group.rows;
              if (!group.isTouched || !first) continue;
              const parsed = bound.record(group.rows);
              if (parsed.ok) made.cases.push(derive(parsed.record, parsed.flags, context));
              else made.rejects.push(toReject(first, parsed.problems));
            }
            batch.knownAt = made.cases.reduce((last, c) => Math.max(last, c.knownAt), 0);
            return made;
          },
        },
        count(result) {
          const counts: Counts = { read, inserted: 0, updated: 0, unchanged: 0, rejected: result.rejected, flagged: 0 };
          for (const key of untouched) if (states.get(key) === 0) counts.unchanged += 1;
          result.cases.forEach((derived, i) => {
            const outcome = result.outcomes[i] ?? 'unchanged';
            const before = states.get(derived.sourceId);
            if ((before & 3) === 0) counts[outcome] += 1;
            else if ((before & 3) === stateOf.unchanged && outcome === 'updated') {
              counts.unchanged -= 1;
              counts.updated += 1;
            }
            if (outcome !== 'unchanged' && derived.flags.length && !(before & flaggedBit)) counts.flagged += 1;
          });
          return counts;
        },
        settle(result) {
          for (const key of untouched) if (states.get(key) === 0) states.set(key, stateOf.unchanged);
          result.cases.forEach((derived, i) => {
            const outcome = result.outcomes[i] ?? 'unchanged';
            const before = states.get(derived.sourceId);
            const state = (before & 3) <= stateOf.unchanged ? stateOf[outcome] : before & 3;
            const isFlagged = (before & flaggedBit) !== 0 || (outcome !== 'unchanged' && derived.flags.length > 0);
            states.set(derived.sourceId, state | (isFlagged ? flaggedBit : 0));
          });
        },
      };
      return batch;
    },
  };
}
