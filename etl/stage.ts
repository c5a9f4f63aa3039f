import type { Knex } from 'knex';
import type { BrokenRow, Extract, RawRow } from './connector.ts';
import { derive, type DeriveContext, type Derived } from './derive.ts';
import type { Problem } from './errors.ts';
import type { Batch, BatchResult, Reject } from './load.ts';
import type { SourceKey } from './load-cases.ts';
import { landRows, type KeyedRow } from './load-rows.ts';
import type { BoundMap } from './map.ts';
import { createSeenKeys } from './seen-keys.ts';
import { isOneOf } from './store/insert.ts';

/** What a run has done so far. Cases but for `read` and `rejected`, which are rows. */
export interface Counts {
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  flagged: number;
}

/** Rows waiting to be loaded together. */
export interface StagedBatch {
  read: number;
  knownAt: number;
  /** What `loadBatch` needs of it. */
  load: Pick<Batch, 'cases' | 'rejects' | 'isKnownNew' | 'before'>;
  /** The counts this batch adds. Pure, since a transaction may run twice. */
  count(result: BatchResult): Counts;
  /** To be called once after the commit. */
  settle(result: BatchResult): void;
}

/** Turns extracts into batches: rows into records where one row is one case, rows to be landed where several are. */
export interface Stage {
  add(extract: Extract): void;
  /** Whether what is staged is enough for a batch. */
  isFull(): boolean;
  take(): StagedBatch;
}

export interface StageOptions {
  bound: BoundMap;
  source: SourceKey;
  context: DeriveContext;
  /** The store held no case of this source when the run began; the lock keeps it so. */
  isSourceEmpty: boolean;
}

const fullCases = 2000;
const fullRows = 4000;
const fullSize = 16 * 1024 * 1024;

/** A stage for maps where one row is one case. A key that comes again is refused unless the row says the same. */
export function createPlainStage({ bound, source, context, isSourceEmpty }: StageOptions): Stage {
  const lines = createSeenKeys();
  let staged = empty();

  function empty() {
    return { read: 0, size: 0, cases: [] as Derived[], rejects: [] as Reject[], again: [] as Again[] };
  }
  function addRow(row: RawRow): void {
    staged.read += 1;
    const parsed = bound.record([row]);
    if (!parsed.ok) {
      staged.rejects.push(toReject(row, parsed.problems));
      return;
    }
    const derived = derive(parsed.record, parsed.flags, context);
    staged.size += derived.size;
    const firstLine = lines.get(derived.sourceId);
    if (firstLine) staged.again.push({ derived, row, firstLine });
    else {
      lines.set(derived.sourceId, row.line);
      staged.cases.push(derived);
    }
  }
  return {
    add(extract) {
      for (const row of extract.rows) addRow(row);
      staged.read += extract.broken.length;
      for (const broken of extract.broken) staged.rejects.push(brokenReject(broken));
    },
    isFull: () => staged.cases.length + staged.again.length + staged.rejects.length >= fullCases || staged.size >= fullSize,
    take() {
      const { read, cases, rejects, again } = staged;
      staged = empty();
      let same = 0;
      return {
        read,
        knownAt: cases.reduce((last, c) => Math.max(last, c.knownAt), 0),
        load: {
          cases,
          rejects,
          isKnownNew: isSourceEmpty ? () => true : undefined,
          before: again.length
            ? async (trx) => {
                const sorted = await sortRepeated(trx, source, cases, again);
                same = sorted.same;
                return sorted;
              }
            : undefined,
        },
        count(result) {
          const counts: Counts = { read, inserted: 0, updated: 0, unchanged: same, rejected: result.rejected, flagged: 0 };
          result.outcomes.forEach((outcome, i) => {
            counts[outcome] += 1;
            if (outcome !== 'unchanged' && result.cases[i]?.flags.length) counts.flagged += 1;
          });
          return counts;
        },
        settle: () => undefined,
      };
    },
  };
}

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

interface Again {
  derived: Derived;
  row: RawRow;
  firstLine: number;
}

/** A row whose key came before says the same, which changes nothing, or something else, which is refused. */
async function sortRepeated(
  trx: Knex.Transaction,
  source: SourceKey,
  cases: readonly Derived[],
  again: readonly Again[],
): Promise<{ cases: Derived[]; rejects: Reject[]; same: number }> {
  const hashes = new Map(cases.map((c) => [c.sourceId, c.rowHash]));
  const earlier = again.map((a) => a.derived.sourceId).filter((key) => !hashes.has(key));
  const found = await trx<{ source: number; source_id: string; row_hash: string }>('case_fact')
    .where('source', source.code)
    .where(isOneOf(trx, 'source_id', earlier))
    .select('source_id', 'row_hash');
  for (const { source_id, row_hash } of found) hashes.set(source_id, row_hash);
  const result = { cases: [] as Derived[], rejects: [] as Reject[], same: 0 };
  for (const { derived, row, firstLine } of again) {
    const first = hashes.get(derived.sourceId);
    if (first === undefined) {
      // Another key with the same hash was taken for this one.
      hashes.set(derived.sourceId, derived.rowHash);
      result.cases.push(derived);
    } else if (first === derived.rowHash) result.same += 1;
    else
      result.rejects.push(
        toReject(row, [
          { field: 'source_id', message: `the key "${derived.sourceId}" stands already on line ${firstLine} with other content` },
        ]),
      );
  }
  return result;
}

function toReject(row: RawRow, problems: readonly Problem[]): Reject {
  const columns = Object.keys(row.values);
  const field = problems[0]?.field ?? null;
  const position = field === null ? 0 : columns.indexOf(field) + 1;
  const reason = problems.map((p, i) => (i > 0 && p.field ? `${p.field}: ${p.message}` : p.message)).join('; ');
  return { line: row.line, column: position || null, field, reason, raw: JSON.stringify(row.values) };
}

function brokenReject({ line, column, field, reason, text }: BrokenRow): Reject {
  return { line, column, field, reason, raw: text };
}
