import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { afterFailure, asSentence, freshnessOf, nextRunOf, resultOf, stalenessOf } from '../../client/source-words.ts';
import type { RunRow, SourceRow } from '../../queries/model/lists.ts';

const words = suite('sources in words');
const now = Date.parse('2026-11-22T08:00:00Z');
const clock = { now, zone: 'UTC' };

const run: RunRow = {
  run_id: 1, source: 'desk', started_by: 'schedule', input: null, state: 'done', started_at: '2026-11-22T07:00:00Z', finished_at: '2026-11-22T07:00:05Z',
  read: 1, inserted: 1, updated: 0, unchanged: 0, rejected: 0, flagged: 0, bytes: 0, message: null, removed: 0, warning: null,
}; // prettier-ignore
const source: SourceRow = {
  name: 'desk', connector: 'folder', map: 'standard', zone: null, through: '2026-11-21T18:00:00Z', live: 0, running: 0, cases: 1, runs: 1, rejected: 0,
  last_run: run, configured: 1, schedule: 'every hour', next_run: '2026-11-22T09:00:00Z', retry_at: null, failed_count: 0, warning: null, notice: null,
  recent: [], waiting: 0, unmapped: 0, tokens: [],
}; // prettier-ignore
const done = (started_at: string) => ({ run_id: 1, started_at, rows: 5, state: 'done' as const });

words('says until when a source is known', () => {
  assert.is(freshnessOf(source, clock), 'yesterday 18:00, 14 hours ago');
  assert.is(freshnessOf({ ...source, zone: 'Europe/Vienna' }, clock), 'yesterday 19:00, 14 hours ago');
  assert.is(freshnessOf({ ...source, through: null }, clock), 'nothing loaded yet');
  assert.is(freshnessOf({ ...source, through: null, live: 1 }, clock), 'now: it is live');
});

words('calls stale what is read by a schedule and has brought nothing for twice its usual time', () => {
  const old = { ...source, through: '2026-11-10T08:00:00Z' };
  assert.is(stalenessOf(source, now), null);
  assert.is(stalenessOf(old, now), 'Stale: nothing newer for 12 days.');
  // Every seven days: twelve are not twice as long, thirty are.
  const weekly = [done('2026-11-01T00:00:00Z'), done('2026-11-08T00:00:00Z'), done('2026-11-15T00:00:00Z')];
  assert.is(stalenessOf({ ...old, recent: weekly }, now), null);
  assert.is(stalenessOf({ ...old, recent: weekly, through: '2026-10-23T08:00:00Z' }, now), 'Stale: nothing newer for 30 days.');
  // Nobody promised more.
  assert.is(stalenessOf({ ...old, configured: 0, schedule: null }, now), null);
  assert.is(stalenessOf({ ...old, schedule: null }, now), null);
  assert.is(stalenessOf({ ...old, live: 1 }, now), null);
});

words('says when it is read next, and what follows a failure', () => {
  assert.is(nextRunOf(source, clock), 'today 09:00, in 60 minutes');
  assert.is(nextRunOf({ ...source, next_run: '2026-11-22T07:00:00Z' }, clock), 'due now');
  assert.is(nextRunOf({ ...source, schedule: null, next_run: null }, clock), 'only when you ask');
  assert.is(nextRunOf({ ...source, connector: 'push', schedule: null }, clock), 'when it sends something');
  assert.is(nextRunOf({ ...source, configured: 0 }, clock), null);
  const paused = { ...source, failed_count: 3, retry_at: '2026-11-22T08:12:00Z' };
  assert.is(
    afterFailure(paused, clock),
    'It failed 3 times in a row. What was loaded before stays. It is tried again today 08:12, in 12 minutes.',
  );
  assert.is(
    afterFailure({ ...source, failed_count: 1 }, clock),
    'What was loaded before stays. Mend the cause and run it, or it is tried again when it is due: today 09:00, in 60 minutes.',
  );
  assert.match(afterFailure({ ...source, configured: 0 }, clock), /load it again\.$/);
});

words('says how a run ended, and ends messages as sentences', () => {
  assert.is(resultOf(run), 'complete, 1 row read');
  assert.is(resultOf({ ...run, state: 'failed', read: 0 }), 'failed');
  assert.is(resultOf({ ...run, state: 'failed', read: 12 }), 'failed after 12 rows');
  assert.is(asSentence('there is no file'), 'There is no file.');
  assert.is(asSentence('Is it there?'), 'Is it there?');
});

words.run();
