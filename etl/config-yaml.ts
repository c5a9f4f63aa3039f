import { isCollection, isMap, isNode, LineCounter, parseDocument, type Document, type YAMLError } from 'yaml';
import type { ConfigProblem } from './config-problems.ts';
import { BadInput } from './errors.ts';
import { SecretReference, secretName } from './secret.ts';

/** A configuration as it was written. */
export interface ConfigText {
  value: unknown;
  /** 1-based line of what a path leads to, or of as much of the path as is there; null for nothing. */
  lineOf: (path: readonly PropertyKey[]) => number | null;
}

/**
 * Reads the YAML of a configuration.
 * @param where name of the file, for messages
 * @throws BadInput with line and column where it is no YAML
 */
export function parseConfig(text: string, where: string): ConfigText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length) {
    throw new BadInput(
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { field: where, message: `line ${line}, column ${col}: ${withoutText(error)}` };
      }),
    );
  }
  return {
    value: valueOf(document, where),
    lineOf(path) {
      const offset = offsetOf(document, path);
      return offset === null ? null : lines.linePos(offset).line;
    },
  };
}

/** What could not be placed may be a secret. */
function withoutText({ code, message }: YAMLError): string {
  return code === 'UNEXPECTED_TOKEN' ? (message.split(': ')[0] ?? message) : message;
}

function valueOf(document: Document, where: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias of nothing, or aliases within aliases without end.
    if (error instanceof ReferenceError) throw new BadInput([{ field: where, message: error.message }]);
    throw error;
  }
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number | null {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => String(item.key) === String(key));
      if (isNode(pair?.key) && pair.key.range) offset = pair.key.range[0];
      node = pair?.value;
    } else if (isCollection(node)) {
      node = node.get(key, true);
      if (isNode(node) && node.range) offset = node.range[0];
    } else break;
  }
  return offset;
}

/**
 * Prepares what was written for the schema: a key without a value is not there, and a text that is exactly `${NAME}` is no text
 * but a reference that only secrets take.
 * @param problems gets every text that holds more than a reference
 */
export function withReferences(value: unknown, problems: ConfigProblem[], path: PropertyKey[] = []): unknown {
  if (typeof value === 'string') {
    if (secretName(value) !== null) return new SecretReference(value);
    if (value.includes('${'))
      problems.push({ path, message: 'takes no ${NAME} of the environment; only secrets do, and there it stands alone' });
    return value;
  }
  if (Array.isArray(value)) return value.map((item, i) => withReferences(item, problems, [...path, i]));
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(given.map(([key, item]) => [key, withReferences(item, problems, [...path, key])]));
}
