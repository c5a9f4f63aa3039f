import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dimensionNames } from '../../../queries/model/dimensions.ts';
import { createApp } from '../../../server/app.ts';
import { bodyLimitOf } from '../../../server/json-body.ts';
import { addUser } from '../../../server/auth/users.ts';
import { bodies } from '../../support/bodies.ts';
import { isWriting, routesOf, targetOf, type KnownRoute } from '../../support/routes.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { engine } from '../../support/test-store.ts';
import { openWorkplace, type Workplace } from '../../support/workplace.ts';

const hostile = suite('hostile input');
let work: Workplace;
let server: TestServer;
hostile.before(async () => {
  work = await openWorkplace();
  await work.write(
    'hook.yaml',
    'source: hook\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: at\n',
  );
  work.configure('sources:\n  - { name: hook, connector: push, map: ./hook.yaml }\n');
  await work.write('index.html', '<!doctype html><title>page of the client</title>');
  const configFile = { path: work.at('silverlining.yaml'), folder: work.dir, dataDir: work.dir, text: null, allowsLocal: false };
  server = await startServer({
    clientDir: work.dir,
    configFile,
    store: work.store,
    sources: work.deps,
    server: { limits: { writes: 1_000_000 } },
  });
  await addUser(server.store, { name: 'pat', role: 'staff', now: server.deps.now() });
  const entry = { kind: 'complaint', received_at: '2026-01-05', issue: 'late', narrative: 'Late.' };
  assert.is((await server.send('PUT', `/api/entries/${key}`, entry)).status, 201);
});
hostile.after(async () => {
  await server.close();
  await work.close();
});

const key = '3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86';
const values = { name: 'pat', key };
const routes = () => routesOf(createApp(server.deps));
const nameOf = ({ method, path }: KnownRoute) => `${method} ${path}`;
const limitOf = ({ handlers }: KnownRoute) => handlers.map((handler) => bodyLimitOf(handler)).find(Boolean);
const reading = () => routes().filter(limitOf);
/** What reads no JSON, in other ways. */
const apart = ['POST /unsubscribe', 'POST /survey', 'POST /api/sources/:name/records'];

/** Asserts that an answer says nothing of how we are made: neither of the programme nor of its statements. @returns its status and text */
async function isDiscreet(response: Response, place: string): Promise<{ status: number; text: string }> {
  const text = await response.text();
  const { status } = response;
  assert.ok(status < 500, `${place} answered ${status}: ${text}`);
  if (status < 400 || response.headers.get('content-type')?.startsWith('text/html')) return { status, text };
  const { problems } = JSON.parse(text) as { problems: { field: string; message: string }[] };
  assert.ok(problems.length > 0, place);
  for (const { message } of problems) assert.not.match(message, leaks, place);
  return { status, text };
}
const leaks =
  /\b(select .+ from|insert into|update .+ set|delete from|SQLITE_|node_modules|knex)\b|syntax error|\bat .+\.[jt]s\b|[.](ts|js):\d|no such (table|column)|relation "|TypeError|Cannot read prop/i;

const strings = [
  "' or 1=1 --",
  '"; drop table case_fact; --',
  "x') union all values (1) --",
  '\u0000',
  'a\u0000b',
  '\ud800',
  '../../../../etc/passwd',
  '\r\nX-Injected: 1',
  '__proto__',
  'constructor',
  '%',
  '${jndi:ldap://127.0.0.1/x}',
  '<script>alert(1)</script>',
  '=1+1',
  '-1',
  '1e400',
  '9'.repeat(400),
  '२',
  'x'.repeat(6000),
];
const others: unknown[] = [null, true, 0, -1, 1.5, 2 ** 53, 1e308, [], {}, [[]], [null], Array(2000).fill('x')];
/** What stores differ in, for every place; all else takes turns from place to place. */
const always = ['\u0000', "' or 1=1 --"];
let turn = 0;
const some = <T>(all: readonly T[], count: number): T[] =>
  Array.from({ length: engine === 'sqlite' || count === 1 ? count : 0 }, () => all[turn++ % all.length] as T); // within its length
const oddValues = (): unknown[] => [...always, ...some(strings, 2), ...some(others, 2)];
const oddTexts = (): string[] => [...always, ...some(strings, 4)];

