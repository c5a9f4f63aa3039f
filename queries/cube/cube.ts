import { totalmem } from 'node:os';
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
  /** Bytes the columns may take in memory; default 1.5 GB, or a quarter of the machine's where that is less. */
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
  /** Reads the facts into memory now; resolves when they are there, or cannot be. From then on they are read again whenever they are lost. */
  fill(): Promise<void>;
  /** Ends what it is doing in the background. */
  close(): Promise<void>;
}

/** A store that is being loaded changes all the time: reading it anew waits until it has been quiet for so long, in ms, or has been waited for so often. */
const quietMs = 1_000;
const mostWaits = 60;

interface Held {
  facts: Facts;
  change: number;
}

/** Opens a cube with nothing in it. */
export function openCube({ reader, log, mostBytes = Math.min(1.5e9, totalmem() / 4), mostFollowed = 5_000 }: CubeOptions): Cube {
  const stopped = new AbortController();
  let held: Held | null = null;
  let isWanted = false;
  let filling: Promise<void> | null = null;
  let following: Promise<unknown> = Promise.resolve();
  /** The one that has not begun yet: who asks meanwhile waits for it, too. */
  let next: Promise<Facts | null> | null = null;

  const fill = async (): Promise<void> => {
    const start = performance.now();
    try {
      const bytes = await factBytes(reader);
      if (bytes > mostBytes) {
        // It will not become less: SQL answers from now on.
        [held, isWanted] = [null, false];
        log('cube_too_large', { bytes, most: mostBytes });
        return;
      }
      held = await readFacts(reader, stopped.signal);
      log('cube_filled', { cases: held.facts.cases.count, bytes, ms: Math.round(performance.now() - start) });
    } catch (error) {
      if (!stopped.signal.aborted) log('cube_failed', { message: reasonOf(error) });
    }
  };

  const fillWhenQuiet = async (): Promise<void> => {
    try {
      for (let [seen, waits] = [-1, 0]; waits < mostWaits; waits++) {
        const now = await lastChange(reader);
        if (now === seen) break;
        seen = now;
        await pause(quietMs, undefined, { signal: stopped.signal });
      }
    } catch {
      return; // stopped, or the store cannot be asked: the next question tries again
    }
    await fill();
  };
  const begin = (work: () => Promise<void>): Promise<void> => (filling ??= work().finally(() => (filling = null)));

  const follow = async (): Promise<Facts | null> => {
    if (stopped.signal.aborted) return null;
    const mine = held;
    if (!mine) {
      if (isWanted) void begin(fillWhenQuiet);
      return null;
    }
    const { facts } = mine;
    try {
      if ((await lastChange(reader)) !== mine.change) mine.change = await followFacts(reader, facts, mine.change, mostFollowed);
      if (facts.cases.stray + facts.surveys.stray + facts.issues.stray > Math.max(mostFollowed * 4, facts.cases.count / 4))
        void begin(fill);
      return facts;
    } catch (error) {
      if (held === mine) held = null;
      if (!(error instanceof TooMuchChanged)) log('cube_failed', { message: reasonOf(error) });
      void begin(fillWhenQuiet);
      return null;
    }
  };

  return {
    async executor() {
      // One after the other: facts are changed in place.
      next ??= following.then(() => {
        next = null;
        return follow();
      });
      following = next;
      const facts = await next;
      return facts && cubeExecutor(reader, facts);
    },
    fill() {
      isWanted = true;
      return begin(fill);
    },
    async close() {
      stopped.abort();
      await Promise.allSettled([following]);
      await Promise.allSettled([filling]);
      held = null;
    },
  };
}

function cubeExecutor(reader: Knex, facts: Facts): Executor {
  const texts = new Map<string, ReadonlySet<number>>();
  return {
    name: 'cube',
    async tally(tallies: readonly Tally[], budget) {
      for (const { filter } of tallies) {
        const key = JSON.stringify(filter.text);
        if (filter.text.length && !texts.has(key)) texts.set(key, await casesWithText(reader, filter.text, budget));
      }
      return tallyFacts(facts, tallies, texts, budget);
    },
  };
}

/** Knex puts the statement with its values before the driver's message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.slice(error.message.lastIndexOf(' - ') + 1).replace(/^- /, '');
}
