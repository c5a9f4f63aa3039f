import type { Knex } from 'knex';
import type { SourceConfig } from './config.ts';
import { dueNow, nextDue } from './due.ts';
import { RunInProgress } from './store/lock.ts';
import type { Store } from './store/open.ts';
import type { SourceStateRow } from './store/tables.ts';
import { transact } from './store/transact.ts';

/** What the store knows of the schedule of a source. */
export interface ScheduleState {
  /** The instant its last run was due for, or null when none ever was. */
  lastDue: number | null;
  /** Scheduled runs that failed one after the other. */
  failedCount: number;
  /** Not before this instant. */
  retryAt: number | null;
}

interface ScheduleRunRow {
  schedule: string;
  due_at: number;
  run_id: number | null;
}

const keepSeconds = 90 * 86_400;
const longestPause = 3600;
const shortestPause = 10;
const firstPause = 60;

/** What holds for a source of which the store knows nothing. */
export const freshSchedule: ScheduleState = { lastDue: null, failedCount: 0, retryAt: null };

/**
 * The schedules of all sources by name. What lies further in the future than is possible comes from a clock that was wrong and
 * does not count.
 * @param now seconds since 1970 UTC
 */
export async function readSchedules(knex: Knex, now: number): Promise<Map<string, ScheduleState>> {
  const states = await knex<SourceStateRow>('source_state').select('name', 'failed_count', 'retry_at');
  const runs = await knex<ScheduleRunRow>('schedule_run')
    .where('due_at', '<=', now)
    .groupBy('schedule')
    .select('schedule')
    .max<{ schedule: string; due_at: number }[]>('due_at as due_at');
  const found = new Map<string, ScheduleState>();
  for (const { name, failed_count: failedCount, retry_at: at } of states)
    found.set(name, { lastDue: null, failedCount, retryAt: at !== null && at <= now + longestPause ? at : null });
  for (const { schedule, due_at: lastDue } of runs) found.set(schedule, { ...(found.get(schedule) ?? freshSchedule), lastDue });
  return found;
}

/**
 * The instant a source is to run for at once, or null when it is not due or waits after a failure.
 * @param zone for schedules that name none
 */
export function dueOf({ schedule }: Pick<SourceConfig, 'schedule'>, state: ScheduleState, now: number, zone: string): number | null {
  if (schedule === null || (state.retryAt ?? 0) > now) return null;
  return dueNow(schedule, state.lastDue, now, zone);
}

/**
 * When a source will run next by its schedule.
 * @param now seconds since 1970 UTC
 * @param zone for schedules that name none
 * @returns `now` when it is due already; null when it has no schedule
 */
export function nextRunAt({ schedule }: Pick<SourceConfig, 'schedule'>, state: ScheduleState, now: number, zone: string): number | null {
  if (schedule === null) return null;
  const isDue = dueNow(schedule, state.lastDue, now, zone) !== null;
  return isDue ? Math.max(now, state.retryAt ?? now) : nextDue(schedule, now, zone);
}

/** Notes that a source has run for the instant it was due for, and forgets what is older than three months. */
export async function noteRun(store: Store, schedule: string, due: number, runId: number | null): Promise<void> {
  await transact(store, async (trx) => {
    await noteDue(trx, schedule, due, runId);
    await trx<ScheduleRunRow>('schedule_run')
      .where({ schedule })
      .where('due_at', '<', due - keepSeconds)
      .delete();
  });
}

/** The same for the transaction of the run itself, so that nobody finds the source free and still due. */
export async function noteDue(trx: Knex.Transaction, schedule: string, due: number, runId: number | null): Promise<void> {
  await trx<ScheduleRunRow>('schedule_run').insert({ schedule, due_at: due, run_id: runId }).onConflict(['schedule', 'due_at']).ignore();
}

/** @throws RunInProgress when another process has run the source for this instant since it was found due */
export async function refuseNoted(trx: Knex.Transaction, schedule: string, due: number): Promise<void> {
  if (await trx<ScheduleRunRow>('schedule_run').where({ schedule, due_at: due }).first('due_at')) throw new RunInProgress(schedule);
}

/**
 * Notes that a scheduled run failed. What may pass by itself is tried again after a pause of a random length up to a minute, doubled
 * with each failure up to an hour, so that sources that failed together do not all come back together; what will not waits until it
 * is due again.
 * @param random uniform from 0 (inclusive) to 1 (exclusive)
 * @returns when it is tried again, or null
 */
export async function noteFailure(
  store: Store,
  failed: { name: string; due: number; failedCount: number; isRetriable: boolean; now: number; random: () => number },
): Promise<number | null> {
  const { name, due, failedCount, isRetriable, now, random } = failed;
  const longest = Math.min(longestPause, firstPause * 2 ** Math.min(failedCount, 10));
  const retryAt = isRetriable ? now + Math.max(shortestPause, Math.floor(random() * longest)) : null;
  if (!isRetriable) await noteRun(store, name, due, null);
  await transact(store, (trx) =>
    trx<SourceStateRow>('source_state')
      .where({ name })
      .update({ failed_count: failedCount + 1, retry_at: retryAt }),
  );
  return retryAt;
}
