import { readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../etl/config.ts';
import { openConfigFile } from '../../server/config-file.ts';
import { readNewSource } from '../../server/new-source.ts';
import { addSource } from '../../server/source-editor.ts';
import { openWorkplace, type Workplace } from '../support/workplace.ts';

const editor = suite('source editor');
let work: Workplace;
editor.before.each(async () => void (work = await openWorkplace()));
editor.after.each(() => work.close());

const entry = (name: string) => ({ name, connector: 'folder', path: './in', map: 'standard' });

/** Adds sources to a file that says `text`, all at once; the file afterwards. */
async function added(text: string, ...names: string[]): Promise<string> {
  const path = work.at('silverlining.yaml');
  writeFileSync(path, text);
  work.configure(text);
  const file = openConfigFile({ configPath: path, dataDir: work.dir, allowsLocal: false });
  const { config, findMap } = work.deps;
  const given = await Promise.all(names.map((name) => readNewSource({ source: entry(name) }, { config, findMap, file })));
  await Promise.all(given.map((source) => addSource(file, config, source)));
  const found = readFileSync(path, 'utf8');
  assert.is(file.text, found);
  assert.equal(readConfig(found, { where: 'x', folder: work.dir }).sources, config.sources);
  return found;
}

editor('appends to a list and keeps the rest as it was', async () => {
  const text =
    '# top\nsources:\n  # first\n  - name: a # one\n    connector: push\n    map: standard\n\norganisation: { name: "Us", zone: Europe/Vienna }\n# end\n';
  assert.is(
    await added(text, 'b'),
    '# top\nsources:\n  # first\n  - name: a # one\n    connector: push\n    map: standard\n  - name: b\n    connector: folder\n    path: ./in\n    map: standard\n\norganisation: { name: "Us", zone: Europe/Vienna }\n\n# end\n',
  );
});

for (const [what, text] of [
  ['an empty file', ''],
  ['a file of comments', '# nothing yet\n'],
  ['no list', 'organisation: { name: Us }\n'],
  ['an empty list', 'sources: []\n'],
  ['a list without entries', 'sources:\n  # - name: later\norganisation: { name: Us }\n'],
  ['entries in one line', 'sources: [{ name: a, connector: push, map: standard }]\n'],
  ['anchors', 'sources:\n  - &a { name: a, connector: push, map: standard }\n'],
  ['long texts', `organisation: { name: "${'long '.repeat(40).trim()}" }\n`],
] as const) {
  editor(`adds to ${what}`, async () => {
    const found = await added(text, 'b');
    assert.match(found, 'name: b');
    for (const [comment] of text.matchAll(/#.*$/gm)) assert.ok(found.includes(comment), comment);
  });
}

editor('adds several that come at the same time, one after the other', async () => {
  await added('sources: []\n', 'b', 'c', 'd');
  assert.equal(
    work.deps.config.sources.map((source) => source.name),
    ['b', 'c', 'd'],
  );
});

editor('adds a name once, however close together it is asked for', async () => {
  try {
    await added('sources: []\n', 'b', 'b');
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, '"b" is the name of another source');
  }
  assert.is(work.deps.config.sources.length, 1);
});

editor.run();
