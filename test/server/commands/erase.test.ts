import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../../support/cli.ts';
import { storeEnv } from '../../support/test-store.ts';

const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  customer_ref: who\n  narrative: what\n';
const rows = 'id,received,who,what\n1,2026-01-05,Ann,Secret.\n2,2026-01-06,Ann,\n3,2026-02-01,Ben,Other.\n';

const erasing = suite('silverlining erase and export-customer');
let dir = '';
let env: Record<string, string> = {};
erasing.before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-erase-'));
  env = await storeEnv(path.join(dir, 'data'));
  await writeFile(path.join(dir, 'map.yaml'), map);
  await writeFile(path.join(dir, 'rows.csv'), rows);
  const { code, stderr } = await cli(['import', path.join(dir, 'rows.csv'), '--map', path.join(dir, 'map.yaml')], env);
  assert.is(code, 0, stderr);
});
erasing.after(() => rm(dir, { recursive: true, force: true }));

const exported = async (...args: string[]) => (await cli(['export-customer', ...args], env)).stdout;

erasing('say what they need', async () => {
  for (const args of [[], ['--case', '1', '--customer', 'Ann'], ['--case', 'x'], ['--customer', 'Nobody']]) {
    assert.is((await cli(['erase', ...args], env)).code, 2, args.join(' '));
    assert.is((await cli(['export-customer', ...args], env)).code, 2, args.join(' '));
  }
});

erasing('print everything, say beforehand what would be changed, and change it once that is confirmed', async () => {
  const { cases } = JSON.parse(await exported('--customer', 'ann')) as { cases: { source_id: string }[] };
  assert.equal(
    cases.map((one) => one.source_id),
    ['1', '2'],
  );
  assert.match(await exported('--case', '1', '--format', 'html'), 'Secret.');
  const dry = await cli(['erase', '--customer', 'Ann'], env);
  assert.equal([dry.code, dry.stdout], [0, '']);
  assert.match(dry.stderr, '2 cases of shop (2 open) and 0 surveys.');
  assert.match(dry.stderr, 'Nothing was changed.');
  assert.is((await cli(['erase', '--customer', 'Ann', '--confirm', 'Anna'], env)).code, 2);
  assert.match(await exported('--case', '1'), 'Secret.');
  const done = await cli(['erase', '--customer', 'Ann', '--confirm', 'Ann'], env);
  assert.is(done.code, 0);
  assert.match(done.stdout, /^Receipt of erasure 1\n[\s\S]*By: {14}command line\n[\s\S]*Cases changed: {3}2\n/);
  assert.not.ok((await exported('--case', '1')).includes('Secret'));
  assert.match(await exported('--case', '3'), 'Other.');
});

erasing('erases by age what the configuration says, after a look at how much that is', async () => {
  const refused = await cli(['erase', '--due'], env);
  assert.equal([refused.code, refused.stderr.includes('is not configured')], [2, true]);
  const config = path.join(dir, 'silverlining.yaml');
  await writeFile(config, 'retention: [{ kind: complaint, keep: 30 days }]\n');
  const ended = path.join(dir, 'ended.csv');
  await writeFile(ended, 'id,received,ended,what\n7,2020-01-05,2020-01-06,Kept long.\n');
  await writeFile(path.join(dir, 'ended.yaml'), map.replace('shop', 'old').replace('customer_ref: who', 'resolved_at: ended'));
  const own = { ...env, SILVERLINING_CONFIG: config };
  assert.is((await cli(['import', ended, '--map', path.join(dir, 'ended.yaml')], own)).code, 0);
  assert.match(
    (await cli(['status'], own)).stdout,
    /complaint: kept 30 days after the end; 1 case that ended until [\d-]+ is due to be erased\n/,
  );
  const dry = await cli(['erase', '--due', '--dry-run'], own);
  assert.equal([dry.code, dry.stdout, /; 1 case /.test(dry.stderr)], [0, '', true]);
  assert.match(await exported('--case', '4'), 'Kept long.');
  assert.is((await cli(['erase', '--due', '--case', '4'], own)).code, 2);
  const done = await cli(['erase', '--due'], own);
  assert.match(done.stdout, /Why: {13}kept for as long as is configured\nCases changed: {3}1\n/);
  assert.not.ok((await exported('--case', '4')).includes('Kept long.'));
});

erasing.run();
