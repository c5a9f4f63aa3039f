import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dayAndTime, distanceInWords, lengthInWords } from '../../client/when-words.ts';

const whens = suite('times in words');
const at = (text: string): number => Date.parse(text);

whens('says how far a time is away in the unit that reads best', () => {
  const now = at('2026-11-22T12:00:00Z');
  const cases: [instant: string, words: string][] = [
    ['2026-11-22T12:00:00Z', 'just now'],
    ['2026-11-22T11:59:01Z', 'just now'],
    ['2026-11-22T12:00:30Z', 'in less than a minute'],
    ['2026-11-22T11:59:00Z', '1 minute ago'],
    ['2026-11-22T10:01:00Z', '119 minutes ago'],
    ['2026-11-21T22:00:00Z', '14 hours ago'],
    ['2026-11-20T12:00:01Z', '47 hours ago'],
    ['2026-11-20T12:00:00Z', '2 days ago'],
    ['2026-11-22T13:30:00Z', 'in 90 minutes'],
    ['2026-11-29T12:00:00Z', 'in 7 days'],
  ];
  for (const [instant, words] of cases) assert.is(distanceInWords(at(instant), now), words, instant);
  assert.is(lengthInWords(20_000), '20 seconds');
  assert.is(lengthInWords(-5), '0 seconds');
});

whens('names near days on the clocks of the zone, other days by their date', () => {
  // 23:30 UTC on the 22nd is half past midnight of the 23rd in Vienna.
  const now = at('2026-11-22T23:30:00Z');
  assert.is(dayAndTime(at('2026-11-22T23:05:00Z'), now, 'Europe/Vienna'), 'today 00:05');
  assert.is(dayAndTime(at('2026-11-22T17:00:00Z'), now, 'Europe/Vienna'), 'yesterday 18:00');
  assert.is(dayAndTime(at('2026-11-24T01:00:00Z'), now, 'Europe/Vienna'), 'tomorrow 02:00');
  assert.is(dayAndTime(at('2026-11-21T17:00:00Z'), now, 'Europe/Vienna'), '21 Nov 2026, 18:00');
  assert.is(dayAndTime(at('2026-11-22T17:00:00Z'), now, 'UTC'), 'today 17:00');
});

whens('knows yesterday across the hour that autumn repeats and the end of a year', () => {
  assert.is(dayAndTime(at('2026-10-24T22:30:00Z'), at('2026-10-25T23:30:00Z'), 'Europe/Vienna'), 'yesterday 00:30');
  assert.is(dayAndTime(at('2026-12-31T10:00:00Z'), at('2027-01-01T10:00:00Z'), 'UTC'), 'yesterday 10:00');
});

whens.run();
