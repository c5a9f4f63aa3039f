// one run: full disks and read-only files, as SQLite answers them
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv } from '../../etl/connectors/csv.ts';
import { SourceFailed } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunProgress, type RunReport } from '../../etl/run.ts';
import { openStore, type Store } from '../../etl/store/open.ts';
import { pictureOf } from '../support/recovery-picture.ts';
import { tempStore } from '../support/store.ts';

const faults = suite('a store that cannot be written');
const mapText = `source: desk
zone: UTC
date: iso
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  issue: issue
  narrative: text
`;
const rows = 3000;
const text = [
  'id,received,issue,text',
  ...Array.from({ length: rows }, (_, i) => `K${i},2024-03-0${(i % 9) + 1},issue ${i % 20},${'It came late again. '.repeat(15)}${i}`),
  '',
].join('\n');
const importInto = (store: Store, onProgress: (progress: RunProgress) => void = () => undefined): Promise<RunReport> =>
  runImport({
    store, map: readMap(mapText, 'desk.yaml'), connector: csv, options: { file: Readable.from([Buffer.from(text)]) }, startedBy: 'command',
    input: 'desk.csv', now: () => Math.floor(Date.now() / 1000), log: () => undefined, batchSize: 250, onProgress,
  }); // prettier-ignore
const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => assert.unreachable() as never,
    (error: Error) => error,
  );
const runs = (store: Store) =>
  store.reader('pipeline_run').orderBy('run_id').select<{ state: string; read: number; message: string | null }[]>();
const check = async (store: Store) => Object.values((await store.reader.raw<Record<string, string>[]>('pragma integrity_check'))[0] ?? {});

/** What the store says once the fault is mended and the file was read again is what it says had nothing happened. */
async function assertWholeAfter(store: Store, read: RunReport): Promise<void> {
  const undisturbed = await tempStore();
  try {
    await importInto(undisturbed.store);
    assert.is(read.read, rows);
    assert.equal(await pictureOf(store), await pictureOf(undisturbed.store));
    assert.equal(await check(store), ['ok']);
  } finally {
    await undisturbed.close();
  }
}

faults('because it is full: says so, keeps what fits, and goes on once there is room', async () => {
  const { store, close } = await tempStore();
  try {
    const [before] = await store.writer.raw<{ page_count: number }[]>('pragma page_count');
    // SQLite answers as on a full disk: SQLITE_FULL.
    await store.writer.raw(`pragma max_page_count = ${(before?.page_count ?? 0) + 300}`);
    const error = await failure(importInto(store));
    assert.instance(error, SourceFailed);
    assert.is((error as SourceFailed).retriable, true);
    const [failed] = await runs(store);
    const loaded = failed?.read ?? 0;
    assert.ok(loaded > 0 && loaded < rows, String(loaded));
    const told = `the disk is full: free 100 MB or more and run again; the store is undamaged; the first ${loaded.toLocaleString('en')} rows are loaded and stay so`;
    assert.equal([error.message, failed?.state, failed?.message], [told, 'failed', told]);
    assert.equal(await check(store), ['ok']);
    assert.equal(await store.reader('case_fact').count({ n: '*' }), [{ n: loaded }]);

    await store.writer.raw('pragma max_page_count = 1073741823');
    await assertWholeAfter(store, await importInto(store));
  } finally {
    await close();
  }
});

faults('any more in the middle of a run: the run fails with a reason, and the next one takes over', async () => {
  const { store, close } = await tempStore();
  try {
    let batches = 0;
    const error = await failure(
      runImport({
        store, map: readMap(mapText, 'desk.yaml'), connector: csv, options: { file: Readable.from([Buffer.from(text)]) }, startedBy: 'command',
        input: 'desk.csv', now: () => Math.floor(Date.now() / 1000), log: () => undefined, batchSize: 250,
        async onBatch(trx) {
          // SQLite answers as on a read-only disk: SQLITE_READONLY.
          if (++batches === 3) await trx.raw('pragma query_only = on');
        },
      }), // prettier-ignore
    );
    assert.instance(error, SourceFailed);
    // The batch in which it happens fails at its end or is written whole: SQLite says which.
    const [kept] = await store.reader('case_fact').count<{ n: number }[]>({ n: '*' });
    assert.ok(kept?.n === 500 || kept?.n === 750, `${kept?.n} rows are whole batches`);
    const said = `make it writable and run again; the first ${kept?.n} rows are loaded and stay so`;
    assert.ok(error.message.startsWith('the store cannot be written: ') && error.message.endsWith(said), error.message);
    assert.equal(
      (await runs(store)).map((run) => [run.state, run.read]),
      [['running', kept?.n]],
    );

    await store.writer.raw('pragma query_only = off');
    await assertWholeAfter(store, await importInto(store));
    assert.equal(
      (await runs(store)).map((run) => [run.state, run.message]),
      [
        ['failed', 'interrupted: its process ended before it was done'],
        ['done', null],
      ],
    );
  } finally {
    await close();
  }
});

