import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { Extract, RawRow, Reader } from '../connector.ts';
import { BadInput, didYouMean, SourceFailed } from '../errors.ts';
import { readHeader } from './header-row.ts';
import { startsWith } from './unpack.ts';
import { sheetExtent } from './xlsx-extent.ts';
import { unpackedSize } from './zip-size.ts';

/** What to read: a path or a stream of bytes, and which sheet, by name or by number from 1 (default: the first). */
export type XlsxRead = { file: string | Readable; sheet?: string };

/** Largest workbook that is read; larger ones are better exported as CSV. */
export const mostXlsxBytes = 20 << 20;
const mostUnpacked = 300 << 20;
const mostCells = 10_000_000;
const mostMemoryMb = 2_048;

/**
 * A sheet of an Excel workbook of at most 20 MB. The first row that is not empty names the columns; `line` is the number of the row in
 * the sheet, and the cursor that of the last one taken. Formulas come as their last value, errors such as #N/A empty; a merged cell's value stands in its first
 * cell only; dates are wall-clock text (`2026-01-31`, `2026-01-31T16:05:00` where a date of the column has a time), times of day
 * `16:05:00`.
 */
export const xlsx = {
  name: 'xlsx',
  description: 'Excel workbook (.xlsx) of at most 20 MB',
  read: readXlsx,
} satisfies Reader<XlsxRead>;

async function* readXlsx(options: XlsxRead, since: string | null): AsyncGenerator<Extract> {
  const { file } = options;
  const name = typeof file === 'string' ? path.basename(file) : 'standard input';
  const bytes = await readBounded(file, name);
  await mustBeWorkbook(bytes, name);
  const passedOver = since === null ? 0 : Number(since);
  let header: string[] | null = null;
  let row = 0;
  for await (const { rows: cells, total } of sheetRows(bytes, options.sheet, name)) {
    const rows: RawRow[] = [];
    for (const texts of cells) {
      row++;
      if (texts.every((text) => text.trim() === '')) continue;
      if (header === null) header = readHeader(texts, `${name}, row ${row}`);
      else if (row > passedOver) rows.push({ line: row, values: Object.fromEntries(header.map((column, i) => [column, texts[i] ?? ''])) });
    }
    if (header === null) continue;
    yield {
      header,
      rows,
      broken: [],
      cursor: String(Math.max(row, passedOver)),
      bytes: Math.round((bytes.length * row) / total),
      total: { count: total, unit: 'rows' },
    };
  }
  if (header === null) throw new BadInput([{ field: name, message: 'the sheet is empty; expected a row with the names of the columns' }]);
}

/** @throws SourceFailed when it cannot be read or is too large */
async function readBounded(file: string | Readable, name: string): Promise<Buffer> {
  const fail = (message: string, cause?: unknown): never => {
    throw new SourceFailed(name, message, { retriable: false, cause });
  };
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    const source = typeof file === 'string' ? (await open(file)).createReadStream() : file;
    for await (const chunk of source as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostXlsxBytes) break;
    }
  } catch (cause) {
    fail(`cannot read the file: ${cause instanceof Error ? cause.message : 'unknown failure'}`, cause);
  }
  if (length > mostXlsxBytes) fail(`${name} is larger than 20 MB, the most that is read of a workbook; save it as CSV`);
  return Buffer.concat(chunks);
}

async function mustBeWorkbook(bytes: Buffer, name: string): Promise<void> {
  const fail = (message: string): never => {
    throw new SourceFailed(name, `${name} ${message}`, { retriable: false });
  };
  if (startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0))
    fail('is a workbook of the old .xls format or one with a password; save it as .xlsx without a password');
  if (!startsWith(bytes, 0x50, 0x4b)) fail('is no Excel workbook; if it is text, name its format in the map, e.g. input: { format: csv }');
  const extent = sheetExtent();
  const size = await unpackedSize(bytes, mostUnpacked, extent.look);
  if (size === null) fail('is a broken workbook; open it in Excel or LibreOffice and save it again');
  else if (size > mostUnpacked) fail('takes more than 300 MB unpacked; save it as CSV');
  else if (!extent.isWithin(mostCells))
    fail('has a sheet of more than 10 million cells; delete what stands far from the table, or save it as CSV');
}

type FromWorker = { rows: string[][]; total: number } | { end: true } | { error: string; sheets: string[] | null };

async function* sheetRows(bytes: Buffer, sheet: string | undefined, name: string): AsyncGenerator<{ rows: string[][]; total: number }> {
  const which = sheet === undefined ? 1 : /^\d+$/.test(sheet) ? Number(sheet) : sheet;
  const worker = new Worker(new URL('./xlsx-worker.mjs', import.meta.url), {
    workerData: { bytes, sheet: which },
    resourceLimits: { maxOldGenerationSizeMb: mostMemoryMb },
    // The thread runs plain JavaScript.
    execArgv: [],
  });
  try {
    for await (const message of messages(worker, name)) {
      if ('end' in message) return;
      if ('rows' in message) yield message;
      else if (message.sheets) {
        const found = message.sheets.map((each) => `"${each}"`).join(', ');
        const near = typeof which === 'string' ? didYouMean(which, message.sheets) : '';
        throw new BadInput([{ field: 'input.sheet', message: `${name} has no sheet ${typeof which === 'string' ? `"${which}"` : which}${near}; it has ${found}` }]); // prettier-ignore
      } else throw new SourceFailed(name, `${name} cannot be read: ${message.error}`, { retriable: false });
    }
  } finally {
    await worker.terminate();
  }
}

/** What a worker says until it ends. @throws SourceFailed when it breaks down */
async function* messages(worker: Worker, name: string): AsyncGenerator<FromWorker> {
  const waiting: FromWorker[] = [];
  let failure: Error | null = null;
  let isOver = false;
  let wake = (): void => undefined;
  worker.on('message', (message: FromWorker) => {
    waiting.push(message);
    wake();
  });
  worker.on('error', (error: Error) => {
    failure = error;
    wake();
  });
  worker.on('exit', () => {
    isOver = true;
    wake();
  });
  for (;;) {
    for (let next = waiting.shift(); next; next = waiting.shift()) yield next;
    if (failure) {
      const isMemory = (failure as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      const reason = isMemory ? 'takes too much memory; save it as CSV' : `cannot be read: ${(failure as Error).message}`;
      throw new SourceFailed(name, `${name} ${reason}`, { retriable: false, cause: failure });
    }
    if (isOver) return;
    await new Promise<void>((resolve) => (wake = resolve));
    wake = () => undefined;
  }
}