hostile('in the filters of a query finds nothing, and leaves every table as it was', async () => {
  const query = { measures: ['received'], from: '2026-01-01', to: '2026-01-31' };
  const received = async (where: object) => {
    const response = await server.send('POST', '/api/query', { queries: [{ ...query, where }] });
    const { status, text } = await isDiscreet(response, JSON.stringify(where));
    return status === 200 ? (JSON.parse(text) as { tables: { rows: { received: number }[] }[] }).tables[0]?.rows[0]?.received : status;
  };
  assert.is(await received({ issue: ['late'] }), 1);
  for (const name of dimensionNames)
    for (const value of ["' or 1=1 --", "late' or '1'='1", '") or 1=1 --', '%', '_'])
      assert.ok([0, 400, undefined].includes(await received({ [name]: [value] })), `${name} ${value}`);
  for (const name of ["issue' or 1=1 --", '__proto__', 'constructor', 'toString'])
    assert.is(await received({ [name]: ['late'] }), 400, name);
  assert.is(await received({ issue: ['late'] }), 1);
});

hostile('has a body to try for every route that reads one, which none fails on', async () => {
  assert.equal(Object.keys(bodies).sort(), reading().map(nameOf).sort());
  for (const route of reading()) {
    const response = await server.send(route.method, targetOf(route, values), bodies[nameOf(route)]);
    await isDiscreet(response, nameOf(route));
  }
});

// What is refused before the store is asked need not be asked of both.
if (engine === 'sqlite')
  hostile(
    'is answered with 413 where a body is too large, also packed, with 400 where it is none, and with what was expected where it is of another type',
    async () => {
      const json = { 'content-type': 'application/json' };
      assert.ok(reading().length > 25, `only ${reading().length} routes read a body`);
      for (const route of reading()) {
        const target = targetOf(route, values);
        const [, size = '', unit] = /^(\d+)(kb|mb)$/.exec(limitOf(route) ?? '') ?? [];
        const most = Number(size) * (unit === 'mb' ? 1024 * 1024 : 1024);
        const large = `{"x":"${'x'.repeat(most)}"}`;
        const send = async (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) => {
          const response = await fetch(server.url + target, { method: route.method, body, headers: { cookie: server.cookie, ...headers } });
          return isDiscreet(response, `${nameOf(route)} ${JSON.stringify(headers)}`);
        };
        // What is signed in with is limited by the wrong tries.
        if (route.path === '/sign-in') continue;
        const plain = await send(large, json);
        assert.is(plain.status, 413, nameOf(route));
        assert.match(plain.text, 'send less at once');
        assert.is((await send(new Uint8Array(gzipSync(large)), { ...json, 'content-encoding': 'gzip' })).status, 413, nameOf(route));
        for (const broken of [
          '{',
          '{"a":}',
          '[1]',
          '"x"',
          '7',
          'null',
          '\u0000',
          `{"a":"${'x'.repeat(100)}`,
          '{"a":1}{"b":2}',
          '['.repeat(900),
        ])
          assert.is((await send(broken, json)).status, 400, `${nameOf(route)} ${broken.slice(0, 20)}`);
        assert.is((await send(new TextEncoder().encode('zzz'), { ...json, 'content-encoding': 'gzip' })).status, 400, nameOf(route));
        assert.is((await send('{}', { ...json, 'content-encoding': 'rot13' })).status, 415, nameOf(route));
        assert.is((await send('{}', { 'content-type': 'application/json; charset=latin1' })).status, 415, nameOf(route));
        for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml']) {
          const other = await send('{}', { 'content-type': type, 'sec-fetch-site': 'same-origin' });
          assert.is(other.status, 400, `${nameOf(route)} ${type}`);
          assert.match(other.text, 'expected content-type application/json');
        }
      }
    },
  );

hostile('is not read where no body is expected, and bounded where it is no JSON', async () => {
  const large = 'x'.repeat(300_000);
  for (const route of routes().filter(isWriting)) {
    if (limitOf(route) || apart.includes(nameOf(route))) continue;
    const spared = ['/sign-out', '/api/account/sessions', '/api/people/:name/sessions'];
    if (spared.includes(route.path)) continue;
    for (const body of ['{', large]) {
      const response = await server.send(route.method, targetOf(route), body, { 'content-type': 'application/json' });
      assert.is.not((await isDiscreet(response, nameOf(route))).status, 413);
    }
  }
  const form = { cookie: '', 'content-type': 'application/x-www-form-urlencoded' };
  assert.is((await server.send('POST', '/unsubscribe', `a=${large}`, form)).status, 413);
  const { token } = (await (await server.send('POST', '/api/sources/hook/token')).json()) as { token: string };
  const pushed = (body: string) => server.send('POST', '/api/sources/hook/records', body, { cookie: '', authorization: `Bearer ${token}` });
  assert.is((await isDiscreet(await pushed('x'.repeat(10 * 1024 * 1024 + 1)), 'push')).status, 413);
  for (const body of ['{', '[', '\u0000', '{"__proto__":{"a":1}}', '['.repeat(20_000), ''])
    await isDiscreet(await pushed(body), `push ${body.slice(0, 9)}`);
});

