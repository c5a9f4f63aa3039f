// time limit: 120 s
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, launch, type Finished } from '../../support/cli.ts';
import { engine, openTestStore, rowsOf, storeEnv } from '../../support/test-store.ts';

const map =
  'source: shop\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n';

const running = suite('silverlining run, status and config');
let dir = '';
running.before.each(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-run-'));
  await mkdir(at('inbox'));
  await writeFile(at('map.yaml'), map);
});
running.after.each(() => rm(dir, { recursive: true, force: true }));

const at = (name: string) => path.join(dir, name);
const env = async () => ({ ...(await storeEnv(at('data'))), SILVERLINING_CONFIG: at('silverlining.yaml') });
/** Runs a command with a configuration. */
async function run(args: string[], config: string): Promise<Finished> {
  await writeFile(at('silverlining.yaml'), config);
  return cli(args, await env());
}
/** The same in a process of its own, which logs everything it can. */
async function runProcess(args: string[], config: string, more: Record<string, string> = {}): Promise<Finished> {
  await writeFile(at('silverlining.yaml'), config);
  return launch(args, { ...(await env()), LOG_LEVEL: 'trace', ...more }).finished;
}
const desk = 'sources: [{ name: desk, connector: folder, path: inbox, map: ./map.yaml, schedule: hour }]\n';

running('runs as a process of its own', async () => {
  await writeFile(at('inbox/a.csv'), 'id,received,issue\n1,2026-01-05,late\n');
  const { code, stdout, stderr } = await runProcess(['run'], desk);
  assert.is(code, 0, stderr);
  assert.is(stdout, '');
  assert.match(stderr, /^desk: 1 rows read in .* 1 inserted, 0 updated, 0 unchanged, 0 rejected, 0 flagged$/m);
  assert.match(stderr, '"event":"run_finished"');
});

running('reads the configured sources, names what was rejected with exit code 3, and has nothing new the next time', async () => {
  await writeFile(at('inbox/a.csv'), 'id,received,issue\n1,2026-01-05,late\n2,2026-13-05,late\n');
  const first = await run(['run'], desk);
  assert.is(first.code, 3, first.stderr);
  assert.is(first.stdout, '');
  assert.match(first.stderr, /^desk: 2 rows read in .* 1 inserted, 0 updated, 0 unchanged, 1 rejected, 0 flagged$/m);
  assert.match(first.stderr, /^ {2}a\.csv:3: .*2026-13-05/m);
  const second = await run(['run', 'desk'], desk);
  assert.is(second.code, 0, second.stderr);
  assert.match(second.stderr, `desk: nothing new in ${at('inbox')}`);
});

running('reads the other sources when one fails, and says what to do next', async () => {
  await writeFile(at('inbox/a.csv'), 'id,received,issue\n1,2026-01-05,late\n');
  const sources = `sources:
  - { name: gone, connector: file, path: none.csv, map: ./map.yaml }
  - { name: desk, connector: folder, path: inbox, map: ./map.yaml }
`;
  const { code, stderr } = await run(['run'], sources);
  assert.is(code, 1, stderr);
  assert.match(stderr, /^gone: .*none\.csv/m);
  assert.match(stderr, /: npx silverlining run gone$/m);
  assert.match(stderr, /^desk: 1 rows read/m);
  assert.not.match(stderr, /^\s+at /m);
});

running('refuses a file that does not fit with exit code 1', async () => {
  await writeFile(at('inbox/a.csv'), 'a,b\n1,2\n');
  const { code, stderr } = await run(['run'], desk);
  assert.is(code, 1, stderr);
  assert.match(stderr, /^desk: a\.csv: .*id/m);
  assert.match(stderr, /mend the file or the map, then: npx silverlining run desk$/m);
});

running('says of a source that sends its records how they are sent', async () => {
  const pushed = 'sources: [{ name: app, connector: push, map: ./map.yaml }]\n';
  const named = await run(['run', 'app'], pushed);
  assert.is(named.code, 1);
  assert.match(named.stderr, '/api/sources/app/records');
  const all = await run(['run'], pushed);
  assert.is(all.code, 0, all.stderr);
  assert.match(all.stderr, 'no source is configured that can be read');
});

running('status tells freshness, rejects that wait, failures and the next run', async () => {
  await writeFile(at('inbox/a.csv'), 'id,received,issue\n1,2026-01-05T10:00:00Z,late\n2,2026-13-05,late\n');
  await run(['run'], desk);
  const daysOld = (): string => `${Math.floor((Date.now() - Date.UTC(2026, 0, 5, 10)) / 86_400_000)} days old`;
  const before = daysOld();
  const { code, stdout } = await run(['status'], `${desk}organisation: { name: Test }\n`);
  assert.is(code, 0);
  const [, head = '', line = ''] = stdout.split('\n');
  assert.equal(head.split(/ {2,}/), ['source', 'cases', 'known until', 'freshness', 'last run', 'rejects', 'unmapped', 'next run']);
  const cells = line.split(/ {2,}/);
  assert.equal(cells.slice(0, 3), ['desk', '1', '2026-01-05T10:00:00Z']);
  // At ten the next day may begin while the command runs.
  assert.ok([before, daysOld()].includes(cells[3] ?? ''), cells[3]);
  assert.match(cells[4] ?? '', /^done 20/);
  assert.is(cells[5], '1');
  assert.match(cells[7] ?? '', /^in \d+ minutes?$|^in \d+ seconds?$|^at once$/);
  assert.match(stdout, 'desk: 1 rejected row waits on /data');
  await writeFile(at('inbox/a.csv'), 'a,b\n1,2\n');
  await run(['run'], desk);
  assert.match((await run(['status'], desk)).stdout, /^desk: failed: .*id/m);
});

