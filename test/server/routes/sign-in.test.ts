import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeLink } from '../../../server/auth/links.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const signIn = suite('signing in');
let server: TestServer;
signIn.before.each(async () => void (server = await startServer()));
signIn.after.each(() => server.close());

const none = { cookie: '' };
const link = () => makeLink(server.store, { name: 'admin', now: server.deps.now() });

signIn('turns a link into a session that every later request is known by', async () => {
  const response = await server.send('POST', '/sign-in', { token: await link() }, none);
  assert.is(response.status, 200);
  assert.equal(await response.json(), { user: { name: 'admin', role: 'administrator' }, next: '/' });
  const [cookie = ''] = response.headers.getSetCookie();
  assert.match(cookie, /^silverlining_session=[\w-]{43}; Max-Age=2592000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  const again = await server.send('GET', '/api/sources', undefined, { cookie: cookie.split(';')[0] ?? '' });
  assert.is(again.status, 200);
});

signIn('refuses a used, unknown or malformed link and says how to get another', async () => {
  const token = await link();
  await server.send('POST', '/sign-in', { token }, none);
  for (const body of [{ token }, { token: 'x'.repeat(43) }, { token: 7 }, {}]) {
    const response = await server.send('POST', '/sign-in', body, none);
    assert.is(response.status, 401);
    assert.equal(response.headers.getSetCookie(), []);
    assert.match(JSON.stringify(await response.json()), 'npx silverlining user link NAME');
  }
});

signIn('serves its page and the page’s two assets to anybody', async () => {
  for (const [path, type] of Object.entries({
    '/sign-in?token=abc': 'text/html',
    '/sign-in.css': 'text/css',
    '/sign-in.js': 'text/javascript',
  })) {
    const response = await server.send('GET', path, undefined, none);
    assert.is(response.status, 200);
    assert.ok(response.headers.get('content-type')?.startsWith(type), path);
    assert.not.match(await response.text(), /style=|onclick=|<script>/); // the security policy would block them
  }
});

signIn('sends a browser without a session to the sign-in page, and a program nowhere', async () => {
  const browser = await server.send('GET', '/cases?kind=complaint', undefined, { ...none, accept: 'text/html,*/*' });
  assert.is(browser.status, 303);
  assert.is(browser.headers.get('location'), '/sign-in?next=%2Fcases%3Fkind%3Dcomplaint');
  assert.is((await server.send('GET', '/cases', undefined, none)).status, 401);
});

signIn('leads back to the page that was wanted, though the link does not know it, and once', async () => {
  const page = await server.send('GET', '/sign-in?next=%2Fcases%2F12%3Fkind%3Dcomplaint', undefined, none);
  const [kept = ''] = page.headers.getSetCookie();
  assert.match(kept, /^silverlining_next=[^;]+; Max-Age=900; Path=\/sign-in; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  const cookie = kept.split(';')[0] ?? '';
  await server.send('GET', '/sign-in?token=abc', undefined, { cookie });
  const response = await server.send('POST', '/sign-in', { token: await link() }, { cookie });
  assert.is(((await response.json()) as { next: string }).next, '/cases/12?kind=complaint');
  assert.match(response.headers.getSetCookie().join('\n'), /^silverlining_next=; Path=\/sign-in; Expires=Thu, 01 Jan 1970/m);
});

signIn('leads to no other site and to nothing that is no page', async () => {
  const wrong = ['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', '/api/meta', '/sign-in?token=x', 'cases'];
  for (const next of wrong) {
    const page = await server.send('GET', `/sign-in?next=${encodeURIComponent(next)}`, undefined, none);
    assert.equal(page.headers.getSetCookie(), [], next);
    const cookie = `silverlining_next=${encodeURIComponent(next)}`;
    const response = await server.send('POST', '/sign-in', { token: await link() }, { cookie });
    assert.is(((await response.json()) as { next: string }).next, '/', next);
  }
});

signIn('signing out ends the session', async () => {
  const response = await server.send('POST', '/sign-out');
  assert.is(response.status, 204);
  assert.match(response.headers.getSetCookie()[0] ?? '', /^silverlining_session=; Path=\/; Expires=Thu, 01 Jan 1970/);
  assert.is((await server.send('GET', '/api/sources')).status, 401);
});

signIn('writes down who signed in and out', async () => {
  await server.send('POST', '/sign-out');
  const events = (await server.store.reader('audit_event').orderBy('audit_id').select('action', 'target')) as unknown[];
  assert.equal(events, [
    { action: 'user_added', target: 'admin' },
    { action: 'link_made', target: 'admin' },
    { action: 'signed_in', target: 'admin' },
    { action: 'signed_out', target: 'admin' },
  ]);
});

signIn.run();
