import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folder as connector } from '../../../etl/connectors/folder.ts';
import { SourceFailed } from '../../../etl/errors.ts';

const folder = suite('drop folder');
let dir: string;
folder.before.each(() => void (dir = mkdtempSync(path.join(tmpdir(), 'silverlining-folder-'))));
folder.after.each(() => rmSync(dir, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFileSync(path.join(dir, name), text);
const look = (isLoaded: (hash: string) => boolean = () => false) =>
  connector.files(
    { path: dir },
    {
      source: 'inbox',
      isLoaded: (hash) => Promise.resolve(isLoaded(hash)),
      isCurrent: () => Promise.resolve(false),
      settleMs: 60,
    },
  );

folder('lists files of every format by name and leaves others, hidden and unfinished ones', async () => {
  for (const name of [
    'b.csv',
    'a.CSV.gz',
    'c.tsv',
    'd.txt',
    'f.ndjson',
    'g.jsonl.gz',
    'h.json',
    'i.XLSX',
    'i.xlsx.gz',
    'notes.md',
    '.hidden.csv',
    '~lock.csv',
    'e.csv.part',
  ])
    put(name, name);
  mkdirSync(path.join(dir, 'sub.csv'));
  assert.equal(
    (await look()).map((f) => f.name),
    ['a.CSV.gz', 'b.csv', 'c.tsv', 'd.txt', 'f.ndjson', 'g.jsonl.gz', 'h.json', 'i.XLSX'],
  );
});

folder('creates the folder when it is missing', async () => {
  dir = path.join(dir, 'new', 'inbox');
  assert.equal(await look(), []);
  put('a.csv', 'a');
  assert.is((await look()).length, 1);
});

folder('knows a file by its content, not by its name', async () => {
  put('a.csv', 'same');
  const [first] = await look();
  assert.is(first?.hash, '0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5');
  put('b.csv', 'same');
  put('c.csv', 'other');
  assert.equal(
    (await look()).map((f) => f.name),
    ['a.csv', 'c.csv'],
  );
  assert.equal(
    (await look((hash) => hash === first?.hash)).map((f) => f.name),
    ['c.csv'],
  );
});

folder('leaves a file that is still being written until its size stands still', async () => {
  put('a.csv', 'one');
  put('b.csv', 'done');
  const writing = setInterval(() => appendFileSync(path.join(dir, 'a.csv'), 'more'), 10);
  try {
    assert.equal(
      (await look()).map((f) => f.name),
      ['b.csv'],
    );
  } finally {
    clearInterval(writing);
  }
  assert.equal(
    (await look()).map((f) => f.name),
    ['a.csv', 'b.csv'],
  );
});

folder('says which folder it cannot read', async () => {
  put('file', 'x');
  dir = path.join(dir, 'file');
  try {
    await look();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, SourceFailed);
    assert.ok((error as SourceFailed).retriable);
    assert.match((error as SourceFailed).message, dir);
  }
  dir = path.dirname(dir);
});

folder.run();
