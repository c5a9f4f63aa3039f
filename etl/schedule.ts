import { setTimeout as pause } from 'node:timers/promises';
import cron from 'node-cron';
import type { SourceConfig } from './config.ts';
import { BadInput, SourceFailed } from './errors.ts';
import { runSource, type SourceDeps } from './run-source.ts';
import { dueOf, freshSchedule, noteFailure, noteRun, readSchedules } from './schedule-state.ts';
import { RunInProgress } from './store/lock.ts';

export interface ScheduleDeps extends SourceDeps {
  /** Uniform from 0 (inclusive) to 1 (exclusive). */
  random?: () => number;
}

export interface ScheduleTick {
  /** Starts every source that is due, eight at a time, and returns without waiting for them. */
  tick: () => Promise<void>;
  /** Resolves when no run is in progress and none is waiting. */
  idle: () => Promise<void>;
  /** Runs that wait for others are given up; they are due again with the next tick. */
  clear: () => void;
}

// A first pull of a help desk takes an hour, most of it waiting for answers: a few of these must not keep the others from running.
const mostAtOnce = 8;
const graceMs = 3_000;

/**
 * Decides from the store what is due, so that a restart catches up (once, however much was missed) and nothing runs twice.
 * A run is noted when it is done: one that a killed process left behind is done again, which changes nothing.
 */
export function createTick(deps: ScheduleDeps): ScheduleTick {
  const { store, now, log, random = Math.random } = deps;
  const zone = () => deps.config.organisation.zone ?? 'UTC';
  /** By name: the runs in progress and, as they came, those that wait. */
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, SourceConfig>();

  async function runIfDue(source: SourceConfig): Promise<void> {
    const state = (await readSchedules(store.writer, now())).get(source.name) ?? freshSchedule;
    const due = dueOf(source, state, now(), zone());
    if (due === null) return;
    try {
      const { reports, refused } = await runSource({ ...deps, due }, source, 'schedule');
      for (const { name, reason } of refused) log('file_refused', { source: source.name, file: name, reason });
      await noteRun(store, source.name, due, reports.at(-1)?.runId ?? null);
    } catch (error) {
      // Somebody else reads it just now, or we are told to stop: neither is a failure of the source.
      if (error instanceof RunInProgress || deps.signal?.aborted) return;
      const isRetriable = !(error instanceof BadInput) && (!(error instanceof SourceFailed) || error.retriable);
      const failed = { name: source.name, due, failedCount: state.failedCount, isRetriable, now: now(), random };
      const retryAt = await noteFailure(store, failed);
      log('scheduled_run_failed', { source: source.name, due_at: due, attempt: state.failedCount + 1, retry_at: retryAt, error });
    }
  }

  function startWaiting(): void {
    for (const [name, source] of waiting) {
      if (running.size >= mostAtOnce) return;
      waiting.delete(name);
      const run = runIfDue(source)
        // The store cannot be written: the next tick finds the source due still.
        .catch((error: unknown) => log('schedule_failed', { source: name, error }))
        .finally(() => {
          running.delete(name);
          startWaiting();
        });
      running.set(name, run);
    }
  }

  return {
    async tick() {
      const states = await readSchedules(store.writer, now());
      for (const source of deps.config.sources) {
        const { name } = source;
        if (running.has(name) || dueOf(source, states.get(name) ?? freshSchedule, now(), zone()) === null) continue;
        waiting.set(name, source);
      }
      startWaiting();
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
    clear: () => waiting.clear(),
  };
}

/**
 * Ticks at once and then once a minute.
 * @returns stops the ticking; runs in progress have three seconds to come to their end and are then stopped
 */
export function startSchedule(deps: ScheduleDeps): () => Promise<void> {
  const stopping = new AbortController();
  const signal = deps.signal ? AbortSignal.any([deps.signal, stopping.signal]) : stopping.signal;
  const { tick, idle, clear } = createTick(liveDeps(deps, signal));
  let current = Promise.resolve();
  const go = (): void => {
    current = tick().catch((error: unknown) => deps.log('schedule_failed', { error }));
  };
  go();
  const task = cron.schedule('* * * * *', go, { timezone: 'UTC' });
  return async () => {
    await task.destroy();
    await current;
    clear();
    const grace = new AbortController();
    await Promise.race([idle(), pause(graceMs, undefined, { signal: grace.signal }).catch(() => undefined)]);
    grace.abort();
    stopping.abort();
    await idle();
  };
}

/** The same, its configuration read whenever it is needed: sources may be added while the schedule runs. */
function liveDeps(deps: ScheduleDeps, signal: AbortSignal): ScheduleDeps {
  return Object.defineProperty({ ...deps, signal }, 'config', { get: () => deps.config, enumerable: true });
}
