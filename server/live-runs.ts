import type { Knex } from 'knex';
import type { LiveRun } from '../queries/model/lists.ts';
import { liveRunRow, namedRuns, type NamedRun } from './run-rows.ts';

/** Follows runs in the store, whichever process they are in. */
export interface LiveRuns {
  /**
   * Tells `listener` at once what is under way, then at every look while something is, and once more with its result when a run
   * has ended.
   * @returns stops telling it
   */
  listen(listener: Listener): () => void;
  /** How many are told. */
  count(): number;
}
export type Listener = (runs: LiveRun[]) => void;

interface Sample {
  at: number;
  read: number;
  bytes: number;
}
// Batches are written every second or so; a pace over less would jump.
const paceSeconds = 10;

/**
 * One look at the store for all listeners, only while there are some.
 * @param options `pollMs` between two looks; `now` seconds since 1970 UTC; `onError` hears of looks that failed, the next is made all the same
 */
export function followRuns(db: Knex, options: { pollMs: number; now: () => number; onError: (error: unknown) => void }): LiveRuns {
  const listeners = new Set<Listener>();
  const fresh = new Set<Listener>();
  const samples = new Map<number, Sample[]>();
  let timer: NodeJS.Timeout | null = null;
  let newest = 0;
  let isFirst = true;

  function restart(): void {
    samples.clear();
    isFirst = true;
    schedule(0);
  }
  function schedule(delay: number): void {
    timer = setTimeout(() => {
      look()
        .catch(options.onError)
        .finally(() => {
          timer = null;
          if (listeners.size) schedule(options.pollMs);
        });
    }, delay);
    timer.unref();
  }

  async function look(): Promise<void> {
    if (isFirst) newest = await newestRun(db);
    isFirst = false;
    const found = await runsToTell(db, { seen: [...samples.keys()], after: newest, now: options.now() });
    newest = Math.max(newest, ...found.map((run) => run.run_id));
    const at = performance.now() / 1000;
    const runs = found.map((run) => liveRunRow(run, paceOf(run, at)));
    for (const run of found) if (run.state !== 'running') samples.delete(run.run_id);
    const lost = [...samples.keys()].filter((id) => !found.some((run) => run.run_id === id));
    for (const id of lost) samples.delete(id);
    const told = runs.length || lost.length ? [...listeners] : [...fresh];
    fresh.clear();
    for (const listener of told) if (listeners.has(listener)) listener(runs);
  }

  function paceOf(run: NamedRun, at: number): { rows: number; bytes: number } | null {
    const all = samples.get(run.run_id) ?? [];
    all.push({ at, read: run.read, bytes: run.bytes });
    while (all.length > 2 && (all[1]?.at ?? at) < at - paceSeconds) all.shift();
    samples.set(run.run_id, all);
    const [first] = all;
    if (!first || at - first.at < 0.5) return null;
    return { rows: (run.read - first.read) / (at - first.at), bytes: (run.bytes - first.bytes) / (at - first.at) };
  }

  return {
    listen(listener) {
      listeners.add(listener);
      fresh.add(listener);
      // Whoever joins others is told at their next look.
      if (listeners.size === 1 && !timer) restart();
      return () => {
        listeners.delete(listener);
        fresh.delete(listener);
      };
    },
    count: () => listeners.size,
  };
}

async function newestRun(db: Knex): Promise<number> {
  const row = (await db('pipeline_run').max('run_id as id').first()) as { id: number | null } | undefined;
  return row?.id ?? 0;
}

/** Runs under way, those that were at the last look, and those that began and ended since. What a dead process left behind is not under way. */
async function runsToTell(db: Knex, { seen, after, now }: { seen: number[]; after: number; now: number }): Promise<NamedRun[]> {
  return namedRuns(db)
    .where((or) => {
      void or.where({ 'pipeline_run.state': 'running' }).where('source_state.locked_until', '>', now);
      void or.orWhere((ended) => void ended.whereNot('pipeline_run.state', 'running').whereIn('pipeline_run.run_id', seen));
      void or.orWhere((quick) => void quick.whereNot('pipeline_run.state', 'running').where('pipeline_run.run_id', '>', after));
    })
    .orderBy('pipeline_run.run_id');
}
