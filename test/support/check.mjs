// Everything that can be checked without running the product: types, lint, format, architecture. Prints which steps failed.
import { execFile } from 'node:child_process';

const bin = (name) => `node_modules/.bin/${name}`;
// The longest first: steps run two at a time.
const steps = [
  ['lint', bin('eslint'), ['.', '--max-warnings', '0']],
  ['types', bin('svelte-check'), ['--tsconfig', './tsconfig.json', '--fail-on-warnings', '--output', 'human']],
  ['format', bin('prettier'), ['--check', '.']],
  ['architecture', process.execPath, ['--import', 'tsx', 'test/architecture.test.ts']],
];

const failed = [];
async function run([name, command, args]) {
  const begun = performance.now();
  const { error, said } = await new Promise((resolve) =>
    execFile(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ error, said: `${stdout}${stderr}` }),
    ),
  );
  console.log(`${error ? 'FAIL' : 'ok  '} ${name} ${Math.round(performance.now() - begun)} ms`);
  if (!error) return;
  failed.push(name);
  console.log(said.trimEnd() || error.message);
}

const queue = [...steps];
await Promise.all(
  Array.from({ length: 2 }, async () => {
    for (let step = queue.shift(); step; step = queue.shift()) await run(step);
  }),
);
if (failed.length) console.log(`\nFailed: ${failed.join(', ')}`);
console.log(`\n${steps.length - failed.length} checks passed, ${failed.length} failed`);
if (failed.length) process.exitCode = 1;