const url = (name: string) => JSON.stringify(fileURLToPath(new URL(`../../${name}.ts`, import.meta.url)));

/** Imports the file in a process of its own; resolves to what it said. */
function importElsewhere(dir: string, { before = '', shell = '' }: { before?: string; shell?: string }): Promise<string> {
  const script = `
    import { csv } from ${url('etl/connectors/csv')};
    import { readMap } from ${url('etl/map')};
    import { runImport } from ${url('etl/run')};
    import { openStore } from ${url('etl/store/open')};
    const map = readMap(${JSON.stringify(mapText)}, 'desk.yaml');
    ${before}
    try {
      const store = await openStore({ dataDir: process.argv[1] });
      const options = { store, map, connector: csv, options: { file: process.argv[2] }, startedBy: 'command', input: 'desk.csv', now: () => Math.floor(Date.now() / 1000), log: () => undefined, batchSize: 250 };
      await runImport(options).finally(() => store.close());
      process.stdout.write('done');
    } catch (error) {
      process.stdout.write(error.name + ': ' + error.message);
    }`;
  const command = `${shell}exec "$0" "$@"`;
  const args = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script, dir, path.join(dir, 'desk.csv')];
  const child = spawn('/bin/sh', ['-c', command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => (said += data.toString()));
  return new Promise((resolve) => child.on('exit', () => resolve(said)));
}

/** How large the log of a store is, in bytes, once so many rows are in. */
async function logSizeAt(loaded: number): Promise<number> {
  const { store, dir, close } = await tempStore();
  try {
    let size = 0;
    await importInto(store, ({ read }) => {
      if (read === loaded) size = statSync(path.join(dir, 'silverlining.sqlite-wal')).size;
    });
    return size;
  } finally {
    await close();
  }
}

faults('because the system lets its file grow no further: says so and leaves it whole', async () => {
  // In the middle of a batch, and where what ends a run would be the first that has no room: two pages are less than it takes.
  for (const bytes of [2 * 1024 * 1024, (await logSizeAt(1000)) + 2 * 4096]) {
    const { store, dir, close } = await tempStore();
    try {
      writeFileSync(path.join(dir, 'desk.csv'), text);
      // In blocks of 512 bytes: no file may grow beyond, the log of the store neither.
      const said = await importElsewhere(dir, { shell: `ulimit -f ${Math.ceil(bytes / 512)}; ` });
      assert.match(
        said,
        /^SourceFailed: the store cannot be written: disk I\/O error; see that its disk is whole and has room, and run again; the first [\d,]+ rows are loaded/,
      );
      const [failed] = await runs(store);
      assert.equal([failed?.state, failed?.message], ['failed', said.replace('SourceFailed: ', '')]);
      assert.equal(await check(store), ['ok']);
      await assertWholeAfter(store, await importInto(store));
    } finally {
      await close();
    }
  }
});

faults('because this process may not: says so before anything is tried', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-readonly-'));
  try {
    const store = await openStore({ dataDir: dir });
    await importInto(store);
    await store.close();
    const file = path.join(dir, 'silverlining.sqlite');
    const before = readFileSync(file);
    writeFileSync(path.join(dir, 'desk.csv'), text);
    for (const [name, mode] of [[file, 0o444], [path.join(dir, 'desk.csv'), 0o444], [dir, 0o555]] as const) chmodSync(name, mode); // prettier-ignore
    // What is read-only binds everybody but root, who becomes somebody else once the program is loaded.
    const said = await importElsewhere(dir, {
      before: `await import('sqlite3'); if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534); }`,
    });
    assert.match(said, /^SourceFailed: the store cannot be written: .+; make it writable and run again$/);
    assert.ok(before.equals(readFileSync(file)));
  } finally {
    chmodSync(dir, 0o755);
    rmSync(dir, { recursive: true, force: true });
  }
});

faults.run();