running('preview shows the first rows beside what the map makes of them, and loads nothing', async () => {
  await writeFile(at('inbox/a.csv'), 'id,received,issue\n1,2026-01-05,"late\n\u001b[2J"\n2,2026-13-05,late\n');
  const { code, stdout, stderr } = await run(['preview', 'desk'], desk);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^row 2$/m);
  assert.match(stdout, /^ {2}received: 2026-01-05 +│ .*$/m);
  assert.match(stdout, /│ kind: complaint$/m);
  assert.match(stdout, /^ {2}rejected: .*2026-13-05/m);
  assert.match(stdout, '2 rows read, 3 columns; of the first 2: 1 rejected, 1 flagged');
  assert.not.match(stdout, '\u001b'); // what moves the cursor of a terminal stays out
  const json = await run(['preview', 'desk', '--json'], desk);
  assert.is((JSON.parse(json.stdout) as { rows: unknown[] }).rows.length, 2);
  assert.is((JSON.parse((await run(['status', '--json'], desk)).stdout) as { cases: number }).cases, 0);
  await writeFile(at('inbox/a.csv'), 'a,b\n1,2\n');
  const other = await run(['preview', 'desk'], desk);
  assert.is(other.code, 2);
  assert.match(other.stderr, /silverlining preview: .*id/);
});

running('puts calendars and policies in force before it loads, and brings what is loaded in line when they change', async () => {
  await writeFile(at('inbox/a.csv'), 'id,received,issue\n1,2026-01-05,late\n');
  const policy = (days: number) => `${desk}sla_policies: [{ name: standard, resolve: { calendar_days: ${days} } }]\n`;
  const dueOn = async () => {
    const store = await openTestStore(at('data'));
    const row = await store.reader<{ due_on: string }>('case_fact').first('due_on');
    await store.close();
    return row?.due_on;
  };
  await run(['run'], policy(10));
  assert.is(await dueOn(), '2026-01-15');
  const second = await run(['run'], policy(20));
  assert.match(second.stderr, 'deadlines and business time of 1 case are brought in line');
  assert.is(await dueOn(), '2026-01-25');
  const same = await run(['run'], policy(20));
  assert.not.match(same.stderr, 'brought in line');
});

running('config check answers with what it read, or with every problem and exit code 2', async () => {
  const fine = await run(['config', 'check'], desk);
  assert.is(fine.code, 0, fine.stderr);
  assert.is(fine.stdout, `${at('silverlining.yaml')} is fine: 1 source, 0 calendars, 0 SLA policies\n`);
  const wrong = await run(['config', 'check'], 'organisation: { zone: Mars }\nsources: [{ name: desk, connector: foldr, map: x }]\n');
  assert.is(wrong.code, 2);
  assert.is(wrong.stdout, '');
  assert.match(wrong.stderr, /^silverlining config: organisation\.zone: "Mars" is no time zone.*\(line 1\)$/m);
  assert.match(wrong.stderr, /^silverlining config: sources\[0\]\.connector: "foldr" is no connector.*\(line 2\)$/m);
  const maps = await run(['config', 'check'], desk.replace('./map.yaml', 'standrd'));
  assert.is(maps.code, 2);
  assert.match(maps.stderr, 'map of the source desk: there is no map "standrd" (did you mean "standard"?)');
  const verb = await run(['config', 'chekc'], desk);
  assert.match(verb.stderr, '"chekc" is not one of check (did you mean "check"?)');
});

running('keeps a secret out of what it says, logs and stores, also when the source sends it back', async () => {
  const token = 'tok-7Q4hunter2/x y';
  let asked = 0;
  const server: Server = createServer((request, response) => {
    asked++;
    const sent = String(request.headers.authorization);
    // It answers with what it was sent, in its status line, its header and its body.
    response.writeHead(asked > 1 ? 401 : 200, sent, { 'content-type': 'text/html', 'www-authenticate': sent });
    response.end(`<html>${sent} ${encodeURIComponent(token)}</html>`);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const sources = `sources: [{ name: desk, connector: http-json, url: "http://127.0.0.1:${port}/cases", auth: { bearer: "\${DESK_TOKEN}" }, map: ./map.yaml }]\n`;
  const results: Finished[] = [];
  for (let i = 0; i < 2; i++) results.push(await runProcess(['run'], sources, { DESK_TOKEN: token }));
  results.push(await run(['run'], sources)); // not set at all
  results.push(await run(['status', '--json'], sources));
  server.close();
  assert.ok(asked >= 2, `${asked} requests`);
  assert.equal(
    results.map((r) => r.code),
    [1, 1, 1, 0],
    results.map((r) => r.stderr).join('\n'),
  );
  assert.match(results[2]?.stderr ?? '', 'auth.bearer: the environment variable DESK_TOKEN is not set');
  const kept = await (engine === 'sqlite' ? textOfFiles(at('data')) : textOfTables());
  assert.ok(kept.length > 0);
  for (const text of [...results.flatMap((r) => [r.stdout, r.stderr]), ...kept])
    for (const form of [token, encodeURIComponent(token), '7Q4hunter2']) assert.not(text.includes(form));
});

async function textOfFiles(folder: string): Promise<string[]> {
  return Promise.all((await readdir(folder)).map((file) => readFile(path.join(folder, file), 'latin1')));
}

async function textOfTables(): Promise<string[]> {
  const store = await openTestStore(at('data'));
  const tables = await rowsOf<{ name: string }>(
    store.reader,
    `select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const texts = await Promise.all(tables.map(async ({ name }) => JSON.stringify(await store.reader(name))));
  await store.close();
  return texts;
}

running.run();
