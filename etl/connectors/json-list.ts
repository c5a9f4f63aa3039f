import path from 'node:path';
import type { Readable } from 'node:stream';
import type { BrokenRow, Extract, RawRow, Reader } from '../connector.ts';
import { BadInput, SourceFailed } from '../errors.ts';
import type { JsonItem } from '../json-cursor.ts';
import { jsonFault } from '../json-fault.ts';
import { growingHeader } from '../json-header.ts';
import { listItems } from '../json-list.ts';
import { flattenRow, type FlattenOptions } from '../json-rows.ts';
import { parseJson } from '../json-text.ts';
import type { CsvEncoding } from './csv-text.ts';
import { readChunks, type TextChunk } from './text-chunks.ts';

/** What to read: a path or a stream of bytes, plain or gzip; where the rows are (default: the document is the list); encoding of a file without a byte order mark (default UTF-8). */
export type JsonRead = { file: string | Readable; rows?: string; encoding?: CsvEncoding } & FlattenOptions;

const longestKept = 1 << 16;

/**
 * A JSON document with a list of objects, read with flat memory. `line` of a row is its number in the list, and the cursor the number
 * of the last one taken. An item that is no object is a broken row. A fault of the document ends the read after the rows before it.
 */
export const jsonList = {
  name: 'json',
  hasOpenHeader: true,
  description: 'JSON document with a list of rows, plain or gzip',
  read: readJsonList,
} satisfies Reader<JsonRead>;

async function* readJsonList(options: JsonRead, since: string | null): AsyncGenerator<Extract> {
  const { file, rows: rowsPath = '', encoding = 'utf-8' } = options;
  const name = typeof file === 'string' ? path.basename(file) : 'standard input';
  const passedOver = since === null ? 0 : Number(since);
  const header = growingHeader();
  let number = 0;
  let bytes = 0;
  let hasYielded = false;
  let broken: BrokenRow[] = [];
  let rows: RawRow[] = [];

  const take = (): Extract => {
    header.complete(rows);
    const extract = { rows, broken, header: header.columns(), cursor: String(Math.max(number, passedOver)), bytes };
    rows = [];
    broken = [];
    hasYielded = true;
    return extract;
  };
  try {
    for await (const items of listItems(counted(readChunks(file, encoding)), rowsPath)) {
      for (const item of items) {
        number++;
        if (number > passedOver) takeItem(item);
      }
      if (rows.length || broken.length) yield take();
    }
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    if (rows.length || broken.length) yield take();
    // A list that is not where the map says is for a person to mend; a fault of the text is the file's.
    if (error.problems.some((p) => p.field === 'input.rows')) throw error;
    const [problem] = error.problems;
    const message = `${name}, ${problem?.field}: ${problem?.message}`;
    throw new SourceFailed(name, message, { retriable: false, cause: error });
  }
  if (!hasYielded) yield take();

  function takeItem(item: JsonItem): void {
    let value: unknown;
    try {
      value = parseJson(item.text);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      number--;
      const fault = jsonFault(item.text);
      const line = item.line + fault.line - 1;
      const column = fault.line === 1 ? item.column + fault.column - 1 : fault.column;
      throw new BadInput([{ field: `line ${line}, column ${column}`, message: fault.reason }]);
    }
    try {
      rows.push({ line: number, values: flattenRow(value, options) });
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      const reason = error.problems.map((p) => `${p.field} ${p.message}`.trim()).join('; ');
      broken.push({
        line: number,
        column: null,
        field: null,
        reason: `the row at line ${item.line} is not as expected: ${reason}`,
        text: item.text.slice(0, longestKept),
      });
    }
  }

  async function* counted(chunks: AsyncIterable<TextChunk>): AsyncGenerator<TextChunk> {
    for await (const chunk of chunks) {
      bytes = chunk.bytes;
      yield chunk;
    }
  }
}
