// one run: about the file of SQLite
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../../etl/store/open.ts';

const opening = suite('openStore on SQLite');
let dir: string;
opening.before.each(() => void (dir = mkdtempSync(path.join(tmpdir(), 'silverlining-open-'))));
opening.after.each(() => rmSync(dir, { recursive: true, force: true }));

opening('keeps the log apart and waits for other writers', async () => {
  const store = await openStore({ dataDir: dir });
  const pragma = async (name: string) => Object.values((await store.writer.raw<Record<string, unknown>[]>(`pragma ${name}`))[0] ?? {})[0];
  assert.equal(
    [await pragma('journal_mode'), await pragma('foreign_keys'), Number(await pragma('busy_timeout')) >= 5000],
    ['wal', 1, true],
  );
  await store.close();
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
