import { caseFields, surveyFields } from '../etl/record.ts';
import type { RejectedRow } from '../queries/model/lists.ts';
import { sentence } from './case-words.ts';

/** A field of a record as people call it; empty for none. */
export function fieldInWords(field: string | null): string {
  if (!field) return '';
  const bare = field.replace(/^surveys?\[?\d*\]?\./, '');
  if (Object.hasOwn(caseFields, bare)) return caseFields[bare as keyof typeof caseFields].label;
  if (Object.hasOwn(surveyFields, bare)) return surveyFields[bare as keyof typeof surveyFields].label;
  return sentence(bare.replaceAll('_', ' '));
}

/** Why rows were rejected, as "Received: is not a date". */
export function reasonInWords({ field, reason }: { field: string | null; reason: string }): string {
  const name = fieldInWords(field);
  return name ? `${name}: ${reason}` : sentence(reason);
}

/** The kind of a reason, where `…` stands for what each row has of its own: "Received: the value is not a date". */
export function reasonKindInWords({ field, reason_kind }: { field: string | null; reason_kind: string }): string {
  const reason = reason_kind
    .replace(/^"…" /, 'the value ')
    .replace(/ like ….*$/, '')
    .replaceAll('"…"', '“…”');
  return reasonInWords({ field, reason });
}

/** What became of a row that waits no longer, before the day it happened. */
export const settlementWords: Record<NonNullable<RejectedRow['settlement']>, string> = {
  replayed: 'Replayed',
  dismissed: 'Left out',
  superseded: 'Superseded by a later row',
};

/** File, line and column of a row, as far as they are known. */
export function placeOfRow({ input, line, column }: Pick<RejectedRow, 'input' | 'line' | 'column'>): string {
  const file = input?.split(/[/\\]/).pop() ?? '';
  if (line === null) return file || 'Sent, not read from a file';
  const place = `${file ? `${file}, line` : 'Line'} ${line}`;
  return column === null ? place : `${place}, column ${column}`;
}

/**
 * The column of a row that its reason is about: the one of that name, the one whose value the reason quotes, or the one at the place
 * the reader counted; null where none can be told.
 */
export function faultyColumn(row: Pick<RejectedRow, 'field' | 'reason' | 'column'>, values: Record<string, string>): string | null {
  const names = Object.keys(values);
  const quoted = [...row.reason.matchAll(/"([^"]*)"/g)].map((found) => found[1] ?? '');
  // A quoted name of a column says more than a value that happens to stand in several.
  const named = quoted.find((text) => names.includes(text));
  if (named !== undefined) return named;
  const holding = names.filter((name) => values[name] !== '' && quoted.includes(values[name] ?? ''));
  const sameName = row.field !== null && names.includes(row.field) ? row.field : null;
  if (holding.length === 1) return holding[0] ?? null;
  if (sameName !== null) return sameName;
  return row.column === null ? (holding[0] ?? null) : (names[row.column - 1] ?? null);
}
