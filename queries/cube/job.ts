import type { MessagePort } from 'node:worker_threads';
import type { Statement, StatementRow } from '../sql/statements.ts';
import type { Block, Claims } from './blocks.ts';
import type { Chunk } from './chunk.ts';
import type { HeldTable } from './columns.ts';
import type { Room } from './pass.ts';
import type { SharedRows } from './table.ts';

// What threads tell each other.

/** What a thread is made with: where it asks for columns, and what it sleeps on until they are there. */
export interface Bench {
  columns: MessagePort;
  answered: Int32Array<SharedArrayBuffer>;
}

/** The facts that jobs are about from now on. */
export interface Given {
  is: 'facts';
  tables: Record<HeldTable, SharedRows>;
}

/** A pass to take part in. */
export interface Job {
  is: 'job';
  id: number;
  /** Version of the facts: what was counted by another may be about other rows. */
  version: number;
  statements: readonly Statement[];
  /** Cases that its filter leaves (`FoundCases`). */
  found: { text: Float64Array | null; score: Float64Array | null };
  room: Room;
  mostGroups: number;
  blocks: readonly Block[];
  claims: Claims;
  who: number;
  of: number;
}

/** What became of a job: the rows of each statement, more groups than there may be, or why there are none. */
export type Done = { id: number } & ({ rows: StatementRow[][] } | { isTooMuch: true } | { failed: string });

/** Asks for a column of a table of the facts of the job. */
export interface Wanted {
  table: HeldTable;
  column: string;
}

/** Its chunks, as far as there are shared rows; null where it cannot be had. */
export type Had = readonly Chunk[] | null;

/** Says that columns not asked for lately may go, or all facts. */
export interface Forget {
  is: 'forget';
  all: boolean;
}
