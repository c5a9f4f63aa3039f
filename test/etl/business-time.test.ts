import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { explainBusinessDays, explainBusinessMinutes } from '../../etl/business-sum.ts';
import { afterBusinessDays, afterBusinessSeconds, businessClock, businessMinutes, businessMinutesOfDays } from '../../etl/business-time.ts';
import { dateOfDay, dayNumber } from '../../etl/local-time.ts';
import { weekdays, type Calendar } from '../../etl/opening-hours.ts';

const at = (text: string) => Date.parse(text) / 1000;
const days = (...hours: string[]): Calendar['hours'] => Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, hours]));
const everyDay = (...hours: string[]): Calendar['hours'] => Object.fromEntries(weekdays.map((day) => [day, hours]));
// London at Christmas 2026: Friday 25 December, and the substitute for Boxing Day on Monday 28.
const office: Calendar = {
  zone: 'Europe/London',
  hours: days('09:00-17:00'),
  holidays: ['2026-12-25', { date: '2026-12-28', name: 'Boxing Day (substitute)' }],
};

const counting = suite('businessMinutes');

const cases: [string, Calendar, string, string, number][] = [
  ['inside one day', office, '2026-03-02T10:15:00Z', '2026-03-02T12:45:00Z', 150],
  ['over a night', office, '2026-03-02T16:00:00Z', '2026-03-03T10:00:00Z', 120],
  ['over a weekend', office, '2026-03-06T16:30:00Z', '2026-03-09T09:30:00Z', 60],
  ['received before opening', office, '2026-03-02T05:00:00Z', '2026-03-02T09:10:00Z', 10],
  ['received after closing', office, '2026-03-02T19:00:00Z', '2026-03-03T09:10:00Z', 10],
  ['received on a Saturday', office, '2026-03-07T12:00:00Z', '2026-03-09T17:00:00Z', 480],
  ['from Saturday to Sunday', office, '2026-03-07T12:00:00Z', '2026-03-08T12:00:00Z', 0],
  ['over two holidays and a weekend', office, '2026-12-24T16:00:00Z', '2026-12-29T10:00:00Z', 120],
  ['nothing at all', office, '2026-03-02T10:00:00Z', '2026-03-02T10:00:00Z', 0],
  ['backwards', office, '2026-03-03T10:00:00Z', '2026-03-02T10:00:00Z', 0],
  ['rounded down', office, '2026-03-02T10:00:30Z', '2026-03-02T10:02:29Z', 1],
  // 31 March 2026 is after the change: opening at 09:00 is 08:00 UTC.
  ['in summer time', office, '2026-03-31T07:00:00Z', '2026-03-31T09:00:00Z', 60],
  ['a break at noon', { zone: 'UTC', hours: days('09:00-12:00', '13:00-17:00') }, '2026-03-02T11:30:00Z', '2026-03-02T13:30:00Z', 60],
  [
    'to midnight and on',
    { zone: 'UTC', hours: everyDay('00:00-06:00', '22:00-24:00') },
    '2026-03-02T21:00:00Z',
    '2026-03-03T07:00:00Z',
    480,
  ],
  // Clocks go from 01:00 to 02:00: of 00:00-04:00 three hours happen.
  [
    'the hour that spring leaves out',
    { zone: 'Europe/London', hours: everyDay('00:00-04:00') },
    '2026-03-28T12:00:00Z',
    '2026-03-29T12:00:00Z',
    180,
  ],
  // Clocks go from 02:00 back to 01:00: of 00:00-04:00 five hours happen.
  [
    'the hour that autumn repeats',
    { zone: 'Europe/London', hours: everyDay('00:00-04:00') },
    '2026-10-24T12:00:00Z',
    '2026-10-25T12:00:00Z',
    300,
  ],
  // The clock shows 01:30 to 02:00 twice, and once more until 02:30.
  [
    'opening inside the repeated hour',
    { zone: 'Europe/London', hours: everyDay('01:30-02:30') },
    '2026-10-24T12:00:00Z',
    '2026-10-25T12:00:00Z',
    90,
  ],
  [
    'opening in the hour left out',
    { zone: 'Europe/London', hours: everyDay('01:00-02:00') },
    '2026-03-28T12:00:00Z',
    '2026-03-29T12:00:00Z',
    0,
  ],
  [
    'round the clock over the change',
    { zone: 'Europe/London', hours: everyDay('00:00-24:00') },
    '2026-10-25T00:00:00Z',
    '2026-10-26T00:00:00Z',
    1440,
  ],
];
for (const [name, calendar, from, to, minutes] of cases)
  counting(`counts ${name}`, () => assert.is(businessMinutes(at(from), at(to), calendar), minutes));

