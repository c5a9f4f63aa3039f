import type { Knex } from 'knex';
import { dueNow, lastDue } from '../../etl/due.ts';
import { localDate } from '../../etl/local-time.ts';
import { readSchedules } from '../../etl/schedule-state.ts';
import { transact } from '../../etl/store/transact.ts';
import type { DigestIssueRow, DigestRow } from '../../etl/store/tables.ts';
import { pauseDeparted } from './departed.ts';
import type { DigestDeps } from './deps.ts';
import { digestZone } from './compose.ts';
import { digestRows, scheduleName, scheduleOf } from './digests.ts';
import { makeIssue } from './make.ts';

/** How long after a failed check it is run again by itself, seconds. */
const checkAgain = 15 * 60;

/**
 * Makes what is due, one after the other, and checks again what is held. What was missed while nobody was running is made once, for the last period: a digest
 * of last year helps nobody. A held one is checked until the next is due, its last day is over, or it is
 * made by another schedule.
 */
export async function tickDigests(deps: DigestDeps, signal?: AbortSignal): Promise<void> {
  const { store, now, log } = deps;
  await pauseDeparted(store, now());
  const zone = await digestZone(deps);
  const schedules = await readSchedules(store.writer, now());
  for (const digest of await digestRows(store.writer)) {
    if (signal?.aborted) return;
    if (digest.paused_at !== null) continue;
    try {
      const due = dueOf(digest, schedules.get(scheduleName(digest))?.lastDue ?? null, now(), zone) ?? (await heldDue(deps, digest, zone));
      if (due === null) continue;
      const issue = await makeIssue(deps, digest, due);
      if (issue) log('digest_made', { digest: digest.digest_id, issue: issue.issue_id, state: issue.state, due_at: due });
    } catch (error) {
      // The others are made all the same; this one is due still.
      log('digest_failed', { digest: digest.digest_id, error });
    }
  }
}

/**
 * The instant a digest is due for now, or null. Before it was added, or while it rested, it was due for nothing.
 * @param last when its last run was due, seconds UTC; null for none
 * @param zone for schedules that name none, and for its last day
 */
export function dueOf(digest: DigestRow, last: number | null, now: number, zone: string): number | null {
  const due = dueNow(scheduleOf(digest), Math.max(last ?? 0, digest.since_at), now, zone);
  if (due === null) return null;
  return digest.ends_on !== null && localDate(due, digest.zone ?? zone) > digest.ends_on ? null : due;
}

/** The instant the last issue was due for, where it is held and its checks are run again now; that they are is noted. */
async function heldDue({ store, now }: DigestDeps, digest: DigestRow, zone: string): Promise<number | null> {
  const issues = (db: Knex) => db<DigestIssueRow>('digest_issue');
  const last = await issues(store.writer).where({ digest_id: digest.digest_id, kind: 'regular' }).orderBy('due_at', 'desc').first();
  if (last?.state !== 'held' || last.checked_at + checkAgain > now()) return null;
  const isOver = digest.ends_on !== null && localDate(now(), digest.zone ?? zone) > digest.ends_on;
  const isOld = last.due_at < Math.max(digest.since_at, lastDue(scheduleOf(digest), now(), zone));
  if (isOver || isOld || last.grain !== digest.every) return null;
  // First, so that it is not checked every minute where nothing comes of it.
  await transact(store, (trx) => issues(trx).where({ issue_id: last.issue_id, state: 'held' }).update({ checked_at: now() }));
  return last.due_at;
}
