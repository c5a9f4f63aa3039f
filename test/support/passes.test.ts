import { readdirSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runsOf } from './passes.ts';

const passes = suite('which files run on which database');
const files = readdirSync('test', { recursive: true }).map((file) => path.join('test', String(file)));
const runs = runsOf(files.filter((file) => file.endsWith('.test.ts')));
const storesOf = (name: string) => runs.filter(({ file }) => file === name).map(({ store }) => store);

passes('are two for those that open a store, themselves or through what they import, and one for all others', () => {
  assert.equal(storesOf('test/etl/load.test.ts'), ['sqlite', 'postgresql']);
  assert.equal(storesOf('test/queries/cases.test.ts'), ['sqlite', 'postgresql']);
  assert.equal(storesOf('test/server/digest/make.test.ts'), ['sqlite', 'postgresql']);
  assert.equal(storesOf('test/etl/map.test.ts'), [null]);
  assert.equal(storesOf('test/browser/overview.test.ts'), ['sqlite']);
  assert.equal(storesOf('test/etl/connectors/contract.test.ts'), ['sqlite']);
});

passes('are one for those that say why, and none says so that would not run twice', () => {
  const saying = runs.filter(({ oneRun }) => oneRun !== null);
  assert.ok(saying.length > 0);
  for (const { file } of saying) assert.equal(storesOf(file), ['sqlite'], `${file} opens no store`);
});

passes('are not made the same by opening a store past the switch', () => {
  const past = runs.filter(
    ({ text, oneRun, file }) => /^test\/(etl|queries|server)\//.test(file) && !oneRun && /openStore\(\{ dataDir(: [^,}]*)? \}\)/.test(text),
  );
  assert.equal(past.map(({ file }) => file), [], 'use openTestStore of test/support/test-store.ts, or say // one run: REASON'); // prettier-ignore
});

passes.run();
