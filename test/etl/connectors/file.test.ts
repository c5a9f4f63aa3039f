import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { file } from '../../../etl/connectors/file.ts';
import { SourceFailed } from '../../../etl/errors.ts';

const test = suite('file');
let dir: string;
test.before.each(() => void (dir = mkdtempSync(path.join(tmpdir(), 'silverlining-file-'))));
test.after.each(() => rmSync(dir, { recursive: true, force: true }));

const put = (name: string, text: string) => {
  mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  writeFileSync(path.join(dir, name), text);
};
/** By name: the content that was read last. */
const current = new Map<string, string>();
test.before.each(() => current.clear());
const context = {
  source: 'desk',
  isLoaded: () => Promise.resolve(true),
  isCurrent: (name: string, hash: string) => Promise.resolve(current.get(name) === hash),
  settleMs: 5,
};
const look = (pattern: string) => file.files({ path: path.join(dir, pattern) }, context);
const names = async (pattern: string) => (await look(pattern)).map((f) => f.name);
const failure = async (pattern: string): Promise<SourceFailed> => {
  try {
    await look(pattern);
  } catch (error) {
    return error as SourceFailed;
  }
  return assert.unreachable() as never;
};

/** Root may read everything, so it becomes somebody else for a while. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

test('a file is read again when its content has changed, and only then', async () => {
  put('cases.csv', 'one');
  const [first] = await look('cases.csv');
  assert.is(first?.name, 'cases.csv');
  current.set('cases.csv', first?.hash ?? '');
  assert.equal(await names('cases.csv'), []);
  put('cases.csv', 'two');
  assert.equal(await names('cases.csv'), ['cases.csv']);
});

test('no pattern means the store or the configuration', async () => {
  for (const name of ['silverlining.yaml', 'silverlining.sqlite', 'silverlining.sqlite-wal', 'silver.csv']) put(name, name);
  assert.equal(await names('*'), ['silver.csv']);
  assert.equal(await names('s*.y?ml'), []);
  assert.equal(await names('**/silver*'), ['silver.csv']);
});

test('a pattern stands for files in the order of their paths', async () => {
  for (const name of ['2026-02/b.csv', '2026-01/a.csv', '2026-01/c.txt', '2025-12/z.csv', '2026-01/.hidden.csv', '2026-1x/deep/d.csv'])
    put(name, name);
  assert.equal(await names('2026-*/*.csv'), ['2026-01/a.csv', '2026-02/b.csv']);
  assert.equal(await names('2026-0?/?.*'), ['2026-01/a.csv', '2026-01/c.txt', '2026-02/b.csv']);
  assert.equal(await names('**/*.csv'), ['2025-12/z.csv', '2026-01/a.csv', '2026-02/b.csv', '2026-1x/deep/d.csv']);
  assert.equal(await names('2026-1x/**/d.csv'), ['deep/d.csv']);
  assert.equal(await names('2026-*/nothing-*.csv'), []);
  assert.equal(await names('nowhere/*.csv'), []);
});

test('characters of patterns elsewhere stand for themselves', async () => {
  for (const name of ['a+b (1).csv', 'aab (1).csv', 'ab[1].csv']) put(name, name);
  assert.equal(await names('a+b (*).csv'), ['a+b (1).csv']);
  assert.equal(await names('*[1].csv'), ['ab[1].csv']);
});

test('a linked folder and a linked file are followed, a folder that has the name of a file is none', async () => {
  put('real/a.csv', 'a');
  mkdirSync(path.join(dir, 'real/b.csv'));
  symlinkSync(path.join(dir, 'real'), path.join(dir, 'linked'));
  assert.equal(
    await names('link*/*.csv'),
    ['a.csv'].map((n) => `linked/${n}`),
  );
});

test('a missing file is named with the nearest names beside it', async () => {
  put('complaints-2026.csv', 'x');
  const error = await failure('complaint-2026.csv');
  assert.instance(error, SourceFailed);
  assert.not(error.retriable);
  assert.is(error.message, `there is no file complaint-2026.csv in ${dir} (did you mean "complaints-2026.csv"?)`);
  assert.is((await failure('no/where.csv')).message, `there is no file ${dir}/no/where.csv, nor a folder ${dir}/no`);
  assert.match((await failure('.')).message, /is a folder; write connector: folder for it, or a pattern such as .*\/\*\.csv/);
});

test('a file that may not be read comes along to fail by itself, and again once its rights have changed', async () => {
  put('a.csv', 'a');
  put('b.csv', 'b');
  chmodSync(dir, 0o755);
  chmodSync(path.join(dir, 'a.csv'), 0);
  const found = await asNobody(() => look('*.csv'));
  assert.equal(
    found.map((f) => f.name),
    ['a.csv', 'b.csv'],
  );
  for (const { name, hash } of found) current.set(name, hash);
  assert.equal(await asNobody(() => names('*.csv')), []);
  chmodSync(path.join(dir, 'a.csv'), 0o644);
  assert.equal(await asNobody(() => names('*.csv')), ['a.csv']);
});

test.run();
