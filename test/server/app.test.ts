import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { screens } from '../../server/routes/pages.ts';
import { startServer, type TestServer } from '../support/server.ts';

const app = suite('app');
let server: TestServer;
let clientDir = '';
app.before(async () => {
  clientDir = await mkdtemp(path.join(tmpdir(), 'silverlining-client-'));
  await writeFile(path.join(clientDir, 'index.html'), '<!doctype html><title>page of the client</title>');
  server = await startServer({ clientDir });
});
app.after(async () => {
  await server.close();
  await rm(clientDir, { recursive: true, force: true });
});

app('answers /healthz without a session and says no more than that it is up', async () => {
  const response = await server.send('GET', '/healthz', undefined, { cookie: '' });
  assert.is(response.status, 200);
  assert.equal(await response.json(), { status: 'ok' });
});

app('sends the strict content security policy on every answer', async () => {
  for (const path of ['/healthz', '/sign-in', '/api/nothing']) {
    const response = await server.send('GET', path, undefined, { cookie: '' });
    assert.is(
      response.headers.get('content-security-policy'),
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';frame-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    );
    assert.is(response.headers.get('x-content-type-options'), 'nosniff');
    assert.is(response.headers.get('x-powered-by'), null);
  }
});

app('says what is not there, and which address cannot be read', async () => {
  const nothing = await server.send('GET', '/api/nope');
  assert.is(nothing.status, 404);
  assert.match(await nothing.text(), 'there is no GET /api/nope');
  const unreadable = await server.send('GET', '/%E0%A4%A', undefined, { accept: 'text/html' });
  assert.is(unreadable.status, 400);
  assert.match(await unreadable.text(), 'the address cannot be read');
});

app('answers with the page for every screen, and with the page and 404 for what is none', async () => {
  const html = { accept: 'text/html' };
  for (const path of [
    '/',
    '/resolution',
    '/issues',
    '/issues/Late%20%2F%20lost',
    '/satisfaction',
    '/cases',
    '/cases/',
    '/cases/new',
    '/cases/12',
    '/digests',
    '/digests/2026-10-of-1',
    '/data',
    '/data?page=2',
    '/data/definitions',
  ]) {
    assert.is((await server.send('GET', path, undefined, html)).status, 200, path);
  }
  for (const path of ['/nope', '/cases/12/more', '/Data', '/data.']) {
    const response = await server.send('GET', path, undefined, html);
    assert.is(response.status, 404, path);
    assert.match(await response.text(), 'page of the client', path);
  }
  assert.is((await server.send('GET', '/nope.js', undefined, { accept: '*/*' })).status, 404);
});

app('knows the same screens as the client', () => {
  const routes = readFileSync('client/state/router.svelte.ts', 'utf8');
  const patterns = [...routes.matchAll(/pattern: '([^']+)',\s+file/g)].map((match) => match[1]);
  assert.equal(patterns, [...screens]);
});

app.run();
