import { BadInput } from './errors.ts';
import { endOfString } from './json-text.ts';

/** A value of a JSON document as text, not parsed yet, and where it begins; line and column from 1. */
export interface JsonItem {
  text: string;
  line: number;
  column: number;
}

/** Walks through a JSON document that comes in pieces and holds no more of it than the value it stands at. */
export interface JsonCursor {
  /** The next character that is no blank, still to be taken; an empty text at the end. */
  peek(): Promise<string>;
  /** Goes past the character that {@link peek} gave. */
  take(): void;
  /** The key of an object. @throws BadInput when no text in double quotes begins here */
  key(): Promise<string>;
  /** The value that begins here; its text is empty unless it `isKept`. @throws BadInput when the document ends within it or it is longer than 16 MiB */
  value(isKept: boolean): Promise<JsonItem>;
  /** @throws BadInput with line and column of the place reached */
  fail(message: string): never;
}

const longestValue = 16 << 20;

/** A cursor at the beginning of the document; see {@link JsonCursor}. */
export function createJsonCursor(pieces: AsyncIterable<{ text: string }>): JsonCursor {
  const source = pieces[Symbol.asyncIterator]();
  let text = '';
  let at = 0;
  // Lines are counted up to `counted`; `column` is how many characters of the line stand before the text held.
  let counted = 0;
  let line = 1;
  let column = 0;

  function count(to: number): void {
    for (let feed = text.indexOf('\n', counted); feed >= 0 && feed < to; feed = text.indexOf('\n', feed + 1)) {
      line++;
      column = -feed - 1;
    }
    counted = to;
  }

  /** Takes up the next piece and lets go of what lies before `at`; false at the end of the document. */
  async function more(): Promise<boolean> {
    const next = await source.next();
    if (next.done) return false;
    count(at);
    text = text.slice(at) + next.value.text;
    column += at;
    counted = at = 0;
    return true;
  }

  function place(): { line: number; column: number } {
    count(at);
    return { line, column: column + at + 1 };
  }

  function fail(message: string): never {
    const { line, column } = place();
    throw new BadInput([{ field: `line ${line}, column ${column}`, message }]);
  }

  async function peek(): Promise<string> {
    for (;;) {
      for (; at < text.length; at++) {
        const character = text.charAt(at);
        if (character !== ' ' && character !== '\n' && character !== '\r' && character !== '\t') return character;
      }
      if (!(await more())) return '';
    }
  }

  async function key(): Promise<string> {
    if ((await peek()) !== '"') fail('expected a key in double quotes');
    const { text } = await value(true);
    try {
      return JSON.parse(text) as string;
    } catch {
      return fail('the key before this place is no JSON text');
    }
  }

  async function value(isKept: boolean): Promise<JsonItem> {
    const begins = place();
    const first = text.charAt(at);
    const isNested = first === '{' || first === '[';
    const structure = isNested || first === '"' ? /["{}[\]]/g : /[,\]}\s]/g;
    let depth = 0;
    let from = at;
    for (;;) {
      structure.lastIndex = from;
      const found = structure.exec(text);
      const mark = found?.[0];
      let next = found ? found.index + 1 : text.length;
      let isCut = !found;
      if (found && mark === '"') {
        next = endOfString(text, found.index);
        if (next < 0) {
          isCut = true;
          next = found.index;
        }
      } else if (mark === '{' || mark === '[') depth++;
      else if (found && isNested) depth--;
      if (!isCut && depth === 0) {
        // What ends a number or a word is no part of it.
        const end = isNested || first === '"' ? next : next - 1;
        const item = { text: isKept ? text.slice(at, end) : '', ...begins };
        at = end;
        return item;
      }
      from = next;
      if (!isCut) continue;
      if (!isKept) at = from;
      if (text.length - at > longestValue) fail('a value is longer than 16 MiB');
      const before = at;
      if (!(await more())) {
        if (!isNested && first !== '"') {
          const item = { text: isKept ? text.slice(at) : '', ...begins };
          at = text.length;
          return item;
        }
        at = text.length;
        return fail(`the document breaks off within the value that begins at line ${begins.line}, column ${begins.column}`);
      }
      from -= before;
    }
  }

  return { peek, take: () => void at++, key, value, fail };
}
