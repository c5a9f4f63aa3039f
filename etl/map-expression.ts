import { didYouMean } from './errors.ts';
import { below, complain, isMapping, readChoice, readList, readMapping, readText, readTexts, type At, type Yaml } from './map-node.ts';
import { readField, type Field } from './record.ts';
import { formatProblem, timeReader } from './date-format.ts';
import { isZone } from './time.ts';

/** How the text of a column, or of joined columns, is read; the steps are taken in this order. */
export interface Reading {
  blanks: 'trim' | 'collapse' | 'keep';
  missing: ReadonlySet<string>;
  split: { separator: string; part: number } | null;
  pattern: RegExp | null;
  values: ReadonlyMap<string, string> | null;
  /** What becomes of a text that `values` does not name: itself, no value, or this text. */
  unmapped: { keep: true } | { use: string };
  date: string;
  zone: string;
  decimal: '.' | ',';
}

/** Where a value comes from. `path` names the place in the map, for messages. */
export type Expression =
  | { kind: 'constant'; value: string }
  | { kind: 'column'; column: string; optional: boolean; path: string; reading: Reading }
  | { kind: 'join'; parts: Expression[]; with: string; reading: Reading }
  | { kind: 'first_of'; options: Expression[] }
  | { kind: 'when'; branches: { if: Condition | null; then: Expression }[] };

export type Condition =
  | { kind: 'all' | 'any'; of: Condition[] }
  | { kind: 'not'; of: Condition }
  | { kind: 'in'; value: Expression; texts: ReadonlySet<string> }
  | { kind: 'empty'; value: Expression; isEmpty: boolean }
  | { kind: 'matches'; value: Expression; pattern: RegExp }
  | { kind: 'above' | 'below'; value: Expression; limit: number };

const readingKeys = ['missing', 'blanks', 'split', 'part', 'pattern', 'values', 'unmapped', 'date', 'zone', 'decimal'] as const;
const sourceKeys = ['column', 'constant', 'join', 'first_of', 'when'] as const;
const testKeys = ['is', 'in', 'empty', 'matches', 'above', 'below'] as const;

/** The map-wide ways of reading, which an expression may change for its own value. */
export function readDefaults(node: Record<string, Yaml>, at: At): Reading {
  return readReading(
    node,
    at,
    {
      blanks: 'trim',
      missing: new Set(['']),
      split: null,
      pattern: null,
      values: null,
      unmapped: { keep: true },
      date: 'iso',
      zone: 'UTC',
      decimal: '.',
    },
    null,
  );
}

/**
 * Reads a value expression: the name of a column, or keys with exactly one source.
 * @param field what the value is for, so that constants and mapped values are checked against its list; null when it is any text
 */
export function readExpression(node: Yaml, at: At, defaults: Reading, field: Field | null): Expression {
  if (typeof node === 'string') {
    const isListed = field?.type === 'code' && field.allowed.includes(node);
    if (node === '') complain(at, 'expected the name of a column, or keys such as column, constant, join, first_of, when');
    else if (isListed) complain(at, `"${node}" is read as the name of a column; for a fixed value write { constant: ${node} }`);
    return { kind: 'column', column: node, optional: false, path: at.path, reading: defaults };
  }
  const keys = readMapping(node, at, [...sourceKeys, 'with', 'optional', ...readingKeys]);
  return readSource(keys, at, defaults, field);
}

