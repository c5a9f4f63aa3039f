import {
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Table,
  Utf8,
  Vector,
  makeData,
  vectorFromArray,
  type DataType,
} from 'apache-arrow';
import { openBudget, type Budget } from '../queries/budget.ts';
import type { AnswerJson, Column, Row, TableJson, Value } from '../queries/model/wire.ts';

/** The forms an answer can be given in, with their media types. */
export const formats = {
  json: 'application/json',
  csv: 'text/csv; charset=utf-8',
  arrow: 'application/vnd.apache.arrow.stream',
} as const;
export type Format = keyof typeof formats;

/**
 * The form a caller wants.
 * @param named `format` of the address, which wins
 * @param accept the Accept header
 * @returns null for a name that is none of {@link formats}
 */
export function chooseFormat(named: string | undefined, accept: string | undefined): Format | null {
  if (named !== undefined) return Object.hasOwn(formats, named) ? (named as Format) : null; // tested against the keys
  const wanted = (accept ?? '').split(',').map((part) => part.split(';')[0]?.trim() ?? '');
  for (const type of wanted) {
    for (const format of Object.keys(formats) as Format[]) if (type === formats[format].split(';')[0]) return format;
  }
  return 'json';
}

/**
 * An answer in a form: CSV holds the tables one after the other with a blank line between, Arrow one stream a table back to back. It is made piece by
 * piece, so that others get their turn and it ends where nobody waits for it any more.
 * @throws BadInput when it has more bytes than the budget has
 */
export async function formatAnswer(answer: AnswerJson, format: Format, budget: Budget = openBudget()): Promise<string | Uint8Array> {
  const pieces: (string | Uint8Array)[] = [];
  for (const piece of piecesOf[format](answer)) {
    budget.spend('bytes', Buffer.byteLength(piece));
    pieces.push(piece);
    await budget.rest();
  }
  return format === 'arrow' ? joined(pieces as Uint8Array[]) : pieces.join(''); // the pieces of Arrow are bytes, the others' texts
}

const block = 500;

const piecesOf: Record<Format, (answer: AnswerJson) => Generator<string | Uint8Array>> = {
  *json({ tables, ...rest }) {
    let before = '{"tables":[';
    for (const { columns, rows, ...more } of tables) {
      yield `${before}{"columns":${JSON.stringify(columns)},"rows":[`;
      for (const [i, some] of blocksOf(rows)) yield (i ? ',' : '') + JSON.stringify(some).slice(1, -1);
      yield `],${JSON.stringify(more).slice(1)}`;
      before = ',';
    }
    yield `${tables.length ? '' : before}],${JSON.stringify(rest).slice(1)}`;
  },
  *csv({ tables }) {
    for (const [i, { columns, rows }] of tables.entries()) {
      yield (i ? '\r\n' : '') + csvHeader(columns);
      for (const [, some] of blocksOf(rows)) yield csvRows(columns, some);
    }
  },
  *arrow({ tables }) {
    for (const table of tables) yield toArrow(table);
  },
};

/** Rows a few at a time, each with the position of its first. */
function* blocksOf(rows: readonly Row[]): Generator<[number, readonly Row[]]> {
  for (let i = 0; i < rows.length; i += block) yield [i, rows.slice(i, i + block)];
}

/**
 * A table as RFC 4180 CSV: the header is the column names, unknown is an empty field. Text that a spreadsheet would run as a formula gets an
 * apostrophe before it.
 */
export function toCsv({ columns, rows }: Pick<TableJson, 'columns' | 'rows'>): string {
  return csvHeader(columns) + csvRows(columns, rows);
}

function csvHeader(columns: readonly Column[]): string {
  return `${columns.map((c) => csvField(c.name)).join(',')}\r\n`;
}

/** Rows of CSV without a header, each with its end of line. */
export function csvRows(columns: readonly Column[], rows: readonly Row[]): string {
  return rows.map((row) => `${columns.map((c) => csvField(row[c.name] ?? null)).join(',')}\r\n`).join('');
}

/**
 * A table as an Arrow IPC stream. The metadata of the schema holds `asOf` and, as JSON, `windows`, `notes`, `limits` and `pareto`; each field's its `label`, `unit`,
 * `type`, `role` and `measure`: all that the JSON form says, so that our own screens read this one. Labels are dictionaries, dates days,
 * flags and counts 32-bit integers where they fit, all else doubles.
 */
export function toArrow({ columns, rows, windows, notes, limits, pareto, asOf }: TableJson): Uint8Array {
  const vectors = columns.map((column, i) => vectorOf(column, rows, i));
  const fields = columns.map((column, i) => new Field(column.name, vectors[i]?.type ?? new Utf8(), true, metadataOf(column)));
  const schema = new Schema(
    fields,
    new Map([
      ['asOf', asOf],
      ['windows', JSON.stringify(windows)],
      ['notes', JSON.stringify(notes)],
      ...(limits ? [['limits', JSON.stringify(limits)] as const] : []),
      ...(pareto ? [['pareto', JSON.stringify(pareto)] as const] : []),
    ]),
  );
  const children = vectors.flatMap((vector) => vector.data); // vectors made from arrays are of one piece
  const struct = makeData({ type: new Struct(fields), length: rows.length, nullCount: 0, children });
  return RecordBatchStreamWriter.writeAll(new Table(schema, new RecordBatch(schema, struct))).toUint8Array(true);
}

function metadataOf({ label, unit, type, role, measure }: Column): Map<string, string> {
  return new Map([
    ['label', label],
    ...(unit ? [['unit', unit] as const] : []),
    ['type', type],
    ['role', role],
    ...(measure ? [['measure', measure] as const] : []),
  ]);
}

function vectorOf(column: Column, rows: readonly Row[], dictionary: number): Vector<DataType> {
  const values = rows.map((row) => row[column.name] ?? null);
  switch (column.type) {
    case 'label':
      return vectorFromArray(values, new Dictionary(new Utf8(), new Int32(), dictionary));
    case 'date':
      return vectorFromArray(values.map(dayOf), new DateDay());
    case 'flag':
      return vectorFromArray(values, new Int32());
    case 'integer':
      return vectorFromArray(values, values.every(isSmall) ? new Int32() : new Float64());
    case 'number':
      return vectorFromArray(values, new Float64());
  }
}

function dayOf(value: Value): Date | null {
  return typeof value === 'string' ? new Date(`${value}T00:00:00Z`) : null;
}

function isSmall(value: Value): boolean {
  return value === null || Math.abs(Number(value)) < 2 ** 31;
}

// Also with blanks before it, and as the full-width signs that some spreadsheets read as the others.
const isFormula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;

function csvField(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const guarded = isFormula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
