// Runs every uvu file in a process of its own, some at a time, each within a time limit; refuses files that ran no test.
// usage: node test/support/run.mjs [FOLDER|FILE.test.ts]… [--jobs=N] [--timeout=SECONDS]
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const args = process.argv.slice(2);
const option = (name, fallback) => Number(args.find((a) => a.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
const jobs = option('jobs', 2);
// Only what hangs is to meet a limit, also on a machine ten times slower than ours.
const defaultLimit = option('timeout', 600);

/** Slow files say so in a comment line of their own, `// time limit: 300 s`; they are begun first and may take at least that long. */
const slowness = (text) => Number(/^\/\/ time limit: (\d+) s$/m.exec(text)?.[1] ?? 0);

function testFiles(roots) {
  const files = new Set();
  for (const root of roots) {
    const place = [root, path.join('test', root)].find((p) => existsSync(p));
    if (!place) {
      console.error(`there is no file or folder ${root}`);
      process.exit(2);
    }
    const found = statSync(place).isFile() ? [place] : readdirSync(place, { recursive: true }).map((f) => path.join(place, String(f)));
    for (const file of found) if (file.endsWith('.test.ts')) files.add(file);
  }
  return [...files].sort();
}

const running = new Set();
// A child leads its own group, so that ending it ends the servers and browsers it started too.
function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of running) end(child);
    process.exit(130);
  });
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const notRun = [];

async function runFile({ file, text, limit }) {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, NO_COLOR: '1', NODE_ENV: 'test' },
  });
  running.add(child);
  let printed = '';
  child.stdout.on('data', (data) => (printed += data));
  child.stderr.on('data', (data) => (printed += data));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    end(child);
  }, limit * 1000);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearTimeout(timer);
  running.delete(child);

  const out = stripVTControlCharacters(printed);
  const sum = (word) => [...out.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].reduce((n, m) => n + Number(m[1]), 0);
  const [all, passed, skipped] = [sum('Total'), sum('Passed'), sum('Skipped')];
  let why = '';
  if (timedOut) why = `no end within ${limit} s (an open handle, or a promise that never settles)`;
  else if (code !== 0) why = `exit ${code}`;
  else if (all + skipped === 0 && !/^not run:/m.test(out)) why = 'ran no test (is .run() missing?)';
  else if (/\b\w+\.only\s*\(/.test(text) && process.env.CI) why = '.only is left in';
  total.passed += passed;
  total.skipped += skipped;
  // uvu's Total leaves skipped tests out; a file that fails outside a test counts as one failure.
  total.failed += why && all === passed ? 1 : all - passed;
  console.log(`${why ? 'FAIL' : 'ok  '} ${file} ${passed}/${all} ${Math.round(performance.now() - begun)} ms`);
  for (const line of out.match(/^not run: .*$/gm) ?? []) {
    notRun.push(line);
    console.log(`     ${line}`);
  }
  if (why) {
    failures.push(`${file}: ${why}`);
    console.log(out.trimEnd());
  }
}

const roots = args.filter((a) => !a.startsWith('-'));
const files = testFiles(roots.length ? roots : ['test']).map((file) => {
  const text = readFileSync(file, 'utf8');
  return { file, text, limit: Math.max(defaultLimit, slowness(text)) };
});
// The slow ones first, so that they do not end alone.
const queue = [...files].sort((a, b) => slowness(b.text) - slowness(a.text));
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await runFile(next);
  }),
);

if (notRun.length) console.log(`\n${[...new Set(notRun)].join('\n')}`);
if (failures.length) console.log(`\nFailures:\n  ${failures.join('\n  ')}`);
if (files.length === 0) {
  console.log('no test files');
  total.failed += 1;
}
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
if (total.failed) process.exitCode = 1;
