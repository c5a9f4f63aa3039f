import type { BrokenRow, Extract, PullConnector, ReadContext, RawRow } from '../../connector.ts';
import { BadInput } from '../../errors.ts';

/** One of several lists that make one source. */
export interface Part<Options> {
  /** Names the part in the cursor; never to be changed. */
  name: string;
  /** What its columns begin with, as `rating.`; empty for the list of the cases themselves. */
  prefix: string;
  /** Whether a source with these options has this part. */
  isWanted: (options: Options) => boolean;
  read: PullConnector<Options>['read'];
}

interface Cursor {
  v: 1;
  parts: Record<string, string>;
}

/**
 * Reads several lists one after the other as one input whose rows fold into the same cases. Each part keeps a place of its own in
 * the cursor, so a run that broke off in the second does not read the first anew from its beginning.
 */
export function readInSequence<Options>(parts: readonly Part<Options>[]): PullConnector<Options>['read'] {
  return async function* (options, since, context) {
    const cursor = readCursor(since);
    const header: string[] = [];
    const known = new Set<string>();
    let [rowsBefore, bytesBefore] = [0, 0];
    for (const part of parts) {
      if (!part.isWanted(options)) continue;
      const rename = (column: string): string => part.prefix + column;
      const place = (line: number): number => line + rowsBefore;
      let [lastLine, bytes] = [0, 0];
      for await (const extract of part.read(options, cursor.parts[part.name] ?? null, ownContext(context, part.prefix))) {
        for (const column of extract.header.map(rename)) {
          if (!known.has(column)) header.push(column);
          known.add(column);
        }
        cursor.parts[part.name] = extract.cursor;
        lastLine = Math.max(lastLine, ...extract.rows.map((row) => row.line), ...extract.broken.map((row) => row.line));
        bytes = extract.bytes;
        const own = extract.header.map((column) => [column, rename(column)] as const);
        const blank = Object.fromEntries(header.map((column) => [column, '']));
        const rows = extract.rows.map(({ line, values }): RawRow => {
          const named = { ...blank };
          for (const [column, name] of own) named[name] = values[column] ?? '';
          return { line: place(line), values: named };
        });
        const broken = extract.broken.map((row): BrokenRow => ({ ...row, line: place(row.line), field: row.field && rename(row.field) }));
        const { total, ...rest } = extract;
        const shown: Extract = { ...rest, header: [...header], rows, broken, cursor: JSON.stringify(cursor), bytes: bytesBefore + bytes };
        // How many there are in all is known only where there is one part.
        if (total && parts.filter((p) => p.isWanted(options)).length === 1) shown.total = total;
        yield shown;
      }
      rowsBefore += lastLine;
      bytesBefore += bytes;
    }
  };
}

function ownContext(context: ReadContext, prefix: string): ReadContext {
  if (!context.knownColumns) return context;
  const own = context.knownColumns.filter((column) => column.startsWith(prefix)).map((column) => column.slice(prefix.length));
  return { ...context, knownColumns: own };
}

function readCursor(since: string | null): Cursor {
  if (since === null || since === '') return { v: 1, parts: {} };
  try {
    const cursor = JSON.parse(since) as Partial<Cursor>;
    if (cursor.v === 1 && cursor.parts) return { v: 1, parts: { ...cursor.parts } };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new BadInput([
    { field: 'cursor', message: 'is not one of this connector; give the source another name to read it from its beginning' },
  ]);
}
