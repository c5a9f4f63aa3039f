/** Where a text stops being JSON. */
export interface JsonFault {
  /** 1-based. */
  line: number;
  /** 1-based, in UTF-16 units. */
  column: number;
  /** What was expected there; it holds nothing of the text but its next character where that is punctuation. */
  reason: string;
}

const scalar = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const blanks = /[ \t\r\n]*/y;
const escape = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Finds what is wrong with a text that `JSON.parse` refuses. */
export function jsonFault(text: string): JsonFault {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let expects = 'value' as 'value' | 'first' | 'key' | 'first key' | 'colon' | 'next';
  const skip = (pattern: RegExp): number => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0].length ?? 0;
    at += found;
    return found;
  };
  const fault = (reason: string): JsonFault => {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    return { line, column: at - before.lastIndexOf('\n'), reason };
  };
  for (;;) {
    skip(blanks);
    const character = text[at];
    if (expects === 'next' && open.length === 0)
      return fault(character === undefined ? 'is no JSON' : `expected nothing more, found ${shown(text, at)}`);
    const inner = open.at(-1);
    if (expects === 'next') {
      if (character === ',') expects = inner === '{' ? 'key' : 'value';
      else if (character === (inner === '{' ? '}' : ']')) open.pop();
      else return fault(`expected a comma or ${inner === '{' ? '}' : ']'}, found ${shown(text, at)}`);
      at++;
    } else if (expects === 'colon') {
      if (character !== ':') return fault(`expected a colon, found ${shown(text, at)}`);
      at++;
      expects = 'value';
    } else if ((expects === 'first' && character === ']') || (expects === 'first key' && character === '}')) {
      at++;
      open.pop();
      expects = 'next';
    } else if (character === '"') {
      const start = at;
      at++;
      // A pattern for the whole would run out of stack on a text of megabytes.
      while (at < text.length && text[at] !== '"' && text.charCodeAt(at) >= 0x20) {
        if (text[at] !== '\\') at++;
        else if (!skip(escape)) break;
      }
      if (text[at] !== '"') {
        if (at < text.length)
          return fault(
            text[at] === '\\' ? 'a backslash here begins no known sequence' : 'a line break or control character stands in a text',
          );
        at = start;
        return fault('the quote that opens here is not closed');
      }
      at++;
      expects = expects === 'key' || expects === 'first key' ? 'colon' : 'next';
    } else if (expects === 'key' || expects === 'first key') {
      return fault(`expected a key in double quotes${expects === 'key' ? '' : ' or }'}, found ${shown(text, at)}`);
    } else if (character === '{' || character === '[') {
      at++;
      open.push(character);
      expects = character === '{' ? 'first key' : 'first';
    } else if (skip(scalar)) expects = 'next';
    else return fault(`expected a value${expects === 'first' ? ' or ]' : ''}, found ${shown(text, at)}`);
  }
}

function shown(text: string, at: number): string {
  const character = text[at];
  if (character === undefined) return 'the end';
  return /[{}[\]:,"'<>]/.test(character) ? `"${character}"`.replace('"""', 'a quote') : 'other text';
}
