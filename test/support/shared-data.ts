import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Test = () => void | Promise<void>;
/** The part of an uvu suite these helpers use. */
export interface Suite {
  (name: string, test: Test): void;
  skip(name: string, test?: Test): void;
}

/**
 * Path of a file or folder of `shared/data`, which lies beside the repository on machines that have it.
 * @returns null when it is absent
 */
export function sharedData(name: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/data/${name}`, import.meta.url));
  return existsSync(path) ? path : null;
}

/**
 * Adds tests that need `shared/data`. Where it is absent they are skipped with one line that says so; with CI set that is a failure.
 * @param tests test functions by name
 */
export function sharedTests(suite: Suite, tests: Record<string, Test>): void {
  const names = Object.keys(tests);
  if (sharedData('FACTS.md')) {
    for (const name of names) suite(name, tests[name] ?? missing);
    return;
  }
  console.log(`not run: ${names.length} tests, ../shared/data absent`);
  if (process.env.CI) suite('shared data is present', missing);
  for (const name of names) suite.skip(name);
}

function missing(): never {
  throw new Error('../shared/data is absent, and CI is set');
}
