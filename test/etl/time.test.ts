import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timeReader } from '../../etl/date-format.ts';
import { isoText, isZone, zoneClock } from '../../etl/time.ts';

const utc = (text: string) => Date.parse(text) / 1000;

const clock = suite('zoneClock');

clock('a time that occurs twice in autumn is the earlier one', () => {
  // New York went from -4 to -5 at 2011-11-06 06:00 UTC.
  assert.is(timeReader('YYYY-MM-DD HH:mm', 'America/New_York')('2011-11-06 01:30'), utc('2011-11-06T05:30:00Z'));
  assert.is(timeReader('YYYY-MM-DD HH:mm', 'America/New_York')('2011-11-06 00:59'), utc('2011-11-06T04:59:00Z'));
  assert.is(timeReader('YYYY-MM-DD HH:mm', 'America/New_York')('2011-11-06 02:00'), utc('2011-11-06T07:00:00Z'));
});

clock('a time that spring leaves out moves forward by the gap', () => {
  // New York went from -5 to -4 at 2011-03-13 07:00 UTC: 02:30 becomes 03:30.
  assert.is(timeReader('YYYY-MM-DD HH:mm', 'America/New_York')('2011-03-13 02:30'), utc('2011-03-13T07:30:00Z'));
  assert.is(timeReader('YYYY-MM-DD HH:mm', 'America/New_York')('2011-03-13 01:59'), utc('2011-03-13T06:59:00Z'));
  assert.is(timeReader('YYYY-MM-DD HH:mm', 'America/New_York')('2011-03-13 03:00'), utc('2011-03-13T07:00:00Z'));
});

clock('a gap of half an hour, and a day that was left out, move by their own length', () => {
  // Lord Howe: +10:30 to +11 at 2019-10-05 15:30 UTC. Samoa left out 2011-12-30: -10 to +14.
  assert.is(zoneClock('Australia/Lord_Howe').instantOf(utc('2019-10-06T02:15:00Z')), utc('2019-10-05T15:45:00Z'));
  assert.is(zoneClock('Pacific/Apia').instantOf(utc('2011-12-30T12:00:00Z')), utc('2011-12-30T22:00:00Z'));
});

clock('every hour of a year comes back from its wall clock', () => {
  for (const zone of ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kathmandu']) {
    const zoned = zoneClock(zone);
    const start = utc('2019-01-01T00:00:00Z');
    let other = 0;
    for (let t = start; t < start + 366 * 86_400; t += 1800) if (zoned.instantOf(t + zoned.offsetAt(t)) !== t) other++;
    // Only the second of two equal wall-clock half-hours in autumn does not come back.
    assert.is(other, { 'America/New_York': 2, 'Europe/London': 2, 'Australia/Lord_Howe': 1, 'Asia/Kathmandu': 0 }[zone]);
  }
});

clock('knows the offset before 1970', () => assert.is(zoneClock('Europe/London').offsetAt(utc('1969-01-01T00:00:00Z')), 3600));
clock('tells a zone from a text', () => {
  assert.ok(isZone('Europe/Berlin'));
  assert.ok(isZone('UTC'));
  assert.not.ok(isZone('Berlin'));
  assert.not.ok(isZone('+01:00'));
});

const text = suite('isoText');

text('writes whole seconds in UTC, and nothing of nothing', () => {
  assert.is(isoText(utc('2019-10-06T02:15:00Z')), '2019-10-06T02:15:00Z');
  assert.is(isoText(null), null);
});

clock.run();
text.run();
