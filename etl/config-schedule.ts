import { z } from 'zod';
import { zoneName } from './config-zone.ts';
import { scheduleSteps, weekdays, type Schedule } from './due.ts';

const day = z.preprocess(
  (given) => (typeof given === 'string' ? given.toLowerCase() : given),
  z.union([z.enum(weekdays), z.number().int().min(1).max(31)]),
);

const schedule = z
  .strictObject({
    every: z.enum(scheduleSteps).describe('How often.'),
    on: day.optional().describe('Week: a weekday, default monday. Month: a day from 1 to 31, default 1; in shorter months the last one.'),
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'is no time of day; it is written "07:30", in quotes' })
      .optional()
      .describe('Day, week or month: local time of day, in quotes; default "00:00".'),
    zone: zoneName.optional().describe("Time zone of `on` and `at`; default the organisation's."),
  })
  .superRefine(({ every, on, at }, context) => {
    const say = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
    const isShort = every === '15m' || every === 'hour';
    if (at !== undefined && isShort) say('at', `goes with day, week or month, not with ${every}`);
    if (on === undefined) return;
    if (every !== 'week' && every !== 'month') say('on', `goes with week or month, not with ${every}`);
    else if (every === 'week' && typeof on === 'number') say('on', `${on} is no weekday; it is one of ${weekdays.join(', ')}`);
    else if (every === 'month' && typeof on === 'string') say('on', `"${on}" is no day of the month; it is a number from 1 to 31`);
  });

/** When a source is pulled: a step alone is enough for most, as `schedule: hour`. */
export const scheduleSchema = z.union([z.enum(scheduleSteps), schedule]);

/** What was written, as the schedule it means. */
export function scheduleOf(given: z.output<typeof scheduleSchema>): Schedule {
  const { every, on, at, zone } = typeof given === 'string' ? { every: given } : given;
  return { every, ...(on === undefined ? {} : { on }), ...(at === undefined ? {} : { at }), ...(zone === undefined ? {} : { zone }) };
}
