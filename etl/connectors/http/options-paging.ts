import { z } from 'zod';
import { check, parameters } from './options-parts.ts';

const size = z.int().min(1).max(100_000);
const stop = z
  .enum(['short', 'empty'])
  .default('short')
  .describe('The last page is the first with fewer rows than `size` ("short", where a size is given), or the first without rows ("empty")');
const emptyPages = z
  .int()
  .min(1)
  .max(10)
  .default(1)
  .describe(
    'With stop: empty, how many empty pages one after the other end the list, for sources that leave hidden rows out of their pages',
  );
const end = check.optional().describe('Ends the list when it holds for the answer, as { at: end_of_stream, is: true }');
const start = parameters
  .optional()
  .describe('Parameters of a request that has no place yet to go on from (the very first one), as { start_time: "{watermark|unix}" }');

/** How the next page is asked for. */
export const paging = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }).describe('Everything in one answer'),
    z
      .strictObject({
        kind: z.literal('page'),
        parameter: z.string().default('page').describe('Query parameter with the number of the page'),
        first: z.int().min(0).default(1).describe('Number of the first page'),
        size_parameter: z.string().optional().describe('Query parameter with the size of a page'),
        size: size.optional().describe('Rows asked for in a page'),
        stop,
        empty_pages: emptyPages,
        end,
      })
      .describe(
        'Numbered pages. A row that moves up into a page read before is missed; so with `incremental` a list of several pages is read once more, from its last page to its first, which finds every row that only moves up (or only down). Without `incremental` such a row comes with the next run. Rows that come twice are loaded once. Where the source can order by time or id, `watermark` or `keyset` lose nothing and ask for each page once',
      ),
    z
      .strictObject({
        kind: z.literal('offset'),
        parameter: z.string().default('offset').describe('Query parameter with the number of rows to pass over'),
        size_parameter: z.string().default('limit').describe('Query parameter with the size of a page'),
        size: size.describe('Rows asked for in a page'),
        overlap_rows: z
          .int()
          .min(0)
          .default(0)
          .describe(
            'Rows of the page before that are asked for again, so that up to as many rows can move up between two pages without one being missed',
          ),
        stop,
        empty_pages: emptyPages,
        end,
      })
      .describe(
        'Rows to pass over; read once more backwards with `incremental`, as with `page`. Without it nothing is missed as long as no more than `overlap_rows` rows move up between two pages',
      ),
    z
      .strictObject({
        kind: z.literal('cursor'),
        parameter: z.string().default('cursor').describe('Query parameter with the cursor'),
        at: z.string().describe('Where the answer has the cursor of the next page; none there ends the list'),
        size_parameter: z.string().optional().describe('Query parameter with the size of a page'),
        size: size.optional().describe('Rows asked for in a page'),
        end,
        start,
        keep: z
          .boolean()
          .default(false)
          .describe(
            'The last cursor is where the next run goes on (an export that never ends); else a run begins anew, from the watermark where there is one',
          ),
      })
      .describe('The answer names the cursor of the next page'),
    z
      .strictObject({
        kind: z.literal('link'),
        size_parameter: z.string().optional().describe('Query parameter with the size of a page'),
        size: size.optional().describe('Rows asked for in a page'),
      })
      .describe('The Link header names the next page (rel="next"), on the same host'),
    z
      .strictObject({
        kind: z.literal('next_url'),
        at: z.string().describe('Where the answer has the address of the next page, on the same host; none there ends the list'),
        size_parameter: z.string().optional().describe('Query parameter with the size of a page'),
        size: size.optional().describe('Rows asked for in a page'),
        end,
      })
      .describe('The answer holds the address of the next page'),
    z
      .strictObject({
        kind: z.literal('keyset'),
        next: parameters.describe(
          'Parameters laid over the query from the second request on, made from the last row: { search_after: "{last.sort.0}_{last._id}" }. The rows must come ordered by what they are made from',
        ),
        size_parameter: z.string().optional().describe('Query parameter with the size of a page'),
        size: size.optional().describe('Rows asked for in a page'),
        stop,
        end,
      })
      .describe('The next request asks for what stands behind the last row. Rows that move while being read are not lost'),
    z
      .strictObject({
        kind: z.literal('watermark'),
        size_parameter: z.string().optional().describe('Query parameter with the size of a page'),
        size: size.describe('Rows asked for in a page; a page with fewer is the last'),
        parameter: z.string().default('page').describe('Query parameter with the number of the page'),
        first: z.int().min(0).default(1).describe('Number of the first page'),
        hint: z
          .string()
          .optional()
          .describe(
            'What to do when the source misreads {watermark}, as when the account we use has another time zone; each run begins by asking for the first row again by its own time',
          ),
      })
      .describe(
        'Asks for the first page again and again, each time from the time of the last row on; only where a whole page has one and the same time are its further pages asked for. Needs `incremental`, a template that asks for rows from {watermark} on (inclusive), and rows ordered by that time. Rows that move while being read are not lost',
      ),
  ])
  .prefault({ kind: 'none' })
  .describe('How the next page is asked for');

export type Paging = z.output<typeof paging>;
