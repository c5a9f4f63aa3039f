import type { RawRow } from './connector.ts';

/** The columns of rows that name their columns each for itself. */
export interface GrowingHeader {
  /** Every column seen so far, in the order it was first seen. A new list whenever it grows. */
  columns(): readonly string[];
  /** Takes up the columns of these rows, and gives every row an empty text for those of the header it has not. */
  complete(rows: RawRow[]): void;
}

/** An empty header that takes up columns as rows come; see {@link GrowingHeader}. */
export function growingHeader(): GrowingHeader {
  const seen = new Set<string>();
  let columns: readonly string[] = [];
  return {
    columns: () => columns,
    complete(rows) {
      for (const row of rows) for (const name of Object.keys(row.values)) seen.add(name);
      if (seen.size > columns.length) columns = [...seen];
      const empty: Record<string, string> = {};
      for (const name of columns) empty[name] = '';
      for (const row of rows) row.values = { ...empty, ...row.values };
    },
  };
}
