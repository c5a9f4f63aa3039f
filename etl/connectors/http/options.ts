import { z } from 'zod';
import { secret } from '../../secret.ts';
import { paging } from './options-paging.ts';
import { checkSecrets, referencesAsTexts } from './secret-values.ts';
import { check, incremental, parameters, plainHeaders, template, timeForm } from './options-parts.ts';

/** Longest time in all that a busy source is waited for in a run, in seconds. */
export const longestWaitSeconds = 15 * 60;

const list = z
  .strictObject({
    key: z.string().describe('Path in an item to the text that names the column'),
    value: z.string().describe('Path in an item to the value of the column'),
  })
  .describe('How a list of objects becomes columns: custom_fields: { key: id, value: value } makes custom_fields.123');

const join = z
  .strictObject({
    path: z.string().describe('Where the answer has the other list'),
    on: z.string().describe('Path in an item of the other list'),
    equals: z.string().describe('Path in the row that has the same value'),
  })
  .describe('A list that comes beside the rows in the same answer; its item becomes columns of the row, named by the key of this entry');

const lists = z.record(z.string(), list).default({}).describe('Lists of objects that become columns, by the path of the list in a row');

/** A further request with rows of its own. */
const request = {
  url: template.describe('Address, a template: whole, or relative to `url`; on the same host'),
  query: parameters.prefault({}).describe('Query parameters, templates'),
  rows: z.string().default('').describe('Where the answer has the list of rows; "" when the answer is the list'),
  paging,
};

const details = z
  .strictObject({
    ...request,
    prefix: z.string().min(1).describe('What the columns begin with: "history" makes history.Type'),
    columns: z
      .array(z.string())
      .min(1)
      .describe('Columns of the parent row that stand in each of these rows too: at least the key of the case'),
    lists,
    if: z.array(check).default([]).describe('Only for parent rows for which all of these hold'),
    where: z.array(check).default([]).describe('Only items for which all of these hold; texts may use {row.…} of the item and {parent.…}'),
  })
  .describe('A further paged request for each row, as ticket/{row.id}/history; its items become rows of the same case, for maps that fold');

const confirm = z
  .strictObject({
    url: template.describe('Address, a template: whole, or relative to `url`; {key} is the key in question'),
    query: parameters.prefault({}).describe('Query parameters, templates'),
    rows: z.string().default('').describe('Where the answer has the list of rows'),
  })
  .describe('Asks once more before a record is taken out: only one that this request no longer finds (no rows, or 404) is gone');

const gone = z
  .strictObject({
    ...request,
    where: z.array(check).default([]).describe('Only rows for which all of these hold; texts may use {row.…}'),
    key: template.describe('Key of the record that is gone, as the map writes it: "{row.ObjectId}"'),
    column: z
      .string()
      .optional()
      .describe('Column with the time of the row: {watermark} is then the largest one seen by this request in earlier runs'),
    written: timeForm.default('iso'),
    start: z.iso.date().optional().describe('{watermark} until a row has been seen; nothing is taken out in the very first run'),
    overlap_seconds: z.int().min(0).default(120).describe('How far before the largest time seen the next run begins'),
    confirm: confirm.optional(),
  })
  .describe('A request whose rows say which records the source no longer has; asked before the rows themselves');

