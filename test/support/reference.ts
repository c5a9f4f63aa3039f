import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { referenceMethods } from '../queries/stats/reference-methods.ts';

/** One method's checked numbers: a file of the folder of reference cases. */
export interface ReferenceFile {
  method: string;
  optional?: string[];
  cases: { name: string; input: unknown; expected: Record<string, unknown>; tolerance: number }[];
}

export interface ReferenceResult {
  file: string;
  name: string;
  outcome: 'passed' | 'failed' | 'not offered';
  /** What differs, one line each. */
  differences: string[];
}

/**
 * Runs the cases of one file: a number passes within `tolerance × max(1, |expected|)`, null must come out as null or absent, every key of
 * `expected` must be returned but for those the file calls optional, a list whose items say their `index` (from 1) is compared at those places,
 * and a case with nothing compared fails.
 * @param file name of the method: the file name without `.json`
 */
export async function runReference(file: string, { optional = [], cases }: ReferenceFile): Promise<ReferenceResult[]> {
  const method = referenceMethods[file];
  const results: ReferenceResult[] = [];
  for (const { name, input, expected, tolerance } of cases) {
    if (!method) {
      results.push({ file, name, outcome: 'not offered', differences: [] });
      continue;
    }
    const comparison: Comparison = { optional, tolerance, compared: 0, differences: [] };
    try {
      compare(await method(input as never), expected, '', comparison); // each method reads the input of its own file
    } catch (error) {
      comparison.differences.push(error instanceof Error ? error.message : String(error));
    }
    if (comparison.compared === 0 && comparison.differences.length === 0) comparison.differences.push('nothing was compared');
    results.push({ file, name, outcome: comparison.differences.length ? 'failed' : 'passed', differences: comparison.differences });
  }
  return results;
}

interface Comparison {
  optional: string[];
  tolerance: number;
  compared: number;
  differences: string[];
}

function compare(got: unknown, expected: unknown, at: string, comparison: Comparison): void {
  const differ = (message: string) => void comparison.differences.push(`${at || 'result'}: ${message}`);
  if (expected === null) {
    comparison.compared += 1;
    if (got !== null && got !== undefined) differ(`got ${JSON.stringify(got)}, expected no value`);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(got)) differ('expected a list');
    else if (expected.length > 0 && expected.every(hasIndex)) {
      // A selection: its items name their positions.
      for (const item of expected) compare(got[item.index - 1], item, `${at}[${item.index}]`, comparison);
    } else if (got.length !== expected.length) differ(`got ${got.length} items, expected ${expected.length}`);
    else if (expected.length === 0) comparison.compared += 1;
    else expected.forEach((item, i) => compare(got[i], item, `${at}[${i}]`, comparison));
  } else if (typeof expected === 'object') {
    const fields = (got ?? {}) as Record<string, unknown>;
    for (const [key, value] of Object.entries(expected)) {
      const isAbsent = typeof got !== 'object' || got === null || !(key in fields) || fields[key] === undefined;
      if (isAbsent && comparison.optional.includes(key)) continue;
      if (isAbsent && value !== null) comparison.differences.push(`${at}${at && '.'}${key}: is missing`);
      else compare(fields[key], value, `${at}${at && '.'}${key}`, comparison);
    }
  } else if (typeof expected === 'number') {
    comparison.compared += 1;
    const isNear = typeof got === 'number' && Math.abs(got - expected) <= comparison.tolerance * Math.max(1, Math.abs(expected));
    if (!isNear) differ(`got ${JSON.stringify(got)}, expected ${expected}`);
  } else {
    comparison.compared += 1;
    if (got !== expected) differ(`got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
  }
}

function hasIndex(item: unknown): item is { index: number } {
  return typeof item === 'object' && item !== null && 'index' in item && typeof item.index === 'number';
}

/** `npm run reference -- DIR`: a line a case, the totals last; exit code 1 on any failure, 2 on a folder that cannot be read. */
async function main(dir: string | undefined): Promise<number> {
  if (!dir || !existsSync(dir)) {
    console.error(dir ? `no folder ${dir}` : 'usage: npm run reference -- DIR, a folder of reference cases as JSON');
    return 2;
  }
  const files = readdirSync(dir)
    .filter((name) => name.endsWith('.json'))
    .sort();
  if (files.length === 0) {
    console.error(`no JSON files in ${dir}`);
    return 2;
  }
  const counts = { passed: 0, failed: 0, 'not offered': 0 };
  for (const name of files) {
    const content = JSON.parse(readFileSync(path.join(dir, name), 'utf8')) as ReferenceFile;
    for (const result of await runReference(name.replace(/\.json$/, ''), content)) {
      counts[result.outcome] += 1;
      console.log(`${result.outcome.padEnd(11)}  ${result.file}: ${result.name}`);
      for (const difference of result.differences) console.log(`             ${difference}`);
    }
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts['not offered']} not offered`);
  return counts.failed ? 1 : 0;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv[2]);
