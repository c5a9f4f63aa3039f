import { fairText, toneOf } from './chart-funnel.ts';
import { countInWords, joined } from './describe.ts';
import { fewestOfFair } from './fair.ts';
import { dimensionOf, type DimensionName } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatCount, formatValue } from './number.ts';
import type { Row, TableJson } from './wire.ts';

/** A sentence names at most so many; the picture and the table have the others. */
const mostNamed = 3;

/**
 * What a fair comparison says: who differs from what their cases would give, by name and never by size, and of how many that is.
 */
export function readFair(measure: MeasureName, table: TableJson): string {
  const { rows } = table;
  const keys = keysOf(table);
  const member = keys.at(-1) ?? 'team';
  const known = rows.filter((row) => row[`${measure}_verdict`] !== 'not enough data');
  const few = new Set(rows.map((row) => row[member])).size - new Set(known.map((row) => row[member])).size;
  const without = few ? ` There is not enough data about ${countInWords(few, one(member), dimensionOf(member).plural)}.` : '';
  const counted = `${fewestOfFair} ${nounOf(measure)}s that count`;
  if (known.length === 0)
    return few === 1
      ? `The one ${one(member)} has fewer than ${counted}.`
      : `None of the ${countInWords(few, one(member), dimensionOf(member).plural)} has ${counted}.`;
  const found = differing(measure, rows);
  const looked = inAll(known, member, keys);
  if (found.length === 0) return `${looked.all} what chance allows, given their cases.${without}`;
  const told = found.slice(0, mostNamed).map((row) => tellFair(measure, row, keys));
  const more = found.length - told.length;
  const rest = more ? ` ${formatCount(more)} more ${more === 1 ? 'stands' : 'stand'} out in the picture.` : '';
  return `${told.join('. ')}.${rest} ${looked.others}${without}`;
}

/** The rows that are said to differ, in the order of the table. */
export function differing(measure: MeasureName, rows: readonly Row[]): Row[] {
  return rows.filter((row) => toneOf(measure, row) !== 'plain');
}

/** "Hull: more than expected on “Long holds”, 14 against 6.1", "Hull: resolved on time 52%, expected 61%". */
export function tellFair(measure: MeasureName, row: Row, keys: readonly DimensionName[]): string {
  const { label, unit } = measureOf(measure);
  const name = String(row[keys.at(-1) ?? 'team']);
  const expected = fairText(measure)(numberOf(row[`${measure}_expected`]));
  const verdict = String(row[`${measure}_verdict`]);
  const n = numberOf(row[`${measure}_n`]) ?? 0;
  if (unit === 'share' || unit === 'per_case') {
    const value = formatValue(row[measure], unit, { n: Math.min(n, 999) });
    return `${name}: ${label.toLowerCase()} ${value} against ${expected} expected, from ${countInWords(n, nounOf(measure))}`;
  }
  const theme = keys.length > 1 ? ` on “${String(row[keys[0] ?? 'theme'])}”` : '';
  return `${name}: ${verdict}${theme}, ${formatCount(numberOf(row[measure]) ?? 0)} against ${expected}`;
}

/** What a fair table is split by, the members last. */
export function keysOf({ columns }: Pick<TableJson, 'columns'>): DimensionName[] {
  return columns.filter((c) => c.role === 'key' && c.type === 'label').map((c) => c.name as DimensionName); // key columns of labels are dimensions
}

/** What was looked at, as the beginning of a sentence for when nothing differs, and as a sentence about the rest. */
function inAll(known: readonly Row[], member: DimensionName, keys: readonly DimensionName[]): { all: string; others: string } {
  const members = new Set(known.map((row) => row[member])).size;
  const themes = new Set(known.map((row) => row[keys[0] ?? member])).size;
  const who = countInWords(members, one(member), dimensionOf(member).plural);
  const scope = keys.length > 1 ? `${who} and ${countInWords(themes, 'theme')}` : who;
  const all =
    members === 1
      ? `The one ${one(member)} is within`
      : `All ${who}${keys.length > 1 ? `, in ${countInWords(themes, 'theme')},` : ''} are within`;
  return { all, others: `All else among ${scope} is within what chance allows.` };
}

/** What n counts. */
function nounOf(name: MeasureName): string {
  const measure = measureOf(name);
  return measure.kind === 'ratio' && measure.fact === 'survey' ? 'answer' : 'case';
}

function one(member: DimensionName): string {
  return dimensionOf(member).label.toLowerCase();
}

function numberOf(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** The names of several, "a, b and c", each once and in the order of the alphabet. */
export function namesOf(rows: readonly Row[], member: DimensionName): string {
  return joined([...new Set(rows.map((row) => String(row[member])))].sort(), 'and');
}
