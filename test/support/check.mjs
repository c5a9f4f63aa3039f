// Everything that can be checked without running the product: types, lint, format, architecture. Prints which steps failed.
import { spawnSync } from 'node:child_process';

const bin = (name) => `node_modules/.bin/${name}`;
const steps = [
  ['types', bin('svelte-check'), ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ['lint', bin('eslint'), ['.', '--max-warnings', '0']],
  ['format', bin('prettier'), ['--check', '.']],
  ['architecture', process.execPath, ['--import', 'tsx', 'test/architecture.test.ts']],
];

const failed = [];
for (const [name, command, args] of steps) {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} ${Math.round(performance.now() - begun)} ms`);
  if (status === 0) continue;
  failed.push(name);
  console.log(`${stdout ?? ''}${stderr ?? ''}`.trimEnd());
}
if (failed.length) console.log(`\nFailed: ${failed.join(', ')}`);
console.log(`\n${steps.length - failed.length} checks passed, ${failed.length} failed`);
if (failed.length) process.exitCode = 1;
