import type { FormField } from './schema-form.ts';

/** A value of a form as the text of its control. */
export function textOfValue(kind: FormField['kind'], value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return kind === 'secret' ? value.replace(/^\$\{(.*)\}$/, '$1') : value;
  if (kind === 'lines' && Array.isArray(value)) return value.join('\n');
  if (kind === 'pairs' && typeof value === 'object')
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${String(one)}`)
      .join('\n');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return JSON.stringify(value, null, 2);
}

/**
 * The value a text of a control stands for; undefined where it is empty. What is no number, no pair and no JSON yet stays the text, so
 * that the server can say what is wrong with it.
 */
export function valueOfText(kind: FormField['kind'], text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  switch (kind) {
    case 'number':
      return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
    case 'secret':
      return `\${${trimmed.replace(/^\$?\{?|\}$/g, '')}}`;
    case 'yes_no':
      return trimmed === 'yes';
    case 'lines':
      return linesOf(trimmed);
    case 'pairs':
      return pairsOf(trimmed);
    case 'json':
      return jsonOf(trimmed);
    default:
      return text;
  }
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

function pairsOf(text: string): Record<string, string> | string {
  const pairs = linesOf(text).map((line) => /^([^:]+):\s*(.*)$/.exec(line));
  if (pairs.some((pair) => pair === null)) return text;
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[(pair[1] ?? '').trim(), pair[2] ?? '']] : [])));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Still being typed, or wrong: the server says which type it wants.
    return text;
  }
}
