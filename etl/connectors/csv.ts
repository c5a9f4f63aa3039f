import path from 'node:path';
import type { Readable } from 'node:stream';
import type { BrokenRow, Extract, RawRow, Reader } from '../connector.ts';
import { BadInput } from '../errors.ts';
import { delimiterHint } from './csv-delimiter.ts';
import { createRecordReader, type CsvRecord } from './csv-records.ts';
import { readText, type CsvEncoding } from './csv-text.ts';
import { readHeader } from './header-row.ts';

/** How a CSV is written: `input:` of a map. */
export interface CsvOptions {
  delimiter: string;
  /** Of a file without a byte order mark. */
  encoding: CsvEncoding;
}

/** What to read: a path or a stream of bytes, plain or gzip (told by its first bytes), and how it is written (default: comma, UTF-8). */
export type CsvRead = { file: string | Readable } & Partial<CsvOptions>;

const batchRows = 2_000;

/**
 * Delimited text with a header line. Rows come in the order of the file, about 2,000 at a time, with flat memory;
 * the cursor is the number of the last line taken, and with `since` the rows up to that line are passed over.
 * Columns without a name are called `column N`. The first extract of a file comes even when the file has no rows.
 */
export const csv = {
  name: 'csv',
  description: 'CSV or TSV file, plain or gzip',
  read: readCsv,
} satisfies Reader<CsvRead>;

async function* readCsv(options: CsvRead, since: string | null): AsyncGenerator<Extract> {
  const { file, delimiter = ',', encoding = 'utf-8' } = options;
  const name = typeof file === 'string' ? path.basename(file) : 'standard input';
  const reader = createRecordReader(delimiter);
  const passedOver = since === null ? 0 : Number(since);
  let header: string[] | null = null;
  const emptyRow: Record<string, string> = {};
  let rows: RawRow[] = [];
  let broken: BrokenRow[] = [];
  let cursor = passedOver;
  let read = 0;
  let hasYielded = false;
  const take = (): Extract => {
    const extract = { rows, broken, header: header ?? [], cursor: String(cursor), bytes: read };
    rows = [];
    broken = [];
    hasYielded = true;
    return extract;
  };

  for await (const block of readText(file, encoding)) {
    const found = reader.read(block, block.isLast);
    read = block.bytes;
    let records: CsvRecord[] = found.records;
    if (header === null) {
      const [first, ...others] = records;
      const fault = found.broken[0];
      if (fault && (!first || fault.line < first.line))
        throw new BadInput([{ field: `${name}, line ${fault.line}`, message: headerFault(fault, delimiter) }]);
      if (first) header = readHeader(first.fields, `${name}, line ${first.line}`);
      for (const name of header ?? []) emptyRow[name] = '';
      records = others;
    }
    const faults = found.broken.filter((row) => row.line > passedOver);
    let taken = 0;
    const takeFaults = (before: number) => {
      for (let row = faults[taken]; row && row.line < before; row = faults[++taken]) {
        broken.push(row);
        cursor = row.line;
      }
    };
    for (const { line, fields } of records) {
      if (line <= passedOver || header === null) continue;
      takeFaults(line);
      // A copy of a row that has all columns is made several times faster than one that grows by column.
      const values = { ...emptyRow };
      // Every record has as many fields as the header, or it would be among the broken ones.
      for (let i = 0; i < header.length; i++) values[header[i] as string] = fields[i] as string;
      rows.push({ line, values });
      cursor = line;
      if (rows.length >= batchRows) yield take();
    }
    takeFaults(Infinity);
    if (rows.length + broken.length >= batchRows) yield take();
  }
  if (header === null)
    throw new BadInput([{ field: `${name}, line 1`, message: 'the file is empty; expected a line with the names of the columns' }]);
  if (rows.length || broken.length || !hasYielded) yield take();
}

function headerFault(fault: BrokenRow, delimiter: string): string {
  const hint = delimiterHint(fault.text.split('\n')[0] ?? '', delimiter);
  return hint ? `the header ${hint}` : `the header cannot be read: ${fault.reason}`;
}
