import { didYouMean } from './errors.ts';
import { takes, type ChangeRule, type Take } from './fold.ts';
import { readExpression, type Expression, type Reading } from './map-expression.ts';
import { below, complain, isMapping, readChoice, readList, readMapping, readTexts, type At, type Yaml } from './map-node.ts';
import type { PartPlan } from './map-parts.ts';
import { caseFields, eventFields, eventKinds, type CaseFieldName, type Field } from './record.ts';

/** Columns whose texts make a key, or a hash of all columns of the row. */
export type KeyPlan = Expression[] | 'row_hash';

/** A value watched from row to row. */
export interface ChangePlan {
  of: Expression;
  at: Expression;
  actor: Expression | null;
  rules: ChangeRule<CaseFieldName>[];
}

/** How the rows of one key become one case. */
export interface FoldPlan {
  /** Null is the order of the file. */
  order: Expression | null;
  /** Whether the order is a time rather than a whole number. */
  isOrderTime: boolean;
  rowKey: KeyPlan;
  take: Take;
  fields: Map<string, Take>;
  changes: ChangePlan[];
}

const numbers = ['integer', 'money'];
const fitting: Record<Take, readonly string[] | null> = {
  first: null,
  last: null,
  first_given: null,
  last_given: null,
  min: [...numbers, 'time'],
  max: [...numbers, 'time'],
  sum: numbers,
  any: ['flag'],
  distinct: ['text', 'long_text'],
};

/** @param given the fields the map gives, the only ones a fold can speak of */
export function readFold(node: Yaml, at: At, defaults: Reading, given: readonly string[]): FoldPlan {
  const keys = readMapping(node, at, ['order', 'row_key', 'take', 'fields', 'changes']);
  const isFileOrder = keys.order === undefined || keys.order === 'file';
  const take = readChoice(keys.take, below(at, 'take'), ['first', 'last', 'first_given', 'last_given'], 'last');
  return {
    order: isFileOrder ? null : readExpression(keys.order ?? '', below(at, 'order'), defaults, null),
    isOrderTime: isMapping(keys.order ?? '') && 'date' in (keys.order as Record<string, Yaml>),
    rowKey: keys.row_key === undefined ? 'row_hash' : readKey(keys.row_key, below(at, 'row_key'), defaults),
    take,
    fields: readTakes(keys.fields ?? {}, below(at, 'fields'), given),
    changes:
      keys.changes === undefined
        ? []
        : readList(keys.changes, below(at, 'changes')).map((change, i) => readChange(change, below(below(at, 'changes'), i), defaults)),
  };
}

/** `row_hash`, one column, or a list of columns or other value expressions. */
export function readKey(node: Yaml, at: At, defaults: Reading): KeyPlan {
  if (node === 'row_hash') return 'row_hash';
  if (!Array.isArray(node)) return [readExpression(node, at, defaults, null)];
  if (node.length === 0) complain(at, 'expected a column, a list of columns, or row_hash');
  return node.map((part, i) => readExpression(part, below(at, i), defaults, null));
}

function readTakes(node: Yaml, at: At, given: readonly string[]): Map<string, Take> {
  const fields = new Map<string, Take>();
  for (const [name, value] of Object.entries(readMapping(node, at, null))) {
    const place = below(at, name);
    const take = readChoice(value, place, Object.keys(takes) as Take[], 'last');
    const type = (caseFields as Record<string, Field>)[name]?.type;
    const fits = fitting[take];
    if (!given.includes(name)) complain(place, `the map gives no ${name}${didYouMean(name, given)}`);
    else if (fits && type !== undefined && !fits.includes(type) && !(take === 'distinct' && name === 'issue')) {
      complain(
        place,
        `${take} does not fit ${name}; it is for fields of type ${fits.join(', ')}${take === 'distinct' ? ', and for issue' : ''}`,
      );
    }
    fields.set(name, take);
  }
  return fields;
}

function readChange(node: Yaml, at: At, defaults: Reading): ChangePlan {
  const keys = readMapping(node, at, ['of', 'at', 'actor', 'events']);
  if (keys.of === undefined || keys.at === undefined || keys.events === undefined)
    complain(at, 'expected of (the value to watch), at (when the row was written) and events');
  return {
    of: readExpression(keys.of ?? { constant: '-' }, below(at, 'of'), defaults, null),
    at: readExpression(keys.at ?? { constant: '1970-01-01' }, below(at, 'at'), defaults, eventFields.at),
    actor: keys.actor === undefined ? null : readExpression(keys.actor, below(at, 'actor'), defaults, eventFields.actor),
    rules: readList(keys.events ?? [], below(at, 'events')).map((rule, i) => readRule(rule, below(below(at, 'events'), i))),
  };
}

function readRule(node: Yaml, at: At): ChangeRule<CaseFieldName> {
  const keys = readMapping(node, at, ['from', 'to', 'value', 'kind', 'first']);
  if (keys.kind === undefined) complain(below(at, 'kind'), `is missing; expected one of ${eventKinds.join(', ')}`);
  const times = Object.entries(caseFields)
    .filter(([, field]) => field.type === 'time')
    .map(([name]) => name as CaseFieldName);
  return {
    from: keys.from === undefined ? null : new Set(readTexts(keys.from, below(at, 'from'))),
    to: keys.to === undefined ? null : new Set(readTexts(keys.to, below(at, 'to'))),
    direction: keys.value === undefined ? null : readChoice(keys.value, below(at, 'value'), ['rises', 'falls'] as const, 'rises'),
    kind: readChoice(keys.kind, below(at, 'kind'), eventKinds, 'noted'),
    first: keys.first === undefined ? null : readChoice(keys.first, below(at, 'first'), times, 'first_reopened_at'),
  };
}

/** `events.KIND` for every kind of event that parts of a map and its changes can give. */
export function kindsTold(parts: readonly PartPlan[], changes: readonly Pick<ChangePlan, 'rules'>[]): string[] {
  const ofParts = parts.flatMap((part) => {
    const kind = part.fields.get('kind');
    return kind?.kind === 'constant' ? [kind.value] : [];
  });
  return [...ofParts, ...changes.flatMap((change) => change.rules.map((rule) => rule.kind))].map((kind) => `events.${kind}`);
}
