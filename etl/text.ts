/** As many words of a case are searched. */
export const mostTokens = 10_000;
const token = /[\p{L}\p{N}]+/gu;

/**
 * The words of a text as both search indexes know them: compatibility-decomposed (NFKD), marks dropped, lower case,
 * runs of letters and digits, no stemming.
 * @returns at most `limit` words, in the order of the text
 */
export function tokens(text: string, limit = mostTokens): string[] {
  const plain = isAscii(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase()
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '');
  const words: string[] = [];
  for (const match of plain.matchAll(token)) {
    words.push(match[0]);
    if (words.length === limit) break;
  }
  return words;
}

/** What the store indexes of a case: the first 10,000 of the words of its texts joined by blanks, or null without any. */
export function searchText(...texts: readonly (readonly string[])[]): string | null {
  return texts.flat().slice(0, mostTokens).join(' ') || null;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
