import { BadInput, type Problem } from '../errors.ts';

/**
 * The names of columns from the fields of a header; one without a name is called `column N`.
 * @param place of the header, for messages
 * @throws BadInput naming every column that comes twice
 */
export function readHeader(fields: readonly string[], place: string): string[] {
  const names = fields.map((name, i) => (name.trim() === '' ? `column ${i + 1}` : name));
  const problems: Problem[] = [];
  names.forEach((name, i) => {
    const first = names.indexOf(name);
    if (first < i) problems.push({ field: place, message: `the header names "${name}" twice, as columns ${first + 1} and ${i + 1}` });
    if (name === '__proto__') problems.push({ field: place, message: `a column cannot be named "${name}"` });
  });
  if (problems.length) throw new BadInput(problems);
  return names;
}
