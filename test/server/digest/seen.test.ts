import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DigestDeliveryRow } from '../../../etl/store/tables.ts';
import { transact } from '../../../etl/store/transact.ts';
import type { DigestIssueDetail, DigestIssueJson, DigestsJson } from '../../../queries/model/digest.ts';
import type { ListPage } from '../../../queries/model/lists.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser, setEmail } from '../../../server/auth/users.ts';
import { claimNext } from '../../../server/digest/deliver/claims.ts';
import { queueDeliveries } from '../../../server/digest/deliver/deliveries.ts';
import { digestWorld, worldRecords } from '../../support/digest-world.ts';
import { signIn, startServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const seen = suite('who may read a digest');
const now = Date.parse('2026-11-03T09:00:00Z') / 1000;
const world = await digestWorld();
const server = await startServer({ store: world.store, now: () => now });
const cookies: Record<string, string> = {};
const ids: Record<string, number> = {};
const issues: Record<string, string> = {};
const digest = { every: 'month', on: 3, at: '07:00', zone: null, owner: 'admin', ends_on: null, recipients: ['kim@example.org'] };

seen.before(async () => {
  const north = worldRecords().map((record) => ({ ...record, source_id: `north-${record.source_id}`, team: 'North' }));
  await loadRecords(world.store, north, { now });
  for (const [name, where] of [['All', {}], ['North', { team: ['North'] }], ['North and others', { team: ['North', '(none)'] }]] as const) {
    ids[name] = (await ask<{ digest_id: number }>('admin', 'POST', '/api/digests', { ...digest, name, where })).body.digest_id;
    const path = `/api/digests/${ids[name]}/test`;
    issues[name] = (await ask<{ issue_id: string }>('admin', 'POST', path, { address: 'me@example.org' })).body.issue_id;
  } // prettier-ignore
  for (const [name, role] of [['kim', 'trainer'], ['chief', 'executive'], ['mia', 'quality_manager'], ['sam', 'staff']] as const) {
    await addUser(world.store, { name, role, now });
    cookies[name] = await signIn(world.store, now, name);
  } // prettier-ignore
  await changeUser(world.store, 'kim', { scope: { team: ['North'] } }, { by: null, now });
  await setEmail(world.store, { name: 'kim', email: 'Kim@example.org', now });
});
seen.after(async () => {
  await server.close();
  await world.close();
});

async function ask<T>(as: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const response = await server.send(method, path, body, { cookie: cookies[as] ?? server.cookie });
  const text = await response.text();
  return { status: response.status, body: (text.startsWith('{') ? JSON.parse(text) : text) as T };
}

seen('lists and opens for who sees some rows only what is about those', async () => {
  const names = async (as: string) => (await ask<DigestsJson>(as, 'GET', '/api/digests')).body.digests.map(({ name }) => name);
  assert.equal(await names('kim'), ['North']);
  assert.equal(await names('chief'), ['All', 'North', 'North and others']);
  assert.equal(await names('sam'), []);
  const archive = async (as: string) => (await ask<ListPage<DigestIssueJson>>(as, 'GET', '/api/digest-issues')).body;
  assert.equal((await archive('kim')).rows.map(({ name }) => name), ['North']); // prettier-ignore
  assert.is((await archive('kim')).total, 1);
  assert.is((await archive('sam')).total, 0);
  assert.is((await archive('mia')).total, 3);
  for (const end of ['', '/html', '/parts/content.json', '/parts/digest.pdf', '/difference']) {
    assert.is((await ask('kim', 'GET', `/api/digest-issues/${issues.North ?? ''}${end}`)).status, 200, end);
    for (const other of ['All', 'North and others'])
      assert.is((await ask('kim', 'GET', `/api/digest-issues/${issues[other] ?? ''}${end}`)).status, 404, other + end);
  }
});

seen('shows to whom it goes to who manages digests alone', async () => {
  const recipients = async (as: string) => (await ask<DigestsJson>(as, 'GET', '/api/digests')).body.digests.map((d) => d.recipients.length);
  const messages = async (as: string) => (await ask<DigestIssueDetail>(as, 'GET', `/api/digest-issues/${issues.North ?? ''}`)).body.messages.length;
  assert.equal([await recipients('mia'), await messages('mia')], [[1, 1, 1], 1]);
  assert.equal([await recipients('chief'), await messages('chief')], [[0, 0, 0], 0]);
  assert.equal([await recipients('kim'), await messages('kim')], [[0], 0]);
}); // prettier-ignore

seen('takes nobody for a recipient who may not see all it is about', async () => {
  const refused = await ask<{ problems: unknown }>('admin', 'POST', '/api/digests', { ...digest, name: 'New', where: {} });
  assert.equal(refused.body.problems, [
    { field: 'recipients', message: 'kim@example.org is kim, who may not see all the cases this is about' },
  ]);
  assert.is((await ask('admin', 'POST', '/api/digests', { ...digest, name: 'New', where: { team: ['North'] } })).status, 201);
});

seen('sends none to who has come to see less since', async () => {
  for (const name of ['All', 'North'])
    await transact(world.store, (trx) =>
      queueDeliveries(trx, [{ issue_id: issues[name] ?? '', digest_id: ids[name] ?? 0, kind: 'digest', address: 'kim@example.org' }], { askedBy: 'admin', now }),
    ); // prettier-ignore
  const claims = [await claimNext(world.store, ['digest'], now), await claimNext(world.store, ['digest'], now)];
  assert.equal(
    claims.map((claim) => claim?.issue_id),
    [issues.North, undefined],
  );
  const stopped = await world.store.reader<DigestDeliveryRow>('digest_delivery').where({ state: 'stopped' });
  assert.equal(
    stopped.map(({ issue_id, said }) => [issue_id, said]),
    [[issues.All, 'it is about cases that kim may not see']],
  );
});

seen.run();
