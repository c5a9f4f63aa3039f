import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, launch } from '../../support/cli.ts';
import { storeEnv } from '../../support/test-store.ts';

const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n';
const rows = 'id,received,issue\n1,2026-01-05,=late\n2,2026-01-06,=late\n3,2026-02-01,wrong item\n';
const ask = { measures: ['received'], by: ['issue'], from: '2026-01-01', to: '2026-01-31' };

const querying = suite('silverlining query');
let dir = '';
let env: Record<string, string> = {};
querying.before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-query-'));
  env = await storeEnv(path.join(dir, 'data'));
  await writeFile(path.join(dir, 'map.yaml'), map);
  await writeFile(path.join(dir, 'rows.csv'), rows);
  const { code, stderr } = await cli(['import', path.join(dir, 'rows.csv'), '--map', path.join(dir, 'map.yaml')], env);
  assert.is(code, 0, stderr);
});
querying.after(() => rm(dir, { recursive: true, force: true }));

querying('prints the answer of the API as JSON on standard output and nothing else there', async () => {
  const { code, stdout } = await launch(['query', JSON.stringify(ask)], { ...env, LOG_LEVEL: 'debug' }).finished;
  assert.is(code, 0);
  const { tables } = JSON.parse(stdout) as { tables: { rows: unknown[] }[] };
  assert.equal(tables[0]?.rows, [{ issue: '=late', complete: 1, received: 2 }]);
});

querying('takes several queries at once', async () => {
  const { stdout } = await cli(['query', JSON.stringify({ queries: [ask, { ...ask, to: '2026-02-28' }] })], env);
  const { tables } = JSON.parse(stdout) as { tables: { rows: { received: number }[] }[] };
  assert.equal(
    tables.map((t) => t.rows.map((r) => r.received)),
    [[2], [2, 1]],
  );
});

querying('prints CSV with guarded formulas, and Arrow', async () => {
  const csv = await cli(['query', JSON.stringify(ask), '--format', 'csv'], env);
  assert.is(csv.stdout, "issue,complete,received\r\n'=late,1,2\r\n");
  const arrow = await cli(['query', JSON.stringify(ask), '--format=arrow'], env);
  assert.is(arrow.code, 0);
  assert.ok(arrow.stdout.startsWith('\u00ff\u00ff\u00ff\u00ff')); // the mark an Arrow stream begins with
});

const wrong: [string[], RegExp][] = [
  [['not json'], /JSON: is not JSON/],
  [[JSON.stringify({ ...ask, measures: ['recieved'] })], /measures\[0\]: unknown name "recieved" \(did you mean "received"\?\)/],
  [[JSON.stringify({ ...ask, from: '2026-02-30', to: 'soon' })], /from: [\s\S]*to: /],
  [[JSON.stringify({ ...ask, where: { issue: ['wrong itme'] } })], /did you mean "wrong item"/],
  [[JSON.stringify(ask), '--format', 'xml'], /--format: "xml" is not one of json, csv, arrow/],
  [[], /something is missing: expected JSON/],
];
for (const [args, message] of wrong) {
  querying(`exits with 2 and ${String(message)}`, async () => {
    const { code, stderr, stdout } = await cli(['query', ...args], env);
    assert.is(code, 2);
    assert.match(stderr, message);
    assert.is(stdout, '');
  });
}

querying.run();
