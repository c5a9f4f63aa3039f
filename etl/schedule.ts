import cron from 'node-cron';
import type { SourceConfig } from './config.ts';
import { dueNow } from './due.ts';
import { runSource, type SourceDeps } from './run-source.ts';
import { transact } from './store/transact.ts';

export interface ScheduleTick {
  /** Runs every source that is due, one after the other, and notes it. A source that fails is tried again after a growing pause. */
  tick: () => Promise<void>;
}

interface ScheduleRunRow {
  schedule: string;
  due_at: number;
  run_id: number | null;
}

const keepSeconds = 90 * 86_400;
const longestPause = 3600;

/**
 * Decides from the store what is due, so that a restart catches up (once, however much was missed) and nothing runs twice.
 * A run is noted when it is done: one that a killed process left behind is done again, which changes nothing.
 */
export function createTick(deps: SourceDeps): ScheduleTick {
  const failures = new Map<string, { count: number; retryAt: number }>();

  async function runIfDue(source: SourceConfig): Promise<void> {
    const { store, now, log } = deps;
    const last = await store
      .writer<ScheduleRunRow>('schedule_run')
      .where({ schedule: source.name })
      .max<{ due_at: number | null }[]>('due_at as due_at');
    const due = dueNow(source.schedule, last[0]?.due_at ?? null, now(), deps.config.organisation.zone ?? 'UTC');
    const failed = failures.get(source.name);
    if (due === null || (failed && failed.retryAt > now())) return;
    try {
      const { reports, refused } = await runSource(deps, source, 'schedule');
      failures.delete(source.name);
      for (const { name, reason } of refused) log('file_refused', { source: source.name, file: name, reason });
      await noteRun(source.name, due, reports.at(-1)?.runId ?? null);
    } catch (error) {
      const count = (failed?.count ?? 0) + 1;
      failures.set(source.name, { count, retryAt: now() + Math.min(longestPause, 60 * 2 ** (count - 1)) });
      log('scheduled_run_failed', { source: source.name, due_at: due, attempt: count, error });
    }
  }

  async function noteRun(schedule: string, due: number, runId: number | null): Promise<void> {
    await transact(deps.store, async (trx) => {
      const rows = () => trx<ScheduleRunRow>('schedule_run');
      await rows().insert({ schedule, due_at: due, run_id: runId }).onConflict(['schedule', 'due_at']).ignore();
      await rows()
        .where({ schedule })
        .where('due_at', '<', due - keepSeconds)
        .delete();
    });
  }

  let running: Promise<void> | null = null;
  return {
    tick() {
      running ??= (async () => {
        for (const source of deps.config.sources) await runIfDue(source);
      })().finally(() => (running = null));
      return running;
    },
  };
}

/**
 * Ticks at once and then once a minute.
 * @returns stops the ticking and waits for the run in progress
 */
export function startSchedule(deps: SourceDeps): () => Promise<void> {
  const { tick } = createTick(deps);
  let current = Promise.resolve();
  const go = (): void => {
    current = tick().catch((error: unknown) => deps.log('schedule_failed', { error }));
  };
  go();
  const task = cron.schedule('* * * * *', go, { timezone: 'UTC' });
  return async () => {
    await task.destroy();
    await current;
  };
}
