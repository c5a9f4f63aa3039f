import type { BrokenRow, Extract, RawRow } from './connector.ts';
import type { DeriveContext } from './derive.ts';
import type { Problem } from './errors.ts';
import type { Batch, BatchResult } from './load.ts';
import type { SourceKey } from './load-cases.ts';
import type { Reject } from './load-rejects.ts';
import { deliveryOf } from './load-rows.ts';
import type { BoundMap } from './map.ts';

/** What a run has done so far. Cases but for `read` and `rejected`, which are rows; `removed` are those the source no longer has. */
export interface Counts {
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  flagged: number;
  removed: number;
}

/** Nothing done. */
export const noCounts: Readonly<Counts> = { read: 0, inserted: 0, updated: 0, unchanged: 0, rejected: 0, flagged: 0, removed: 0 };

/** What two parts of a run have done together. */
export function addCounts(a: Counts, b: Counts): Counts {
  return Object.fromEntries(
    Object.keys(noCounts).map((name) => [name, a[name as keyof Counts] + b[name as keyof Counts]]),
  ) as unknown as Counts; // the same keys
}

/** Rows waiting to be loaded together. */
export interface StagedBatch {
  read: number;
  knownAt: number;
  /** What `loadBatch` needs of it. */
  load: Pick<Batch, 'cases' | 'rejects' | 'gone' | 'isKnownNew' | 'before'>;
  /** The counts this batch adds. Pure, since a transaction may run twice. */
  count(result: BatchResult): Counts;
  /** To be called once after the commit. */
  settle(result: BatchResult): void;
}

/** Turns extracts into batches: rows into records where one row is one case, rows to be landed where several are. */
export interface Stage {
  /** The header has grown: the rows that follow are read with the map bound to all its columns. */
  rebind(bound: BoundMap, header: readonly string[]): void;
  add(part: Pick<Extract, 'rows' | 'broken'>): void;
  /** Whether what is staged is enough for a batch. */
  isFull(): boolean;
  take(): StagedBatch;
  /** What is left to do once the whole input has been taken: a batch at a time, until there is none. */
  rest(): StagedBatch | null;
}

export interface StageOptions {
  bound: BoundMap;
  source: SourceKey;
  context: DeriveContext;
  /** The store held no case of this source when the run began; the lock keeps it so. */
  isSourceEmpty: boolean;
  /** The run before did not come to its end: what it made tells nothing of until when the source is known. */
  isAfterFailure: boolean;
  runId: number;
  /** Every column of the input. */
  header: readonly string[];
  /** A key that comes again in the run with other content: `refuse` it, or `replace` what came before. Folding maps take up every row. */
  repeats: 'refuse' | 'replace';
  /** Rows or cases that make a batch; default a number for each kind of stage. */
  batchSize?: number;
}

/** Characters of records or rows that make a batch however few they are: a field can be a megabyte. */
export const fullSize = 16 * 1024 * 1024;

/**
 * A row of which no case is made, with all that is wrong with it.
 * @param columns every column of the input, in order
 * @param key the key it would have, where that is known
 */
export function toReject(row: RawRow, problems: readonly Problem[], columns: readonly string[], key: string | null): Reject {
  const field = problems[0]?.field ?? null;
  const position = field === null ? 0 : columns.indexOf(field) + 1;
  const reason = problems.map((p, i) => (i > 0 && p.field ? `${p.field}: ${p.message}` : p.message)).join('; ');
  const delivery = deliveryOf(row);
  const raw = JSON.stringify(row.values);
  return { line: row.line, column: position || null, field, reason, raw, key, ...(delivery === undefined ? {} : { delivery }) };
}

/** A part of the input that is no row. */
export function brokenReject({ line, column, field, reason, text }: BrokenRow): Reject {
  return { line, column, field, reason, raw: text };
}

/** Without a single row that could be mapped: parts of the input that are no rows, and keys the source no longer has. */
export function bareBatch(broken: readonly BrokenRow[], gone: readonly string[]): StagedBatch {
  return {
    read: broken.length,
    knownAt: 0,
    load: { cases: [], rejects: broken.map(brokenReject), gone },
    count: ({ rejected, removed }) => ({ ...noCounts, read: broken.length, rejected, removed }),
    settle: () => undefined,
  };
}
