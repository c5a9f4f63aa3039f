import { setImmediate as turn } from 'node:timers/promises';
import { BadInput } from '../etl/errors.ts';
import { formatCount } from './model/number.ts';

/** What bounds the answer to one request. */
export interface Bounds {
  signal?: AbortSignal | undefined;
  /** Whose request it is: the statements of all askers take turns. */
  asker?: unknown;
  /** Milliseconds one statement may take; the whole request may take twice that. */
  timeout?: number;
  /** The most of some costs; absent: as much as a request may have. */
  most?: Partial<Record<Cost, number>>;
}

/** What an answer uses up: groups read, rows handed to tallies, periods, figures filled in, rows, values and bytes given back. */
export type Cost = 'groups' | 'tallied' | 'periods' | 'figures' | 'rows' | 'values' | 'bytes';

/** What is left to one request, over all its queries. */
export interface Budget {
  signal: AbortSignal | undefined;
  /** Whose request it is; those of nobody's are one asker. */
  asker: unknown;
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
  /** The same where others cannot have their turn. */
  check: () => void;
}

const mosts: Record<Cost, number> = {
  groups: 400_000,
  tallied: 1_500_000,
  periods: 200_000,
  figures: 3_000_000,
  rows: 200_000,
  values: 2_000_000,
  bytes: 50_000_000,
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
  bytes: [
    'by',
    (most) =>
      `gives more than ${most} bytes; ask for fewer measures or members, narrow the period, or take another form (Arrow is the smallest)`,
  ],
};

const turnMs = 12;
const statementMs = 30_000;

/** What is left to a request that has a budget; else all that its bounds allow. */
export function budgetOf({ budget, bounds }: { budget?: Budget; bounds?: Bounds }): Budget {
  return budget ?? openBudget(bounds);
}

/**
 * Opens the budget of a request.
 * @param clock milliseconds
 */
export function openBudget(bounds: Bounds = {}, clock: () => number = () => performance.now()): Budget {
  const most = (cost: Cost) => bounds.most?.[cost] ?? mosts[cost];
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
    check,
    asker: bounds.asker,
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
      throw new BadInput([{ field, message: message(formatCount(most(cost))) }], true);
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
  const message = `took longer than ${Math.round(milliseconds / 1000)} s; narrow the period or the filters`;
  return new BadInput([{ field: '', message }], true);
}
