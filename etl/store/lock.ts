import type { Knex } from 'knex';
import { SourceFailed } from '../errors.ts';
import type { Store } from './open.ts';
import { forgetOwner, isAlive, newOwner } from './owner.ts';
import { laterThrough } from './sources.ts';
import type { SourceStateRow } from './tables.ts';
import { transact } from './transact.ts';

/** Another run holds the source: nothing has been read, and the same may be asked again when that run is done. */
export class RunInProgress extends SourceFailed {
  constructor(source: string) {
    super(source, `another run of "${source}" is in progress; try again when it is done`, { retriable: true });
    this.name = 'RunInProgress';
  }
}

/**
 * The right to load one source, held across processes until it is released, or not renewed for five minutes, or its process is
 * gone. It renews itself while its process lives, so that a run may wait for a slow source.
 */
export interface SourceLock {
  /**
   * To be called in every transaction of the run.
   * @param progress what else to note of the source
   * @throws SourceFailed when another process has taken the lock over
   */
  renew(trx: Knex.Transaction, now: number, progress?: SourceProgress): Promise<void>;
  release(trx: Knex.Transaction): Promise<void>;
  /** Where the store cannot be written any more: this process holds it no longer, whatever stands in the store. */
  abandon(): void;
}

export interface SourceProgress {
  /** Where to go on from. */
  cursor?: string;
  /** JSON list: every column its records have had. */
  columns?: string;
  /** Until when the source is known; an earlier instant than the one noted changes nothing. */
  throughAt?: number;
  /** What the source said of itself. */
  notice?: string | null;
  /** 1: it sends its records by itself, so that it is always known until now. */
  is_live?: 1;
}

export interface LockOptions {
  /** Milliseconds between renewals while the run itself writes nothing. */
  heartbeatMs?: number;
}

const holdSeconds = 300;

/**
 * Takes the lock of a source and does `atOnce` in the same transaction.
 * @param now seconds since 1970 UTC
 * @throws RunInProgress while another run holds it
 */
export async function lockSource<T>(
  store: Store,
  source: { code: number; name: string },
  now: () => number,
  atOnce: (trx: Knex.Transaction) => Promise<T>,
  { heartbeatMs = (holdSeconds * 1000) / 5 }: LockOptions = {},
): Promise<{ lock: SourceLock; result: T }> {
  const owner = newOwner();
  const states = (trx: Knex.Transaction) => trx<SourceStateRow>('source_state').where({ source: source.code });
  const result = await transact(store, async (trx) => {
    const state = await states(trx).first('locked_by', 'locked_until');
    if (state?.locked_by && (state.locked_until ?? 0) > now() && isAlive(state.locked_by)) throw new RunInProgress(source.name);
    await states(trx).update({ locked_by: owner, locked_until: now() + holdSeconds });
    return atOnce(trx);
  }).catch((error: unknown) => {
    forgetOwner(owner);
    throw error;
  });
  let renewedAt = performance.now();
  let isBeating = false;
  const lock: SourceLock = {
    async renew(trx, at, { throughAt = 0, ...progress } = {}) {
      const count = await states(trx)
        .where({ locked_by: owner })
        .update({ ...progress, locked_until: at + holdSeconds, through_at: laterThrough(trx, throughAt) });
      if (count === 0)
        throw new SourceFailed(
          source.name,
          `another process has taken over "${source.name}", since this run had stood still for ${holdSeconds / 60} minutes`,
          { retriable: true },
        );
      renewedAt = performance.now();
    },
    async release(trx) {
      await states(trx).where({ locked_by: owner }).update({ locked_by: null, locked_until: null });
      this.abandon();
    },
    abandon() {
      clearInterval(timer);
      forgetOwner(owner);
    },
  };
  const timer = setInterval(() => {
    if (isBeating || performance.now() - renewedAt < heartbeatMs / 2) return;
    isBeating = true;
    transact(store, (trx) => lock.renew(trx, now()))
      // The next batch of the run meets the same, and fails by it.
      .catch(() => undefined)
      .finally(() => (isBeating = false));
  }, heartbeatMs).unref();
  return { lock, result };
}
