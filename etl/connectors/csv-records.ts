import Papa from 'papaparse';
import type { BrokenRow } from '../connector.ts';
import { countBreaks, endOf, offsetOf, spanOf } from './csv-lines.ts';
import type { Lines } from './csv-text.ts';

/** The fields of one row, and the physical line (from 1) it begins on. */
export interface CsvRecord {
  line: number;
  fields: string[];
}

/** Cuts text into records; keeps a record that is not complete yet for the next call. */
export interface RecordReader {
  /** @param isLast whether nothing follows: an open record is then broken */
  read(lines: Lines, isLast: boolean): { records: CsvRecord[]; broken: BrokenRow[] };
}

interface ParsedText {
  data: string[][];
  errors: { row?: number; index?: number; code: string }[];
  meta: { cursor: number };
}

const longestField = 1 << 20;
const longestOpenRecord = 2 << 20;
const longestProbe = 1 << 16;
const mostProbes = 50;
const longestKept = 1 << 16;

/**
 * Reads records by RFC 4180, with papaparse doing the cutting and these rules for what is broken:
 * a record of one line that is wrong costs that line; a quote that is not closed, or closed in the middle of a field, costs the lines
 * up to the next line at which a good record begins; a record of several lines with the wrong number of fields costs all
 * its lines, unless every line after its first is a good record by itself. Blank lines are no records.
 * The first record fixes the number of fields.
 */
