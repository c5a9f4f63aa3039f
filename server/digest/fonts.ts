import { createRequire } from 'node:module';
import * as fontkit from 'fontkit';

const { resolve } = createRequire(import.meta.url);

/** The faces of pictures and PDF: TrueType files, since neither resvg nor pdfkit reads woff2. Headings are semibold. */
export const fontFiles = {
  regular: resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf'),
  semibold: resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf'),
} as const;
export type Face = keyof typeof fontFiles;

/** Name of the family in both files. */
export const fontFamily = 'Inter';

const open = new Map<Face, fontkit.Font>();

// The same words and numbers are measured again and again; by face and text, in sizes of the letters.
const widths = new Map<string, number>();
const mostWidths = 10_000;

/**
 * Width of a text in px (or points) of its size.
 * @param size of the letters, in the same unit
 */
export function textWidth(text: string, size: number, face: Face): number {
  const key = `${face} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    const font = fontOf(face);
    width = font.layout(text).advanceWidth / font.unitsPerEm;
    if (widths.size >= mostWidths) widths.clear();
    widths.set(key, width);
  }
  return width * size;
}

/**
 * A text with only such characters as the faces have: others lose their marks, are a hollow square where they stand for something, or are left
 * out where they are not seen, as joiners are.
 */
export function legible(text: string): string {
  return Array.from(text, (part) => {
    let known = signs.get(part);
    if (known === undefined) signs.set(part, (known = legibleSign(part)));
    return known;
  }).join('');
}

// As many as there are characters.
const signs = new Map<string, string>();

function legibleSign(sign: string): string {
  const font = fontOf('regular');
  const has = (part: string) => font.hasGlyphForCodePoint(part.codePointAt(0) ?? 0);
  if (sign === '\n' || has(sign)) return sign;
  const plain = Array.from(sign.normalize('NFKD')).filter(has).join('');
  return plain || (/[\p{C}\p{M}]/u.test(sign) ? '' : '□');
}

function fontOf(face: Face): fontkit.Font {
  const font = open.get(face) ?? fontkit.openSync(fontFiles[face]);
  open.set(face, font);
  return font;
}
