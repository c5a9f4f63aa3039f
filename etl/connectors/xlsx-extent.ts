/** How far the sheets of a workbook reach, seen from their XML in pieces. */
export interface SheetExtent {
  /** @param name of the file in the archive; others than sheets are passed over */
  look: (name: string, piece: Buffer) => void;
  /** Whether no sheet has more cells than this between its first and its last one that holds something, nor more rows than Excel can have. */
  isWithin: (cells: number) => boolean;
}

const mostRows = 1_048_576;
// A cell that is more than a format has an element inside; `r` is its place.
const filledCell = /<c\s[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*(?<!\/)>/g;
const anyRow = /<row\s[^>]*?\br="(\d+)"/g;
const longestTag = 512;

/** A reader of workbooks fills the gaps between cells, so two cells far apart would take all memory. */
export function sheetExtent(): SheetExtent {
  let file = '';
  let rest = '';
  let rows = 0;
  let columns = 0;
  let lastRow = 0;
  let mostCells = 0;
  return {
    look(name, piece) {
      if (!name.startsWith('xl/') || name === 'xl/sharedStrings.xml') return;
      if (name !== file) {
        file = name;
        rest = '';
        rows = columns = 0;
      }
      const text = rest + piece.toString('latin1');
      for (const [, letters = '', row = ''] of text.matchAll(filledCell)) {
        rows = Math.max(rows, Number(row));
        columns = Math.max(columns, columnNumber(letters));
      }
      for (const [, row = ''] of text.matchAll(anyRow)) lastRow = Math.max(lastRow, Number(row));
      mostCells = Math.max(mostCells, rows * columns);
      // A tag may be cut in two; one that is seen twice changes nothing.
      rest = text.slice(-longestTag);
    },
    isWithin: (cells) => mostCells <= cells && Math.max(rows, lastRow) <= mostRows,
  };
}

function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}