counting('counts thirty years the same whichever way they are cut, and fast once counted', () => {
  const [from, to] = [at('1996-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z')];
  const whole = businessMinutes(from, to, office) ?? 0;
  // 10,958 days are 1,565 weeks and three days; 1996-01-01 was a Monday, 2025-12-29 too: Monday to Wednesday are left. No holiday lies in it.
  assert.is(whole, (1565 * 5 + 3) * 480);
  const middle = at('2011-06-15T12:34:00Z');
  assert.is((businessMinutes(from, middle, office) ?? 0) + (businessMinutes(middle, to, office) ?? 0), whole);
  const begun = process.cpuUsage();
  for (let i = 0; i < 1000; i++) businessMinutes(from + i * 60, to - i * 60, office);
  const { user, system } = process.cpuUsage(begun);
  assert.ok((user + system) / 1e6 < 0.5, 'less than half a millisecond of work each');
});

counting('does not count from or to years that are slips of the pen', () => {
  assert.is(businessMinutes(at('0203-01-01T00:00:00Z'), at('2026-01-01T00:00:00Z'), office), null);
  assert.is(businessMinutes(at('2026-01-01T00:00:00Z'), at('9999-01-01T00:00:00Z'), office), null);
  assert.is(businessClock(at('2200-01-01T00:00:00Z'), office), null);
});

counting('has a clock that runs on in opening hours only, before 2000 too', () => {
  const zero = businessClock(at('2000-01-01T00:00:00Z'), office);
  assert.is(zero, 0); // a Saturday
  assert.is(businessClock(at('2000-01-03T10:00:00Z'), office), 3600);
  assert.is(businessClock(at('1999-12-31T16:00:00Z'), office), -3600); // a Friday
});

const zones = [
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'UTC',
];
const changes = [
  '2026-02-15',
  '2026-03-08',
  '2026-03-22',
  '2026-03-29',
  '2026-04-05',
  '2026-10-04',
  '2026-10-25',
  '2026-11-01',
  '2026-12-25',
];
const quarter = fc.integer({ min: 0, max: 96 });
const clock = (quarters: number) => `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`;
const openings = fc
  .uniqueArray(quarter, { minLength: 0, maxLength: 6 })
  .map((edges) => edges.sort((a, b) => a - b))
  .map((edges) =>
    Array.from({ length: Math.floor(edges.length / 2) }, (_, i) => `${clock(edges[i * 2] ?? 0)}-${clock(edges[i * 2 + 1] ?? 0)}`),
  );
const calendars: fc.Arbitrary<Calendar> = fc.record({
  zone: fc.constantFrom(...zones),
  hours: fc.record(Object.fromEntries(weekdays.map((day) => [day, openings])) as Record<(typeof weekdays)[number], typeof openings>),
  holidays: fc.subarray(changes),
});
const near = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -2160, max: 2160 })).map(([date, minutes]) => at(date) + minutes * 60);

counting('agrees with looking at the wall clock every minute, around every change of the clocks', () => {
  fc.assert(
    fc.property(calendars, near, fc.integer({ min: -60, max: 2880 }), (calendar, from, minutes) => {
      const to = from + minutes * 60;
      assert.is(businessMinutes(from, to, calendar), openMinutes(calendar, from, to).length);
    }),
    { numRuns: 120 },
  );
});

counting('finds the instant at which some opening hours have passed', () => {
  assert.is(afterBusinessSeconds(at('2026-03-02T10:00:00Z'), 4 * 3600, office), at('2026-03-02T14:00:00Z'));
  assert.is(afterBusinessSeconds(at('2026-03-06T16:00:00Z'), 2 * 3600, office), at('2026-03-09T10:00:00Z'));
  // Exactly at closing time, not at the next opening.
  assert.is(afterBusinessSeconds(at('2026-03-06T16:00:00Z'), 3600, office), at('2026-03-06T17:00:00Z'));
  assert.is(afterBusinessSeconds(at('2026-12-24T16:30:00Z'), 3600, office), at('2026-12-29T09:30:00Z'));
  fc.assert(
    fc.property(calendars, near, fc.integer({ min: 1, max: 600 }), (calendar, from, minutes) => {
      fc.pre(weekdays.some((day) => calendar.hours[day]?.length));
      const end = afterBusinessSeconds(from, minutes * 60, calendar) ?? 0;
      assert.is(businessMinutes(from, end, calendar), minutes);
      assert.is(businessMinutes(from, end - 60, calendar), minutes - 1);
    }),
    { numRuns: 60 },
  );
});

counting('counts business days after a date, which is day nought', () => {
  const after = (date: string, count: number) => dateOfDay(afterBusinessDays(dayNumber(date), count, office) ?? 0);
  assert.equal(
    [after('2026-03-02', 3), after('2026-03-07', 1), after('2026-12-24', 1), after('2026-12-25', 2)],
    ['2026-03-05', '2026-03-09', '2026-12-29', '2026-12-30'],
  );
});

