/** Physical lines a record takes. */
export function spanOf(fields: string[]): number {
  let span = 1;
  for (const field of fields) if (field.includes('\n')) span += countBreaks(field);
  return span;
}

/** Line feeds in a text. */
export function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** Offset at which `line` begins; `place` remembers the last one asked for, and lines are asked for in order. */
export function offsetOf(text: string, place: { line: number; offset: number }, line: number): number {
  for (; place.line < line; place.line++) place.offset = text.indexOf('\n', place.offset) + 1;
  return place.offset;
}

/** Offset behind the line feed of the line `span` lines on, or the end of the text. */
export function endOf(text: string, start: number, span: number): number {
  let end = start;
  for (let i = 0; i < span; i++) {
    const at = text.indexOf('\n', end);
    if (at < 0) return text.length;
    end = at + 1;
  }
  return end;
}