function readSource(keys: Record<string, Yaml>, at: At, defaults: Reading, field: Field | null): Expression {
  const named = sourceKeys.filter((key) => key in keys);
  const source = named[0];
  if (named.length !== 1 || source === undefined) {
    complain(
      at,
      named.length
        ? `has ${named.join(' and ')}; expected exactly one of ${sourceKeys.join(', ')}`
        : `expected exactly one of ${sourceKeys.join(', ')}`,
    );
    return { kind: 'constant', value: '' };
  }
  const fits: readonly string[] = source === 'column' ? ['optional', ...readingKeys] : source === 'join' ? ['with', ...readingKeys] : [];
  for (const key of [...readingKeys, 'with', 'optional'] as const) {
    if (key in keys && !fits.includes(key))
      complain(
        below(at, key),
        `does not go with ${source}${fits.length === 0 && source !== 'constant' ? '; put it on the columns inside' : ''}`,
      );
  }
  const inside = below(at, source);
  const node = keys[source] ?? '';
  switch (source) {
    case 'constant':
      return { kind: 'constant', value: checkValue(readText(node, inside, 'a text') ?? '', inside, field) };
    case 'column': {
      const column = readText(node, inside, 'the name of a column') ?? '';
      const optional = readChoice(keys.optional, below(at, 'optional'), ['true', 'false'], 'false') === 'true';
      return { kind: 'column', column, optional, path: inside.path, reading: readReading(keys, at, defaults, field) };
    }
    case 'join': {
      const parts = readList(node, inside).map((part, i) => readExpression(part, below(inside, i), defaults, null));
      return {
        kind: 'join',
        parts,
        with: typeof keys.with === 'string' ? keys.with : ' ',
        reading: readReading(keys, at, defaults, field),
      };
    }
    case 'first_of':
      return {
        kind: 'first_of',
        options: readList(node, inside).map((option, i) => readExpression(option, below(inside, i), defaults, field)),
      };
    case 'when':
      return { kind: 'when', branches: readList(node, inside).map((branch, i) => readBranch(branch, below(inside, i), defaults, field)) };
  }
}

function readBranch(node: Yaml, at: At, defaults: Reading, field: Field | null): { if: Condition | null; then: Expression } {
  const keys = readMapping(node, at, ['if', 'then', 'else']);
  if ('else' in keys && Object.keys(keys).length === 1)
    return { if: null, then: readExpression(keys.else ?? '', below(at, 'else'), defaults, field) };
  if (keys.if === undefined || keys.then === undefined || 'else' in keys) {
    complain(at, 'expected if and then, or else alone as the last of the list');
    return { if: null, then: { kind: 'constant', value: '' } };
  }
  return { if: readCondition(keys.if, below(at, 'if'), defaults), then: readExpression(keys.then, below(at, 'then'), defaults, field) };
}

/** Reads a condition: a value expression with one test, or all, any, not of conditions. */
export function readCondition(node: Yaml, at: At, defaults: Reading): Condition {
  const nothing: Condition = { kind: 'all', of: [] };
  if (isMapping(node) && Object.keys(node).length === 1) {
    if (node.all !== undefined || node.any !== undefined) {
      const kind = node.all !== undefined ? 'all' : 'any';
      return {
        kind,
        of: readList(node[kind] ?? '', below(at, kind)).map((each, i) => readCondition(each, below(below(at, kind), i), defaults)),
      };
    }
    if (node.not !== undefined) return { kind: 'not', of: readCondition(node.not, below(at, 'not'), defaults) };
  }
  const {
    is,
    in: among,
    empty,
    matches,
    above,
    below: under,
    ...source
  } = readMapping(node, at, [...sourceKeys, 'with', 'optional', ...readingKeys, ...testKeys, 'all', 'any', 'not']);
  const tests = testKeys.filter((key) => isMapping(node) && key in node);
  if (tests.length !== 1) {
    complain(at, `expected a value with exactly one test of ${testKeys.join(', ')}; or all, any, not alone`);
    return nothing;
  }
  const value = readSource(source, at, defaults, null);
  if (is !== undefined) return { kind: 'in', value, texts: new Set([readText(is, below(at, 'is'), 'a text') ?? '']) };
  if (among !== undefined) return { kind: 'in', value, texts: new Set(readTexts(among, below(at, 'in'))) };
  if (empty !== undefined)
    return { kind: 'empty', value, isEmpty: readChoice(empty, below(at, 'empty'), ['true', 'false'], 'true') === 'true' };
  if (matches !== undefined) return { kind: 'matches', value, pattern: readPattern(matches, below(at, 'matches')) };
  const [kind, limit] = above !== undefined ? (['above', above] as const) : (['below', under ?? ''] as const);
  if (typeof limit !== 'string' || !/^-?\d+(\.\d+)?$/.test(limit)) complain(below(at, kind), 'expected a number');
  return { kind, value, limit: Number(limit) };
}

