import { BadInput } from '../errors.ts';

/** Where a read of a table has got to. */
export interface SqlCursor {
  /** Watermark (where there is one) and key of the last row taken, as the database writes them; null for none. */
  after: string[] | null;
  /** Key of the last row without a watermark, while those are being read; null else. */
  nulls: string[] | null;
}

const version = 1;

export function writeCursor(cursor: SqlCursor): string {
  return JSON.stringify({ v: version, ...cursor });
}

/**
 * @param since what {@link writeCursor} gave, or null for the beginning
 * @param parts how many values `after` has with these options
 * @throws BadInput when it was written by other options or another version
 */
export function readCursor(since: string | null, parts: { after: number; key: number }): SqlCursor {
  if (since === null) return { after: null, nulls: null };
  const given = parse(since);
  const isPlace = (value: unknown, length: number): value is string[] | null =>
    value === null || (Array.isArray(value) && value.length === length && value.every((part) => typeof part === 'string'));
  if (given?.v === version && isPlace(given.after, parts.after) && isPlace(given.nulls, parts.key))
    return { after: given.after, nulls: given.nulls };
  throw new BadInput([
    {
      field: 'cursor',
      message:
        'the place reached does not fit key and watermark of this source; was its configuration changed? Read it from the start: npx silverlining run SOURCE --from-start',
    },
  ]);
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
