// time limit: 300 s
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, launch, startProcess } from '../../support/cli.ts';
import { storeEnv } from '../../support/test-store.ts';

const starting = suite('silverlining start');
let dir = '';
let env: Record<string, string> = {};
starting.before.each(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-start-'));
  env = { ...(await storeEnv(dir)), PORT: '0', SILVERLINING_DEMO: 'off' };
});
starting.after.each(() => rm(dir, { recursive: true, force: true }));

const start = (...args: string[]) => startProcess(env, ...args);

starting('serves, prints a link that signs in, ends cleanly, and starts again with what it had', async () => {
  const first = await start();
  const link = /(http:\S+)\/sign-in\?token=([\w-]{43})/.exec(first.said());
  assert.is(link?.[1], first.url);
  const signIn = () =>
    fetch(`${first.url}/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: link?.[2] }),
    });
  const signedIn = await signIn();
  assert.is(signedIn.status, 200);
  assert.is((await signIn()).status, 401);
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  assert.is((await fetch(`${first.url}/healthz`)).status, 200);
  const page = await fetch(`${first.url}/`, { headers: { cookie, accept: 'text/html' } });
  assert.is(page.status, 200);
  assert.match(await page.text(), '<title>Silverlining</title>');
  assert.is(page.headers.get('cache-control'), 'no-cache');
  const key = '3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86';
  const entry = { kind: 'complaint', received_at: '2026-01-05', issue: 'late delivery', narrative: 'Late.' };
  const entered = await fetch(`${first.url}/api/entries/${key}`, {
    method: 'PUT',
    headers: { cookie, 'content-type': 'application/json' },
    body: JSON.stringify(entry),
  });
  assert.is(entered.status, 201);
  assert.is(await first.stop(), 0);

  const second = await start();
  assert.not.match(second.said(), 'token='); // the session from before still holds
  const sources = (await (await fetch(`${second.url}/api/sources`, { headers: { cookie } })).json()) as {
    rows: { name: string; cases: number }[];
  };
  assert.is(sources.rows.find(({ name }) => name === 'entry')?.cases, 1);
  assert.is(await second.stop('SIGINT'), 0);
});

starting('works beside the command line on the same store', async () => {
  const server = await start();
  const linked = await cli(['user', 'link', 'admin'], env);
  assert.is(linked.code, 0);
  const token = /token=([\w-]{43})/.exec(linked.stdout)?.[1];
  const response = await fetch(`${server.url}/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  assert.is(response.status, 200);
  assert.is((await cli(['status'], env)).code, 0);
  assert.is(await server.stop(), 0);
});

starting('says at once that the port is in use', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await cli(['start'], { ...env, PORT: String(port) });
  other.close();
  assert.is(code, 2);
  assert.match(stderr, `port ${port} of 127.0.0.1 is in use`);
  assert.not.match(stderr, /^\s+at /m);
});

starting('ends with 0 when told to stop as soon as it holds its port', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await new Promise((resolve) => other.close(resolve));
  const { child, finished } = launch(['start'], { ...env, PORT: String(port) });
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      () => true,
      () => false,
    );
  while (child.exitCode === null && !(await answers())) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGTERM');
  assert.is((await finished).code, 0);
});

starting.run();