function readReading(keys: Record<string, Yaml>, at: At, defaults: Reading, field: Field | null): Reading {
  const reading: Reading = { ...defaults };
  if (keys.blanks !== undefined)
    reading.blanks = readChoice(keys.blanks, below(at, 'blanks'), ['trim', 'collapse', 'keep'], defaults.blanks);
  if (keys.missing !== undefined) reading.missing = new Set([...defaults.missing, ...readTexts(keys.missing, below(at, 'missing'))]);
  if (keys.decimal !== undefined) reading.decimal = readChoice(keys.decimal, below(at, 'decimal'), ['.', ','], defaults.decimal);
  if (keys.date !== undefined) {
    const date = readText(keys.date, below(at, 'date'), 'a date format like DD/MM/YYYY HH:mm');
    const wrong = date === null ? null : formatProblem(date);
    if (wrong) complain(below(at, 'date'), wrong);
    else if (date !== null) reading.date = date;
  }
  if (keys.zone !== undefined) reading.zone = readZone(keys.zone, below(at, 'zone')) ?? defaults.zone;
  if (keys.pattern !== undefined) reading.pattern = readPattern(keys.pattern, below(at, 'pattern'));
  if (keys.split !== undefined)
    reading.split = {
      separator: readText(keys.split, below(at, 'split'), 'the text between the parts') ?? ' ',
      part: readPart(keys.part, below(at, 'part')),
    };
  else if (keys.part !== undefined) complain(below(at, 'part'), 'needs split, the text between the parts');
  if (keys.split !== undefined && keys.pattern !== undefined) complain(at, 'has split and pattern; expected one of them');
  if (keys.values !== undefined) {
    const values = below(at, 'values');
    reading.values = new Map(
      Object.entries(readMapping(keys.values, values, null)).map(([from, to]) => {
        if (typeof to !== 'string') complain(below(values, from), 'expected a text');
        return [from, typeof to === 'string' ? checkValue(to, below(values, from), field) : ''];
      }),
    );
  }
  if (keys.unmapped !== undefined) {
    if (keys.values === undefined) complain(below(at, 'unmapped'), 'needs values');
    reading.unmapped = readUnmapped(keys.unmapped, below(at, 'unmapped'), field);
  }
  return reading;
}

function readUnmapped(node: Yaml, at: At, field: Field | null): Reading['unmapped'] {
  if (isMapping(node))
    return {
      use: checkValue(
        readText(readMapping(node, at, ['constant']).constant, below(at, 'constant'), 'a text') ?? '',
        below(at, 'constant'),
        field,
      ),
    };
  return readChoice(node, at, ['keep', 'missing'], 'keep') === 'keep' ? { keep: true } : { use: '' };
}

function readPart(node: Yaml | undefined, at: At): number {
  if (node === undefined) return 1;
  if (node === 'last') return -1;
  if (typeof node === 'string' && /^[1-9]\d?$/.test(node)) return Number(node);
  complain(at, 'expected the number of the part from 1, or last');
  return 1;
}

function readPattern(node: Yaml, at: At): RegExp {
  const text = readText(node, at, 'a regular expression');
  try {
    return new RegExp(text ?? '', 'su');
  } catch (error) {
    complain(at, `is not a regular expression: ${error instanceof Error ? error.message : 'unreadable'}`);
    return /(?:)/;
  }
}

/** A time zone by its IANA name; anything else is a problem with near names and null. */
export function readZone(node: Yaml, at: At): string | null {
  const zone = readText(node, at, 'a time zone like Europe/Berlin');
  if (zone === null || isZone(zone)) return zone;
  complain(at, `"${zone}" is not a time zone like Europe/Berlin${didYouMean(zone, Intl.supportedValuesOf('timeZone'))}`);
  return null;
}

function checkValue(value: string, at: At, field: Field | null): string {
  if (field?.type === 'code' && value !== '' && !field.allowed.includes(value))
    complain(at, `"${value}" is not one of ${field.allowed.join(', ')}${didYouMean(value, field.allowed)}`);
  if (field?.type === 'time') {
    const when = timeReader('iso', 'UTC')(value);
    const read = when === null ? null : readField('received_at', when);
    if (!read) complain(at, `"${value}" is not a date like 2026-11-09 or a time like 2026-11-09T14:30:00Z`);
    else if ('message' in read) complain(at, read.message);
  }
  return value;
}
