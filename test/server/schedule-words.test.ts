import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Schedule } from '../../etl/due.ts';
import { scheduleWords } from '../../server/schedule-words.ts';

const words = suite('schedule words');
const cases: [Schedule, string][] = [
  [{ every: '15m' }, 'every 15 minutes'],
  [{ every: 'hour' }, 'every hour'],
  [{ every: 'day' }, 'every day at 00:00'],
  [{ every: 'day', at: '07:30', zone: 'Europe/Vienna' }, 'every day at 07:30 (Europe/Vienna)'],
  [{ every: 'week' }, 'every Monday at 00:00'],
  [{ every: 'week', on: 'friday', at: '18:00' }, 'every Friday at 18:00'],
  [{ every: 'month', on: 31 }, 'on day 31 of every month at 00:00'],
];
for (const [schedule, said] of cases) words(`says "${said}"`, () => assert.is(scheduleWords(schedule), said));
words.run();
