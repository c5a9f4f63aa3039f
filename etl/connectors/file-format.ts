import type { Readable } from 'node:stream';
import type { Reader } from '../connector.ts';
import { BadInput, didYouMean } from '../errors.ts';
import type { FlattenOptions } from '../json-rows.ts';
import { csv, type CsvOptions } from './csv.ts';
import { jsonList } from './json-list.ts';
import { ndjson } from './ndjson.ts';
import { xlsx } from './xlsx.ts';

/** How the files of a source are written: `input:` of a map. Every part has a default, and parts that do not go with a format are not used by it. */
export interface MapInput extends CsvOptions, FlattenOptions {
  /** Default by the name of the file. */
  format?: FileFormat;
  /** Dotted path to the list of rows in a JSON document; default the document is the list. */
  rows?: string;
  /** Name of the sheet of a workbook, or its number from 1; default the first. */
  sheet?: string;
}

/** What to read: a path, or a stream of bytes, and how it is written. */
export type FileRead = { file: string | Readable } & Partial<MapInput>;

/** Formats of files, by their usual endings. CSV is any delimited text. */
export const fileFormats = ['csv', 'ndjson', 'json', 'xlsx'] as const;
export type FileFormat = (typeof fileFormats)[number];

const readers: Record<FileFormat, Reader<FileRead>> = { csv, ndjson, json: jsonList, xlsx };
const endings: Record<string, FileFormat> = {
  csv: 'csv', tsv: 'csv', txt: 'csv', ndjson: 'ndjson', jsonl: 'ndjson', json: 'json', xlsx: 'xlsx',
}; // prettier-ignore

/**
 * The reader for a file: as the map says, else by the ending of the name (`.csv`, `.tsv`, `.txt`, `.ndjson`, `.jsonl`, `.json`, all
 * also with `.gz`, and `.xlsx`).
 * @param fileName with or without folders
 * @throws BadInput when neither says what the file is
 */
export function readerOf(fileName: string, input: Pick<Partial<MapInput>, 'format'>): Reader<FileRead> {
  const format = input.format ?? formatOf(fileName);
  if (format) return readers[format];
  const ending = /\.([^./\\]+?)(\.gz)?$/i.exec(fileName)?.[1]?.toLowerCase();
  const known = Object.keys(endings).map((e) => `.${e}`);
  const found = ending === undefined ? 'a name without an ending' : `the ending .${ending}${didYouMean(`.${ending}`, known)}`;
  throw new BadInput([
    { field: 'file', message: `${found} does not say how the file is written; there are ${known.join(', ')}, or name it in the map, e.g. input: { format: csv }` },
  ]); // prettier-ignore
}

/** Whether the ending of a file's name is one that {@link readerOf} knows. */
export function isReadable(fileName: string): boolean {
  return formatOf(fileName) !== null;
}

function formatOf(fileName: string): FileFormat | null {
  const [, ending = '', packed] = /\.([a-z]+)(\.gz)?$/i.exec(fileName) ?? [];
  const format = endings[ending.toLowerCase()] ?? null;
  return format === 'xlsx' && packed ? null : format;
}
