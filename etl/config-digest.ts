import { z } from 'zod';
import { dayProblem, scheduleDay, scheduleTime } from './config-schedule.ts';
import { zoneName } from './config-zone.ts';
import type { Schedule } from './due.ts';
import { isRealDate } from './record.ts';
import { secret } from './secret.ts';

/** A digest as the configuration has it. */
export interface DigestConfig {
  name: string;
  schedule: Schedule & { every: 'week' | 'month' | 'quarter' };
  /** `where` of a query; its labels are checked against the store. */
  where: Record<string, unknown>;
  owner: string;
  /** Mail addresses in small letters. */
  recipients: string[];
  /** Local date after which none is made. */
  until: string | null;
  /** `url` as `${NAME}`. */
  webhook: { url: string; kind: 'slack' | 'teams' } | null;
}

const schedule = z
  .strictObject({
    every: z.enum(['week', 'month', 'quarter']).describe('How often; a digest tells of the last whole week, month or quarter.'),
    on: scheduleDay
      .optional()
      .describe('Week: a weekday, default monday. Month and quarter: a day from 1 to 31 of the month or of its first month, default 1.'),
    at: scheduleTime.optional().describe('Local time of day, in quotes; default "07:00".'),
    zone: zoneName.optional().describe("Time zone of `on` and `at`; default the organisation's."),
  })
  .superRefine(({ every, on }, context) => {
    const problem = dayProblem(every, on);
    if (problem) context.addIssue({ code: 'custom', path: ['on'], message: problem });
  });

const mailAddress = z.email({ error: 'is no mail address like anna@example.org' }).transform((text) => text.toLowerCase());

/** One entry of `digests:`. */
export const digestSchema = z.strictObject({
  name: z.string().trim().min(1).max(80).describe('Name of the digest, as mails and pages show it.'),
  schedule: schedule.describe('When it is made and sent.'),
  where: z
    .record(z.string(), z.unknown())
    .default({ kind: ['complaint'] })
    .describe('What it is about: lists of labels by dimension, as { kind: [complaint], region: [North] }; left out: complaints.'),
  owner: z.string().min(1).describe('Name of the user who answers for it and is told when it cannot be sent.'),
  recipients: z.array(mailAddress).default([]).describe('Mail addresses it goes to.'),
  until: z
    .string()
    .refine(isRealDate, { error: 'is no date like 2027-12-31' })
    .optional()
    .describe('Local date after which it is not made any more.'),
  webhook: z
    .strictObject({
      url: secret().describe('Address of an incoming webhook of Slack or Teams; a secret.'),
      kind: z.enum(['slack', 'teams']).describe('How the message is written.'),
    })
    .optional()
    .describe('Where the headline and a link go as well.'),
});

/** What was written, as the digest it means. */
export function digestOf({ name, schedule: given, where, owner, recipients, until, webhook }: z.output<typeof digestSchema>): DigestConfig {
  const { every, on, at, zone } = given;
  const when = { every, on: on ?? (every === 'week' ? 'monday' : 1), at: at ?? '07:00', ...(zone === undefined ? {} : { zone }) };
  return { name, schedule: when, where, owner, recipients: [...new Set(recipients)], until: until ?? null, webhook: webhook ?? null };
}

/** What is wanted of a measure: a number in its unit, or a share like 90%. */
export const targetSchema = z.union([
  z.number(),
  z
    .string()
    .regex(/^\d+(\.\d+)? ?%$/, { error: 'is no target: a number in the unit of the measure, or a share like 90%' })
    .transform((text) => Number.parseFloat(text) / 100),
]);
