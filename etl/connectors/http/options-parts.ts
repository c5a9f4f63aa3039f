import { z } from 'zod';
import { referencesAsTexts } from './secret-values.ts';

const path = (what: string) => z.string().describe(`${what}; dotted path, as "meta.after_cursor" or "sort.0"`);

/** Texts with `{placeholders}`; see `template.ts`, where the language of templates is described. */
export const template = z.string();

/** One parameter: a text (a template), a number, yes or no, or a list, which repeats the parameter. */
const parameter = z.union([template, z.number(), z.boolean(), z.array(z.union([template, z.number()]))]);

/** Query parameters by name; one that is named as a secret takes `${NAME}`. */
export const parameters = z.record(z.string(), z.preprocess(referencesAsTexts, parameter));

/** Headers by name; one that is named as a secret takes `${NAME}`. */
export const plainHeaders = z.record(
  z.string().refine((name) => !/^(authorization|cookie|if-modified-since)$/i.test(name), {
    error: 'is not for `headers`; what signs us in belongs into `auth`',
  }),
  z.preprocess(referencesAsTexts, z.string()),
);

/** A claim about a JSON value. All that are given must hold. */
export const check = z
  .strictObject({
    at: path('Where the value stands; "" is the value itself'),
    is: z
      .union([template, z.number(), z.boolean(), z.null()])
      .optional()
      .describe('It is this; null also where there is none. Texts may be templates'),
    is_not: z.union([template, z.number(), z.boolean(), z.null()]).optional().describe('It is anything but this'),
    above: z.number().optional().describe('It is a number above this one'),
    below: z.number().optional().describe('It is a number below this one'),
    ends_with: template.optional().describe('As a text, it ends with this template'),
    ends_not_with: template.optional().describe('As a text, it does not end with this template'),
  })
  .describe('A claim about a value of the answer or of a row');

/** How times are written in a column of the source. */
export const timeForm = z
  .enum(['iso', 'unix', 'unix_ms'])
  .describe(
    'How the source writes its times: "iso" (2024-02-03, 2024-02-03T04:05:06Z, 2024-02-03 04:05:06.789), "unix" seconds or "unix_ms" milliseconds',
  );

/** Which rows of the source are asked for: those changed since the largest time seen. */
export const incremental = z
  .strictObject({
    column: path('The column with the time at which the source last changed a row'),
    written: timeForm.default('iso'),
    zone: z
      .string()
      .default('UTC')
      .describe('Time zone of times that are written without one, and of {watermark|sql} and {watermark|date}'),
    parameter: z
      .string()
      .optional()
      .describe('Query parameter that takes the watermark; leave it out where a template of the query names {watermark}'),
    format: z.enum(['iso', 'unix', 'unix_ms', 'date', 'sql']).default('iso').describe('How `parameter` is written'),
    overlap_seconds: z
      .int()
      .min(0)
      .default(120)
      .describe('How far before the largest time seen the next run begins, for rows that were written late'),
    reread_days: z
      .int()
      .min(0)
      .default(0)
      .describe(
        'Days before the largest time seen that are read again with every run, for sources whose rows change without their time moving',
      ),
    start: z.iso
      .date()
      .optional()
      .describe('First date to ask for, as 2020-01-01; without it the first run leaves out every parameter that names {watermark}'),
  })
  .describe('Read only what changed since the last run. The mark is the largest time of the source itself, never our clock');

export type Check = z.output<typeof check>;
export type Parameters = z.output<typeof parameters>;
export type Incremental = z.output<typeof incremental>;
export type TimeForm = z.output<typeof timeForm>;
