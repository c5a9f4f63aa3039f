import { readNumber } from './map-amount.ts';
import type { Reading } from './map-expression.ts';
import type { Flag } from './record.ts';

/** What reading a row leaves behind besides values. */
export interface Notes {
  flags: Flag[];
  /** The text before the last value map that changed it or did not list it; the caller clears it. */
  original: string | null;
  /** The signs and codes of the amounts that were read, null for one without; the caller clears it. */
  marks: (string | null)[];
}

/** Notes before anything is read. */
export function blankNotes(): Notes {
  return { flags: [], original: null, marks: [] };
}

const hasOddBlanks = / {2}|[^\S ]/;

/** Compiles the ways of reading a text: blanks, sentinels, a part of it, its value map; null is no value. */
export function bindReading(reading: Reading): (text: string, notes: Notes) => string | null {
  const { blanks, missing, split, pattern, values, unmapped } = reading;
  const hasSentinels = missing.size > 1;
  const targets = new Set(values?.values());
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
    const listed = values.get(text);
    const mapped = listed ?? ('keep' in unmapped ? text : unmapped.use);
    if (mapped !== text || (listed === undefined && !targets.has(text))) notes.original = text;
    return mapped === '' ? null : mapped;
  };
}

function firstGroup(pattern: RegExp | null, text: string): string | undefined {
  const found = pattern?.exec(text);
  return found?.[1] ?? (found?.length === 1 ? found[0] : undefined);
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
