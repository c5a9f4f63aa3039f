import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addBuckets, addDays, bucketsBetween, daysBetween, endOf, startOf } from '../../../queries/model/buckets.ts';

const buckets = suite('buckets');

buckets('begin weeks on Monday and quarters on their first month', () => {
  // 2024-02-29 was a Thursday.
  assert.equal(
    (['day', 'week', 'month', 'quarter', 'year'] as const).map((grain) => [startOf(grain, '2024-02-29'), endOf(grain, '2024-02-29')]),
    [
      ['2024-02-29', '2024-02-29'],
      ['2024-02-26', '2024-03-03'],
      ['2024-02-01', '2024-02-29'],
      ['2024-01-01', '2024-03-31'],
      ['2024-01-01', '2024-12-31'],
    ],
  );
  assert.is(startOf('week', '2024-03-03'), '2024-02-26'); // a Sunday
});

buckets('move by whole steps and keep to days the month has', () => {
  assert.is(addBuckets('month', '2024-01-31', 1), '2024-02-29');
  assert.is(addBuckets('year', '2024-02-29', -1), '2023-02-28');
  assert.is(addBuckets('quarter', '2024-01-01', -1), '2023-10-01');
  assert.is(addBuckets('week', '2024-01-01', -1), '2023-12-25');
  assert.is(addDays('2024-12-31', 1), '2025-01-01');
  assert.is(daysBetween('2024-02-28', '2024-03-01'), 2);
});

buckets('list every bucket that holds a date of the period', () => {
  assert.equal(bucketsBetween('month', '2024-01-31', '2024-03-01'), ['2024-01-01', '2024-02-01', '2024-03-01']);
  assert.equal(bucketsBetween('week', '2024-03-01', '2024-03-04'), ['2024-02-26', '2024-03-04']);
});

buckets.run();