hostile('in any value of a body is refused or taken as text, and never fails', async () => {
  for (const route of reading()) {
    if (route.path === '/sign-in') continue;
    const seed = bodies[nameOf(route)];
    for (const place of placesOf(seed)) {
      for (const value of oddValues()) {
        const response = await server.send(route.method, targetOf(route, values), replaced(seed, place, value));
        await isDiscreet(response, `${nameOf(route)} ${place.join('.')} = ${JSON.stringify(value)?.slice(0, 60)}`);
      }
    }
  }
});

hostile('as names of an object changes no other object', async () => {
  const polluting = ['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'];
  for (const route of reading()) {
    if (route.path === '/sign-in') continue;
    const seed = bodies[nameOf(route)];
    const nested = placesOf(seed)
      .filter((place) => typeof at(seed, place) === 'object')
      .map((place) => JSON.stringify(replaced(seed, place, '¤')).replace('"¤"', polluting[0] ?? ''));
    for (const body of [...polluting, ...nested]) {
      const response = await server.send(route.method, targetOf(route, values), body, { 'content-type': 'application/json' });
      await isDiscreet(response, `${nameOf(route)} ${body}`);
      assert.is(({} as { polluted?: unknown }).polluted, undefined, nameOf(route));
    }
  }
});

hostile('in an address, as a part or a parameter, never fails', async () => {
  const names = new Set(
    readdirSync('server', { recursive: true })
      .map(String)
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => [...readFileSync(path.join('server', file), 'utf8').matchAll(/(?:Parameter\(req, '|req\.query\.)(\w+)/g)])
      .map(([, name = '']) => name),
  );
  assert.ok(names.size > 12, [...names].join());
  for (const route of routes()) {
    if (
      route.path === '/api/runs/live' ||
      apart.includes(nameOf(route)) ||
      route.path === '/sign-out' ||
      route.path === '/api/account/sessions'
    )
      continue;
    const parts = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    const target = targetOf(route, values);
    // Drawing a digest takes a second, and takes no parameter.
    const asked = isWriting(route) || route.path === '/api/digests/:id/preview' ? [] : [...names];
    const tries = [
      ...parts.flatMap((name) => oddTexts().map((value) => targetOf(route, { ...values, [name]: wellFormed(value) }))),
      ...asked.map((name) => `${target}?${name}=${encodeURIComponent(wellFormed(some(strings, 1).join()))}`),
      ...(asked.length ? always : []).map((value) => `${target}?${asked.map((name) => `${name}=${encodeURIComponent(value)}`).join('&')}`),
    ];
    for (const address of tries) {
      const response = await server.send(route.method, address, limitOf(route) ? {} : undefined);
      await isDiscreet(response, `${route.method} ${address.slice(0, 200)}`);
      assert.is(response.headers.get('x-injected'), null, address);
    }
  }
});

hostile('has the server log no failure of its own', () => {
  assert.equal(
    server.logged.filter(({ event }) => event === 'request_failed'),
    [],
  );
});

/** Text that an address can hold. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

type Place = (string | number)[];

/** Every place in a value, from the top. */
function placesOf(value: unknown, above: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((name) => {
    const place = [...above, Array.isArray(value) ? Number(name) : name];
    return [place, ...placesOf((value as Record<string, unknown>)[name], place)];
  });
}

function at(value: unknown, place: Place): unknown {
  return place.reduce((part, name) => (part as Record<string | number, unknown>)[name], value);
}

/** A copy of a value with another in one place. */
function replaced(value: unknown, place: Place, by: unknown): object {
  const copy = structuredClone(value) as object;
  const last = place.at(-1) ?? '';
  (at(copy, place.slice(0, -1)) as Record<string | number, unknown>)[last] = by;
  return copy;
}

hostile.run();
