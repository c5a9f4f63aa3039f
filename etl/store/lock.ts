import { hostname } from 'node:os';
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { SourceFailed } from '../errors.ts';
import type { Store } from './open.ts';
import { laterThrough } from './sources.ts';
import type { SourceStateRow } from './tables.ts';
import { transact } from './transact.ts';

/** The right to load one source, held across processes until it is released, or not renewed for five minutes, or its process is gone. */
export interface SourceLock {
  /**
   * To be called in every transaction of the run.
   * @param progress what else to note of the source
   * @throws SourceFailed when another process has taken the lock over
   */
  renew(trx: Knex.Transaction, now: number, progress?: SourceProgress): Promise<void>;
  release(trx: Knex.Transaction): Promise<void>;
}

export interface SourceProgress {
  /** Where to go on from. */
  cursor?: string;
  /** Until when the source is known; an earlier instant than the one noted changes nothing. */
  throughAt?: number;
}

const holdSeconds = 300;
const held = new Set<string>();

/**
 * Takes the lock of a source and does `atOnce` in the same transaction.
 * @throws SourceFailed (retriable) while another run holds it
 */
export async function lockSource<T>(
  store: Store,
  source: { code: number; name: string },
  now: number,
  atOnce: (trx: Knex.Transaction) => Promise<T>,
): Promise<{ lock: SourceLock; result: T }> {
  const owner = `${hostname()} ${process.pid} ${randomUUID()}`;
  const states = (trx: Knex.Transaction) => trx<SourceStateRow>('source_state').where({ source: source.code });
  held.add(owner);
  const result = await transact(store, async (trx) => {
    const state = await states(trx).first('locked_by', 'locked_until');
    if (state?.locked_by && (state.locked_until ?? 0) > now && isAlive(state.locked_by)) {
      throw new SourceFailed(source.name, `another run of "${source.name}" is in progress`, { retriable: true });
    }
    await states(trx).update({ locked_by: owner, locked_until: now + holdSeconds });
    return atOnce(trx);
  }).catch((error: unknown) => {
    held.delete(owner);
    throw error;
  });
  const lock: SourceLock = {
    async renew(trx, at, { cursor, throughAt = 0 } = {}) {
      const count = await states(trx)
        .where({ locked_by: owner })
        .update({ locked_until: at + holdSeconds, through_at: laterThrough(trx, throughAt), ...(cursor === undefined ? {} : { cursor }) });
      if (count === 0)
        throw new SourceFailed(
          source.name,
          `another process has taken over "${source.name}", since this run had stood still for ${holdSeconds / 60} minutes`,
          { retriable: true },
        );
    },
    async release(trx) {
      await states(trx).where({ locked_by: owner }).update({ locked_by: null, locked_until: null });
      held.delete(owner);
    },
  };
  return { lock, result };
}

/** On this machine a dead process holds nothing; of another machine's processes only the expiry tells. */
function isAlive(owner: string): boolean {
  const [host, pid] = owner.split(' ');
  if (host !== hostname()) return true;
  if (Number(pid) === process.pid) return held.has(owner);
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
