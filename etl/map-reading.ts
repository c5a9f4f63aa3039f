import type { Reading } from './map-expression.ts';
import type { Flag } from './record.ts';

/** What reading a row leaves behind besides values. */
export interface Notes {
  flags: Flag[];
  /** The text before the last value map that changed it; the caller clears it. */
  original: string | null;
}

const hasOddBlanks = / {2}|[^\S ]/;

/** Compiles the ways of reading a text: blanks, sentinels, a part of it, its value map; null is no value. */
export function bindReading(reading: Reading): (text: string, notes: Notes) => string | null {
  const { blanks, missing, split, pattern, values, unmapped } = reading;
  const hasSentinels = missing.size > 1;
  return (given, notes) => {
    let text = given.trim();
    if (text === '' || (hasSentinels && missing.has(text))) return null;
    if (blanks === 'keep') text = given;
    else if (blanks === 'collapse' && hasOddBlanks.test(text)) text = text.replace(/\s+/g, ' ');
    if (split || pattern) {
      const part = split ? text.split(split.separator).at(split.part < 0 ? -1 : split.part - 1) : firstGroup(pattern, text);
      text = part?.trim() ?? '';
      if (missing.has(text)) return null;
    }
    if (!values) return text;
    const mapped = values.get(text) ?? ('keep' in unmapped ? text : unmapped.use);
    if (mapped !== text) notes.original = text;
    return mapped === '' ? null : mapped;
  };
}

function firstGroup(pattern: RegExp | null, text: string): string | undefined {
  const found = pattern?.exec(text);
  return found?.[1] ?? (found?.length === 1 ? found[0] : undefined);
}

/** A number as decimal text: grouping marks, blanks and a currency sign or code are left out, `(1.50)` and `1.50-` are negative. */
export function readNumber(given: string, decimal: '.' | ','): string | null {
  if (/^-?\d+(\.\d+)?$/.test(given) && (decimal === '.' || !given.includes('.'))) return given;
  const bare = given.replace(/[\s\u00a0\u202f'’]|\p{Sc}|^[A-Z]{3}\b|\b[A-Z]{3}$/gu, '');
  const sign = /^\((.*)\)$/.exec(bare) ?? /^-(.*)$/.exec(bare) ?? /^(.*)-$/.exec(bare);
  const digits = sign?.[1] ?? bare;
  const form = decimal === '.' ? /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?$/ : /^(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+))?$/;
  const found = form.exec(digits);
  if (!found) return null;
  return `${sign ? '-' : ''}${(found[1] ?? '').replace(/[.,]/g, '')}${found[2] ? `.${found[2]}` : ''}`;
}

/** A whole number, also written like `3.0`; null when it is none. */
export function readInteger(text: string, decimal: '.' | ','): number | null {
  const number = readNumber(text, decimal);
  return number === null || !Number.isSafeInteger(Number(number)) ? null : Number(number);
}

/** Yes/no, true/false, y/n, t/f or 1/0 in any case; null when it is none. */
export function readFlag(text: string): boolean | null {
  switch (text.toLowerCase()) {
    case 'true':
    case 'yes':
    case 'y':
    case 't':
    case '1':
      return true;
    case 'false':
    case 'no':
    case 'n':
    case 'f':
    case '0':
      return false;
    default:
      return null;
  }
}

const mostLabels = 50_000;

/**
 * Gives equal texts as one string of its own. A text cut from a block of a file keeps that whole block in memory
 * for as long as somebody keeps the text, and labels are kept.
 */
export function interner(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const own = known.get(text);
    if (own !== undefined) return own;
    if (known.size >= mostLabels) known.clear();
    const copy = Buffer.from(text).toString();
    known.set(copy, copy);
    return copy;
  };
}
