// Runs every uvu file in a process of its own, some at a time, each within a time limit; refuses files that ran no test.
// Files that open stores run twice: on SQLite, and on a PostgreSQL server started for the run (passes.ts).
// usage: node test/support/run.mjs [FOLDER|FILE.test.ts]… [--store=sqlite|postgresql] [--jobs=N] [--timeout=SECONDS]
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { tsImport } from 'tsx/esm/api';

const { runsOf } = await tsImport('./passes.ts', import.meta.url);
const args = process.argv.slice(2);
const option = (name) => args.find((a) => a.startsWith(`--${name}=`))?.split('=')[1];
const jobs = Number(option('jobs') ?? 2);
// Only what hangs is to meet a limit, also on a machine ten times slower than ours.
const defaultLimit = Number(option('timeout') ?? 600);
const onlyStore = option('store');

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
/** The server that stores are made on in the second runs of files. */
let postgresql = null;
/** The file that stores on SQLite are copied from. */
let sqlite = null;
// A child leads its own group, so that ending it ends the servers and browsers it started too.
function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    for (const child of running) end(child);
    sqlite?.remove();
    await postgresql?.stop();
    process.exit(130);
  });
}

async function startDatabases() {
  const { startPostgresql } = await tsImport('./postgresql.ts', import.meta.url);
  const { newDatabases } = await tsImport('./databases.ts', import.meta.url);
  const server = await startPostgresql();
  const databases = await newDatabases(server.url);
  return {
    version: databases.version,
    /** What tells a test where its stores are. */
    env: (copies) => ({ TEST_DATABASE_URL: server.url, ...(copies && { TEST_STORE_MODEL: databases.model, TEST_STORE_COPIES: copies }) }),
    drop: (copies) => databases.drop(copies),
    async stop() {
      await databases.close();
      await server.stop();
    },
  };
}

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const notRun = [];
/** Tests that passed, and files, by what they ran on. */
const ran = new Map();

async function runFile({ file, text, limit, store, copies }) {
  const begun = performance.now();
  const name = store === 'postgresql' ? `${file} on PostgreSQL` : file;
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: {
      ...{ ...process.env, NO_COLOR: '1', NODE_ENV: 'test' },
      ...(sqlite && { TEST_SQLITE_MODEL: sqlite.file }),
      ...postgresql?.env(store === 'postgresql' ? copies : null),
    },
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
  if (store === 'postgresql') await postgresql.drop(copies);

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
  const counted = ran.get(store) ?? { files: 0, passed: 0 };
  ran.set(store, { files: counted.files + 1, passed: counted.passed + passed });
  console.log(`${why ? 'FAIL' : 'ok  '} ${name} ${passed}/${all} ${Math.round(performance.now() - begun)} ms`);
  for (const line of out.match(/^not run: .*$/gm) ?? []) {
    notRun.push(line);
    console.log(`     ${line}`);
  }
  if (why) {
    failures.push(`${name}: ${why}`);
    console.log(out.trimEnd());
  }
}

const roots = args.filter((a) => !a.startsWith('-'));
const runs = runsOf(testFiles(roots.length ? roots : ['test']))
  .filter(({ store }) => !onlyStore || store === onlyStore)
  .map((run, i) => ({ ...run, limit: Math.max(defaultLimit, slowness(run.text)), copies: `silverlining_copy_${process.pid}_${i}` }));
if (runs.some(({ store }) => store === 'sqlite')) {
  const { newSqliteModel } = await tsImport('./databases.ts', import.meta.url);
  sqlite = await newSqliteModel();
}
if (runs.some(({ store }) => store === 'postgresql'))
  try {
    postgresql = await startDatabases();
  } catch (error) {
    failures.push(`no file could run on PostgreSQL: ${error.message}`);
    total.failed += 1;
  }
// The slow ones first, so that they do not end alone.
const queue = runs.filter(({ store }) => store !== 'postgresql' || postgresql).sort((a, b) => slowness(b.text) - slowness(a.text));
await Promise.all(
  Array.from({ length: jobs }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await runFile(next);
  }),
);
await postgresql?.stop();
sqlite?.remove();

if (notRun.length) console.log(`\n${[...new Set(notRun)].join('\n')}`);
if (failures.length) console.log(`\nFailures:\n  ${failures.join('\n  ')}`);
if (runs.length === 0) {
  console.log('no test files');
  total.failed += 1;
}
const once = runs.filter(({ store, oneRun }) => store === 'sqlite' && oneRun);
if (once.length) console.log(`\nNot run again on PostgreSQL:\n${once.map(({ file, oneRun }) => `  ${file}: ${oneRun}`).join('\n')}`);
const places = [['sqlite', 'on SQLite'], ['postgresql', `on ${postgresql?.version}`], [null, 'without a store']]; // prettier-ignore
const told = places
  .filter(([store]) => ran.has(store))
  .map(([store, place]) => `${ran.get(store).passed} tests of ${ran.get(store).files} files ${place}`);
if (told.length) console.log(`\nPassed: ${told.join('; ')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
if (total.failed) process.exitCode = 1;
