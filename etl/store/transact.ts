import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Store } from './open.ts';

const patienceMs = 120_000;

/**
 * Runs `work` in one writing transaction and runs it again as a whole while another process holds the store.
 * The counter is moved first: SQLite's deferred BEGIN then cannot fail half-way, and commit order is sequence order.
 * @param work gets the transaction and its change sequence; it must be repeatable
 * @throws what `work` throws; errors of the database lose the values of their statement
 */
export async function transact<T>(store: Store, work: (trx: Knex.Transaction, changeSeq: number) => Promise<T>): Promise<T> {
  return retryWhileBusy(() =>
    store.writer.transaction(async (trx) => {
      const changeSeq = await takeNumbers(trx, 'change_seq', 1);
      return work(trx, changeSeq);
    }),
  );
}

/**
 * Takes `count` numbers from a counter of `change_counter`.
 * @returns the last number taken; the first is that minus `count` plus 1
 */
export async function takeNumbers(trx: Knex.Transaction, name: CounterName, count: number): Promise<number> {
  const rows = await trx<{ name: string; value: number }>('change_counter').where({ name }).increment('value', count).returning('value');
  const value = (rows as { value: number }[])[0]?.value;
  if (value === undefined) throw new Error(`the store has no counter "${name}"`);
  return value;
}
export type CounterName = 'change_seq' | 'case_id' | 'survey_id' | 'label';

/** Runs `work` again, with growing pauses for up to two minutes, while the database answers that it is busy. */
export async function retryWhileBusy<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() - start > patienceMs) throw withoutValues(error);
      await pause(Math.min(500, 10 * 2 ** attempt));
    }
  }
}

function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'SQLITE_BUSY' || code === 'SQLITE_LOCKED' || code === '40001' || code === '40P01';
}

/** Knex puts the statement with all its values before the driver's message; customer text must not reach a log. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const at = error.message.lastIndexOf(' - ');
  if (at < 0) return error;
  const clean = new Error(error.message.slice(at + 3)) as Error & { code: unknown };
  clean.code = error.code;
  return clean;
}