export function createRecordReader(delimiter: string): RecordReader {
  let rest = '';
  let restLine = 1;
  let nextLine = 1;
  let columns: string[] | null = null;
  const bad = new Map<number, string>();

  const parse = (text: string, isOpen: boolean) =>
    new Papa.Parser({ delimiter, newline: '\n', quoteChar: '"' }).parse(text, 0, isOpen) as ParsedText;

  function read(lines: Lines, isLast: boolean): { records: CsvRecord[]; broken: BrokenRow[] } {
    for (const [line, reason] of lines.bad) bad.set(nextLine + line, reason);
    const records: CsvRecord[] = [];
    const broken: BrokenRow[] = [];
    let text = rest + lines.text;
    let line = restLine;
    nextLine += countBreaks(lines.text);
    for (;;) {
      const done = readRun(text, line, isLast, records, broken);
      text = text.slice(done.offset);
      line = done.line;
      if (!done.again) break;
    }
    if (isLast) text = '';
    if (text.length > longestOpenRecord) {
      const after = recover(text, line, broken);
      text = text.slice(after.offset);
      line = after.line;
    }
    rest = text;
    restLine = line;
    return { records, broken };
  }

  /** Reads until the text ends or a broken record asks to go on from elsewhere. */
  function readRun(text: string, line: number, isLast: boolean, records: CsvRecord[], broken: BrokenRow[]) {
    const { data, errors, meta } = parse(text, !isLast);
    const wrong = new Map<number, ParsedText['errors'][number]>();
    for (const error of errors)
      if (error.row !== undefined && error.row < data.length && !wrong.has(error.row)) wrong.set(error.row, error);
    const consumed = isLast ? text.length : meta.cursor;
    const hasSpans = text.includes('"');
    const hasRareFaults = bad.size > 0 || consumed > longestField || text.includes('\0');
    const place = { line, offset: 0 };
    for (let i = 0; i < data.length; i++) {
      const fields = data[i] ?? [];
      const span = hasSpans ? spanOf(fields) : 1;
      const isBlank = fields.length === 1 && fields[0] === '';
      const fault = isBlank && !hasRareFaults ? null : faultOf(fields, wrong.get(i), line, span, hasRareFaults);
      if (fault) {
        const start = offsetOf(text, place, line);
        const end = endOf(text, start, span);
        const next = resumeAfter(text, start, end, line, span, fault.kind);
        const open = next && openColumn(text.slice(start, next.offset));
        const column = open ?? fault.column ?? (wrong.get(i) ? columnAt(text.slice(start, wrong.get(i)?.index ?? start)) : null);
        const field = column === null ? null : (columns?.[column - 1] ?? null);
        const reason = open ? `the quote that opens ${fieldName(open, field)} is not closed on its line` : fault.reason(column, field);
        broken.push({ line, column, field, reason, text: keep(text.slice(start, next?.offset ?? end)) });
        if (next) return { ...next, again: true };
      } else if (!isBlank) {
        columns ??= fields;
        records.push({ line, fields });
      }
      line += span;
    }
    for (const known of bad.keys()) if (known < line) bad.delete(known);
    return { offset: consumed, line, again: false };
  }

  type Fault = {
    kind: 'quote' | 'count' | 'content';
    column: number | null;
    reason: (column: number | null, field: string | null) => string;
  };

  function faultOf(
    fields: string[],
    error: { code: string } | undefined,
    line: number,
    span: number,
    hasRareFaults: boolean,
  ): Fault | null {
    if (hasRareFaults) {
      for (let i = line; i < line + span; i++) {
        const reason = bad.get(i);
        if (reason !== undefined) return { kind: 'content', column: null, reason: () => `line ${i} ${reason}` };
      }
      const long = fields.findIndex((f) => f.length > longestField);
      if (long >= 0)
        return {
          kind: error || (span > 1 && fields.length !== columns?.length) ? 'quote' : 'content',
          column: long + 1,
          reason: (c, f) => `${fieldName(c, f)} is longer than 1 MiB`,
        };
      const nul = fields.findIndex((f) => f.includes('\0'));
      if (nul >= 0)
        return {
          kind: 'content',
          column: nul + 1,
          reason: (c, f) =>
            `${fieldName(c, f)} holds a NUL character; if the file is UTF-16, name it in the map, e.g. input: { encoding: utf-16le }`,
        };
    }
    if (error?.code === 'MissingQuotes')
      return {
        kind: 'quote',
        column: null,
        reason: (c, f) => `the quote that opens ${fieldName(c, f)} is not closed before the end of the file`,
      };
    if (error)
      return {
        kind: 'quote',
        column: null,
        reason: (c, f) =>
          `a quote stands inside ${fieldName(c, f)}; expected a comma or the end of the line after a closing quote, and "" for a quote inside`.replace(
            'a comma',
            delimiterName(delimiter),
          ),
      };
    if (columns && fields.length !== columns.length && !(fields.length === 1 && fields[0] === '')) {
      const expected = columns.length;
      return {
        kind: 'count',
        column: null,
        reason: () => `found ${fields.length} field${fields.length === 1 ? '' : 's'}, expected ${expected}`,
      };
    }
    return null;
  }

  /** Where to go on after a broken record, or null to go on behind it. */
  function resumeAfter(
    text: string,
    start: number,
    end: number,
    line: number,
    span: number,
    kind: Fault['kind'],
  ): { offset: number; line: number } | null {
    if (span === 1 || kind === 'content' || !columns) return null;
    if (kind === 'quote') return nextGood(text, start, end, line);
    const second = text.indexOf('\n', start) + 1;
    const alone = parse(text.slice(second, end), true);
    const isSafe =
      alone.errors.length === 0 &&
      alone.data.length > 0 &&
      alone.meta.cursor === end - second &&
      alone.data.every((fields) => fields.length === columns?.length);
    return isSafe ? { offset: second, line: line + 1 } : null;
  }

  /** The first line after `start` and before `end` at which a good record begins. */
  function nextGood(text: string, start: number, end: number, line: number): { offset: number; line: number } | null {
    let probes = mostProbes;
    for (let at = text.indexOf('\n', start) + 1; at > 0 && at < end; at = text.indexOf('\n', at) + 1) {
      line++;
      const stop = text.indexOf('\n', at);
      if (isGood(text.slice(at, stop < 0 ? text.length : stop + 1), stop < 0)) return { offset: at, line };
      // A record of several lines is looked for only so often: in a file where every quote is open, each look would read on in vain.
      if (probes-- > 0 && isGood(text.slice(at, at + longestProbe), false)) return { offset: at, line };
    }
    return null;
  }

  function isGood(text: string, isWhole: boolean): boolean {
    const { data, errors } = new Papa.Parser({ delimiter, newline: '\n', quoteChar: '"', preview: 1 }).parse(
      text,
      0,
      !isWhole,
    ) as ParsedText;
    return (
      data[0] !== undefined &&
      data[0].length === columns?.length &&
      !(data[0].length === 1 && data[0][0] === '') &&
      !errors.some((e) => e.row === 0)
    );
  }

  /** A record that stays open for longer than any record may be: its quote is taken as never closed. */
  function recover(text: string, line: number, broken: BrokenRow[]): { offset: number; line: number } {
    const open = parse(text, false);
    const column = open.data[0]?.length ?? null;
    const field = column === null ? null : (columns?.[column - 1] ?? null);
    const next = nextGood(text, 0, text.length, line) ?? { offset: text.length, line: line + countBreaks(text) };
    broken.push({
      line,
      column,
      field,
      reason: `the quote that opens ${fieldName(column, field)} is not closed within 2 MiB`,
      text: keep(text.slice(0, next.offset)),
    });
    return next;
  }

  /** The number of the field whose quote is open at the end of `part`, the lines a broken record cost; null when none is. */
  function openColumn(part: string): number | null {
    const { data, errors } = parse(part, false);
    return data.length === 1 && errors.some((error) => error.code === 'MissingQuotes') ? (data[0]?.length ?? null) : null;
  }

  /** The number of the field that ends at the end of `head`, the start of a record. */
  function columnAt(head: string): number | null {
    return parse(head, false).data.at(-1)?.length ?? null;
  }

  return { read };
}

function fieldName(column: number | null, field: string | null): string {
  if (column === null) return 'a field';
  return field === null ? `field ${column}` : `field ${column} (${field})`;
}

function delimiterName(delimiter: string): string {
  return delimiter === '\t' ? 'a tab' : delimiter === ',' ? 'a comma' : `"${delimiter}"`;
}

function keep(text: string): string {
  const line = text.endsWith('\n') ? text.slice(0, -1) : text;
  return line.length > longestKept ? line.slice(0, longestKept) : line;
}
