import { createHash } from 'node:crypto';
import type { Problem } from './errors.ts';
import type { KeyPlan } from './map-fold.ts';
import { blankNotes } from './map-reading.ts';
import { bindText, columnsOf, type Header, type Values } from './map-value.ts';

const longestKey = 500;

/** The key of a row, or why it has none. */
export type KeyReader = (row: Values) => { key: string } | { problem: Problem };

/** The columns a key is made of, for messages; none for `row_hash`, which is made of all. */
export function keyColumnsOf(plan: KeyPlan): string[] {
  return plan === 'row_hash' ? [] : [...new Set(plan.map(columnsOf))];
}

/**
 * Compiles a key. Several texts are joined by `|` (a `|` or `\` inside one is written `\|` or `\\`); `row_hash` is 32 hex digits
 * of SHA-256 over the columns that hold something, by name: neither the order of columns nor one more of them makes another key.
 */
export function bindKey(plan: KeyPlan, header: Header): KeyReader {
  if (plan === 'row_hash') {
    const columns = [...header.columns].sort();
    for (const column of columns) header.used.add(column);
    return (row) => ({
      key: createHash('sha256')
        .update(JSON.stringify(columns.flatMap((column) => (row[column] ? [column, row[column]] : []))))
        .digest('hex')
        .slice(0, 32),
    });
  }
  const parts = plan.map((part) => ({ column: columnsOf(part), read: bindText(part, header) }));
  const notes = blankNotes();
  return (row) => {
    let key: string | null = null;
    for (const { column, read } of parts) {
      const text = read(row, notes);
      if (text === null) return { problem: { field: column, message: 'the record key is missing' } };
      const part = parts.length > 1 ? text.replace(/[|\\]/g, '\\$&') : text;
      key = key === null ? part : `${key}|${part}`;
    }
    if (key === null || key.length > longestKey)
      return { problem: { field: parts[0]?.column ?? 'key', message: `the record key is longer than ${longestKey} characters` } };
    return { key };
  };
}