const ofDays = suite('businessMinutesOfDays');

ofDays('counts every day after the first up to and with the last', () => {
  const between = (from: string, to: string) => businessMinutesOfDays(from, to, office);
  assert.equal(
    [between('2026-03-02', '2026-03-02'), between('2026-03-02', '2026-03-05'), between('2026-03-06', '2026-03-09')],
    [0, 3 * 480, 480],
  );
  assert.equal(
    [between('2026-03-07', '2026-03-09'), between('2026-03-06', '2026-03-08'), between('2026-03-09', '2026-03-02')],
    [480, 0, 0],
  );
  assert.is(between('2026-12-24', '2026-12-29'), 480);
  // The day of a change of the clocks has its opening minutes by the wall clock.
  assert.is(businessMinutesOfDays('2026-10-24', '2026-10-25', { zone: 'Europe/London', hours: everyDay('00:00-04:00') }), 240);
});

ofDays('agrees with adding up day by day', () => {
  fc.assert(
    fc.property(calendars, fc.integer({ min: 20_400, max: 20_900 }), fc.integer({ min: -5, max: 400 }), (calendar, first, count) => {
      let sum = 0;
      for (let day = first + 1; day <= first + count; day++) {
        if (calendar.holidays?.includes(dateOfDay(day))) continue;
        const name = weekdays[(day + 3) % 7] ?? 'monday';
        for (const hours of calendar.hours[name] ?? []) sum += minutesOf(hours.slice(6)) - minutesOf(hours.slice(0, 5));
      }
      assert.is(businessMinutesOfDays(dateOfDay(first), dateOfDay(first + count), calendar), sum);
    }),
  );
});

const explaining = suite('explainBusinessMinutes');

explaining('lists every stretch that is counted, and why nothing is counted of a day', () => {
  const { minutes, rows, rest } = explainBusinessMinutes(at('2026-12-24T16:00:00Z'), at('2026-12-29T10:00:00Z'), office);
  assert.is(minutes, 120);
  const none = { from: null, to: null, seconds: 0 };
  assert.equal(rows, [
    { date: '2026-12-24', from: at('2026-12-24T16:00:00Z'), to: at('2026-12-24T17:00:00Z'), seconds: 3600, reason: null, holiday: null },
    { date: '2026-12-25', ...none, reason: 'holiday', holiday: null },
    { date: '2026-12-26', ...none, reason: 'closed', holiday: null },
    { date: '2026-12-27', ...none, reason: 'closed', holiday: null },
    { date: '2026-12-28', ...none, reason: 'holiday', holiday: 'Boxing Day (substitute)' },
    { date: '2026-12-29', from: at('2026-12-29T09:00:00Z'), to: at('2026-12-29T10:00:00Z'), seconds: 3600, reason: null, holiday: null },
  ]);
  assert.equal(rest, { days: 0, seconds: 0 });
});

explaining('lists whole days where only dates are known', () => {
  const { minutes, rows } = explainBusinessDays('2026-03-06', '2026-03-09', office);
  assert.is(minutes, 480);
  assert.equal(rows.map((row) => [row.date, row.seconds, row.reason]), [['2026-03-07', 0, 'closed'], ['2026-03-08', 0, 'closed'], ['2026-03-09', 28_800, null]]); // prettier-ignore
});

explaining('adds up to the figure, however few days are listed', () => {
  fc.assert(
    fc.property(calendars, near, fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 1, max: 40 }), (calendar, from, minutes, most) => {
      const to = from + minutes * 60;
      const { minutes: sum, rows, rest } = explainBusinessMinutes(from, to, calendar, most);
      const seconds = rows.reduce((total, row) => total + row.seconds, rest.seconds);
      assert.is(Math.floor(seconds / 60), sum);
      assert.is(sum, businessMinutes(from, to, calendar));
    }),
    { numRuns: 60 },
  );
});

counting.run();
ofDays.run();
explaining.run();

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The minutes at whose beginning the wall clock shows opening hours, asked of Intl. */
function openMinutes(calendar: Calendar, from: number, to: number): number[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: calendar.zone, hourCycle: 'h23', weekday: 'long', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }); // prettier-ignore
  const open: number[] = [];
  for (let instant = from; instant < to; instant += 60) {
    const part = Object.fromEntries(format.formatToParts(instant * 1000).map(({ type, value }) => [type, value]));
    if (calendar.holidays?.includes(`${part.year}-${part.month}-${part.day}`)) continue;
    const now = `${part.hour}:${part.minute}`;
    const hours = calendar.hours[(part.weekday ?? '').toLowerCase() as (typeof weekdays)[number]] ?? [];
    if (hours.some((stretch) => stretch.slice(0, 5) <= now && now < stretch.slice(6))) open.push(instant);
  }
  return open;
}
