import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OpenIdConfig } from '../../../etl/config-sign-in.ts';
import { createOpenId } from '../../../server/auth/openid.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser, setEmail } from '../../../server/auth/users.ts';
import { startOpenIdProvider, type OpenIdProvider, type Person } from '../../support/openid-provider.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const openid = suite('signing in with OpenID Connect');
const secret = 'the secret of the registration';
const people: Record<string, Person> = {
  's-ann': { email: 'Ann@Example.org', email_verified: true },
  's-eve': { email: 'ann@example.org', email_verified: false },
  's-heir': { email: 'ann@example.org', email_verified: true },
  's-new': { email: 'new@example.org', email_verified: true },
  's-none': {},
  's-far': { email: 'far@example.com', email_verified: true },
};
let provider: OpenIdProvider;
let server: TestServer;
openid.before(async () => void (provider = await startOpenIdProvider(people, secret)));
openid.after(() => provider.close());
openid.after.each(() => server.close());

async function serve(more: Partial<OpenIdConfig> = {}): Promise<void> {
  const config = {
    name: 'Example & Co',
    issuer: provider.issuer,
    client_id: 'silverlining',
    client_secret: secret,
    unverified_email: false,
  };
  server = await startServer({ openId: createOpenId({ ...config, ...more }, null) });
  provider.register(`${server.url}/sign-in/openid/callback`);
  await addUser(server.store, { name: 'ann', role: 'staff', now: server.deps.now() });
  await setEmail(server.store, { name: 'ann', email: 'ann@example.org', now: server.deps.now() });
}
const get = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie, accept: 'text/html' } });
const cookieOf = (response: Response) => response.headers.getSetCookie().map((line) => line.split(';')[0]).join('; '); // prettier-ignore
/** Goes there and back; where it ends, and as whom. */
async function signIn(subject: string, change: (url: URL) => void = () => undefined): Promise<[location: string, name: string | null]> {
  const begun = await get(`${server.url}/sign-in/openid`);
  assert.is(begun.status, 303);
  const back = new URL(await provider.follow(begun.headers.get('location') ?? '', subject));
  change(back);
  const done = await get(back.href, cookieOf(begun));
  const meta = await server.send('GET', '/api/meta', undefined, { cookie: cookieOf(done) });
  const name = meta.status === 200 ? ((await meta.json()) as { user: { name: string } }).user.name : null;
  return [done.headers.get('location') ?? '', name];
}

openid('lets in whom the provider vouches for, found by a verified address and by what the provider calls them from then on', async () => {
  await serve();
  assert.match(await (await get(`${server.url}/sign-in`)).text(), /href="\/sign-in\/openid">Sign in with Example &#38; Co</);
  assert.equal(await signIn('s-ann'), ['/', 'ann']);
  assert.equal(await signIn('s-ann'), ['/', 'ann'], 'by what the provider calls her');
  assert.equal(await signIn('s-heir'), ['/sign-in?openid=unknown', null], 'who has got her address is somebody else');
  const lines = await server.store.reader('audit_event').whereIn('action', ['identity_linked', 'signed_in']).pluck<string[]>('action');
  assert.equal(lines.sort(), ['identity_linked', 'signed_in', 'signed_in', 'signed_in'], 'the first is that of the administrator');
  await setEmail(server.store, { name: 'ann', email: 'other@example.org', now: server.deps.now() });
  assert.equal(await signIn('s-ann'), ['/sign-in?openid=unknown', null], 'with another address she is to be found anew');
  await setEmail(server.store, { name: 'ann', email: 'ann@example.org', now: server.deps.now() });
  assert.equal(await signIn('s-ann'), ['/', 'ann']);
  await changeUser(server.store, 'ann', { isDisabled: true }, { by: null, now: server.deps.now() });
  assert.equal(await signIn('s-ann'), ['/sign-in?openid=unknown', null]);
});

openid('lets in nobody by an address that is not verified, unknown or missing', async () => {
  await serve();
  for (const subject of ['s-eve', 's-new', 's-none']) assert.equal(await signIn(subject), ['/sign-in?openid=unknown', null], subject);
  assert.equal(await server.store.reader('user').where({ email: 'new@example.org' }).pluck('name'), []);
});

openid('adds people of the provider with the role that is configured, once', async () => {
  await serve({ new_people: 'executive', email_domains: ['example.org'] });
  assert.equal(await signIn('s-new'), ['/', 'new@example.org']);
  assert.equal(await signIn('s-new'), ['/', 'new@example.org']);
  const added = await server.store
    .reader<{ name: string; role: string; email: string }>('user')
    .where({ email: 'new@example.org' })
    .select('name', 'role');
  assert.equal(added, [{ name: 'new@example.org', role: 'executive' }]);
  assert.equal(await signIn('s-none'), ['/sign-in?openid=unknown', null]);
  assert.equal(await signIn('s-far'), ['/sign-in?openid=unknown', null], 'another domain');
});

openid('refuses what was not begun here, was changed on the way, or comes a second time', async () => {
  await serve();
  for (const name of ['state', 'code', 'iss'])
    assert.equal(await signIn('s-ann', (url) => url.searchParams.set(name, 'x')), ['/sign-in?openid=refused', null], name);
  assert.equal(await signIn('s-ann', (url) => url.searchParams.delete('code')), ['/sign-in?openid=refused', null]);
  const begun = await get(`${server.url}/sign-in/openid`);
  const back = await provider.follow(begun.headers.get('location') ?? '', 's-ann');
  assert.is((await get(back)).headers.get('location'), '/sign-in?openid=late');
  assert.is((await get(back, 'silverlining_openid=%7B%22state%22%3A1%7D')).headers.get('location'), '/sign-in?openid=late');
  const other = await get(`${server.url}/sign-in/openid`);
  assert.is((await get(back, cookieOf(other))).headers.get('location'), '/sign-in?openid=refused', 'begun in another browser');
  assert.is((await get(back, cookieOf(begun))).headers.get('location'), '/');
  assert.is((await get(back, cookieOf(begun))).headers.get('location'), '/sign-in?openid=refused', 'a code works once');
  const logged = JSON.stringify(server.logged);
  assert.not.match(logged, secret);
  assert.not.match(logged, new URL(back).searchParams.get('code') ?? 'nothing');
});

openid('says that the provider cannot be reached or does not know us, and has nothing where none is configured', async () => {
  await serve({ issuer: 'http://127.0.0.1:9' });
  assert.is((await get(`${server.url}/sign-in/openid`)).headers.get('location'), '/sign-in?openid=unreachable');
  await server.close();
  await serve({ client_secret: 'another' });
  assert.equal(await signIn('s-ann'), ['/sign-in?openid=refused', null]);
  await server.close();
  server = await startServer();
  for (const path of ['', '/callback']) assert.is((await get(`${server.url}/sign-in/openid${path}`)).status, 404);
  assert.not.match(await (await get(`${server.url}/sign-in`)).text(), 'openid"');
});

openid.run();
