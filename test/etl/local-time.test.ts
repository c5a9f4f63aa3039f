import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dateOfDay, dayNumber, endOfDay, instantAt, localDate } from '../../etl/local-time.ts';

const local = suite('local time');
const utc = (iso: string) => Date.parse(iso) / 1000;

local('takes the date of an instant in the zone', () => {
  assert.is(localDate(utc('2024-03-10T04:59:59Z'), 'America/New_York'), '2024-03-09');
  assert.is(localDate(utc('2024-03-10T05:00:00Z'), 'America/New_York'), '2024-03-10');
  assert.is(localDate(utc('2024-03-11T04:00:00Z'), 'America/New_York'), '2024-03-11');
  assert.is(localDate(-1, 'UTC'), '1969-12-31');
});

local('finds the instant of a local time', () => {
  assert.is(instantAt('2024-07-01', 0, 'Europe/Vienna'), utc('2024-06-30T22:00:00Z'));
  assert.is(instantAt('2024-01-01', 9 * 3600, 'Asia/Kolkata'), utc('2024-01-01T03:30:00Z'));
});

local('moves a time that does not exist forward by the gap', () => {
  assert.is(instantAt('2024-03-10', 2.5 * 3600, 'America/New_York'), utc('2024-03-10T07:30:00Z'));
});

local('does not take the first century for the twentieth', () => {
  assert.is(instantAt('0024-02-29', 0, 'UTC'), utc('0024-02-29T00:00:00Z'));
  assert.is(dateOfDay(dayNumber('0024-02-29')), '0024-02-29');
});

local('takes the first of a time that occurs twice', () => {
  assert.is(instantAt('2024-11-03', 1.5 * 3600, 'America/New_York'), utc('2024-11-03T05:30:00Z'));
});

local('begins a day whose midnight does not exist at its first instant', () => {
  // Chile moved its clocks at midnight: 2022-09-11 began at 01:00 local time, 04:00 UTC.
  assert.is(instantAt('2022-09-11', 0, 'America/Santiago'), utc('2022-09-11T04:00:00Z'));
  assert.is(localDate(utc('2022-09-11T04:00:00Z'), 'America/Santiago'), '2022-09-11');
  assert.is(localDate(utc('2022-09-11T03:59:59Z'), 'America/Santiago'), '2022-09-10');
});

local('ends a day with its last second, also on days of 23 and 25 hours', () => {
  assert.is(endOfDay('2024-03-31', 'Europe/Vienna') - instantAt('2024-03-31', 0, 'Europe/Vienna') + 1, 23 * 3600);
  assert.is(endOfDay('2024-10-27', 'Europe/Vienna') - instantAt('2024-10-27', 0, 'Europe/Vienna') + 1, 25 * 3600);
});

local('counts days to and fro', () => {
  assert.is(dayNumber('1970-01-02'), 1);
  for (const date of ['1969-12-31', '2000-02-29', '2026-11-22']) assert.is(dateOfDay(dayNumber(date)), date);
});

local.run();
