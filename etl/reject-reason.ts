const longestKind = 200;

/**
 * The reason of a rejected row without what only this row has: quoted values, numbers and the line of another row become `…`.
 * Rows with the same kind, field and source fail alike and can be mended together.
 * @returns at most 200 characters
 */
export function reasonKind(reason: string): string {
  const kind = reason
    .replace(/"[^"]*"/g, '"…"')
    // Of a list of near names only that there are some.
    .replace(/"…"(?:(?:, | or | and )"…")+/g, '"…"')
    .replace(/[-+]?\d(?:[\d.,:/-]*\d)?/g, '…');
  return kind.length <= longestKind ? kind : `${kind.slice(0, longestKind - 1)}…`;
}

/** Why a rejected row has no columns to work with. */
export type NoValues = 'cut' | 'no_columns';

// The longest text that is kept, less a character that may have been cut in two.
const cutFrom = 64 * 1024 - 3;

/**
 * The columns of a rejected row from what was kept of it, which is their JSON where the row could be split into columns.
 * @param isCut whether the row is known to be kept in part only; of older rows that is told by their length
 */
export function rejectedValues(raw: string | null, isCut: boolean): { values: Record<string, string> } | { none: NoValues } {
  if (isCut) return { none: 'cut' };
  if (raw === null || !raw.startsWith('{')) return { none: raw !== null && Buffer.byteLength(raw) >= cutFrom ? 'cut' : 'no_columns' };
  try {
    const values: unknown = JSON.parse(raw);
    const isText = typeof values === 'object' && values !== null && Object.values(values).every((value) => typeof value === 'string');
    return isText ? { values: values as Record<string, string> } : { none: 'no_columns' };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { none: Buffer.byteLength(raw) >= cutFrom ? 'cut' : 'no_columns' };
  }
}
