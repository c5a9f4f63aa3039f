import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inputOf, paceOf, progressOf, runInWords, starterOf } from '../../client/run-words.ts';
import type { LiveRun, RunRow } from '../../queries/model/lists.ts';

const runs = suite('runs in words');
const run: RunRow = {
  run_id: 1, source: 'desk', started_by: 'schedule', input: '/data/inbox/monday.csv', state: 'done', started_at: '2026-11-22T07:00:00Z',
  finished_at: '2026-11-22T07:00:05Z', read: 100, inserted: 90, updated: 1, unchanged: 7, rejected: 2, flagged: 0, bytes: 0, message: null, removed: 0,
  warning: null,
}; // prettier-ignore
const live: LiveRun = { ...run, state: 'running', total: null, total_unit: null, rows_per_second: null, seconds_left: null };

runs('tells what was read and what became of it', () => {
  assert.is(runInWords(run), 'monday.csv: 100 rows read, 90 new cases, 1 case changed and 2 rows rejected.');
  assert.is(
    runInWords({ ...run, input: null, inserted: 0, updated: 0, rejected: 0, removed: 3 }),
    'desk: 100 rows read, 3 cases taken out.',
  );
  assert.is(runInWords({ ...run, inserted: 0, updated: 0, rejected: 0 }), 'monday.csv: 100 rows read, everything as it was.');
  assert.is(runInWords({ ...run, read: 0 }), 'monday.csv had nothing new.');
  assert.is(runInWords({ ...run, state: 'failed' }), 'monday.csv could not be read to its end after 100 rows.');
  assert.is(inputOf({ source: 'desk', input: 'C:\\inbox\\a.csv' }), 'a.csv');
  assert.is(starterOf({ started_by: 'Ann' }), 'by Ann');
});

runs('gives the pace only where it took long enough to tell', () => {
  assert.is(paceOf(run), 'in 5 seconds, 20 rows a second');
  assert.is(paceOf({ ...run, finished_at: run.started_at }), 'in under a second');
  assert.is(paceOf({ ...run, finished_at: null }), '');
});

runs('says how far a run is by the unit of its total', () => {
  assert.equal(progressOf(live), { share: null, words: '100 rows read' });
  assert.equal(progressOf({ ...live, total: 400, total_unit: 'rows', rows_per_second: 30.4, seconds_left: 90 }), {
    share: 0.25,
    words: '25%, 100 rows read, 30 rows a second, about 1 minute left',
  });
  assert.is(progressOf({ ...live, bytes: 500, total: 1000, total_unit: 'bytes' }).share, 0.5);
  // A total that was announced too small is no more than all of it.
  assert.is(progressOf({ ...live, total: 50, total_unit: 'rows' }).share, 1);
  assert.match(progressOf({ ...live, seconds_left: 2 }).words, /a few seconds left$/);
});

runs.run();
