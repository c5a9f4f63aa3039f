import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, launch, type Finished } from '../../support/cli.ts';
import { storeEnv } from '../../support/test-store.ts';

const map = `source: shop
zone: Europe/Vienna
date: YYYY-MM-DD
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  issue: issue
`;
const good = 'id,received,issue\n1,2026-01-05,late delivery\n2,2026-01-06,late delivery\n3,2026-02-01,wrong item\n';
// Line 3 has no date that exists, line 4 a field too many.
const bad = 'id,received,issue\n1,2026-01-05,late delivery\n2,2026-02-30,late delivery\n3,2026-02-01,wrong item,4\n';

const importing = suite('silverlining import');
let dir = '';
let env: Record<string, string> = {};
importing.before.each(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-import-'));
  env = await storeEnv(path.join(dir, 'data'));
  await Promise.all(
    Object.entries({ 'map.yaml': map, 'good.csv': good, 'bad.csv': bad, 'empty.csv': '', 'other.csv': 'a,b\n1,2\n' }).map(([name, text]) =>
      writeFile(at(name), text),
    ),
  );
});
importing.after.each(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => path.join(dir, name);
const load = (file: string, ...more: string[]): Promise<Finished> => cli(['import', at(file), '--map', at('map.yaml'), ...more], env);

importing('loads a file, and a second time changes nothing', async () => {
  const first = await load('good.csv');
  assert.is(first.code, 0, first.stderr);
  assert.is(first.stdout, '');
  assert.match(
    first.stderr,
    /^shop: 3 rows read in [\d.]+ s \([\d,]+ rows\/s\); 3 inserted, 0 updated, 0 unchanged, 0 rejected, 0 flagged$/m,
  );
  const second = await load('good.csv');
  assert.is(second.code, 0);
  assert.match(second.stderr, '0 inserted, 0 updated, 3 unchanged, 0 rejected');
});

importing('loads every format by its name, or as --format says', async () => {
  await writeFile(at('more.ndjson'), '{"id":"4","received":"2026-02-02","issue":"late delivery"}\n');
  await writeFile(at('more.json'), '[{"id":"5","received":"2026-02-03","issue":"late delivery"}]');
  await writeFile(at('more.data'), '{"id":"6","received":"2026-02-04","issue":"late delivery"}\n');
  for (const args of [['more.ndjson'], ['more.json'], ['more.data', '--format', 'ndjson']]) {
    const { code, stderr } = await load(...(args as [string]));
    assert.is(code, 0, stderr);
    assert.match(stderr, '1 inserted', args.join(' '));
  }
  const unknown = await load('more.data');
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, '.data');
});

importing('reads standard input', async () => {
  const given = launch(['import', '-', '--map', at('map.yaml'), '--format', 'csv'], env, good);
  const { code, stderr } = await given.finished;
  assert.is(code, 0, stderr);
  assert.match(stderr, /^shop: 3 rows read/m);
  const unsaid = await cli(['import', '-', '--map', at('map.yaml')], env);
  assert.is(unsaid.code, 2);
  assert.match(unsaid.stderr, '--format: is missing: say how standard input is written, one of csv, ndjson, json, xlsx');
});

importing('exits with 3 when rows were rejected, says where and why, and loads the others', async () => {
  const { code, stderr } = await load('bad.csv');
  assert.is(code, 3);
  assert.match(stderr, '1 inserted, 0 updated, 0 unchanged, 2 rejected');
  assert.match(stderr, /^ {2}bad\.csv:3: .*2026-02-30/m);
  assert.match(stderr, /^ {2}bad\.csv:4: /m);
});

importing('says where flagged values stand, and that their cases are kept', async () => {
  await writeFile(at('odd.yaml'), `${map}  resolved_at: resolved\n`);
  await writeFile(at('odd.csv'), 'id,received,issue,resolved\n1,2026-01-05,late,\n2,2026-01-06,late,soon\n');
  const { code, stderr } = await cli(['import', at('odd.csv'), '--map', at('odd.yaml')], env);
  assert.is(code, 0, stderr);
  assert.match(stderr, '2 inserted, 0 updated, 0 unchanged, 0 rejected, 1 flagged');
  assert.match(stderr, /^ {2}odd\.csv:3: resolved: .*soon/m);
});

const wrongUsage: [string, () => string[], RegExp][] = [
  ['a missing map', () => [at('good.csv')], /--map: is missing: .*cfpb/],
  ['an unknown map', () => [at('good.csv'), '--map', 'cfbp'], /there is no map "cfbp" \(did you mean "cfpb"\?\).*wa-ag/],
  [
    'an unknown flag',
    () => [at('good.csv'), '--mpa', 'cfpb'],
    /--mpa: unknown flag \(did you mean "--map"\?\)[\s\S]*usage: npx silverlining import FILE/,
  ],
  ['a missing file', () => [at('none.csv'), '--map', at('map.yaml')], /there is no file ".*none\.csv"/],
  ['a folder', () => [dir, '--map', at('map.yaml')], /is not a file/],
  [
    'a date that does not exist',
    () => [at('good.csv'), '--map', at('map.yaml'), '--through', '2026-02-30'],
    /--through: "2026-02-30" is not a date/,
  ],
  ['a header that does not fit the map', () => [at('other.csv'), '--map', at('map.yaml')], /id/],
  ['an empty file', () => [at('empty.csv'), '--map', at('map.yaml')], /empty/],
  ['two files', () => [at('good.csv'), at('bad.csv'), '--map', at('map.yaml')], /one argument too many/],
];
importing('exits with 2 and says what was expected for every wrong use', async () => {
  for (const [what, args, message] of wrongUsage) {
    const { code, stderr, stdout } = await cli(['import', ...args()], env);
    assert.is(code, 2, `${what}: ${stderr}`);
    assert.match(stderr, message, what);
    assert.is(stdout, '', what);
    assert.not.match(stderr, /^\s+at /m, what);
  }
});

importing('exits with 2 for a wrong environment, naming every problem', async () => {
  const { code, stderr } = await cli(['import', at('good.csv'), '--map', at('map.yaml')], { ...env, PORT: 'x', LOG_LEVEL: 'loud' });
  assert.is(code, 2);
  assert.match(stderr, 'PORT: "x" is not a port');
  assert.match(stderr, 'LOG_LEVEL: "loud" is not one of');
});

importing('takes the day until which the file is complete', async () => {
  await load('good.csv', '--through', '2026-03-31');
  const { stdout } = await cli(['status', '--json'], env);
  const { sources } = JSON.parse(stdout) as { sources: { through: string }[] };
  assert.is(sources[0]?.through, '2026-03-31T21:59:59Z'); // the last second of the day in Vienna, two hours ahead of UTC
});

importing('two processes beside each other load both files', async () => {
  await writeFile(at('second.yaml'), map.replace('source: shop', 'source: market'));
  const process = (file: string) => launch(['import', at('good.csv'), '--map', at(file)], env).finished;
  const [first, second] = await Promise.all([process('map.yaml'), process('second.yaml')]);
  assert.equal([first.code, second.code], [0, 0], first.stderr + second.stderr);
  const { stdout } = await cli(['status', '--json'], env);
  const status = JSON.parse(stdout) as { cases: number; sources: { name: string; cases: number }[] };
  assert.is(status.cases, 6);
  assert.equal(
    status.sources.map(({ name, cases }) => ({ name, cases })),
    [
      { name: 'market', cases: 3 },
      { name: 'shop', cases: 3 },
    ],
  );
});

importing.run();
