// one run: what is counted here is counted in memory
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeLink } from '../../../server/auth/links.ts';
import { questions } from '../../../server/write-limit.ts';
import { addUser } from '../../../server/auth/users.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { openWorkplace } from '../../support/workplace.ts';

const limits = suite('limits');

const none = { cookie: '' };
const from = (address: string) => ({ ...none, 'x-forwarded-for': address });
const wrong = (server: TestServer, headers: Record<string, string>) =>
  server.send('POST', '/sign-in', { token: 'x' }, headers).then(({ status }) => status);
const link = (server: TestServer) => makeLink(server.store, { name: 'admin', now: server.deps.now() });

async function withServer(given: Parameters<typeof startServer>[0], test: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await startServer(given);
  try {
    await test(server);
  } finally {
    await server.close();
  }
}

limits('count an address that nobody has to believe: without a proxy that is believed, a forged header changes nothing', () =>
  withServer({}, async (server) => {
    const statuses: number[] = [];
    for (let i = 0; i < 22; i++) statuses.push(await wrong(server, from(`198.51.100.${i}`)));
    assert.equal(statuses, [...Array<number>(20).fill(401), 429, 429]);
    assert.is(await wrong(server, none), 429); // nor does it hold up only who is named in it
    assert.is(await wrong(server, { ...none, forwarded: 'for=198.51.100.77' }), 429);
    const { headers } = await server.send('GET', '/healthz', undefined, { 'x-forwarded-proto': 'https' });
    assert.is(headers.get('strict-transport-security'), null);
  }),
);

limits('count who the proxy says it was, where it is believed, and not who they say they are', () =>
  withServer({ server: { trustProxy: ['loopback'], limits: { signIn: 3 } } }, async (server) => {
    for (let i = 0; i < 3; i++) assert.is(await wrong(server, from('198.51.100.1')), 401);
    assert.is(await wrong(server, from('198.51.100.1')), 429);
    assert.is(await wrong(server, from('198.51.100.2')), 401);
    // What came with the request stands before what the proxy added.
    assert.is(await wrong(server, from('203.0.113.9, 198.51.100.1')), 429);
    assert.is(await wrong(server, from('203.0.113.9, 198.51.100.2')), 401);
    // Whoever has a network of IPv6 has all of its addresses.
    for (let i = 0; i < 3; i++) assert.is(await wrong(server, from(`2001:db8::${i}`)), 401);
    assert.is(await wrong(server, from('2001:db8::ffff')), 429);
  }),
);

limits('count the client behind two proxies only where both are believed', () =>
  withServer({ server: { trustProxy: ['loopback', '10.0.0.0/8'], limits: { signIn: 1 } } }, async (server) => {
    assert.is(await wrong(server, from('198.51.100.1, 10.1.1.1')), 401);
    assert.is(await wrong(server, from('198.51.100.1, 10.2.2.2')), 429);
    assert.is(await wrong(server, from('198.51.100.2, 10.1.1.1')), 401);
    assert.is(await wrong(server, from('198.51.100.3, 192.0.2.1')), 401);
    assert.is(await wrong(server, from('198.51.100.4, 192.0.2.1')), 429); // nobody said that 192.0.2.1 is a proxy
  }),
);

limits('hold the cookie to https where a proxy that is believed says so, and nobody else', async () => {
  for (const [trustProxy, expected] of [
    [['loopback'], true],
    [['192.0.2.1'], false],
    [[], false],
  ] as const)
    await withServer({ server: { trustProxy } }, async (server) => {
      const response = await server.send('POST', '/sign-in', { token: await link(server) }, { ...none, 'x-forwarded-proto': 'https' });
      assert.is(/; Secure;/.test(response.headers.getSetCookie()[0] ?? ''), expected, trustProxy.join());
      assert.is(response.headers.get('strict-transport-security'), expected ? 'max-age=31536000' : null);
    });
});

limits('slow down who tries to sign in too often, and no office in which everybody signs in', () =>
  withServer({}, async (server) => {
    for (let i = 0; i < 22; i++) assert.is((await server.send('POST', '/sign-in', { token: await link(server) }, none)).status, 200);
    for (let i = 0; i < 20; i++) assert.is(await wrong(server, none), 401);
    const response = await server.send('POST', '/sign-in', { token: await link(server) }, none);
    assert.is(response.status, 429);
    assert.match(response.headers.get('retry-after') ?? '', /^\d+$/);
    assert.equal(await response.json(), { problems: [{ field: '', message: 'too many tries to sign in; wait five minutes' }] });
  }),
);

limits('bound the changes of one person, in all sessions, not of another, and no questions', () =>
  withServer({ server: { limits: { writes: 3 } } }, async (server) => {
    const change = (cookie = server.cookie) => server.send('POST', '/api/notes', {}, { cookie }).then(({ status }) => status);
    assert.equal([await change(), await change(), await change(), await change()], [400, 400, 400, 429]);
    const refused = await server.send('DELETE', '/api/notes/1');
    assert.is(refused.status, 429);
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/);
    assert.match(await refused.text(), 'more than 3 changes in a minute; wait a minute, then go on');
    assert.is(await change(await signIn(server.store, server.deps.now())), 429);
    await addUser(server.store, { name: 'ann', role: 'administrator', now: server.deps.now() });
    assert.is(await change(await signIn(server.store, server.deps.now(), 'ann')), 400);
    for (const question of questions) assert.is.not((await server.send('POST', question, {})).status, 429, question);
    assert.is((await server.send('GET', '/api/meta')).status, 200);
    assert.is((await server.send('POST', '/sign-in', { token: await link(server) }, none)).status, 200);
  }),
);

limits('bound pushes by address and source, whatever is forged', async () => {
  const work = await openWorkplace();
  await work.write(
    'hook.yaml',
    'source: hook\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: at\n',
  );
  work.configure(
    'sources:\n  - { name: hook, connector: push, map: ./hook.yaml }\n  - { name: other, connector: push, map: ./hook.yaml }\n',
  );
  await withServer({ store: work.store, sources: work.deps, server: { limits: { push: 2 } } }, async (server) => {
    const tokenOf = async (name: string) =>
      ((await (await server.send('POST', `/api/sources/${name}/token`)).json()) as { token: string }).token;
    const tokens = { hook: await tokenOf('hook'), other: await tokenOf('other') };
    const push = async (name: 'hook' | 'other', i: number, authorization = `Bearer ${tokens[name]}`) =>
      (
        await server.send(
          'POST',
          `/api/sources/${name}/records`,
          { id: i, at: '2026-01-05' },
          { ...from(`198.51.100.${i}`), authorization },
        )
      ).status;
    assert.equal([await push('hook', 1), await push('hook', 2), await push('hook', 3)], [200, 200, 429]);
    assert.is(await push('other', 1), 200);
    // Tries without a token are counted apart.
    for (let i = 0; i < 20; i++) assert.is(await push('other', i, 'Bearer wrong'), 401);
    assert.is(await push('other', 21, 'Bearer wrong'), 429);
    assert.is(await push('other', 22), 200);
  });
  await work.close();
});

limits.run();
