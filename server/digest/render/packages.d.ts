// What is used of two packages that come without types.

declare module 'fontkit' {
  export interface Font {
    unitsPerEm: number;
    glyphForCodePoint(codePoint: number): { advanceWidth: number };
    hasGlyphForCodePoint(codePoint: number): boolean;
  }
  export function openSync(file: string): Font;
}

declare module 'svg-to-pdfkit' {
  interface Options {
    width?: number;
    height?: number;
    preserveAspectRatio?: string;
    assumePt?: boolean;
    /** @returns the name of a registered font */
    fontCallback?: (family: string, isBold: boolean, isItalic: boolean) => string;
    warningCallback?: (warning: string) => void;
  }
  export default function svgToPdf(document: PDFKit.PDFDocument, svg: string, x: number, y: number, options?: Options): void;
}
