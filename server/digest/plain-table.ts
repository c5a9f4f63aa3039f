import type { DigestTable } from '../../queries/model/digest.ts';

const gap = 2;
const narrowest = 8;

/**
 * Breaks a text between words into lines of at most `width` characters; a longer word is broken where it must be.
 * @param indent stands before every line but the first, and `first` before that
 */
export function wrapped(text: string, width: number, { first = '', indent = '' }: { first?: string; indent?: string } = {}): string[] {
  const lines = [first];
  let isEmpty = true;
  for (const word of text.split(/\s+/u).flatMap((part) => pieces(part, width - indent.length))) {
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
  const widths = columns.map((_, i) => Math.max(...all.map((row) => (row[i] ?? '').length)));
  // The widest gives way first: mostly a name.
  for (let over = total(widths) - width; over > 0; over = total(widths) - width) {
    const widest = widths.indexOf(Math.max(...widths));
    const next = Math.max(narrowest, ...widths.filter((one, i) => i !== widest && one < (widths[widest] ?? 0)));
    const taken = Math.min(over, (widths[widest] ?? 0) - next || 1);
    if ((widths[widest] ?? 0) <= narrowest) break;
    widths[widest] = (widths[widest] ?? 0) - taken;
  }
  const line = (row: string[]) => {
    const cells = row.map((text, i) => wrapped(text, widths[i] ?? narrowest));
    const height = Math.max(...cells.map((cell) => cell.length));
    return Array.from({ length: height }, (_, at) =>
      cells
        .map((cell, i) => {
          const text = cell[at] ?? '';
          return columns[i]?.isNumber ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
        })
        .join(' '.repeat(gap))
        .trimEnd(),
    );
  };
  const [head = [], ...body] = all;
  return [...line(head), '-'.repeat(Math.min(width, total(widths))), ...body.flatMap(line)];
}

function total(widths: number[]): number {
  return widths.reduce((sum, one) => sum + one, 0) + gap * (widths.length - 1);
}

/** A word in pieces that fit. */
function pieces(word: string, width: number): string[] {
  if (word.length <= width) return word ? [word] : [];
  return [word.slice(0, width), ...pieces(word.slice(width), width)];
}
