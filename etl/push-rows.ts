import type { BrokenRow, Extract, RawRow } from './connector.ts';
import type { MapInput } from './connectors/file-format.ts';
import { BadInput } from './errors.ts';
import { growingHeader } from './json-header.ts';
import { flattenRow, valueAt } from './json-rows.ts';
import { parseJson } from './json-text.ts';

/** As many records as one push may bring. */
export const mostPushed = 10_000;
const longestKept = 64 * 1024;

/**
 * The rows of a pushed text: a JSON object (one row), a JSON list, or one JSON object a line. `line` is the place of a row in what
 * was sent, from 1. What is no object is a broken row; of several lines one that is no JSON costs only itself.
 * @param isLines whether the sender says that it is one object a line; else that is seen from the text
 * @throws BadInput when it is no JSON, holds nothing, or more than 10,000 rows
 */
export function pushedRows(text: string, input: Pick<MapInput, 'rows' | 'lists'>, isLines: boolean): Extract {
  const isEmpty = text.trim() === '';
  const items = isEmpty ? [] : isLines || looksLikeLines(text) ? lineItems(text) : listItems(text, input.rows);
  if (items.length === 0)
    throw new BadInput([{ field: '', message: 'there are no records: expected a JSON object, a list of them, or one a line' }]);
  if (items.length > mostPushed) {
    const found = items.length.toLocaleString('en');
    throw new BadInput([{ field: '', message: `${found} records are too many at once; send at most ${mostPushed.toLocaleString('en')}` }]);
  }
  const rows: RawRow[] = [];
  const broken: BrokenRow[] = [];
  items.forEach((item, i) => {
    const line = i + 1;
    const values = 'reason' in item ? item : flatten(item.value, input);
    if ('reason' in values)
      broken.push({ line, column: null, field: null, reason: values.reason, text: textOf(item).slice(0, longestKept) });
    else rows.push({ line, values: values.values });
  });
  const header = growingHeader();
  header.complete(rows);
  return {
    header: header.columns(),
    rows,
    broken,
    cursor: '',
    bytes: Buffer.byteLength(text),
    total: { count: items.length, unit: 'rows' },
  };
}

type Item = { value: unknown } | { reason: string; text: string };

function listItems(text: string, path: string | undefined): Item[] {
  const value = parseJson(text);
  const list = path !== undefined && !Array.isArray(value) ? (valueAt(value, path) ?? value) : value;
  return (Array.isArray(list) ? (list as unknown[]) : [list]).map((item) => ({ value: item }));
}

function lineItems(text: string): Item[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const { value, reason } = tried(() => parseJson(line));
    return reason === null ? { value } : { reason, text: line };
  });
}

/** Several lines of which the first is an object of its own. */
function looksLikeLines(text: string): boolean {
  const start = text.trimStart();
  const end = start.indexOf('\n');
  if (!start.startsWith('{') || end < 0 || start.slice(end).trim() === '') return false;
  return tried(() => parseJson(start.slice(0, end))).reason === null;
}

function flatten(value: unknown, { lists }: Pick<MapInput, 'lists'>): { values: Record<string, string> } | { reason: string } {
  const { value: values, reason } = tried(() => flattenRow(value, lists ? { lists } : {}));
  return reason === null ? { values: values as Record<string, string> } : { reason }; // without a reason it was flattened
}

function tried<T>(work: () => T): { value: T | null; reason: string | null } {
  try {
    return { value: work(), reason: null };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { value: null, reason: error.message };
  }
}

function textOf(item: Item): string {
  return 'text' in item ? item.text : JSON.stringify(item.value);
}
