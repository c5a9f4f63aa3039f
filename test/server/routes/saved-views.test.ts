import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SavedView } from '../../../queries/model/lists.ts';
import { sessionCookie } from '../../../server/auth/cookie.ts';
import { makeLink, redeemLink } from '../../../server/auth/links.ts';
import { addUser } from '../../../server/auth/users.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const saved = suite('saved views');
let server: TestServer;
let other: string;
saved.before(async () => {
  server = await startServer();
  const now = server.deps.now();
  await addUser(server.store, { name: 'rosa', role: 'administrator', now });
  const opened = await redeemLink(server.store, await makeLink(server.store, { name: 'rosa', now }), now);
  other = `${sessionCookie}=${opened?.session}`;
});
saved.after(() => server.close());
saved.before.each(() => server.store.writer('saved_view').delete());

const list = async (cookie = server.cookie): Promise<SavedView[]> =>
  ((await (await server.send('GET', '/api/saved-views', undefined, { cookie })).json()) as { views: SavedView[] }).views;
const save = async (body: Record<string, unknown>, cookie = server.cookie) => {
  const response = await server.send('POST', '/api/saved-views', { search: '', ...body }, { cookie });
  return { status: response.status, body: (await response.json()) as { view_id: number; problems?: { field: string; message: string }[] } };
};
const audited = async (action: string): Promise<string[]> =>
  (await server.store.reader<{ action: string; target: string }>('audit_event').where({ action })).map((e) => e.target);

saved('are kept as the search part of an address, renamed, replaced and deleted, and written down', async () => {
  const search = 'period=last_28_days&channel=phone&not_issue=Late+delivery&text=hold+time';
  const { status, body } = await save({ name: ' Phone, not late ', search: `?${search}` });
  assert.is(status, 201);
  assert.equal(await list(), [{ view_id: body.view_id, name: 'Phone, not late', search, is_shared: 0, owner: 'admin', is_own: 1 }]);
  const path = `/api/saved-views/${body.view_id}`;
  assert.is((await server.send('PATCH', path, { name: 'Phone' })).status, 200);
  assert.is((await server.send('PATCH', path, { search: 'channel=phone', is_shared: 1 })).status, 200);
  assert.equal(
    (await list()).map((v) => [v.name, v.search, v.is_shared]),
    [['Phone', 'channel=phone', 1]],
  );
  assert.is((await server.send('DELETE', path)).status, 200);
  assert.equal(await list(), []);
  const target = `view ${body.view_id}`;
  assert.equal([await audited('view_saved'), await audited('view_deleted')], [[target], [target]]);
  assert.equal(await audited('view_changed'), [target, target]);
});

saved('are their owner’s alone until shared, and then others can open but not change them', async () => {
  const { body } = await save({ name: 'Mine', search: 'kind=any' });
  const path = `/api/saved-views/${body.view_id}`;
  const as = (method: string, given?: unknown) => server.send(method, path, given, { cookie: other });
  assert.equal(await list(other), []);
  assert.is((await as('PATCH', { name: 'Yours' })).status, 404);
  await server.send('PATCH', path, { is_shared: 1 });
  assert.equal(
    (await list(other)).map((v) => [v.name, v.owner, v.is_own]),
    [['Mine', 'admin', 0]],
  );
  assert.is((await as('PATCH', { name: 'Yours' })).status, 403);
  assert.is((await as('DELETE')).status, 403);
  assert.is((await save({ name: 'Mine' }, other)).status, 201); // names are each person's own
});

saved('refuse a name that is taken or empty, and an address that is not understood', async () => {
  await save({ name: 'Mine' });
  const again = await save({ name: 'Mine' });
  assert.equal([again.status, again.body.problems?.[0]?.message], [400, 'you have a view called “Mine” already']);
  assert.equal(
    (await save({ name: '  ' })).body.problems?.map((p) => p.field),
    ['name'],
  );
  assert.equal(
    (await save({ name: 'x', search: 'grian=week' })).body.problems?.map((p) => p.field),
    ['grian'],
  );
  assert.is((await save({ name: 'x', search: 'a'.repeat(7000) })).status, 400);
  const crossed = { 'sec-fetch-site': 'cross-site' };
  assert.is((await server.send('POST', '/api/saved-views', { name: 'y', search: '' }, crossed)).status, 403);
  assert.is((await server.send('DELETE', '/api/saved-views/x')).status, 404);
});

saved('keep a label that no longer exists as it was written', async () => {
  await save({ name: 'Old', search: 'issue=Gone+long+ago' });
  assert.is((await list())[0]?.search, 'issue=Gone+long+ago');
});

saved.run();