/** The schema of the options with `text` in the place of secrets. */
function schema(text: z.ZodType<string>) {
  return z.strictObject({
    url: z
      .string()
      .regex(/^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/, {
        error: 'expected an address as https://desk.example.org/api/cases, without a user or password in it',
      })
      .describe('Address of the list'),
    method: z.enum(['GET', 'POST']).default('GET').describe('How rows are asked for; most interfaces want GET'),
    headers: plainHeaders.prefault({}).describe('Further headers; what signs us in belongs into `auth`, and a secret stands as ${NAME}'),
    query: parameters
      .prefault({})
      .describe(
        'Query parameters of every request. A text with a {placeholder} that has no value yet is left out; a secret stands as ${NAME}',
      ),
    body: z
      .record(z.string(), z.preprocess(referencesAsTexts, z.json()))
      .optional()
      .describe('JSON body of a POST; its texts are templates'),
    auth: z
      .union([
        z.strictObject({ bearer: text.describe('Authorization: Bearer …') }),
        z.strictObject({
          basic: z
            .strictObject({ user: z.string().describe('Name of the account'), password: text.describe('Password or token of the account') })
            .describe('Authorization: Basic …'),
        }),
        z.strictObject({
          header: z
            .strictObject({
              name: z.string().describe('Name of the header'),
              prefix: z.string().default('').describe('Written before the secret, as "token "'),
              value: text.describe('The secret'),
            })
            .describe('A header of its own, as X-App-Token'),
        }),
      ])
      .optional()
      .describe('How we sign in; secrets are never part of an address'),
    rows: z
      .string()
      .default('')
      .describe('Where the answer has the list of rows, as "results" or "hits.hits"; "" when the answer is the list'),
    row: z
      .string()
      .default('')
      .describe('Part of an item that makes the columns, as "_source"; templates and checks still see the whole item'),
    columns: z.array(z.string()).default([]).describe('Columns that are always there, also where the source leaves a value out altogether'),
    lists,
    join: z.record(z.string(), join).default({}).describe('Lists that come beside the rows, by the name their columns begin with'),
    total: z.string().optional().describe('Where the answer says how many rows there are in all'),
    paging,
    incremental: incremental.optional(),
    rate: z
      .strictObject({ requests_per_minute: z.number().positive().describe('Requests a minute') })
      .optional()
      .describe('Most requests a minute; the source is also waited for when it says it is busy (Retry-After)'),
    timeout_seconds: z.number().positive().max(300).default(60).describe('Longest time one answer may take'),
    max_page_mb: z.number().positive().max(512).default(32).describe('Largest answer, unpacked'),
    max_rows: z.int().positive().optional().describe('Rows after which a run ends; the next one goes on there'),
    try_again: z.array(z.int().min(200).max(599)).default([]).describe('Further statuses that mean "not ready, ask again", as 202'),
    expect: z
      .array(
        z.strictObject({
          never: z.array(check).min(1).describe('Claims that are never all true of a good answer'),
          message: z.string().describe('What to do then'),
        }),
      )
      .default([])
      .describe('Answers that look right but are not: the run fails when all checks of `never` hold for an answer'),
    notice: z
      .array(
        z.strictObject({
          when: z.array(check).default([]).describe('Claims about the answer; without any it is always said'),
          say: template.describe('A sentence; {answer.…} are values of the answer'),
        }),
      )
      .default([])
      .describe('What the source says of itself that readers should know; shown with the source when all of `when` hold'),
    details: z.array(details).prefault([]).describe('Further requests for each row, as for its history'),
    gone: z.array(gone).prefault([]).describe('Requests that say which records the source no longer has'),
    gone_rows: z
      .strictObject({
        where: z.array(check).min(1).describe('Claims about the row, as { at: status, is: deleted }'),
        key: template.describe('Key as the map writes it: "{row.id}"'),
      })
      .optional()
      .describe('Rows of the list itself that say a record is gone, as a status "deleted"; they become no record'),
  });
}

/** The options of `http-json` in the configuration, secrets as `${NAME}`. */
export const httpOptions = schema(secret()).superRefine(checkSecrets);

/** The same with the values of the secrets: what presets give, as plain data. Parsing fills in the defaults. */
export const resolvedHttpOptions = schema(z.string().min(1));

/** What the engine works with: secrets resolved, defaults filled in. */
export type HttpOptions = z.output<typeof resolvedHttpOptions>;

/** What a preset writes: {@link HttpOptions} where everything with a default may be left out. */
export type HttpInput = z.input<typeof resolvedHttpOptions>;

export type Details = z.output<typeof details>;
export type Gone = z.output<typeof gone>;
export type Join = z.output<typeof join>;
