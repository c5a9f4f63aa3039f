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

/**
 * Width of a text in px (or points) of its size.
 * @param size of the letters, in the same unit
 */
export function textWidth(text: string, size: number, face: Face): number {
  const font = fontOf(face);
  return (font.layout(text).advanceWidth / font.unitsPerEm) * size;
}

/**
 * A text with only such characters as the faces have: others lose their marks, are a hollow square where they stand for something, or are left
 * out where they are not seen, as joiners are.
 */
export function legible(text: string): string {
  const font = fontOf('regular');
  const has = (part: string) => font.hasGlyphForCodePoint(part.codePointAt(0) ?? 0);
  return Array.from(text, (part) => {
    if (has(part) || part === '\n') return part;
    const plain = Array.from(part.normalize('NFKD')).filter(has).join('');
    return plain || (/[\p{C}\p{M}]/u.test(part) ? '' : '□');
  }).join('');
}

function fontOf(face: Face): fontkit.Font {
  const font = open.get(face) ?? fontkit.openSync(fontFiles[face]);
  open.set(face, font);
  return font;
}
