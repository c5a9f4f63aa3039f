import { z } from 'zod';
import { zoneName } from './config-zone.ts';
import { scheduleSteps, weekdays, type Schedule } from './due.ts';

/** A weekday or a day of the month. */
export const scheduleDay = z.preprocess(
  (given) => (typeof given === 'string' ? given.toLowerCase() : given),
  z.union([z.enum(weekdays), z.number().int().min(1).max(31)]),
);

/** A local time of day. */
export const scheduleTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'is no time of day; it is written "07:30", in quotes' });

/** What is wrong with the day of a step; null for nothing. */
export function dayProblem(every: Schedule['every'], on: Schedule['on']): string | null {
  if (on === undefined) return null;
  if (every !== 'week' && every !== 'month' && every !== 'quarter') return `goes with week or month, not with ${every}`;
  if (every === 'week') return typeof on === 'number' ? `${on} is no weekday; it is one of ${weekdays.join(', ')}` : null;
  return typeof on === 'string' ? `"${on}" is no day of the month; it is a number from 1 to 31` : null;
}

const schedule = z
  .strictObject({
    every: z.enum(scheduleSteps).describe('How often.'),
    on: scheduleDay
      .optional()
      .describe('Week: a weekday, default monday. Month: a day from 1 to 31, default 1; in shorter months the last one.'),
    at: scheduleTime.optional().describe('Day, week or month: local time of day, in quotes; default "00:00".'),
    zone: zoneName.optional().describe("Time zone of `on` and `at`; default the organisation's."),
  })
  .superRefine(({ every, on, at }, context) => {
    const say = (key: string, message: string): void => context.addIssue({ code: 'custom', path: [key], message });
    if (at !== undefined && (every === '15m' || every === 'hour')) say('at', `goes with day, week or month, not with ${every}`);
    const problem = dayProblem(every, on);
    if (problem) say('on', problem);
  });

/** When a source is pulled: a step alone is enough for most, as `schedule: hour`. */
export const scheduleSchema = z.union([z.enum(scheduleSteps), schedule]);

/** What was written, as the schedule it means. */
export function scheduleOf(given: z.output<typeof scheduleSchema>): Schedule {
  const { every, on, at, zone } = typeof given === 'string' ? { every: given } : given;
  return { every, ...(on === undefined ? {} : { on }), ...(at === undefined ? {} : { at }), ...(zone === undefined ? {} : { zone }) };
}
