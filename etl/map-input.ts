import { fileFormats, type MapInput } from './connectors/file-format.ts';
import { csvEncodings } from './connectors/csv-text.ts';
import type { ListColumns } from './json-rows.ts';
import { below, complain, readChoice, readMapping, readText, type At, type Yaml } from './map-node.ts';

/** Reads `input:` of a map: how files are written that are read with it. */
export function readInput(node: Yaml, at: At): MapInput {
  const keys = readMapping(node, at, ['delimiter', 'encoding', 'format', 'rows', 'sheet', 'lists']);
  const input: MapInput = {
    delimiter: readDelimiter(keys.delimiter, below(at, 'delimiter')),
    encoding: readChoice(keys.encoding, below(at, 'encoding'), csvEncodings, 'utf-8'),
  };
  if (keys.format !== undefined) input.format = readChoice(keys.format, below(at, 'format'), fileFormats, 'csv');
  if (keys.rows !== undefined) {
    const rows = readText(keys.rows, below(at, 'rows'), 'the path to the list of rows, like data.items') ?? '';
    if (rows.split('.').some((key) => key === '')) complain(below(at, 'rows'), 'expected keys with dots between them, like data.items');
    input.rows = rows;
  }
  if (keys.sheet !== undefined) {
    const sheet = readText(keys.sheet, below(at, 'sheet'), 'the name of a sheet, or its number from 1') ?? '1';
    if (/^0+$/.test(sheet)) complain(below(at, 'sheet'), 'sheets are counted from 1');
    input.sheet = sheet;
  }
  if (keys.lists !== undefined) input.lists = readLists(keys.lists, below(at, 'lists'));
  return input;
}

function readDelimiter(node: Yaml | undefined, at: At): string {
  if (node === undefined) return ',';
  const delimiter = node === 'tab' ? '\t' : (readText(node, at, 'a character, or tab') ?? ',');
  if (delimiter.length !== 1 || /["\r\n\ufeff]/.test(delimiter))
    complain(at, 'expected one character that is no quote and no line break, or tab');
  return delimiter;
}

function readLists(node: Yaml, at: At): Record<string, ListColumns> {
  const lists: Record<string, ListColumns> = {};
  for (const [name, value] of Object.entries(readMapping(node, at, null))) {
    const place = below(at, name);
    const { key, value: text } = readMapping(value, place, ['key', 'value']);
    lists[name] = {
      key: readText(key, below(place, 'key'), 'the key of an item that names its column, like id') ?? '',
      value: readText(text, below(place, 'value'), 'the key of an item that holds what stands in the column, like value') ?? '',
    };
  }
  return lists;
}
