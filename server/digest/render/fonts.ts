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

// Widths of single characters by face, in units of the letters' size: as many as there are characters.
const advances: Record<Face, Map<string, number>> = { regular: new Map(), semibold: new Map() };

/**
 * Width of a text in px (or points) of its size, never less than it takes but for rare pairs of letters.
 * @param size of the letters, in the same unit
 */
export function textWidth(text: string, size: number, face: Face): number {
  let width = 0;
  // Shaping would bring letters closer by a hundredth of the width, and takes a hundred times as long.
  for (const sign of text) {
    let advance = advances[face].get(sign);
    if (advance === undefined) {
      const font = fontOf(face);
      advance = font.glyphForCodePoint(sign.codePointAt(0) ?? 0).advanceWidth / font.unitsPerEm;
      advances[face].set(sign, advance);
    }
    width += advance;
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
