import { BadInput } from './errors.ts';
import { jsonFault } from './json-fault.ts';

// A number of many digits, with an exponent, a zero at the end of its decimals, or a minus zero: what a JavaScript number may write otherwise.
const risky = /\d{16}|\d[eE]|\.\d*0(?!\d)|-0(?!\.\d*[1-9])/;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * A JSON text as values. A number that a JavaScript number would write otherwise (`12.10`, `10701248000000000001`, `1e3`) comes as
 * text, as it is written. Of a key that comes twice the last one holds.
 * @throws BadInput with line and column of the fault, and what was expected; never with the text itself
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return risky.test(text) ? JSON.parse(keepNumbers(text)) : value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { line, column, reason } = jsonFault(text);
    throw new BadInput([{ field: `line ${line}, column ${column}`, message: reason }]);
  }
}

/** The text with numbers put into quotes where they would be written otherwise; it is known to be JSON. */
function keepNumbers(text: string): string {
  let kept = '';
  let from = 0;
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      number.lastIndex = at;
      const [written = ''] = number.exec(text) ?? [];
      if (String(Number(written)) !== written) {
        kept += `${text.slice(from, at)}"${written}"`;
        from = at + written.length;
      }
      at += Math.max(1, written.length);
    } else at++;
  }
  return kept + text.slice(from);
}

/** Offset behind the quote that closes the string which opens at `start`, or -1 when it is not closed in this text. */
export function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return -1;
}
