import { availableParallelism, totalmem } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { sqlExecutor, type Executor } from '../executor.ts';
import type { Tally } from '../model/tally.ts';
import { casesWithText } from '../sql/text.ts';
import { collect } from './collect.ts';
import type { Facts } from './facts.ts';
import { factBytes, followFacts, lastChange, readFacts, TooMuchChanged } from './read.ts';
import type { Room } from './pass.ts';
import { tallyFacts } from './run.ts';
import { loadFacts, saveFacts, storeIdentity, UnreadableSnapshot } from './snapshot.ts';
import { openThreads, type Threads, type ThreadsOptions } from './threads.ts';

export interface CubeOptions {
  reader: Knex;
  log: (event: string, fields?: Record<string, unknown>) => void;
  /**
   * Bytes the columns may take in memory; default 1.5 GB, or a quarter of the machine's where that is less. With a folder for files, columns that nobody
   * asked for lately are forgotten above it, and only what takes four times as much is left to SQL.
   */
  mostBytes?: number;
  /** Rows that may have changed since the last question for the facts to be brought up to date before the next; default 5,000. */
  mostFollowed?: number;
  /** Folder in which the facts are kept for the next start; absent: they are read from the store. */
  snapshotDir?: string | undefined;
  /** How large tables of all groups and bins may be; absent: ample. */
  room?: Room | undefined;
  /** Threads that take part in passes over many rows; absent: one for every other processor, three at most, from half a million rows on. */
  threads?: ThreadsOptions;
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
  /** Ends what it is doing in the background, and keeps the facts for the next start where they have changed much since they were kept. */
  close(): Promise<void>;
}

/** A store that is being loaded changes all the time: reading it anew waits until it has been quiet for so long, in ms, or has been waited for so often. */
const quietMs = 1_000;
const mostWaits = 60;

interface Held {
  facts: Facts;
  change: number;
  /** Rows that were gone or out of order when the facts were last kept in a file; null: never. */
  kept: number | null;
}

