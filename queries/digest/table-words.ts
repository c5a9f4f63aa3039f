import type { DigestSection } from '../model/digest.ts';
import type { MeasureName } from '../model/measures.ts';
import { changeOfRow } from '../model/change-words.ts';
import { formatValue, unknownText } from '../model/number.ts';
import type { Row } from '../model/wire.ts';
import { type Folded } from './fold.ts';
import { isTooFew } from '../small-groups.ts';

/** A section that has nothing to tell but why. */
export function emptySection(name: string, title: string, sentence: string): DigestSection {
  return { name, title, sentence, table: null, note: '' };
}

/** A share of a total in words; n decides the decimals. */
export function shareText(part: number, whole: number): string {
  return whole > 0 ? formatValue(part / whole, 'share', { n: whole }) : unknownText;
}

/** How a count of a row changed, as short as a column is: "13% fewer", "about as many"; unless either window has too few to be told. */
export function changeText(row: Row, measure: MeasureName, currency: string): string {
  const before = row[`${measure}_before`];
  if (before === null || isTooFew(before)) return 'few before';
  // The column says against what, and a phone has no room for what is likely: the dashboard tells it.
  const told = changeOfRow(row, measure, currency).replace(/ \(likely [^)]*\)$/, '');
  return told.replace(/ (?:than|as) before$/, '') || unknownText;
}

/** What was put together, as the name of a row. */
export function restText({ members }: NonNullable<Folded['rest']>, one: string, many: string): string {
  return members > 0 ? `${members} other ${members === 1 ? one : many}` : `other ${many}`;
}
