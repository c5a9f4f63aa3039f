import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One run of a test file. */
export interface FileRun {
  /** Path from the project's folder. */
  file: string;
  text: string;
  /** What its stores are kept in; null for a file that opens none. */
  store: 'sqlite' | 'postgresql' | null;
  /** Why it does not run on PostgreSQL too. */
  oneRun: string | null;
}

// The screens show what the interface answers, which these hold on both. Connectors know of no store: theirs is where rows end up.
const twice = /^test\/(etl(?!\/connectors)|queries|server)\//;
const opensStores = /^import \{[^}]*\b(openStore|openTestStore)\b[^}]*\} from/m;

/**
 * A file below etl (but for its connectors), queries or server that opens stores, itself or through what it imports of test/, runs on SQLite and again on
 * PostgreSQL, unless it says why not in a comment line of its own: `// one run: REASON`.
 * @param files paths from the project's folder
 */
export function runsOf(files: readonly string[]): FileRun[] {
  return files.flatMap((file): FileRun[] => {
    const text = readFileSync(file, 'utf8');
    const oneRun = /^\/\/ one run: (.+)$/m.exec(text)?.[1] ?? null;
    const opens = [...closureOf(file)].some((one) => opensStores.test(readFileSync(one, 'utf8')));
    const first: FileRun = { file, text, store: opens ? 'sqlite' : null, oneRun };
    return opens && oneRun === null && twice.test(file) ? [first, { ...first, store: 'postgresql' }] : [first];
  });
}

/** The file and all files of test/ that it imports, directly or not. */
function closureOf(file: string, seen = new Set<string>()): Set<string> {
  const place = path.resolve(file);
  if (seen.has(place) || !existsSync(place)) return seen;
  seen.add(place);
  for (const [, named = ''] of readFileSync(place, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)'/gm)) {
    const next = path.resolve(path.dirname(place), named);
    if (next.startsWith(path.resolve('test') + path.sep)) closureOf(next, seen);
  }
  return seen;
}
