import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { calendarSchema } from '../../etl/calendar.ts';

const reading = suite('calendarSchema');
const problemsOf = (value: unknown): string[] =>
  calendarSchema.safeParse(value).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? [];

reading('takes hours by weekday, several a day and to midnight, and holidays with or without a name', () => {
  const calendar = {
    zone: 'Europe/London',
    hours: { monday: ['09:00-12:00', '13:00-24:00'], saturday: [] },
    holidays: ['2026-12-25', { date: '2026-12-28', name: 'Boxing Day' }],
  };
  assert.equal(calendarSchema.parse(calendar), calendar);
});

const wrong: [string, unknown, RegExp][] = [
  ['an unknown zone', { zone: 'Europe/Londn', hours: { monday: ['09:00-17:00'] } }, /^zone: .*is no time zone/],
  ['no hours at all', { zone: 'UTC', hours: { sunday: [] } }, /^hours: is open on no day/],
  ['an unknown day', { zone: 'UTC', hours: { mondy: ['09:00-17:00'], monday: ['09:00-17:00'] } }, /^hours: /],
  ['hours that are none', { zone: 'UTC', hours: { monday: ['9-17'] } }, /^hours\.monday\.0: is no stretch of the day/],
  ['hours beyond midnight', { zone: 'UTC', hours: { monday: ['09:00-24:30'] } }, /^hours\.monday\.0: is no stretch/],
  [
    'hours over midnight',
    { zone: 'UTC', hours: { monday: ['22:00-06:00'] } },
    /^hours\.monday\.0: ends before it begins.*00:00 of the next day/,
  ],
  [
    'hours that overlap',
    { zone: 'UTC', hours: { monday: ['13:00-17:00', '09:00-13:30'] } },
    /^hours\.monday\.0: "13:00-17:00" overlaps "09:00-13:30"/,
  ],
  ['a date that does not exist', { zone: 'UTC', hours: { monday: ['09:00-17:00'] }, holidays: ['2026-02-30'] }, /^holidays\.0: /],
];
for (const [name, value, message] of wrong)
  reading(`refuses ${name}`, () => {
    const [first, ...others] = problemsOf(value);
    assert.match(first ?? 'no problem', message);
    assert.equal(others, []);
  });

reading('is described key by key for editors', () => {
  const schema = z.toJSONSchema(calendarSchema, { io: 'input' });
  const described = JSON.stringify(schema).match(/"description"/g)?.length ?? 0;
  assert.is(described, 3 + 7 + 2);
});

reading.run();
