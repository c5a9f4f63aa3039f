import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../../etl/store/open.ts';
import { customerSecret } from '../../../etl/store/settings.ts';
import { transact } from '../../../etl/store/transact.ts';

const opening = suite('openStore');
let dir: string;
opening.before.each(() => void (dir = mkdtempSync(path.join(tmpdir(), 'silverlining-open-'))));
opening.after.each(() => rmSync(dir, { recursive: true, force: true }));

const module = (name: string) => JSON.stringify(fileURLToPath(new URL(`../../../etl/store/${name}.ts`, import.meta.url)));

opening('creates the folder and the file, and opens them again', async () => {
  const dataDir = path.join(dir, 'deep', 'data');
  const first = await openStore({ dataDir });
  const secret = await customerSecret(first);
  await first.close();
  const second = await openStore({ dataDir });
  assert.is(second.engine, 'sqlite');
  assert.is(await customerSecret(second), secret);
  assert.ok(secret.length > 40);
  await second.close();
});

opening('lets readers only read, and shows them the last commit while a transaction is open', async () => {
  const store = await openStore({ dataDir: dir });
  let refused = '';
  await store
    .reader('setting')
    .insert({ name: 'a', value: 'b' })
    .catch((error: Error) => (refused = error.message));
  assert.match(refused, 'readonly');
  await transact(store, async (trx) => {
    await trx('setting').insert({ name: 'a', value: 'b' });
    assert.equal(await store.reader('setting').select(), []);
  });
  assert.is((await store.reader('setting').select()).length, 1);
  await store.close();
});

opening('keeps the log apart and waits for other writers', async () => {
  const store = await openStore({ dataDir: dir });
  const pragma = async (name: string) => Object.values((await store.writer.raw<Record<string, unknown>[]>(`pragma ${name}`))[0] ?? {})[0];
  assert.equal(
    [await pragma('journal_mode'), await pragma('foreign_keys'), Number(await pragma('busy_timeout')) >= 5000],
    ['wal', 1, true],
  );
  await store.close();
});

opening('lets two processes create the same store at once', async () => {
  const script = `import { openStore } from ${module('open')}; const s = await openStore({ dataDir: process.argv[1] }); await s.close();`;
  const start = () =>
    new Promise<number | null>((resolve) =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, dir], { stdio: ['ignore', 'ignore', 'inherit'] }).on(
        'exit',
        resolve,
      ),
    );
  assert.equal(await Promise.all([start(), start()]), [0, 0]);
  const store = await openStore({ dataDir: dir });
  assert.equal(await store.reader('knex_migrations').pluck<string[]>('name'), [
    '001_create_store',
    '002_run_sources',
    '003_add_business_time',
    '004_know_rejected_rows',
    '005_add_run_kind',
    '006_add_saved_view',
    '007_add_follow_up',
    '008_add_note',
    '009_add_baseline',
    '010_add_version',
    '011_add_digest',
    '012_follow_changes',
  ]);
  assert.is((await store.reader('change_counter').select()).length, 4);
  await store.close();
});

opening('gives counters and commits the same order, from transactions that run side by side', async () => {
  const store = await openStore({ dataDir: dir });
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 20 }, () =>
      transact(store, async (trx, changeSeq) => {
        order.push(changeSeq);
        await trx('setting').insert({ name: `k${changeSeq}`, value: '' });
      }),
    ),
  );
  assert.equal(
    order,
    Array.from({ length: 20 }, (_, i) => i + 1),
  );
  await store.close();
});

opening('keeps the values of a statement out of error messages', async () => {
  const store = await openStore({ dataDir: dir });
  await transact(store, (trx) => trx('setting').insert({ name: 'a', value: 'private words' }));
  const error = await transact(store, (trx) => trx('setting').insert({ name: 'a', value: 'private words' })).then(
    () => null,
    (e: Error) => e,
  );
  assert.ok(error);
  assert.not.match(error.message, 'private words');
  assert.match(error.message, 'UNIQUE');
  await store.close();
});

opening('refuses at once what is asked while it closes', async () => {
  const store = await openStore({ dataDir: dir });
  await store.reader('setting').select();
  const answers: Promise<unknown>[] = [];
  let isClosing = true;
  const closing = store.close().finally(() => (isClosing = false));
  for (; isClosing; await immediate())
    answers.push(
      store
        .reader('setting')
        .select()
        .catch(({ message }: Error) => message),
    );
  await closing;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, 5_000, 'still waiting')));
  const said = await Promise.race([Promise.all(answers), late]);
  assert.equal(
    said,
    Array.from(answers, () => 'the store is closed'),
  );
  clearTimeout(timer);
});

opening('says what is wrong with a file that is no store', async () => {
  writeFileSync(
    path.join(dir, 'silverlining.sqlite'),
    'not a database at all, but long enough to be read as a header of one hundred bytes. '.repeat(20),
  );
  const error = await openStore({ dataDir: dir }).then(
    () => null,
    (e: Error) => e,
  );
  assert.match(error?.message ?? '', 'not a database');
});

opening.run();
