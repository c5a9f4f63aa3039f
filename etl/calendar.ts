import { z } from 'zod';
import { zoneName } from './config-zone.ts';
import { weekdays, type Calendar } from './opening-hours.ts';
import { isRealDate } from './record.ts';

const time = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const stretch = new RegExp(`^${time}-(?:${time}|24:00)$`);

const openingHours = z
  .array(
    z
      .string()
      .regex(stretch, { error: 'is no stretch of the day; it is written as 09:00-17:00, at the latest to 24:00' })
      .refine((hours) => !stretch.test(hours) || hours.slice(0, 5) < hours.slice(6), {
        error: 'ends before it begins; what goes on after midnight is written in two: to 24:00, and from 00:00 of the next day',
      }),
  )
  .superRefine((list, context) => {
    const sorted = list.map((hours, i) => ({ hours, i })).sort((a, b) => (a.hours < b.hours ? -1 : a.hours > b.hours ? 1 : 0));
    sorted.forEach(({ hours, i }, position) => {
      const before = sorted[position - 1];
      if (before && before.hours.slice(6) > hours.slice(0, 5))
        context.addIssue({ code: 'custom', path: [i], message: `"${hours}" overlaps "${before.hours}"` });
    });
  });

const day = z.string().refine(isRealDate, { error: 'is no date; it is written as 2026-12-25' });
const holiday = z.union([
  day,
  z.strictObject({
    date: day.describe('The date, as 2026-12-25.'),
    name: z.string().min(1).optional().describe('What the day is called.'),
  }),
]);

/**
 * A calendar as the configuration has it: opening hours by weekday on the wall clock of its zone, and the dates on which nobody works.
 * Nothing is changed by reading it, so that what is read is what is kept and counted with.
 */
export const calendarSchema = z.strictObject({
  zone: zoneName.describe('Time zone of the opening hours and of local days, as Europe/Vienna.'),
  hours: z
    .strictObject(
      Object.fromEntries(
        weekdays.map((name) => [name, openingHours.optional().describe(`Opening hours of a ${name}; none: closed.`)]),
      ) as Record<(typeof weekdays)[number], z.ZodOptional<typeof openingHours>>, // one key a weekday
    )
    .refine((hours) => weekdays.some((name) => hours[name]?.length), { error: 'is open on no day of the week' })
    .describe('Opening hours by weekday, each a list of stretches such as 09:00-17:00, at the latest to 24:00; a day left out is closed.'),
  holidays: z
    .array(holiday)
    .optional()
    .describe('Dates on which nobody works, as 2026-12-25 or as date and name. Substitute days are dates of their own.'),
}) satisfies z.ZodType<Calendar>;
