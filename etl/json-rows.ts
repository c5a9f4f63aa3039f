import { BadInput } from './errors.ts';

/** How a list of objects becomes columns: `{ key: id, value: value }` makes `custom_fields.123` of `{ id: 123, value: … }`. */
export interface ListColumns {
  /** Path in an item to the text that names the column. */
  key: string;
  /** Path in an item to what stands in the column. */
  value: string;
}

export interface FlattenOptions {
  /** By the path of the list in the row, as `ticket.custom_fields`. A list that is not named here becomes `list.0.name`, `list.1.name`… */
  lists?: Record<string, ListColumns>;
}

const deepest = 32;
const mostColumns = 5_000;

/**
 * The columns of one JSON object: nested objects by dotted names (`customer.name`), null, an empty list and an empty object as an
 * empty text, booleans as `true` and `false`, lists of scalars joined by `; ` (nulls left out). Where two values come to the same
 * column, as with the keys `a.b` and `a: { b }`, the later one holds; in a list named in `lists` they are joined.
 * @param value what {@link parseJson} gives for an object; numbers it gives as text stand as they were written
 * @throws BadInput when it is no object, is nested deeper than 32 levels, or makes more than 5,000 columns
 */
export function flattenRow(value: unknown, options: FlattenOptions = {}): Record<string, string> {
  if (!isObject(value)) throw new BadInput([{ field: '', message: `expected an object, found ${kindOf(value)}` }]);
  const values: Record<string, string> = {};
  let columns = 0;
  const put = (name: string, text: string, joins: boolean): void => {
    const before = Object.hasOwn(values, name) ? values[name] : undefined;
    if (before === undefined && ++columns > mostColumns)
      throw new BadInput([
        {
          field: '',
          message: `makes more than ${mostColumns.toLocaleString('en')} columns; a list of objects is better named in lists: { … }`,
        },
      ]);
    if (name === '__proto__') throw new BadInput([{ field: name, message: 'no column can have this name' }]);
    values[name] = joins && before ? (text ? `${before}; ${text}` : before) : text;
  };
  const walk = (found: unknown, name: string, depth: number, joins: boolean): void => {
    if (depth > deepest) throw new BadInput([{ field: shorten(name), message: `is nested deeper than ${deepest} levels` }]);
    if (Array.isArray(found)) walkList(found, name, depth, joins);
    else if (isObject(found)) {
      const keys = Object.keys(found);
      if (keys.length === 0 && name) put(name, '', joins);
      for (const key of keys) walk(found[key], name ? `${name}.${key}` : key, depth + 1, joins);
    } else put(name, textOf(found), joins);
  };
  const walkList = (list: unknown[], name: string, depth: number, joins: boolean): void => {
    const named = options.lists && Object.hasOwn(options.lists, name) ? options.lists[name] : undefined;
    if (named) {
      for (const item of list) {
        const key = valueAt(item, named.key);
        if (isScalar(key) && textOf(key) !== '') walk(valueAt(item, named.value), `${name}.${textOf(key)}`, depth + 1, true);
      }
    } else if (list.every(isScalar)) {
      put(
        name,
        list
          .map(textOf)
          .filter((text) => text !== '')
          .join('; '),
        joins,
      );
    } else list.forEach((item, i) => walk(item, `${name}.${i}`, depth + 1, joins));
  };
  walk(value, '', 0, false);
  return values;
}

/**
 * What stands at a dotted path of a JSON value, as `hits.hits` or `pages.0.next`; a key that holds a dot itself is found too.
 * @param path an empty one is the value itself
 * @returns undefined when nothing stands there
 */
export function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  if (Array.isArray(value)) {
    const [first = '', ...rest] = path.split('.');
    return /^\d+$/.test(first) ? valueAt(value[Number(first)], rest.join('.')) : undefined;
  }
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, path)) return value[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(value, key)) return valueAt(value[key], path.slice(dot + 1));
  }
  return undefined;
}

/** A scalar of a JSON value as the text of a column; null and undefined as an empty text, lists and objects as JSON. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value) ?? '';
}

/** `a list`, `a number`…: for messages, which never hold the value itself. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return { string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object' }[typeof value as string] ?? typeof value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function shorten(name: string): string {
  return name.length > 60 ? `${name.slice(0, 57)}…` : name;
}
