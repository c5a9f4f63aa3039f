import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const runner = suite('the test runner');

// What stands in a folder of its own finds uvu by its address only. The words are broken up, so that this file is not taken for what it writes.
const begin = `import { suite } from ${JSON.stringify(import.meta.resolve('uvu'))};\nimport * as assert from ${JSON.stringify(import.meta.resolve('uvu/assert'))};\nconst one = suite('one');\n`;
const end = ['one', 'run();\n'].join('.');
const files: Record<string, string> = {
  'passes.test.ts': `${begin}one('holds', () => assert.is(1, 1));\nconsole.log('not run: 2 tests, something absent');\n${end}`,
  'fails.test.ts': `${begin}one('holds', () => assert.is(1, 1));\none('breaks', () => assert.is(1, 2));\n${end}`,
  'silent.test.ts': `${begin}one('is never run', () => assert.is(1, 2));\n`,
  'hangs.test.ts': `${begin}one('leaves a timer', () => void setInterval(() => undefined, 1000));\n${end}`,
  'waits.test.ts': `${begin}one('never settles', () => new Promise(() => undefined));\n${end}`,
  'throws.test.ts': `throw new Error('outside of any test');\n`,
  'only.test.ts': `${begin}${['one', "only('alone', () => assert.is(1, 1));\n"].join('.')}${end}`,
  'helper.ts': `throw new Error('not a test file');\n`,
};

interface RunOptions {
  env?: Record<string, string>;
  /** Seconds each file may take: by default far more than any but one that hangs. */
  limit?: number;
}

async function run(names: string[], { env = {}, limit = 120 }: RunOptions = {}): Promise<{ code: number | null; printed: string }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'silverlining-runner-'));
  try {
    await Promise.all(names.map((name) => writeFile(path.join(dir, name), files[name] ?? '')));
    const child = spawn(process.execPath, ['test/support/run.mjs', dir, `--timeout=${limit}`], { env: { ...process.env, CI: '', ...env } });
    let printed = '';
    child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
    child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, printed };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

runner('closes with what passed and failed, and shows what was not run', async () => {
  const { code, printed } = await run(['passes.test.ts', 'helper.ts']);
  assert.is(code, 0, printed);
  assert.match(printed, /^not run: 2 tests, something absent$/m);
  assert.match(printed, /\n1 passed, 0 failed\n$/);
});

runner('counts as failed what fails, throws, never settles or never runs', async () => {
  const { code, printed } = await run(['fails.test.ts', 'silent.test.ts', 'waits.test.ts', 'throws.test.ts']);
  assert.is(code, 1);
  assert.match(printed, /silent\.test\.ts: ran no test/);
  // One test passes in fails.test.ts.
  assert.match(printed, /\n1 passed, 4 failed\n$/);
});

runner('counts as failed what hangs, and what passed in it as passed', async () => {
  // Long enough for its test to pass on a busy machine; its timer would keep it for ever.
  const { code, printed } = await run(['hangs.test.ts'], { limit: 20 });
  assert.is(code, 1);
  assert.match(printed, /hangs\.test\.ts: no end within 20 s/);
  assert.match(printed, /\n1 passed, 1 failed\n$/);
});

runner('refuses a test that keeps others from running, in CI', async () => {
  assert.is((await run(['only.test.ts'])).code, 0);
  const { code, printed } = await run(['only.test.ts'], { env: { CI: 'true' } });
  assert.is(code, 1);
  assert.match(printed, /only\.test\.ts: \.only is left in/);
});

runner('refuses a folder without tests', async () => {
  const { code, printed } = await run(['helper.ts']);
  assert.is(code, 1);
  assert.match(printed, /no test files[\s\S]*\n0 passed, 1 failed\n$/);
});

runner.run();
