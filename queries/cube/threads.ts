import { setTimeout as pause } from 'node:timers/promises';
import type { Budget } from '../budget.ts';
import type { Statement, StatementRow } from '../sql/statements.ts';
import { blocksOf, openClaims, take, takeAll } from './blocks.ts';
import { chunkRows } from './chunk.ts';
import { tableOf, type Facts } from './facts.ts';
import type { Given } from './job.ts';
import type { Pass, Room } from './pass.ts';
import type { FoundCases } from './tests.ts';
import { Thread } from './thread-handle.ts';

/** Threads beside the one of the server that take part in passes over many rows. They share the memory of columns, and begin when they are first wanted. */
export interface Threads {
  /** Has those that are idle take part in a pass; null where there are none, or the pass is not worth it. */
  share(facts: Facts, work: Work): Shared | null;
  /** Says that columns nobody asked for lately may go, or all facts. */
  forget(what: 'unasked' | 'all'): void;
  /** Ends them; nothing is shared from then on. */
  close(): Promise<void>;
}

/** A pass as it was opened. */
export interface Work {
  pass: Pick<Pass, 'mostGroups'>;
  statements: readonly Statement[];
  found: FoundCases;
  room: Room;
  budget: Budget;
}

/** A pass that others take part in. */
export interface Shared {
  /** The chunks that are left to this thread. */
  chunks: () => Iterable<number>;
  /**
   * What the others have added up, of each statement; asked for when nothing is left to take.
   * @throws BadInput when there are more groups than the budget has or it takes too long, the reason of its signal, the error of a column that cannot be
   * read, {@link ThreadLost}
   */
  rows: () => Promise<StatementRow[][][]>;
  /** Leaves nothing for them to take. */
  end: () => void;
}

export interface ThreadsOptions {
  /** How many, beside the one of the server. */
  count: number;
  /** Full chunks from which a pass is shared. */
  fewestChunks: number;
}

/** Groups up to which rows are put together in less time than sharing saves. */
const mostGroups = 20_000;

/**
 * Makes threads; none is begun yet.
 * @param log is told of a thread that is lost
 */
export function openThreads({ count, fewestChunks }: ThreadsOptions, log: (event: string, fields: { message: string }) => void): Threads {
  const threads: Thread[] = [];
  const known = new WeakMap<Facts, Given>();
  let ids = 0;
  let most = count;

  const givenOf = (facts: Facts): Given => {
    let given = known.get(facts);
    if (!given) known.set(facts, (given = { is: 'facts', tables: facts.shared() }));
    return given;
  };
  const idleThreads = (): Thread[] => {
    try {
      while (threads.length < most) threads.push(new Thread(log));
    } catch (error) {
      most = threads.length;
      log('cube_thread_lost', { message: error instanceof Error ? error.message : String(error) });
    }
    return threads.filter((thread) => thread.isIdle);
  };

  return {
    share(facts, { pass, statements, found, room, budget }) {
      const fact = statements[0]?.tally.fact;
      if (!fact || most === 0 || pass.mostGroups > mostGroups) return null;
      const given = givenOf(facts);
      // What was added later only the thread of the server has.
      const full = Math.floor(given.tables[tableOf[fact]].count / chunkRows);
      if (full < fewestChunks) return null;
      const idle = idleThreads();
      if (idle.length === 0) return null;
      const view = facts.view(fact);
      const areCasesCounted = statements.some(({ sums }) => sums.some(({ column }) => column === 'case'));
      const blocks = blocksOf(view, full, areCasesCounted);
      const [claims, of] = [openClaims(blocks.length), idle.length + 1];
      const job = {
        is: 'job',
        version: facts.version,
        // Who uses their rows is of no use there.
        statements: statements.map((statement) => ({ ...statement, users: [] })),
        found: { text: listOf(found.text), score: listOf(found.score) },
        room,
        mostGroups: budget.most('groups'),
        blocks,
        claims,
        of,
      } as const;
      const others = idle.map((thread, i) => ({ who: i + 1, done: thread.begin(facts, given, { ...job, id: ++ids, who: i + 1 }) }));
      // Of one that has taken nothing nobody wants to know.
      for (const { done } of others) done.catch(() => undefined);
      return {
        *chunks() {
          for (const [from, to] of take(blocks, claims, 0, of)) for (let index = from; index < to; index++) yield index;
          for (let index = blocks.at(-1)?.[1] ?? 0; index < view.chunks; index++) yield index;
        },
        async rows() {
          const taken = new Set(claims);
          const wanted = others.filter(({ who }) => taken.has(who + 1)).map(({ done }) => done);
          const all = await whileChecked(Promise.all(wanted), budget);
          if (all.includes(null)) budget.spend('groups', Infinity);
          return all.map((rows) => rows ?? []);
        },
        end: () => takeAll(claims),
      };
    },
    forget(what) {
      for (const thread of threads) thread.forget(what === 'all');
    },
    async close() {
      most = 0;
      await Promise.all(threads.splice(0).map((thread) => thread.close()));
    },
  };
}

function listOf(cases: ReadonlySet<number> | null): Float64Array | null {
  return cases && Float64Array.from(cases);
}

const checkMs = 20;

/** Waits, but not longer than the budget allows. */
async function whileChecked<T>(done: Promise<T>, budget: Budget): Promise<T> {
  const settled = done.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([settled, pause(checkMs, false)]))) budget.check();
  return done;
}
