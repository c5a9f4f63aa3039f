import { didYouMean, type Problem } from './errors.ts';
import type { Condition, Expression, Reading } from './map-expression.ts';
import { timeReader } from './date-format.ts';
import { readAmount, readNumber } from './map-amount.ts';
import { bindReading, blankNotes, interner, readFlag, readInteger, type Notes } from './map-reading.ts';
import { isPlausible, plausibleYears, type Field, type When } from './record.ts';

export type Values = Record<string, string>;

/** Reads one value from a row; null is no value. */
export type Reader<T> = (row: Values, notes: Notes) => T | null;

/** A header, and what was found out while expressions were bound to it. */
export interface Header {
  columns: readonly string[];
  used: Set<string>;
  problems: Problem[];
  /** What has the columns, for messages: "the file", or its line. */
  name: string;
}

/** What a field of a record is read as. */
export type FieldValue = string | number | boolean;

/** The columns an expression reads a value from, joined by " + ", for messages; conditions are left out. */
export function columnsOf(expression: Expression): string {
  const columns = (e: Expression): string[] => {
    switch (e.kind) {
      case 'constant':
        return [];
      case 'column':
        return [e.column];
      case 'join':
        return e.parts.flatMap(columns);
      case 'first_of':
        return e.options.flatMap(columns);
      case 'when':
        return e.branches.flatMap((branch) => columns(branch.then));
    }
  };
  return [...new Set(columns(expression))].join(' + ');
}

/** What a text must be to be a value of the field, for messages. */
export function expectedOf(expression: Expression, field: Field): string {
  if (field.type === 'code') return `one of ${field.allowed.join(', ')}`;
  if (field.type !== 'time') return 'a text';
  const readings = (e: Expression): Reading[] => {
    switch (e.kind) {
      case 'constant':
        return [];
      case 'column':
      case 'join':
        return [e.reading];
      case 'first_of':
        return e.options.flatMap(readings);
      case 'when':
        return e.branches.flatMap((branch) => readings(branch.then));
    }
  };
  return [...new Set(readings(expression).map(dateLike))].join(' or ');
}

/** Whether the expression can give a value with these columns: false only when every column it needs is optional and absent. */
export function isProvided(expression: Expression, columns: readonly string[]): boolean {
  const given = (e: Expression): boolean => {
    switch (e.kind) {
      case 'constant':
        return true;
      case 'column':
        return !e.optional || findColumn(e.column, columns) !== null;
      case 'join':
        return e.parts.some(given);
      case 'first_of':
        return e.options.some(given);
      case 'when':
        return e.branches.some((branch) => given(branch.then));
    }
  };
  return given(expression);
}

/** Compiles an expression into a reader of text. */
export function bindText(expression: Expression, header: Header): Reader<string> {
  return bind(
    expression,
    header,
    () => (text) => text,
    (text) => text,
  );
}

/**
 * Compiles an expression into a reader of what the field holds: times, numbers as plain decimal text, true and false.
 * A text that is no such value is no value and a flag that names the column.
 */
export function bindField(expression: Expression, header: Header, field: Field): Reader<FieldValue> {
  switch (field.type) {
    case 'time': {
      const iso = timeReader('iso', 'UTC');
      return bind(
        expression,
        header,
        (reading, column) => {
          const read = orFlag(timeReader(reading.date, reading.zone), column, dateLike(reading));
          return (text, notes) => plausible(read(text, notes), text, column, notes);
        },
        (text) => iso(text),
      );
    }
    case 'money':
      return bind(
        expression,
        header,
        (reading, column) => {
          const read = orFlag((text) => readAmount(text, reading.decimal), column, `an amount like 12${reading.decimal}50`);
          return (text, notes) => {
            const amount = read(text, notes);
            if (amount) notes.marks.push(amount.mark);
            return amount?.number ?? null;
          };
        },
        (text) => text,
      );
    case 'integer':
      return bind(
        expression,
        header,
        (reading, column) => orFlag((text) => readInteger(text, reading.decimal), column, 'a whole number'),
        (text) => readInteger(text, '.'),
      );
    case 'flag':
      return bind(expression, header, (_, column) => orFlag(readFlag, column, 'yes or no, true or false, 1 or 0'), readFlag);
    case 'label':
    case 'sub': {
      const intern = interner();
      return bind(
        expression,
        header,
        () => intern,
        (text) => text,
      );
    }
    default:
      return bindText(expression, header);
  }
}

