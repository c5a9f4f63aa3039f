import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { recordedWords } from '../../client/recorded-words.ts';

const recorded = suite('when it was recorded, in words');

recorded('is said where it was more than an hour later, or on a later day than is told', () => {
  const cases: [at: string, recordedAt: string | null, words: string | null][] = [
    ['2026-11-09T13:05:00Z', '2026-11-12T13:05:00Z', 'recorded 3 days later, 12 Nov 2026, 14:05'],
    ['2026-11-12T12:04:00Z', '2026-11-12T13:05:00Z', 'recorded 61 minutes later, 12 Nov 2026, 14:05'],
    ['2026-11-12T12:05:00Z', '2026-11-12T13:05:00Z', null],
    ['2026-11-12T12:05:00Z', null, null],
    ['2026-11-12', '2026-11-12T22:30:00Z', null],
    ['2026-11-12', '2026-11-12T23:30:00Z', 'recorded 1 day later, 13 Nov 2026, 00:30'],
    ['2026-11-09', '2026-11-12T13:05:00Z', 'recorded 3 days later, 12 Nov 2026, 14:05'],
  ];
  for (const [at, recorded_at, words] of cases) assert.is(recordedWords({ at, recorded_at }, 'Europe/Vienna'), words, at);
});

recorded.run();