/** Opens a cube with nothing in it. */
export function openCube({
  reader,
  log,
  mostBytes = Math.min(1.5e9, totalmem() / 4),
  mostFollowed = 5_000,
  snapshotDir,
  room,
  threads: options = { count: Math.min(4, availableParallelism()) - 1, fewestChunks: 8 },
}: CubeOptions): Cube {
  const threads = openThreads(options, log);
  const mostRead = snapshotDir ? mostBytes * 4 : mostBytes;
  const stopped = new AbortController();
  let held: Held | null = null;
  let isWanted = false;
  let filling: Promise<void> | null = null;
  let following: Promise<unknown> = Promise.resolve();
  /** The one that has not begun yet: who asks meanwhile waits for it, too. */
  let next: Promise<Facts | null> | null = null;

  let isKeptTried = false;
  let closeFiles = (): void => undefined;
  let saving: Promise<void> = Promise.resolve();

  /** Goes on with other facts, or without any. */
  const hold = (facts: Held | null): void => {
    held = facts;
    threads.forget('all');
    collect();
  };

  /** Facts as they were kept, if they can be followed from there; they are tried once. */
  const load = async (): Promise<Held | null> => {
    if (!snapshotDir || isKeptTried) return null;
    isKeptTried = true;
    const start = performance.now();
    try {
      const loaded = loadFacts(snapshotDir, await storeIdentity(reader));
      if (!loaded) return null;
      closeFiles = loaded.close;
      const { facts } = loaded;
      const now = await lastChange(reader);
      if (loaded.change > now) throw new UnreadableSnapshot('it is ahead of the store');
      const change = loaded.change === now ? now : await followFacts(reader, facts, loaded.change, mostFollowed);
      log('cube_loaded', { cases: facts.cases.count, since: loaded.change, change, ms: Math.round(performance.now() - start) });
      return { facts, change, kept: 0 };
    } catch (error) {
      if (!stopped.signal.aborted) log('cube_snapshot_refused', { message: reasonOf(error) });
      return null;
    }
  };

  /** Facts of which every column is in memory give way to the same ones in files, of which a column is read when it is asked for. */
  const goOnFromFiles = (folder: string, store: string): void => {
    const loaded = loadFacts(folder, store);
    if (!loaded) return;
    closeFiles();
    closeFiles = loaded.close;
    hold({ facts: loaded.facts, change: loaded.change, kept: 0 });
  };

  /** Keeps facts for the next start; that it fails is no reason to do without them now. */
  const keep = async (mine: Held): Promise<void> => {
    if (!snapshotDir) return;
    const start = performance.now();
    try {
      const store = await storeIdentity(reader);
      const stray = strayOf(mine.facts);
      await saveFacts(snapshotDir, mine.facts, { store, change: mine.change });
      mine.kept = stray;
      log('cube_kept', { cases: mine.facts.cases.count, change: mine.change, ms: Math.round(performance.now() - start) });
      if (mine.facts.bytes > mostBytes && held === mine && !stopped.signal.aborted) goOnFromFiles(snapshotDir, store);
    } catch (error) {
      log('cube_not_kept', { message: reasonOf(error) });
    }
  };

  const fill = async (): Promise<void> => {
    const start = performance.now();
    try {
      const loaded = await load();
      if (loaded) {
        hold(loaded);
        return;
      }
      const bytes = await factBytes(reader);
      if (bytes > mostRead) {
        // It will not become less: SQL answers from now on.
        hold(null);
        isWanted = false;
        log('cube_too_large', { bytes, most: mostRead });
        return;
      }
      const filled = { ...(await readFacts(reader, stopped.signal)), kept: null };
      hold(filled);
      log('cube_filled', { cases: filled.facts.cases.count, bytes, ms: Math.round(performance.now() - start) });
      saving = saving.then(() => keep(filled));
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
      // Those nobody asked for since the last time, and all of them if that is not enough.
      const before = facts.bytes;
      for (let times = 0; times < 2 && facts.bytes > mostBytes; times++) {
        facts.forget();
        threads.forget('unasked');
      }
      if (facts.bytes < before) collect();
      if (facts.bytes > mostRead) {
        hold(null);
        isWanted = false;
        log('cube_too_large', { bytes: facts.bytes, most: mostRead });
        return null;
      }
      if ((await lastChange(reader)) !== mine.change) mine.change = await followFacts(reader, facts, mine.change, mostFollowed);
      if (strayOf(facts) > Math.max(mostFollowed * 4, facts.cases.count / 4)) void begin(fill);
      return facts;
    } catch (error) {
      if (held === mine) hold(null);
      if (!(error instanceof TooMuchChanged)) log('cube_failed', { message: reasonOf(error) });
      void begin(fillWhenQuiet);
      return null;
    }
  };

  /** A file of facts that turns out to be damaged: they are read from the store again. */
  const giveUp = (facts: Facts, error: Error): void => {
    log('cube_snapshot_refused', { message: error.message });
    if (held?.facts !== facts) return;
    hold(null);
    void begin(fill);
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
      return facts && cubeExecutor({ reader, facts, room, threads, giveUp: (error) => giveUp(facts, error) });
    },
    fill() {
      isWanted = true;
      return begin(fill);
    },
    async close() {
      stopped.abort();
      await Promise.allSettled([following]);
      await Promise.allSettled([filling]);
      await saving;
      await threads.close();
      // What has changed less can be followed at the next start.
      if (held && strayOf(held.facts) - (held.kept ?? 0) > mostFollowed / 2) await keep(held);
      held = null;
      closeFiles();
    },
  };
}

/** Rows that are gone or out of order. */
function strayOf({ tables }: Facts): number {
  return tables.reduce((sum, table) => sum + table.stray, 0);
}

interface Means {
  reader: Knex;
  facts: Facts;
  room: Room | undefined;
  threads: Threads;
  giveUp: (error: Error) => void;
}

function cubeExecutor({ reader, facts, room, threads, giveUp }: Means): Executor {
  const texts = new Map<string, ReadonlySet<number>>();
  let name: Executor['name'] = 'cube';
  const bySql: Executor['tally'] = (tallies, budget) => {
    name = 'sql';
    return sqlExecutor(reader).tally(tallies, budget);
  };
  return {
    get name() {
      return name;
    },
    async tally(tallies: readonly Tally[], budget) {
      for (const { filter } of tallies) {
        const key = JSON.stringify(filter.text);
        if (filter.text.length === 0 || texts.has(key)) continue;
        const found = await casesWithText(reader, filter.text, budget);
        if (!found) return bySql(tallies, budget);
        texts.set(key, found);
      }
      try {
        return await tallyFacts(facts, tallies, { texts, budget, room, threads });
      } catch (error) {
        if (!(error instanceof UnreadableSnapshot)) throw error;
        giveUp(error);
        return bySql(tallies, budget);
      }
    },
  };
}

/** Knex puts the statement with its values before the driver's message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message.slice(error.message.lastIndexOf(' - ') + 1).replace(/^- /, '');
}
