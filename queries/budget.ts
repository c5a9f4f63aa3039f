import { setImmediate as turn } from 'node:timers/promises';
import { BadInput } from '../etl/errors.ts';
import { formatCount } from './model/number.ts';

/** What bounds the answer to one request. */
export interface Bounds {
  signal?: AbortSignal | undefined;
  /** Milliseconds one statement may take; the whole request may take twice that. */
  timeout?: number;
  /** Groups that all statements together may give back. */
  rows?: number;
}

/** What an answer uses up: groups read, rows handed to tallies, periods, figures filled in, rows and values given back. */
export type Cost = 'groups' | 'tallied' | 'periods' | 'figures' | 'rows' | 'values';

/** What is left to one request, over all its queries. */
export interface Budget {
  signal: AbortSignal | undefined;
  /** Milliseconds the next statement may take. */
  statementMs: () => number;
  /** @throws BadInput that says what to narrow, once more is spent than a request may */
  spend: (cost: Cost, count: number) => void;
  /** The most of a cost. */
  most: (cost: Cost) => number;
  /**
   * Asked inside long loops: what to await so that others get their turn, or undefined while it is not yet due.
   * @throws BadInput when the request has taken too long, the signal's reason when it was given up
   */
  rest: () => Promise<void> | undefined;
}

const mosts: Record<Cost, number> = {
  groups: 400_000,
  tallied: 1_500_000,
  periods: 200_000,
  figures: 3_000_000,
  rows: 200_000,
  values: 2_000_000,
};
const what: Record<Cost, [field: string, message: (most: string) => string]> = {
  groups: ['by', (most) => `gives more than ${most} groups; narrow the period or the filters, take a larger grain or fewer dimensions`],
  tallied: [
    'by',
    (most) => `needs more than ${most} groups over all its measures; narrow the period or ask for fewer dimensions or measures`,
  ],
  periods: ['grain', (most) => `gives more than ${most} periods in one request; narrow the period or take a larger grain`],
  figures: ['by', (most) => `gives more than ${most} figures in one request; set a limit, narrow the period or take a larger grain`],
  rows: ['by', (most) => `gives more than ${most} rows in one request; set a limit, narrow the period or take a larger grain`],
  values: ['measures', (most) => `gives more than ${most} values in one request; ask for fewer measures or members, or narrow the period`],
};

const turnMs = 12;
const statementMs = 30_000;

/** How long a statement outside a budget may take, in milliseconds. */
export function statementLimit(bounds: Bounds = {}): () => number {
  return () => bounds.timeout ?? statementMs;
}

/**
 * Opens the budget of a request.
 * @param clock milliseconds
 */
export function openBudget(bounds: Bounds = {}, clock: () => number = () => performance.now()): Budget {
  const most = (cost: Cost) => (cost === 'groups' ? (bounds.rows ?? mosts.groups) : mosts[cost]);
  const perStatement = bounds.timeout ?? statementMs;
  const end = clock() + 2 * perStatement;
  const spent = new Map<Cost, number>();
  let last = clock();
  const check = () => {
    bounds.signal?.throwIfAborted();
    if (clock() > end) throw tooLong(2 * perStatement);
  };
  return {
    signal: bounds.signal,
    most,
    statementMs() {
      check();
      return Math.max(1, Math.min(perStatement, end - clock()));
    },
    spend(cost, count) {
      const sum = (spent.get(cost) ?? 0) + count;
      spent.set(cost, sum);
      if (sum <= most(cost)) return;
      const [field, message] = what[cost];
      throw new BadInput([{ field, message: message(formatCount(most(cost))) }]);
    },
    rest() {
      if (clock() - last < turnMs) return undefined;
      check();
      return turn().then(() => void (last = clock()));
    },
  };
}

/** The problem of what takes too long. */
export function tooLong(milliseconds: number): BadInput {
  return new BadInput([{ field: '', message: `took longer than ${Math.round(milliseconds / 1000)} s; narrow the period or the filters` }]);
}
