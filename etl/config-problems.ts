import type { z } from 'zod';
import { didYouMean } from './errors.ts';
import { SecretReference } from './secret.ts';

/** Something wrong with a configuration; `path` leads to it from the root. */
export interface ConfigProblem {
  path: PropertyKey[];
  message: string;
}

/**
 * How zod is to word what it finds; a schema with words of its own keeps them. A value is shown only where it should have been one
 * of a few, so that none can be a secret.
 */
export const inOurWords: z.core.$ZodErrorMap = (issue) => {
  const { input } = issue;
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined)
    return choice(`no ${issue.discriminator}`, (input as Record<string, unknown>)[issue.discriminator], [
      ...((issue.options ?? []) as Iterable<unknown>),
    ]);
  if (input instanceof SecretReference) return 'takes no ${NAME} of the environment; only secrets do';
  if (input === undefined && issue.code !== 'invalid_value') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `is ${kindOf(input)}; it must be ${kinds[issue.expected] ?? issue.expected}${among(keysOf(issue.inst))}`;
    case 'invalid_value':
      return choice(`not ${oneOf(issue.values)}`, input, issue.values, false);
    case 'unrecognized_keys':
      return keysOf(issue.inst).join(', ');
    case 'too_small':
      return issue.origin === 'string'
        ? 'is empty'
        : `must ${sizeWords(issue.origin)} ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `must ${sizeWords(issue.origin)} ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`;
    case 'invalid_format':
      return formats[issue.format] ?? `must be written as ${issue.pattern ?? issue.format}`;
    default:
      return 'cannot be used as it is written';
  }
};

/** What zod found, each by its path and in the words of {@link inOurWords}, in the order of the schema. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], above: readonly PropertyKey[] = []): ConfigProblem[] {
  return issues.flatMap((issue) => {
    const path = [...above, ...issue.path];
    if (issue.code === 'unrecognized_keys') return unknownKeys(path, issue.keys, issue.message.split(', ').filter(Boolean));
    if (issue.code === 'invalid_key') return [{ path, message: `${String(path.at(-1))}: ${issue.issues[0]?.message ?? issue.message}` }];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return problemsOfUnion(issue.errors, path);
    return [{ path, message: issue.message }];
  });
}

/** Of several forms the one that was meant is the one with the fewest problems; forms of another kind of value were not meant. */
function problemsOfUnion(forms: readonly z.core.$ZodIssue[][], path: PropertyKey[]): ConfigProblem[] {
  const meant = forms.filter((issues) => !issues.some(isOtherKind)).sort((a, b) => a.length - b.length);
  const [best] = meant;
  if (!best) {
    const expected = forms.flatMap((issues) => issues.filter(isOtherKind)).map((issue) => issue.message);
    return [
      {
        path,
        message: [...new Set(expected)].map((message, i) => (i ? message.replace(/^is .*?; it must be /, '') : message)).join(', or '),
      },
    ];
  }
  const strange = meant.map((issues) => issues.find((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0));
  const [first] = strange;
  // A key that no form has: any of them may have been meant.
  if (first?.code !== 'unrecognized_keys' || strange.includes(undefined)) return problemsOf(best, path);
  const known = forms.flatMap((issues) =>
    issues.filter((issue) => issue.code === 'unrecognized_keys').flatMap((issue) => issue.message.split(', ')),
  );
  return unknownKeys(path, first.keys, [...new Set(known)]);
}

function unknownKeys(path: PropertyKey[], keys: readonly string[], known: string[]): ConfigProblem[] {
  const there = known.length ? `; there are ${known.join(', ')}` : '';
  return keys.map((key) => ({ path: [...path, key], message: `is no setting here${didYouMean(key, known)}${there}` }));
}

/** Whether a form was not meant at all, since it takes another kind of value. */
function isOtherKind(issue: z.core.$ZodIssue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof issue.input !== typeof issue.values[0]);
}

const kinds: Record<string, string> = {
  string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a table', record: 'a table',
}; // prettier-ignore
const formats: Record<string, string> = {
  url: 'is no address like https://desk.example.org',
  date: 'is no date; it is written as 2026-12-25',
  datetime: 'is no time; it is written as 2026-12-25T08:00:00Z',
};

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  return kinds[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}

function choice(what: string, given: unknown, options: readonly unknown[], isListed = true): string {
  if (given === undefined) return `is missing; it is ${oneOf(options)}`;
  const isShown = (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') && String(given).length <= 60;
  const near = typeof given === 'string' ? didYouMean(given, options.map(String)) : '';
  return `${isShown ? JSON.stringify(given) : kindOf(given)} is ${what}${isListed ? `; there are ${options.join(', ')}` : ''}${near}`;
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

function among(keys: string[]): string {
  return keys.length ? ` of ${keys.join(', ')}` : '';
}

function sizeWords(origin: string): string {
  return origin === 'array' || origin === 'object' ? 'have' : 'be';
}

/** The keys an object schema takes; none of any other. */
function keysOf(schema: unknown): string[] {
  const shape = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def?.shape;
  return shape ? Object.keys(shape) : [];
}
