import type { Fragment } from './fragment.ts';
import type { Select } from './tallies.ts';

/**
 * A SELECT as text that a person can read and run: a line a column and a condition, bound values written as literals. Only for reading: what we run
 * ourselves stays bound.
 * @throws Error for a value no literal is exact for
 */
export function printSelect({ columns, from, where, groups }: Select): string {
  const lines = ['select', columns.map((column) => `  ${withLiterals(column)}`).join(',\n'), `from ${from}`];
  where.forEach((condition, i) => lines.push(`${i ? '  and' : 'where'} ${withLiterals(condition)}`));
  if (groups.length) lines.push(`group by ${groups.join(', ')}`);
  return `${lines.join('\n')};`;
}

/** A piece with its values in place of its question marks; our own pieces hold no others. */
function withLiterals({ sql, values }: Fragment): string {
  const pieces = sql.split('?');
  if (pieces.length !== values.length + 1) throw new Error(`${values.length} values for ${pieces.length - 1} question marks`);
  return pieces.map((piece, i) => (i ? literal(values[i - 1]) + piece : piece)).join('');
}

/** Quotation marks in texts are doubled, as the standard says; nothing else has a meaning inside them. */
function literal(value: string | number | undefined): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value === 'string' && !value.includes('\0')) return `'${value.replaceAll("'", "''")}'`;
  throw new Error('a value that cannot be written as a literal');
}
