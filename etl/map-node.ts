import { parseDocument } from 'yaml';
import { BadInput, didYouMean, type Problem } from './errors.ts';

/** A parsed YAML value in which every scalar is the text as written: `061` stays `061`, `no` stays `no`. */
export type Yaml = string | Yaml[] | { [key: string]: Yaml };

/** Where reading has got to: the path of the value, and every problem so far. */
export interface At {
  path: string;
  problems: Problem[];
}

const longestList = 16;

/**
 * @param where names the document in messages, e.g. its file
 * @throws BadInput with the line of everything that is not YAML
 */
export function parseYaml(text: string, where: string): Yaml {
  const document = parseDocument(text, { schema: 'failsafe', merge: true, prettyErrors: false });
  if (document.errors.length) {
    throw new BadInput(
      document.errors.map((error) => ({
        field: `${where}, line ${text.slice(0, error.pos[0]).split('\n').length}`,
        message: error.message,
      })),
    );
  }
  const value = document.toJS() as Yaml | null;
  return value ?? '';
}

export function below(at: At, key: string | number): At {
  const step = typeof key === 'number' ? `[${key}]` : /^[\w-]+$/.test(key) ? `${at.path ? '.' : ''}${key}` : `[${JSON.stringify(key)}]`;
  return { path: at.path + step, problems: at.problems };
}

export function complain(at: At, message: string): void {
  at.problems.push({ field: at.path, message });
}

export function isMapping(node: Yaml): node is { [key: string]: Yaml } {
  return typeof node === 'object' && !Array.isArray(node);
}

/** A mapping; every key that is not `allowed` is a problem with near names. Anything else is a problem and an empty mapping. */
export function readMapping(node: Yaml, at: At, allowed: readonly string[] | null): Record<string, Yaml> {
  if (!isMapping(node)) {
    complain(at, `expected keys${allowed && allowed.length <= longestList ? ` (${allowed.join(', ')})` : ''} here, found ${shown(node)}`);
    return {};
  }
  if (allowed) {
    for (const key of Object.keys(node)) {
      if (!allowed.includes(key))
        complain(
          below(at, key),
          `unknown key${didYouMean(key, allowed)}${allowed.length > longestList ? '' : `; expected ${allowed.join(', ')}`}`,
        );
    }
  }
  return node;
}

/** A text that is not empty; anything else is a problem and null. */
export function readText(node: Yaml | undefined, at: At, expected: string): string | null {
  if (typeof node === 'string' && node !== '') return node;
  complain(at, node === undefined ? `is missing; expected ${expected}` : `expected ${expected}, found ${shown(node)}`);
  return null;
}

export function readList(node: Yaml, at: At): Yaml[] {
  if (Array.isArray(node)) return node;
  complain(at, `expected a list, found ${shown(node)}`);
  return [];
}

/** One text or a list of texts; an empty text is allowed. */
export function readTexts(node: Yaml, at: At): string[] {
  const texts = Array.isArray(node) ? node : [node];
  return texts.filter((text, i): text is string => {
    if (typeof text !== 'string') complain(below(at, i), `expected a text, found ${shown(text)}`);
    return typeof text === 'string';
  });
}

/** One of `choices`; absent is `fallback`, anything else a problem with near names and `fallback`. */
export function readChoice<T extends string>(node: Yaml | undefined, at: At, choices: readonly T[], fallback: T): T {
  if (node === undefined) return fallback;
  const found = choices.find((choice) => choice === node);
  if (found === undefined)
    complain(at, `${shown(node)} is not one of ${choices.join(', ')}${typeof node === 'string' ? didYouMean(node, choices) : ''}`);
  return found ?? fallback;
}

function shown(node: Yaml): string {
  if (typeof node === 'string') return node === '' ? 'nothing' : `"${node.length > 60 ? `${node.slice(0, 57)}…` : node}"`;
  return Array.isArray(node) ? 'a list' : 'keys';
}
