import svgToPdf from 'svg-to-pdfkit';
import { colour } from '../../../queries/model/colours.ts';
import type { DigestTable } from '../../../queries/model/digest.ts';
import { legible, textWidth, type Face } from './fonts.ts';

/** Something of a known height that can be drawn anywhere; sizes and places in points, from the upper left corner. */
export interface Block {
  height: number;
  draw: (document: PDFKit.PDFDocument, x: number, y: number) => void;
}

export interface WordStyle {
  width: number;
  size?: number;
  face?: Face;
  /** sRGB hex. */
  color?: string;
  /** What does not fit into so many lines ends in an ellipsis; all lines unless told. */
  most?: number;
  align?: 'left' | 'right';
  /** Whether all its figures are equally wide, as in a column. */
  isTabular?: boolean;
  /** Words before it in the same line, of another colour and semibold. */
  lead?: { text: string; color: string };
  href?: string;
}

export const ink = colour('ink', 'light');
export const quiet = colour('ink-2', 'light');
const hairline = colour('hairline', 'light');

/** A paragraph, broken between words. */
export function words(text: string, style: WordStyle): Block {
  const { width, size = 8.5, face = 'regular', color = ink, most = Infinity, align = 'left', isTabular = false, lead, href } = style;
  const ahead = lead ? legible(`${lead.text} `) : '';
  const indent = ahead ? textWidth(ahead, size, 'semibold') : 0;
  const lines = brokenInto(legible(text), {
    width,
    indent,
    most,
    measure: (part) => textWidth(isTabular ? tabular(part) : part, size, face),
  });
  const step = size * (size > 11 ? 1.28 : 1.36);
  return {
    height: text || lead ? lines.length * step : 0,
    draw(document, x, y) {
      const options = { lineBreak: false, ...(isTabular && { features: ['tnum' as const] }) };
      if (lead) document.font('semibold').fontSize(size).fillColor(lead.color).text(ahead, x, y, options);
      document.font(face).fontSize(size).fillColor(color);
      lines.forEach((line, i) => {
        const left = i === 0 ? indent : 0;
        const shift = align === 'right' ? width - document.widthOfString(line, options) : left;
        if (line) document.text(line, x + shift, y + i * step, { ...options, ...(href && { link: href }) });
      });
    },
  };
}

/** Blocks below each other. */
export function stack(blocks: Block[], gap = 0): Block {
  const shown = blocks.filter(({ height }) => height > 0);
  return {
    height: shown.reduce((sum, { height }) => sum + height, 0) + gap * Math.max(0, shown.length - 1),
    draw(document, x, y) {
      let top = y;
      for (const block of shown) {
        block.draw(document, x, top);
        top += block.height + gap;
      }
    },
  };
}

/** Blocks beside each other, `x` from the left of the first. */
export function beside(blocks: { block: Block; x: number }[]): Block {
  return {
    height: Math.max(0, ...blocks.map(({ block }) => block.height)),
    draw: (document, left, y) => blocks.forEach(({ block, x }) => block.draw(document, left + x, y)),
  };
}

/** A thin line with room below it. */
export function rule(width: number, room = 5, color: string = hairline): Block {
  return {
    height: room,
    draw: (document, x, y) =>
      void document
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.5)
        .strokeColor(color)
        .stroke(),
  };
}

/** An SVG document of letters of ours, `scale` points a px. */
export function picture({ svg, height }: { svg: string; height: number }, scale: number): Block {
  return {
    height: height * scale,
    draw(document, x, y) {
      document.save().translate(x, y).scale(scale);
      svgToPdf(document, svg, 0, 0, {
        assumePt: true,
        fontCallback: (_, isBold) => (isBold ? 'semibold' : 'regular'),
        warningCallback: (warning) => {
          throw new Error(`a picture cannot be drawn into the PDF: ${warning}`);
        },
      });
      document.restore();
    },
  };
}

const cellSize = 8;
const cellGap = 8;

/** A table, a row a line: names give way to numbers, and end in an ellipsis where there is no room. */
export function pdfTable({ columns, rows }: DigestTable, width: number): Block {
  const widthOf = (text: string) => textWidth(tabular(legible(text)), cellSize, 'regular') + 1;
  const room = width - cellGap * (columns.length - 1);
  const names = columns.filter(({ isNumber }) => !isNumber).length;
  const natural = (isWhole: boolean) =>
    columns.map(({ label, isNumber }, i) =>
      isNumber ? Math.max(...rows.map((row) => widthOf(row[i] ?? '')), ...(isWhole ? [label] : label.split(' ')).map(widthOf)) : 0,
    );
  const sum = (parts: number[]) => parts.reduce((whole, part) => whole + part, 0);
  // Labels of numbers take a second line before names lose half of the width.
  const numbers = [natural(true), natural(false)].find((parts, i) => sum(parts) <= room * (i ? 0.75 : 0.5));
  // Where numbers alone are too wide everybody gets the same.
  const widths = columns.map(({ isNumber }, i) =>
    !numbers || names === 0 ? room / columns.length : isNumber ? (numbers[i] ?? 0) : (room - sum(numbers)) / names,
  );
  const lefts = widths.map((_, i) => widths.slice(0, i).reduce((sum, one) => sum + one + cellGap, 0));
  const line = (row: string[], most: number, color: string) =>
    beside(
      row.map((text, i) => ({
        x: lefts[i] ?? 0,
        block: words(text, {
          width: widths[i] ?? 0,
          size: cellSize,
          most,
          color,
          align: columns[i]?.isNumber ? 'right' : 'left',
          isTabular: true,
        }),
      })),
    );
  const head = line(
    columns.map(({ label }) => label),
    2,
    quiet,
  );
  return stack([head, rule(width, 2, quiet), ...rows.flatMap((row, i) => [...(i ? [rule(width, 2)] : []), line(row, 1, ink)])], 1);
}

/** A text as wide as it is with figures that are all as wide as the widest. */
function tabular(text: string): string {
  return text.replace(/\d/g, '0');
}

interface Breaking {
  width: number;
  /** What is taken of the first line. */
  indent: number;
  most: number;
  measure: (text: string) => number;
}

function brokenInto(text: string, { width, indent, most, measure }: Breaking): string[] {
  const lines = [''];
  for (const word of text.split(/[ \n]+/)) {
    const room = () => width - (lines.length === 1 ? indent : 0);
    const line = lines.at(-1) ?? '';
    if (measure(line ? `${line} ${word}` : word) <= room()) lines[lines.length - 1] = line ? `${line} ${word}` : word;
    else {
      if (line || room() < width) lines.push('');
      // A word wider than the line goes on in the next.
      for (const letter of word) {
        if (measure(lines.at(-1) + letter) > width) lines.push('');
        lines[lines.length - 1] += letter;
      }
    }
  }
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  let last = kept[most - 1] ?? '';
  while (last && measure(`${last}…`) > width - (most === 1 ? indent : 0)) last = last.slice(0, -1).trimEnd();
  return [...kept.slice(0, -1), `${last.replace(/[.,;:]$/, '')}…`];
}
