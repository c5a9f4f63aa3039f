// one run: what is refused here is refused before the store is asked for anything but the session
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createApp } from '../../../server/app.ts';
import { permissionOf } from '../../../server/auth/guard.ts';
import { questions } from '../../../server/write-limit.ts';
import { isWriting, routesOf, targetOf } from '../../support/routes.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const sites = suite('writes from other sites');
let server: TestServer;
sites.before(async () => void (server = await startServer({ server: { limits: { writes: 100_000 } } })));
sites.after(() => server.close());

const routes = () => routesOf(createApp(server.deps)).filter(isWriting);
// What a link in a mail leads to, from wherever, by its signed token; RFC 8058 has the mail program post to the first.
const isForAnybody = (path: string) => ['/unsubscribe', '/survey'].includes(path);

const foreign: Record<string, string>[] = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: '' },
  { origin: 'http://127.0.0.1:1' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'anything' },
  { 'sec-fetch-site': 'none', origin: 'https://evil.example' },
  { 'sec-fetch-site': 'none', origin: 'null' },
];

sites('are refused on every route that writes, whatever their content type', async () => {
  const found = routes().filter(({ path }) => !isForAnybody(path));
  assert.ok(found.length > 40, `only ${found.length} routes were found`);
  const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];
  for (const [i, route] of found.entries()) {
    for (const [j, headers] of foreign.entries()) {
      const type = types[(i + j) % types.length] ?? '';
      const response = await server.send(route.method, targetOf(route), '{}', { 'content-type': type, ...headers });
      const place = `${route.method} ${route.path} ${JSON.stringify(headers)}`;
      assert.is(response.status, 403, place);
      assert.match(await response.text(), 'another site', place);
    }
  }
});

sites('are refused where a browser may have left out whence they came: with a session, as a form sends them', async () => {
  for (const route of routes().filter(({ path }) => !isForAnybody(path))) {
    for (const type of [
      'text/plain',
      'Application/X-WWW-Form-urlencoded',
      ' multipart/form-data; boundary=x',
      'text/plain;charset=UTF-8',
    ]) {
      const response = await server.send(route.method, targetOf(route), '{}', { 'content-type': type });
      assert.is(response.status, 403, `${route.method} ${route.path} ${type}`);
      assert.match(await response.text(), 'may have come from another site');
    }
  }
});

sites('change nothing', async () => {
  const { count } = (await server.store.reader('audit_event').count('* as count').first()) as { count: number };
  assert.is(count, 3); // the administrator, the link, the session
});

sites('are told from our own pages and from programs, which are let through on every route', async () => {
  const { host } = new URL(server.url);
  const own: Record<string, string>[] = [
    {},
    { origin: server.url },
    { origin: `https://${host}` },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    // A proxy that rewrites the host.
    { 'sec-fetch-site': 'same-origin', origin: 'https://silverlining.example' },
  ];
  // What these do is not wanted here.
  const spared = ['/sign-out', '/api/account/sessions', '/api/people/:name/sessions'];
  for (const route of routes().filter(({ path }) => !isForAnybody(path) && !spared.includes(path)))
    for (const headers of own) {
      const response = await server.send(route.method, targetOf(route), {}, headers);
      assert.is.not(response.status, 403, `${route.method} ${route.path} ${JSON.stringify(headers)}`);
      await response.body?.cancel();
    }
});

sites('are apart from questions that are sent with POST, which are those that only read', () => {
  const asked = routes().filter(({ method, handlers: [first] }) => method === 'POST' && first && permissionOf(first) === 'read');
  assert.equal(asked.map(({ path }) => path).sort(), [...questions].sort());
});

sites.run();
