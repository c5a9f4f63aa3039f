import type { Knex } from 'knex';
import type { Budget } from './budget.ts';
import type { Tally, TallyRow } from './model/tally.ts';
import { runTallies } from './sql/tallies.ts';

/** Answers tallies; everything else of an answer is made of them (DESIGN §7). */
export interface Executor {
  /** What answers; the store, where the cube has left something to it. */
  readonly name: 'cube' | 'sql';
  /**
   * @returns the rows of each tally, in the order given; several rows may be about the same bucket, rows whose sums are all 0 are left out
   * @throws BadInput when they give more rows than the budget has, or take too long
   */
  tally: (tallies: readonly Tally[], budget: Budget) => Promise<TallyRow[][]>;
}

/** Asks the store itself. */
export function sqlExecutor(reader: Knex): Executor {
  return { name: 'sql', tally: (tallies, budget) => runTallies(reader, tallies, budget) };
}
