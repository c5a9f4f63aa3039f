import { sentence } from './case-words.ts';

/** A control of a form made from a JSON Schema. `path` is dotted, as the server names what is wrong with it. */
export type FormField = {
  path: string;
  key: string;
  label: string;
  hint: string;
  isRequired: boolean;
  /** What holds when it is left empty, as text; empty for nothing. */
  usual: string;
} & (
  | { kind: 'text' | 'number' | 'secret' | 'lines' | 'pairs' | 'json' | 'yes_no' }
  | { kind: 'choice'; allowed: string[] }
  | { kind: 'group'; fields: FormField[] }
  | { kind: 'variants'; variants: Variant[] }
);

/** One of the shapes a value may have: it holds `fixed` and what its fields say. */
export interface Variant {
  name: string;
  label: string;
  hint: string;
  fixed: Record<string, unknown>;
  fields: FormField[];
}

/** Values of a form by key, as they stand in the configuration; a text that is no number yet stands as it was typed. */
export type FormValues = Record<string, unknown>;

type Schema = Record<string, unknown>;

/** The controls of an object's properties, those that must be filled in first. */
export function fieldsOf(schema: Schema, at = ''): FormField[] {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? (schema.required as unknown[]) : [];
  const fields = Object.entries(properties).flatMap(([key, one]) =>
    isObject(one) && one.const === undefined ? [fieldOf(key, one, at ? `${at}.${key}` : key, required.includes(key))] : [],
  );
  return [...fields.filter((field) => field.isRequired), ...fields.filter((field) => !field.isRequired)];
}

function fieldOf(key: string, schema: Schema, path: string, listed: boolean): FormField {
  // A key with a default is listed as required in the schema of what is read; nobody has to type it.
  const isRequired = listed && schema.default === undefined;
  const base = { path, key, label: inWords(key), hint: textOf(schema.description), isRequired, usual: usualOf(schema.default) };
  const options = [schema.anyOf, schema.oneOf].find(Array.isArray) as Schema[] | undefined;
  if (options) return { ...base, ...ofOptions(options, path) };
  if (schema.writeOnly === true) return { ...base, kind: 'secret' };
  if (Array.isArray(schema.enum)) return { ...base, kind: 'choice', allowed: schema.enum.map(String) };
  switch (schema.type) {
    case 'string':
      return { ...base, kind: 'text' };
    case 'number':
    case 'integer':
      return { ...base, kind: 'number' };
    case 'boolean':
      return { ...base, kind: 'yes_no' };
    case 'array':
      return { ...base, kind: isObject(schema.items) && schema.items.type === 'string' ? 'lines' : 'json' };
    case 'object':
      return { ...base, ...ofObject(schema, path) };
    default:
      return { ...base, kind: 'json' };
  }
}

function ofObject(schema: Schema, path: string): { kind: 'group'; fields: FormField[] } | { kind: 'pairs' | 'json' } {
  if (isObject(schema.properties)) return { kind: 'group', fields: fieldsOf(schema, path) };
  const { additionalProperties: any } = schema;
  const isText =
    isObject(any) && (any.type === 'string' || (Array.isArray(any.anyOf) && any.anyOf.some((o) => isObject(o) && o.type === 'string')));
  return { kind: isText ? 'pairs' : 'json' };
}

function ofOptions(options: Schema[], path: string): { kind: 'variants'; variants: Variant[] } | { kind: 'text' | 'json' } {
  if (options.every((one) => isObject(one.properties))) return { kind: 'variants', variants: options.map((one) => variantOf(one, path)) };
  const isPlain = options.every((one) => ['string', 'number', 'integer', 'boolean', 'null'].includes(String(one.type)));
  return { kind: isPlain && options.some((one) => one.type === 'string') ? 'text' : 'json' };
}

/** A variant is told by the property it fixes, else by the one only it has. */
function variantOf(schema: Schema, path: string): Variant {
  const properties = schema.properties as Record<string, Schema>;
  const fixed = Object.fromEntries(Object.entries(properties).flatMap(([key, one]) => (one.const === undefined ? [] : [[key, one.const]])));
  const name = usualOf(Object.values(fixed)[0]) || (Object.keys(properties)[0] ?? '');
  return { name, label: inWords(name), hint: textOf(schema.description), fixed, fields: fieldsOf(schema, path) };
}

/** The variant a value has; null for none. */
export function variantIn(variants: readonly Variant[], value: unknown): Variant | null {
  if (!isObject(value)) return null;
  const isFixed = (one: Variant): boolean => Object.keys(one.fixed).length > 0;
  const fits = (one: Variant): boolean =>
    isFixed(one) ? Object.entries(one.fixed).every(([key, fixed]) => value[key] === fixed) : one.name in value;
  return variants.find(fits) ?? null;
}

/** An empty value of a variant, which {@link variantIn} knows again. */
export function emptyVariant({ name, fixed, fields }: Variant): FormValues {
  if (Object.keys(fixed).length > 0) return { ...fixed };
  return { [name]: fields.find((field) => field.key === name)?.kind === 'group' ? {} : '' };
}

/** The values as they are sent: without what was left empty, but for a chosen variant, which stays to be told what it lacks. */
export function filledIn(fields: readonly FormField[], values: FormValues): FormValues {
  const filled: FormValues = {};
  for (const field of fields) {
    const value = values[field.key];
    if (value === undefined || value === '') continue;
    if (field.kind === 'variants') {
      const variant = variantIn(field.variants, value);
      if (variant) filled[field.key] = { ...variant.fixed, ...filledIn(variant.fields, value as FormValues) };
    } else if (field.kind === 'group' && isObject(value)) {
      const inner = filledIn(field.fields, value);
      if (Object.keys(inner).length > 0) filled[field.key] = inner;
    } else filled[field.key] = value;
  }
  return filled;
}

function inWords(key: string): string {
  return sentence(key.replaceAll('_', ' ').replace(/\b(url|sql|json|id|mb)\b/g, (word) => word.toUpperCase()));
}

function usualOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
