import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Executor } from '../executor.ts';
import type { Tally } from '../model/tally.ts';
import { casesWithText } from '../sql/text.ts';
import type { Facts } from './facts.ts';
import { factBytes, followFacts, lastChange, readFacts, TooMuchChanged } from './read.ts';
import { tallyFacts } from './run.ts';

export interface CubeOptions {
  reader: Knex;
  log: (event: string, fields?: Record<string, unknown>) => void;
  /** Bytes the facts may take in memory; default 1.5 GB. */
  mostBytes?: number;
  /** Rows that may have changed since the last question for the facts to be brought up to date before the next; default 5,000. */
  mostFollowed?: number;
}

/**
 * The facts of the store in memory, brought up to its last change before every question. What it cannot answer yet, or at all, is left to SQL: while
 * facts are read, after a load too large to follow, and where they would take too much memory.
 */
export interface Cube {
  /** What answers tallies as of the last change of the store; null while there is nothing in memory. Never rejects. */
  executor(): Promise<Executor | null>;
  /** Reads the facts into memory now; resolves when they are there, or cannot be. */
  fill(): Promise<void>;
  /** Ends what it is doing in the background. */
  close(): Promise<void>;
}

/** A store that is being loaded changes all the time: reading it anew waits until it has been quiet for so long, in ms. */
const quietMs = 1_000;

/** Opens a cube with nothing in it. */
export function openCube({ reader, log, mostBytes = 1.5e9, mostFollowed = 5_000 }: CubeOptions): Cube {
  const stopped = new AbortController();
  let held: { facts: Facts; change: number } | null = null;
  let filling: Promise<void> | null = null;
  let following: Promise<unknown> = Promise.resolve();

  const fill = async (): Promise<void> => {
    const start = performance.now();
    try {
      const bytes = await factBytes(reader);
      if (bytes > mostBytes) {
        log('cube_too_large', { bytes, most: mostBytes });
        return;
      }
      held = await readFacts(reader, stopped.signal);
      log('cube_filled', { cases: held.facts.cases.size, bytes, ms: Math.round(performance.now() - start) });
    } catch (error) {
      if (!stopped.signal.aborted) log('cube_failed', { message: error instanceof Error ? error.message : String(error) });
    }
  };
  const refill = (): Promise<void> => (filling ??= fill().finally(() => (filling = null)));

  /** Once the store has been quiet, or cannot be waited for. */
  const refillWhenQuiet = async (): Promise<void> => {
    try {
      for (let seen = -1, now = await lastChange(reader); seen !== now; now = await lastChange(reader)) {
        seen = now;
        await pause(quietMs, undefined, { signal: stopped.signal });
      }
    } catch {
      return; // stopped, or the store is closed
    }
    await fill();
  };

  const follow = async (): Promise<Facts | null> => {
    if (!held || stopped.signal.aborted) return null;
    try {
      if ((await lastChange(reader)) !== held.change) held.change = await followFacts(reader, held.facts, held.change, mostFollowed);
      const { facts } = held;
      if (facts.cases.stray + facts.surveys.stray + facts.issues.stray > Math.max(mostFollowed * 4, facts.cases.size / 4)) void refill();
      return facts;
    } catch (error) {
      held = null;
      if (!(error instanceof TooMuchChanged)) log('cube_failed', { message: error instanceof Error ? error.message : String(error) });
      filling ??= refillWhenQuiet().finally(() => (filling = null));
      return null;
    }
  };

  return {
    async executor() {
      // One after the other: facts are changed in place.
      const current = following.then(follow);
      following = current;
      const facts = await current;
      return facts && cubeExecutor(reader, facts);
    },
    fill: refill,
    async close() {
      stopped.abort();
      await Promise.allSettled([following, filling]);
      held = null;
    },
  };
}

function cubeExecutor(reader: Knex, facts: Facts): Executor {
  return {
    name: 'cube',
    async tally(tallies: readonly Tally[], budget) {
      const texts = new Map<string, ReadonlySet<number>>();
      for (const { filter } of tallies) {
        const key = JSON.stringify(filter.text);
        if (filter.text.length && !texts.has(key)) texts.set(key, await casesWithText(reader, filter.text, budget));
      }
      return tallyFacts(facts, tallies, texts, budget);
    },
  };
}
