const usual = [',', ';', '\t', '|'];

/**
 * What to say of a header that came out as one column because the file is written with another delimiter.
 * @param line the header as it came
 * @returns null when none of the usual delimiters stands in it, or the expected one does
 */
export function delimiterHint(line: string, delimiter: string): string | null {
  if (line.includes(delimiter)) return null;
  const counts = usual.map((each) => ({ each, count: line.split(each).length - 1 })).sort((a, b) => b.count - a.count);
  const [most] = counts;
  if (!most || most.count === 0) return null;
  const written = most.each === '\t' ? 'tab' : `'${most.each}'`;
  return `has no ${nameOf(delimiter)} but ${most.count} ${nameOf(most.each)}${most.count > 1 ? 's' : ''}: if its columns are separated so, write input: { delimiter: ${written} } in the map`;
}

const names: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' };

function nameOf(delimiter: string): string {
  return names[delimiter] ?? `"${delimiter}"`;
}
