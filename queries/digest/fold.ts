import { noneLabel, otherLabel } from '../model/dimensions.ts';
import type { MeasureName } from '../model/measures.ts';
import type { Row } from '../model/wire.ts';

/** A digest is forwarded: a group of fewer cases could be somebody (DOMAIN §6). */
export const fewestOfGroup = 5;

/** Whether a count tells of a group that is too small to be told; none at all is nobody. */
export function isTooFew(count: unknown): boolean {
  return typeof count === 'number' && count > 0 && count < fewestOfGroup;
}

/** The rows of a table that may be told by name, and what all others come to. */
export interface Folded {
  named: Row[];
  /** How many members with a name are put together, and their cases; null where nothing is left over. */
  rest: { members: number; total: number } | null;
}

/**
 * Puts groups of fewer than five cases together with what a limit left over, and with the next smallest until what is put together is no small group
 * either, nor a single one: else a total told elsewhere would give it away (complementary suppression).
 * @param rows of a table by `dimension` without periods; counts of `measure` add up
 * @param most how many are told by name at most
 */
export function foldSmall(rows: readonly Row[], dimension: string, measure: MeasureName, most: number): Folded {
  const count = (row: Row) => Number(row[measure] ?? 0);
  const isOther = (row: Row) => row[dimension] === otherLabel;
  const sized = rows.filter((row) => !isOther(row) && count(row) > 0).sort((a, b) => count(b) - count(a));
  const named = sized.filter((row) => !isTooFew(count(row)));
  const rest = sized.filter((row) => isTooFew(count(row)));
  const left = rows.filter(isOther).reduce((sum, row) => sum + count(row), 0);
  while (named.length > most) rest.push(named.pop() as Row); // longer than `most`, so there is one
  const total = () => rest.reduce((sum, row) => sum + count(row), left);
  const isHidden = () => rest.some((row) => isTooFew(count(row)));
  while (named.length && (isTooFew(total()) || (isHidden() && rest.length === 1 && left === 0))) rest.push(named.pop() as Row); // as above
  return { named, rest: total() > 0 ? { members: rest.length, total: total() } : null };
}

/** The same rows with one `(other)` in place of what was put together, for a chart. */
export function foldedRows(rows: readonly Row[], dimension: string, measure: MeasureName, most: number): Row[] {
  const { named, rest } = foldSmall(rows, dimension, measure, most);
  if (!rest) return named;
  const blank = Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, null]));
  return [...named, { ...blank, [dimension]: otherLabel, [measure]: rest.total }];
}

/** The name of a member as a digest writes it. */
export function memberText(label: unknown): string {
  return label === noneLabel ? 'not recorded' : String(label);
}
