import { noneLabel, otherLabel } from '../model/dimensions.ts';
import { measureOf, type MeasureName } from '../model/measures.ts';
import type { Row } from '../model/wire.ts';
import { isTooFew, splitSmall } from '../small-groups.ts';

/** The rows of a table that may be told by name, and what all others come to. */
export interface Folded {
  named: Row[];
  /** How many members with a name are put together, and their cases; null where nothing is left over. */
  rest: { members: number; total: number } | null;
}

/** What is folded, and how far. */
export interface FoldOptions {
  dimension: string;
  /** A count; counts of members add up. */
  measure: MeasureName;
  /** How many are told by name at most. */
  most: number;
  /** Members that are told by name before larger ones, where they are not too small. */
  first?: ReadonlySet<string>;
}

/**
 * Puts groups of fewer than five cases together with what a limit left over, and with the next smallest until what is put together is no small group
 * either, nor a single one: else a total told elsewhere would give it away (complementary suppression). What a named member had before is blanked
 * where the same rule would put it together then.
 * @param rows of a table by `dimension` without periods
 */
export function foldSmall(rows: readonly Row[], options: FoldOptions): Folded {
  const { dimension, measure } = options;
  const { named, rest } = foldBy(rows, (row) => Number(row[measure] ?? 0), options);
  const before = foldBy(rows, (row) => Number(row[`${measure}_before`] ?? 0), { ...options, most: Infinity });
  const told = new Set(before.named.map((row) => row[dimension]));
  const isTold = (row: Row) => told.has(row[dimension] ?? null) || !row[`${measure}_before`];
  return { named: named.map((row) => (isTold(row) ? row : withoutBefore(row, measure))), rest };
}

function foldBy(rows: readonly Row[], count: (row: Row) => number, { dimension, most, first }: FoldOptions): Folded {
  const isOther = (row: Row) => row[dimension] === otherLabel;
  const sized = rows.filter((row) => !isOther(row) && count(row) > 0).sort((a, b) => count(b) - count(a));
  const isFirst = (row: Row) => first?.has(String(row[dimension])) === true;
  const large = sized.filter((row) => !isTooFew(count(row)));
  const kept = new Set([...large.filter(isFirst), ...large.filter((row) => !isFirst(row))].slice(0, most));
  const left = rows.filter(isOther).reduce((sum, row) => sum + count(row), 0);
  const { named, rest } = splitSmall(sized, count, { left, mayName: (row) => kept.has(row) });
  const total = rest.reduce((sum, row) => sum + count(row), left);
  return { named, rest: total > 0 ? { members: rest.length, total } : null };
}

/** A row without what it was in the window before, and without what that could be worked out from. */
function withoutBefore(row: Row, measure: MeasureName): Row {
  const isTheirs = (name: string) => name.startsWith(`${measure}_before`) || name.startsWith(`${measure}_change`);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isTheirs(name) ? null : value]));
}

/** Whether a measure counts cases or answers, and so is the size of a group itself. */
export function isCount(measure: MeasureName): boolean {
  const { unit } = measureOf(measure);
  return unit === 'cases' || unit === 'surveys';
}

/** The name of a member as a digest writes it. */
export function memberText(label: unknown): string {
  return label === noneLabel ? 'not recorded' : String(label);
}
