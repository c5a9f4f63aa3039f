import type { DigestTable } from '../../../queries/model/digest.ts';

const gap = 2;
const narrowest = 8;

/**
 * Breaks a text at blanks, not at thin ones inside numbers, into lines of at most `width` characters; a longer word is broken where it must be.
 * @param indent stands before every line but the first, and `first` before that
 */
export function wrapped(text: string, width: number, { first = '', indent = '' }: { first?: string; indent?: string } = {}): string[] {
  const lines = [first];
  let isEmpty = true;
  for (const word of text.split(/[ \t\r\n]+/).flatMap((part) => pieces(part, width - indent.length))) {
    const line = lines.at(-1) ?? '';
    if (!isEmpty && line.length + 1 + word.length > width) lines.push(indent + word);
    else lines[lines.length - 1] = line + (isEmpty ? '' : ' ') + word;
    isEmpty = false;
  }
  return lines;
}

/** A table with aligned columns, numbers to the right, within `width` characters: what is too wide goes on in the next line. */
export function plainTable({ columns, rows }: DigestTable, width: number): string[] {
  const all = [columns.map(({ label }) => label), ...rows];
  const longest = (texts: string[]) => Math.max(...texts.map((text) => text.length));
  const cells = columns.map((_, i) => all.map((row) => row[i] ?? ''));
  const whole = narrowed(
    cells.map(longest),
    cells.map((texts) => longest(texts.flatMap((text) => text.split(' ')))),
    width,
  );
  const widths = total(whole) > width ? narrowed(whole, columns.map(() => narrowest), width) : whole; // prettier-ignore
  const line = (row: string[]) => {
    const parts = row.map((text, i) => wrapped(text, widths[i] ?? narrowest));
    const height = Math.max(...parts.map((part) => part.length));
    return Array.from({ length: height }, (_, at) =>
      parts
        .map((part, i) => {
          const text = part[at] ?? '';
          return columns[i]?.isNumber ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
        })
        .join(' '.repeat(gap))
        .trimEnd(),
    );
  };
  const [head = [], ...body] = all;
  return [...line(head), '-'.repeat(Math.min(width, total(widths))), ...body.flatMap(line)];
}

/** Widths of columns that together fit, as far as none gets less than its least: the widest gives way first, mostly a name. */
function narrowed(widths: number[], least: number[], width: number): number[] {
  const fitting = [...widths];
  while (total(fitting) > width) {
    const spare = fitting.map((one, i) => (one > (least[i] ?? 0) ? one : 0));
    const widest = Math.max(...spare);
    if (widest === 0) break;
    fitting[spare.indexOf(widest)] = widest - 1;
  }
  return fitting;
}

function total(widths: number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1);
}

/** A word in pieces that fit. */
function pieces(word: string, width: number): string[] {
  if (word.length <= width) return word ? [word] : [];
  return [word.slice(0, width), ...pieces(word.slice(width), width)];
}
