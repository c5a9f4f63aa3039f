import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dueNow, lastDue, nextDue, type Schedule } from '../../etl/due.ts';

const due = suite('due');
const utc = (iso: string) => Date.parse(iso) / 1000;
const iso = (instant: number) => new Date(instant * 1000).toISOString().slice(0, 16);

const vienna = 'Europe/Vienna';
const table: [string, Schedule, string, string, string][] = [
  // name, schedule, now, last due, next due
  ['every quarter of an hour', { every: '15m' }, '2026-05-01T10:14:59Z', '2026-05-01T10:00', '2026-05-01T10:15'],
  ['exactly when it is due', { every: '15m' }, '2026-05-01T10:15:00Z', '2026-05-01T10:15', '2026-05-01T10:30'],
  [
    'every hour in a zone of half hours',
    { every: 'hour', zone: 'Asia/Kolkata' },
    '2026-05-01T10:10:00Z',
    '2026-05-01T09:30',
    '2026-05-01T10:30',
  ],
  ['every day at local time', { every: 'day', at: '07:30' }, '2026-07-01T05:29:59Z', '2026-06-30T05:30', '2026-07-01T05:30'],
  ['every day in winter', { every: 'day', at: '07:30' }, '2026-01-10T06:30:00Z', '2026-01-10T06:30', '2026-01-11T06:30'],
  [
    'the spring day has no 02:30: an hour later',
    { every: 'day', at: '02:30' },
    '2026-03-29T01:30:00Z',
    '2026-03-29T01:30',
    '2026-03-30T00:30',
  ],
  [
    'the autumn day has 02:30 twice: the first',
    { every: 'day', at: '02:30' },
    '2026-10-25T03:00:00Z',
    '2026-10-25T00:30',
    '2026-10-26T01:30',
  ],
  ['every Monday by default', { every: 'week' }, '2026-11-22T12:00:00Z', '2026-11-15T23:00', '2026-11-22T23:00'],
  [
    'every Friday at six',
    { every: 'week', on: 'friday', at: '06:00', zone: 'UTC' },
    '2026-11-22T12:00:00Z',
    '2026-11-20T06:00',
    '2026-11-27T06:00',
  ],
  ['every first of a month', { every: 'month', zone: 'UTC' }, '2026-03-01T00:00:00Z', '2026-03-01T00:00', '2026-04-01T00:00'],
  [
    'the last day of short months',
    { every: 'month', on: 31, at: '12:00', zone: 'UTC' },
    '2026-03-01T00:00:00Z',
    '2026-02-28T12:00',
    '2026-03-31T12:00',
  ],
  ['a leap day', { every: 'month', on: 30, zone: 'UTC' }, '2028-03-01T00:00:00Z', '2028-02-29T00:00', '2028-03-30T00:00'],
];
for (const [name, schedule, now, last, next] of table) {
  due(name, () => {
    assert.is(iso(lastDue(schedule, utc(now), vienna)), last);
    assert.is(iso(nextDue(schedule, utc(now), vienna)), next);
  });
}

due('runs once when it never ran, and once however much was missed', () => {
  const daily: Schedule = { every: 'day', at: '06:00', zone: 'UTC' };
  assert.is(dueNow(daily, null, utc('2026-05-04T07:00:00Z'), 'UTC'), utc('2026-05-04T06:00:00Z'));
  assert.is(dueNow(daily, utc('2026-05-01T06:00:00Z'), utc('2026-05-04T07:00:00Z'), 'UTC'), utc('2026-05-04T06:00:00Z'));
  assert.is(dueNow(daily, utc('2026-05-04T06:00:00Z'), utc('2026-05-05T05:59:00Z'), 'UTC'), null);
});

for (const [season, from] of [
  ['spring', '2026-03-28T00:00:00Z'],
  ['autumn', '2026-10-24T00:00:00Z'],
] as const) {
  due(`a minute tick over the ${season} change runs every hourly and daily run once`, () => {
    const counts = { hour: 0, day: 0 };
    for (const every of ['hour', 'day'] as const) {
      let last: number | null = utc(from) - 1;
      for (let now = utc(from); now < utc(from) + 48 * 3600; now += 60) {
        const instant = dueNow({ every, at: every === 'day' ? '02:30' : undefined }, last, now, vienna);
        if (instant === null) continue;
        counts[every] += 1;
        last = instant;
      }
    }
    assert.equal(counts, { hour: 48, day: 2 });
  });
}

due.run();
