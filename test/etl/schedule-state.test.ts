import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Schedule } from '../../etl/due.ts';
import { dueOf, freshSchedule, nextRunAt, noteFailure, noteRun, readSchedules } from '../../etl/schedule-state.ts';
import { clearFailures } from '../../etl/run-notes.ts';
import { describeSource } from '../../etl/store/sources.ts';
import { tempStore } from '../support/store.ts';

const state = suite('schedule state');
const noon = Date.UTC(2026, 0, 1, 12) / 1000;
const hourly = { schedule: { every: 'hour' } as Schedule };

state('a source that never ran is due at once, one without a schedule never', () => {
  assert.is(nextRunAt(hourly, freshSchedule, noon + 600, 'UTC'), noon + 600);
  assert.is(dueOf(hourly, freshSchedule, noon + 600, 'UTC'), noon);
  assert.is(nextRunAt({ schedule: null }, freshSchedule, noon, 'UTC'), null);
  assert.is(dueOf({ schedule: null }, freshSchedule, noon, 'UTC'), null);
});

state('one that ran is due with the next step', () => {
  const ran = { ...freshSchedule, lastDue: noon };
  assert.is(nextRunAt(hourly, ran, noon + 600, 'UTC'), noon + 3600);
  assert.is(dueOf(hourly, ran, noon + 600, 'UTC'), null);
});

state('one that failed waits until it may be tried again, also when it becomes due once more', () => {
  const failed = { lastDue: noon - 3600, failedCount: 2, retryAt: noon + 90 };
  assert.is(dueOf(hourly, failed, noon + 89, 'UTC'), null);
  assert.is(nextRunAt(hourly, failed, noon + 10, 'UTC'), noon + 90);
  assert.is(dueOf(hourly, failed, noon + 90, 'UTC'), noon);
});

state('the pause is a random part of a minute, doubled with each failure up to an hour, and never under ten seconds', async () => {
  const { store, close } = await tempStore();
  try {
    await describeSource(store, { name: 'desk', connector: 'sql', map: 'plain', zone: null, fields: [] });
    const pauseAfter = async (failedCount: number, random: number) =>
      ((await noteFailure(store, { name: 'desk', due: noon, failedCount, isRetriable: true, now: noon, random: () => random })) ?? 0) -
      noon;
    assert.equal(await Promise.all([0, 1, 2, 3].map((n) => pauseAfter(n, 0.5))), [30, 60, 120, 240]);
    assert.equal(await Promise.all([6, 50].map((n) => pauseAfter(n, 0.999))), [3596, 3596]);
    assert.equal(await Promise.all([0, 50].map((n) => pauseAfter(n, 0))), [10, 10]);
    assert.equal((await readSchedules(store.reader, noon)).get('desk'), { lastDue: null, failedCount: 51, retryAt: noon + 10 });
    await clearFailures(store, 'desk');
    assert.equal((await readSchedules(store.reader, noon)).get('desk'), freshSchedule);
  } finally {
    await close();
  }
});

state('what no repetition helps waits until it is due again', async () => {
  const { store, close } = await tempStore();
  try {
    await describeSource(store, { name: 'desk', connector: 'sql', map: 'plain', zone: null, fields: [] });
    const failed = { name: 'desk', due: noon, failedCount: 0, isRetriable: false, now: noon + 5, random: () => 0 };
    assert.is(await noteFailure(store, failed), null);
    const found = (await readSchedules(store.reader, noon + 5)).get('desk') ?? freshSchedule;
    assert.equal(found, { lastDue: noon, failedCount: 1, retryAt: null });
    assert.is(nextRunAt(hourly, found, noon + 5, 'UTC'), noon + 3600);
  } finally {
    await close();
  }
});

state('notes left by a clock that was years ahead hold nothing up', async () => {
  const { store, close } = await tempStore();
  try {
    await describeSource(store, { name: 'desk', connector: 'sql', map: 'plain', zone: null, fields: [] });
    const later = noon + 4 * 365 * 86_400;
    await noteRun(store, 'desk', noon, null);
    await noteRun(store, 'desk', later, null);
    await noteFailure(store, { name: 'desk', due: later, failedCount: 0, isRetriable: true, now: later, random: () => 0 });
    const found = (await readSchedules(store.reader, noon + 3600)).get('desk') ?? freshSchedule;
    assert.equal(found, { lastDue: null, failedCount: 1, retryAt: null });
  } finally {
    await close();
  }
});

state.run();
