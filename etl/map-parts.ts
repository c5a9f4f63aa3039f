import type { Problem } from './errors.ts';
import { readCondition, readExpression, type Condition, type Expression, type Reading } from './map-expression.ts';
import { below, complain, readChoice, readList, readMapping, type At, type Yaml } from './map-node.ts';
import {
  bindCondition,
  bindField,
  columnsOf,
  expectedOf,
  isProvided,
  type FieldValue,
  type Header,
  type Reader,
  type Values,
} from './map-value.ts';
import type { Notes } from './map-reading.ts';
import type { Field } from './record.ts';

/** A part of a record with fields of its own: the case itself, or one of its events, surveys or further issues. */
export interface PartPlan {
  if: Condition | null;
  fields: Map<string, Expression>;
}

/** One field of a part, bound to a header. */
export interface BoundField {
  name: string;
  field: Field;
  /** The column it is read from, or the field's name when it has none: what messages about it name. */
  column: string;
  /** What its text must be, for messages. */
  expected: string;
  read: Reader<FieldValue>;
}

export interface BoundPart {
  holds: (row: Values) => boolean;
  fields: BoundField[];
}

/**
 * Reads the value expressions of a part.
 * @param fixed fields that are written as their bare value, e.g. an event's kind
 */
export function readPart(node: Yaml, at: At, defaults: Reading, fields: Record<string, Field>, fixed: readonly string[] = []): PartPlan {
  const { if: condition, ...keys } = readMapping(node, at, ['if', ...Object.keys(fields)]);
  const read = new Map<string, Expression>();
  for (const [name, value] of Object.entries(keys)) {
    const field = fields[name];
    if (!field) continue;
    const place = below(at, name);
    if (fixed.includes(name) && field.type === 'code')
      read.set(name, { kind: 'constant', value: readChoice(value, place, field.allowed, field.allowed[0] ?? '') });
    else read.set(name, readExpression(value, place, defaults, field));
  }
  for (const [name, field] of Object.entries(fields)) {
    if (field.required && !(name in keys)) complain(below(at, name), `is missing; ${field.description}`);
  }
  return { if: condition === undefined ? null : readCondition(condition, below(at, 'if'), defaults), fields: read };
}

export function readParts(
  node: Yaml | undefined,
  at: At,
  defaults: Reading,
  fields: Record<string, Field>,
  fixed: readonly string[],
): PartPlan[] {
  return node === undefined ? [] : readList(node, at).map((each, i) => readPart(each, below(at, i), defaults, fields, fixed));
}

export function bindPart(plan: PartPlan, fields: Record<string, Field>, header: Header): BoundPart {
  const bound: BoundField[] = [];
  for (const [name, expression] of plan.fields) {
    const field = fields[name];
    if (field && isProvided(expression, header.columns))
      bound.push({
        name,
        field,
        column: columnsOf(expression) || name,
        expected: expectedOf(expression, field),
        read: bindField(expression, header, field),
      });
  }
  return { holds: plan.if ? bindCondition(plan.if, header) : () => true, fields: bound };
}

/** The values of a part for one row, by field; fields without a value are left out. */
export function readValues(part: BoundPart, row: Values, notes: Notes): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {};
  for (const { name, read } of part.fields) {
    const value = read(row, notes);
    if (value !== null) values[name] = value;
  }
  return values;
}

/** A problem of the record as one of the row: it names the column instead of the field. */
export function nameColumn(found: Problem, column: string): Problem {
  return column === found.field ? found : { field: column, message: `${found.message} (${found.field})` };
}
