import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { migrationNames } from '../../../etl/store/migrations/index.ts';
import { openStore } from '../../../etl/store/open.ts';
import { customerSecret } from '../../../etl/store/settings.ts';
import { transact } from '../../../etl/store/transact.ts';
import { startPostgresql } from '../../support/postgresql.ts';
import { engine, openTestStore, removeTestStore } from '../../support/test-store.ts';

const opening = suite('openStore');
let dir: string;
opening.before.each(() => void (dir = mkdtempSync(path.join(tmpdir(), 'silverlining-open-'))));
opening.after.each(() => removeTestStore(dir));

const module = (name: string) => JSON.stringify(fileURLToPath(new URL(`../../../etl/store/${name}.ts`, import.meta.url)));

opening('creates the folder and the store, and opens them again', async () => {
  const dataDir = path.join(dir, 'deep', 'data');
  const first = await openTestStore(dataDir);
  const secret = await customerSecret(first);
  await first.close();
  const second = await openTestStore(dataDir);
  assert.is(second.engine, engine);
  assert.is(await customerSecret(second), secret);
  assert.ok(secret.length > 40);
  await second.close();
});

opening('lets readers only read, and shows them the last commit while a transaction is open', async () => {
  const store = await openTestStore(dir);
  let refused = '';
  await store
    .reader('setting')
    .insert({ name: 'a', value: 'b' })
    .catch((error: Error) => (refused = error.message));
  assert.match(refused, /read-?only/);
  await transact(store, async (trx) => {
    await trx('setting').insert({ name: 'a', value: 'b' });
    assert.equal(await store.reader('setting').select(), []);
  });
  assert.is((await store.reader('setting').select()).length, 1);
  await store.close();
});

opening('lets processes create the same store at once', async () => {
  // An empty database; the other tests have copies of one that is migrated.
  const server = engine === 'postgresql' ? await startPostgresql() : null;
  const options = { dataDir: dir, databaseUrl: server?.url };
  const script = `import { openStore } from ${module('open')}; const s = await openStore(${JSON.stringify(options)}); await s.close();`;
  const start = () =>
    new Promise<number | null>((resolve) =>
      spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] }).on(
        'exit',
        resolve,
      ),
    );
  assert.equal(await Promise.all([start(), start(), start()]), [0, 0, 0]);
  const store = await openStore(options);
  assert.equal(await store.reader('knex_migrations').orderBy('id').pluck<string[]>('name'), migrationNames);
  assert.is((await store.reader('change_counter').select()).length, 4);
  await store.close();
  await server?.stop();
});

opening('gives counters and commits the same order, from transactions that run side by side', async () => {
  const store = await openTestStore(dir);
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
  const store = await openTestStore(dir);
  await transact(store, (trx) => trx('setting').insert({ name: 'a', value: 'private words' }));
  const error = await transact(store, (trx) => trx('setting').insert({ name: 'a', value: 'private words' })).then(
    () => null,
    (e: Error) => e,
  );
  assert.ok(error);
  assert.not.match(error.message, 'private words');
  assert.match(error.message, /unique constraint/i);
  await store.close();
});

opening('refuses at once what is asked while it closes', async () => {
  const store = await openTestStore(dir);
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

opening.run();
