import { z } from 'zod';
import { place } from './place.ts';

const version = 2;

const state = z.strictObject({
  v: z.literal(version),
  /** What was asked for, see `askedFor`; where something else is, nothing here is true. */
  of: z.string(),
  /** Largest time of the source in everything read to its end, seconds since 1970 UTC. */
  mark: z.number().nullable(),
  /** Largest time seen in a list that is not at its end. */
  seen: z.number().nullable(),
  place: place.nullable(),
  /** When the read of the list that `place` stands in began, seconds since 1970 UTC; null at its end. */
  begun: z.number().nullable(),
  /** Largest time seen by each request for what is gone. */
  gone: z.record(z.string(), z.number()),
});

/** How far a source has been read: what the cursor of a source of this connector says. */
export type State = Omit<z.output<typeof state>, 'v' | 'of'>;

/**
 * @param of what is asked for
 * @returns null when the cursor was written for something else, or by a version of this connector that wrote it otherwise
 */
export function readState(cursor: string, of: string): State | null {
  let json: unknown;
  try {
    json = JSON.parse(cursor);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const read = state.safeParse(json);
  if (!read.success || read.data.of !== of) return null;
  const { mark, seen, place, begun, gone } = read.data;
  return { mark, seen, place, begun, gone };
}

export function writeState(of: string, { mark, seen, place, begun, gone }: State): string {
  return JSON.stringify({ v: version, of, mark, seen, place, begun, gone } satisfies z.output<typeof state>);
}
