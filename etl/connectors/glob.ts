import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** Whether a file is the store, the configuration or evidence of a case, or goes with them: they hold everything, and no pattern means them. */
export function isOwnFile(name: string): boolean {
  return /^silverlining\.(sqlite|ya?ml)|\.evidence$/i.test(name);
}

/** Whether a path is a pattern: it holds `*` or `?`. */
export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/**
 * The files a pattern stands for, in the order of their paths. `*` is any part of a name, `?` one character, a folder named `**` any
 * number of folders. Names with a leading dot are found only where the pattern has the dot, and our own files never.
 * @param pattern absolute
 * @returns absolute paths; none when a folder of the pattern does not exist
 */
export async function findFiles(pattern: string): Promise<string[]> {
  const { root } = path.parse(pattern);
  const found = await walk(root, pattern.slice(root.length).split(path.sep).filter(Boolean));
  return [...new Set(found)].sort();
}

async function walk(folder: string, [first = '', ...rest]: string[]): Promise<string[]> {
  if (rest.length > 0 && !isGlob(first)) return walk(path.join(folder, first), rest);
  let entries;
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
  const found: string[] = [];
  if (first === '**') found.push(...(await walk(folder, rest.length ? rest : ['*'])));
  const isMatch = matcher(first === '**' ? '*' : first);
  for (const entry of entries) {
    if (!isMatch(entry.name)) continue;
    const place = path.join(folder, entry.name);
    const isFolder = entry.isDirectory();
    if (first === '**' && isFolder) found.push(...(await walk(place, [first, ...rest])));
    else if (first !== '**' && rest.length > 0 && (isFolder || entry.isSymbolicLink())) found.push(...(await walk(place, rest)));
    else if (first !== '**' && rest.length === 0 && !isFolder && !isOwnFile(entry.name)) found.push(place);
  }
  return found;
}

function matcher(segment: string): (name: string) => boolean {
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const pattern = new RegExp(`^${source}$`, 's');
  return (name) => pattern.test(name) && (!name.startsWith('.') || segment.startsWith('.'));
}
