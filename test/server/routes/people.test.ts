import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AccountJson, InvitedJson, PeopleJson } from '../../../queries/model/people.ts';
import { invitationSeconds } from '../../../server/auth/links.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';

const people = suite('people');
const password = 'correct horse battery';
let server: TestServer;
let now = 1_800_000_000;
people.before.each(async () => void (server = await startServer({ now: () => now })));
people.after.each(() => server.close());

interface Answer<T> {
  status: number;
  body: T & { problems?: { field: string; message: string }[] };
}
async function ask<T>(method: string, path: string, body?: unknown, cookie = server.cookie): Promise<Answer<T>> {
  const response = await server.send(method, path, body, { cookie });
  const text = await response.text();
  return { status: response.status, body: (text ? JSON.parse(text) : {}) as Answer<T>['body'] };
}
async function enter(body: unknown): Promise<{ status: number; cookie: string }> {
  const response = await server.send('POST', '/sign-in', body, { cookie: '', 'user-agent': 'Test browser 1.0' });
  return { status: response.status, cookie: (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '' };
}
async function invited(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await ask<InvitedJson>('POST', '/api/people', { name, role: 'trainer', ...more });
  assert.is(status, 201, JSON.stringify(body));
  return new URL(body.path, server.url).searchParams.get('token') ?? '';
}
const person = async (name: string) => (await ask<PeopleJson>('GET', '/api/people')).body.people.find((each) => each.name === name);

people('are invited by a link that works once within a week', async () => {
  const token = await invited('anna', { email: 'Anna@example.org', agent: 'A-1' });
  const anna = await person('anna');
  assert.equal([anna?.role, anna?.email, anna?.agent, anna?.sessions], ['trainer', 'anna@example.org', 'A-1', 0]);
  assert.is(Date.parse(anna?.invited_until ?? '') / 1000, now + invitationSeconds);
  now += invitationSeconds - 1;
  assert.is((await enter({ token })).status, 200);
  assert.is((await enter({ token })).status, 401);
});

people('are not invited a week later, nor with what is wrong', async () => {
  const token = await invited('anna');
  now += invitationSeconds;
  assert.is((await enter({ token })).status, 401);
  server.cookie = await signIn(server.store, now);
  for (const [body, field] of [
    [{ name: 'anna', role: 'trainer' }, 'name'],
    [{ name: 'ben' }, 'role'],
    [{ name: 'ben', role: 'king' }, 'role'],
    [{ name: 'ben', role: 'staff', scope: { team: ['Nowhere'] } }, 'scope.team'],
    [{ name: 'ben', role: 'staff', scope: { agent: ['x'] } }, 'scope.agent'],
    [{ name: 'ben', role: 'staff', email: 'ben' }, 'ADDRESS'],
    [{ name: 7, role: 'staff' }, 'name'],
  ] as const) {
    const refused = await ask('POST', '/api/people', body);
    assert.equal([refused.status, refused.body.problems?.[0]?.field], [400, field], JSON.stringify(body));
  }
  assert.is(await person('ben'), undefined);
});

people('set a password, sign in with it, and find their sessions', async () => {
  const { cookie } = await enter({ token: await invited('anna') });
  const other = await enter({ token: (await ask<InvitedJson>('POST', '/api/people/anna/invitation')).body.path.split('token=')[1] });
  for (const wrong of ['short', 'aaaaaaaaaaaaaaaa', 'my-name-is-anna!', 7, 'x'.repeat(201)])
    assert.is((await ask('PUT', '/api/account/password', { password: wrong }, cookie)).status, 400, String(wrong));
  assert.is((await ask('PUT', '/api/account/password', { password }, cookie)).status, 204);
  assert.is((await ask('GET', '/api/account', undefined, other.cookie)).status, 401);
  const byPassword = await enter({ name: 'anna', password });
  assert.is(byPassword.status, 200);
  const { body } = await ask<AccountJson>('GET', '/api/account', undefined, byPassword.cookie);
  assert.equal([body.role, body.has_password, body.sessions.map((s) => s.is_this).sort()], ['Trainer', 1, [0, 1]]);
  assert.is(body.sessions.find((s) => s.is_this)?.browser, 'Test browser 1.0');
  const refused = await ask('PUT', '/api/account/password', { password: 'another good one', current: 'wrong' }, cookie);
  assert.is(refused.body.problems?.[0]?.field, 'current');
  const stored = await server.store.reader<{ name: string; password_hash: string }>('user').where({ name: 'anna' }).first('password_hash');
  assert.match(stored?.password_hash ?? '', /^scrypt\$65536\$8\$2\$[\w-]{22}\$[\w-]{43}$/);
}); // prettier-ignore

people('are refused with a wrong password, an unknown name and none at all alike, and held up after ten tries', async () => {
  await enter({ token: await invited('anna') });
  for (const name of ['anna', 'nobody', 'admin']) assert.is((await enter({ name, password })).status, 401);
  for (let i = 0; i < 9; i++) await enter({ name: 'Anna', password: 'x' });
  assert.is((await enter({ name: 'anna', password })).status, 429);
  const trail = await server.store.reader<{ target: string; action: string }>('audit_event').where({ action: 'sign_in_refused' });
  assert.equal([...new Set(trail.map(({ target }) => target))], ['anna', 'nobody we know', 'admin']);
  now += 15 * 60;
});

people('end their own sessions, and no other person’s; an administrator ends all of one', async () => {
  const first = await enter({ token: await invited('anna') });
  const second = await enter({ token: (await ask<InvitedJson>('POST', '/api/people/anna/invitation')).body.path.split('token=')[1] });
  const own = (await ask<AccountJson>('GET', '/api/account', undefined, first.cookie)).body.sessions;
  const [mine, others] = [own.find((s) => s.is_this), own.find((s) => !s.is_this)];
  assert.is((await ask<{ ended: number }>('DELETE', `/api/account/sessions/${mine?.session_id}`)).body.ended, 0); // the administrator's own are others
  assert.is((await ask<{ ended: number }>('DELETE', `/api/account/sessions/${others?.session_id}`, undefined, first.cookie)).body.ended, 1);
  assert.is((await ask('GET', '/api/account', undefined, second.cookie)).status, 401);
  assert.is((await person('anna'))?.sessions, 1);
  assert.is((await ask<{ ended: number }>('DELETE', '/api/people/anna/sessions')).body.ended, 1);
  assert.is((await ask('GET', '/api/account', undefined, first.cookie)).status, 401);
}); // prettier-ignore

people('are given another role, disabled and let in again, and the last administrator is not', async () => {
  const { cookie } = await enter({ token: await invited('anna') });
  assert.is((await ask('GET', '/api/people', undefined, cookie)).status, 403);
  assert.is((await ask('PATCH', '/api/people/admin', { role: 'trainer' })).status, 400);
  assert.is((await ask('PATCH', '/api/people/admin', { disabled: true })).status, 400);
  assert.is((await ask('PATCH', '/api/people/anna', { role: 'administrator' })).status, 200);
  assert.is((await ask('GET', '/api/people', undefined, cookie)).status, 200);
  assert.is((await ask('PATCH', '/api/people/anna', { disabled: true })).status, 200);
  assert.is((await ask('GET', '/api/account', undefined, cookie)).status, 401);
  assert.ok((await person('anna'))?.disabled_at);
  assert.is((await ask('PATCH', '/api/people/anna', { disabled: false })).status, 200);
  assert.is((await ask('POST', '/api/people/anna/invitation')).status, 201);
});

people('are told to nobody with what is stored of their passwords or sessions', async () => {
  await enter({ token: await invited('anna') });
  for (const path of ['/api/people', '/api/account'])
    assert.not.match(await (await server.send('GET', path)).text(), /scrypt|password_hash"|token/);
});

people.run();
