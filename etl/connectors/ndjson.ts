import path from 'node:path';
import type { Readable } from 'node:stream';
import type { BrokenRow, Extract, RawRow, Reader } from '../connector.ts';
import { BadInput } from '../errors.ts';
import { growingHeader } from '../json-header.ts';
import { flattenRow, type FlattenOptions } from '../json-rows.ts';
import { parseJson } from '../json-text.ts';
import { readText, type CsvEncoding } from './csv-text.ts';

/** What to read: a path or a stream of bytes, plain or gzip; encoding of a file without a byte order mark (default UTF-8). */
export type NdjsonRead = { file: string | Readable; encoding?: CsvEncoding } & FlattenOptions;

const batchRows = 2_000;
const longestKept = 1 << 16;

/**
 * One JSON object a line. Rows come in the order of the file with flat memory; the cursor is the number of the last line taken.
 * A line that is no JSON object is a broken row and costs nothing else. Blank lines are no rows.
 */
export const ndjson = {
  name: 'ndjson',
  hasOpenHeader: true,
  description: 'NDJSON file (one JSON object a line), plain or gzip',
  read: readNdjson,
} satisfies Reader<NdjsonRead>;

async function* readNdjson(options: NdjsonRead, since: string | null): AsyncGenerator<Extract> {
  const { file, encoding = 'utf-8' } = options;
  const name = typeof file === 'string' ? path.basename(file) : 'standard input';
  const passedOver = since === null ? 0 : Number(since);
  const header = growingHeader();
  let rows: RawRow[] = [];
  let broken: BrokenRow[] = [];
  let line = 0;
  let bytes = 0;
  let hasYielded = false;
  const take = (): Extract => {
    header.complete(rows);
    const extract = { rows, broken, header: header.columns(), cursor: String(Math.max(line, passedOver)), bytes };
    rows = [];
    broken = [];
    hasYielded = true;
    return extract;
  };
  for await (const block of readText(file, encoding)) {
    bytes = block.bytes;
    let place = 0;
    for (let start = 0; start < block.text.length; place++) {
      const feed = block.text.indexOf('\n', start);
      const end = feed < 0 ? block.text.length : feed;
      const text = block.text.slice(start, end);
      start = end + 1;
      line++;
      const fault = block.bad.get(place);
      if (line <= passedOver || (fault === undefined && text.trim() === '')) continue;
      if (fault === undefined) takeLine(text);
      else broken.push({ line, column: null, field: null, reason: `line ${line} ${fault}`, text: text.slice(0, longestKept) });
      if (rows.length + broken.length >= batchRows) yield take();
    }
  }
  if (line === 0) throw new BadInput([{ field: name, message: 'the file is empty; expected one JSON object a line' }]);
  if (rows.length || broken.length || !hasYielded) yield take();

  function takeLine(text: string): void {
    try {
      rows.push({ line, values: flattenRow(parseJson(text), options) });
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      const reason = error.problems.map((p) => `${p.field} ${p.message}`.trim().replace(/^line 1, /, '')).join('; ');
      broken.push({ line, column: null, field: null, reason: `the line is no JSON object: ${reason}`, text: text.slice(0, longestKept) });
    }
  }
}
