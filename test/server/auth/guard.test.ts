import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createApp } from '../../../server/app.ts';
import { openPaths, openRoutes } from '../../../server/auth/guard.ts';
import { routesOf, targetOf } from '../../support/routes.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const guard = suite('guard');
let server: TestServer;
guard.before(async () => void (server = await startServer()));
guard.after(() => server.close());

const none = { cookie: '' };
const routes = () => routesOf(createApp(server.deps));

guard('finds the routes it is about to try', () => {
  const found = routes().map(({ method, path }) => `${method} ${path}`);
  for (const route of ['GET /healthz', 'POST /sign-in', 'POST /api/query', 'GET /api/meta', 'PUT /api/entries/:key', 'GET /{*screen}']) {
    assert.ok(found.includes(route), `${route} is not among ${found.join(', ')}`);
  }
});

guard('refuses every route without a session, but for the written few', async () => {
  const answered: string[] = [];
  for (const { method, path } of routes()) {
    const target = targetOf({ path });
    for (const cookie of ['', 'silverlining_session=', `silverlining_session=${'A'.repeat(43)}`, 'silverlining_session=%00']) {
      const response = await server.send(method, target, method === 'GET' ? undefined : {}, { cookie });
      if (response.status !== 401) answered.push(path);
      else assert.equal(Object.keys((await response.json()) as object), ['problems']);
    }
  }
  const refusedByItself = '/sign-in'; // POST answers 401 itself: the link is missing
  const expected = openPaths.filter((path) => path !== '/icon.svg'); // a file of the client, not a route
  assert.equal([...new Set(answered)].sort(), [...expected].sort());
  assert.is((await server.send('POST', refusedByItself, {}, none)).status, 401);
});

guard('leaves to a route of programs alone who calls it, with a reason written down, and each refuses who has no token', async () => {
  for (const { method, path, why } of openRoutes) {
    assert.ok(why.length > 40, `${method} ${path} says why`);
    assert.ok(
      routes().some((route) => route.method === method && route.path === path),
      `${method} ${path} is a route`,
    );
    const target = path.replace(/:\w+/g, 'shop');
    const bare = await server.send(method, target, {}, none);
    assert.is(bare.status, 401);
    assert.match(await bare.text(), 'token'); // it is the route that refuses
    for (const near of [`${target}/x`, `${target}/`, target.toUpperCase(), target.replace('shop', 'a/b')]) {
      const response = await server.send(method, near, {}, none);
      assert.is(response.status, 401, near);
      assert.match(await response.text(), 'you are not signed in', near);
    }
    assert.match(await (await server.send('GET', target, undefined, none)).text(), 'you are not signed in');
  }
});

guard('refuses what does not exist in the same way, so that nobody can find out what does', async () => {
  for (const path of [
    '/api/nothing',
    '/assets/index.js',
    '/index.html',
    '/api/../api/meta',
    '//api/meta',
    '/API/META',
    '/sign-in/',
    '/healthz/x',
  ]) {
    assert.is((await server.send('GET', path, undefined, none)).status, 401, path);
  }
});

guard('lets another site link to a page and read nothing', async () => {
  const response = await server.send('GET', '/api/sources', undefined, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' });
  assert.is(response.status, 200);
  assert.is(response.headers.get('access-control-allow-origin'), null);
  assert.is(response.headers.get('cross-origin-resource-policy'), 'same-origin');
});

guard.run();
