import { z } from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** Where in a list a read stands: what the next request is made from. */
export const place = z.discriminatedUnion('kind', [
  /** `back`: the list is read once more, from its end to its start. */
  z.strictObject({
    kind: z.literal('page'),
    page: z.number(),
    /** Rows asked for in a page: with another number the pages are others. */
    size: z.number().nullable(),
    rows: z.number(),
    empty: z.number(),
    back: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('offset'), offset: z.number(), empty: z.number(), back: z.boolean() }),
  z.strictObject({ kind: z.literal('cursor'), cursor: z.string() }),
  z.strictObject({ kind: z.literal('url'), url: z.string() }),
  z.strictObject({ kind: z.literal('keyset'), last: z.record(z.string(), scalar), rows: z.number() }),
  /** `back`: the pages of one and the same time are read once more, from the last but one to the first; `then` is where it goes on. */
  z.strictObject({
    kind: z.literal('watermark'),
    from: z.number().nullable(),
    page: z.number(),
    back: z.boolean(),
    then: z.number().nullable(),
  }),
]);

export type Place = z.output<typeof place>;

/** Where the next request of a list goes, and where the next run would go on. */
export interface Step {
  /** Null at the end of the list. */
  next: Place | null;
  /** At the end of a list that goes on in the next run. */
  kept: Place | null;
}