/** Compiles a condition. */
export function bindCondition(condition: Condition, header: Header): (row: Values) => boolean {
  switch (condition.kind) {
    case 'all': {
      const tests = condition.of.map((each) => bindCondition(each, header));
      return (row) => tests.every((test) => test(row));
    }
    case 'any': {
      const tests = condition.of.map((each) => bindCondition(each, header));
      return (row) => tests.some((test) => test(row));
    }
    case 'not': {
      const test = bindCondition(condition.of, header);
      return (row) => !test(row);
    }
  }
  const read = bindText(condition.value, header);
  // What a condition reads is not the value of a field, so nothing it meets is noted.
  const notes = blankNotes();
  switch (condition.kind) {
    case 'in': {
      const { texts } = condition;
      return (row) => texts.has(read(row, notes) ?? '');
    }
    case 'empty':
      return (row) => (read(row, notes) === null) === condition.isEmpty;
    case 'matches':
      return (row) => condition.pattern.test(read(row, notes) ?? '');
    case 'above':
    case 'below': {
      const decimal = condition.value.kind === 'column' || condition.value.kind === 'join' ? condition.value.reading.decimal : '.';
      return (row) => {
        const number = readNumber(read(row, notes) ?? '', decimal);
        return number !== null && (condition.kind === 'above' ? Number(number) > condition.limit : Number(number) < condition.limit);
      };
    }
  }
}

type Convert<T> = (text: string, notes: Notes) => T | null;

function bind<T>(
  expression: Expression,
  header: Header,
  convert: (reading: Reading, column: string) => Convert<T>,
  constant: (text: string) => T | null,
): Reader<T> {
  switch (expression.kind) {
    case 'constant': {
      const value = expression.value === '' ? null : constant(expression.value);
      return () => value;
    }
    case 'column': {
      const column = useColumn(expression, header);
      if (column === null) return () => null;
      const read = bindReading(expression.reading);
      const convertText = convert(expression.reading, column);
      return (row, notes) => {
        const text = read(row[column] ?? '', notes);
        return text === null ? null : convertText(text, notes);
      };
    }
    case 'join': {
      const parts = expression.parts.map((part) => bindText(part, header));
      const read = bindReading(expression.reading);
      const convertText = convert(expression.reading, columnsOf(expression));
      return (row, notes) => {
        const texts: string[] = [];
        for (const part of parts) {
          const text = part(row, notes);
          if (text !== null) texts.push(text);
        }
        const text = read(texts.join(expression.with), notes);
        return text === null ? null : convertText(text, notes);
      };
    }
    case 'first_of': {
      const options = expression.options.map((option) => bind(option, header, convert, constant));
      return (row, notes) => {
        for (const option of options) {
          const value = option(row, notes);
          if (value !== null) return value;
        }
        return null;
      };
    }
    case 'when': {
      const branches = expression.branches.map((branch) => ({
        test: branch.if && bindCondition(branch.if, header),
        then: bind(branch.then, header, convert, constant),
      }));
      return (row, notes) => {
        for (const { test, then } of branches) if (!test || test(row)) return then(row, notes);
        return null;
      };
    }
  }
}

function useColumn(expression: Extract<Expression, { kind: 'column' }>, header: Header): string | null {
  const column = findColumn(expression.column, header.columns);
  if (column !== null) header.used.add(column);
  else if (!expression.optional) {
    header.problems.push({
      field: expression.path,
      message: `${header.name} has no column "${expression.column}"${didYouMean(expression.column, header.columns)}; it has ${header.columns.join(', ')}`,
    });
  }
  return column;
}

/** The column of that name, else the one whose name differs only by blanks around it. */
export function findColumn(name: string, columns: readonly string[]): string | null {
  return columns.find((column) => column === name) ?? columns.find((column) => column.trim() === name.trim()) ?? null;
}

function orFlag<T>(read: (text: string) => T | null, column: string, expected: string): Convert<T> {
  return (text, notes) => {
    const value = read(text);
    if (value === null) flagAs(`is not ${expected}`, text, column, notes);
    return value;
  };
}

/** Asked here and not only of the record, since only here the text is known as it was written. */
function plausible(when: When | null, text: string, column: string, notes: Notes): When | null {
  if (when === null || isPlausible(when)) return when;
  flagAs(`is not a plausible date: expected a year from ${plausibleYears.from} to ${plausibleYears.to}`, text, column, notes);
  return null;
}

function flagAs(message: string, text: string, column: string, notes: Notes): void {
  const shown = text.length > 120 ? `${text.slice(0, 117)}…` : text;
  notes.flags.push({ rule: 'malformed_value', field: column, message: `"${shown}" ${message}`, value: shown });
}

function dateLike(reading: Reading): string {
  return `a date like ${reading.date === 'iso' ? '2026-11-09 or 2026-11-09T14:30:00Z' : `"${reading.date}"`}`;
}
