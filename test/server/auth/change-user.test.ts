import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import { changeUser, type UserChange } from '../../../server/auth/change-user.ts';
import { lookAtSession } from '../../../server/auth/sessions.ts';
import { addUser, listUsers } from '../../../server/auth/users.ts';
import { loadRecords, tempStore } from '../../support/store.ts';
import { signIn } from '../../support/server.ts';

const changes = suite('changing a user');
const now = 1_800_000_000;
let temp: Awaited<ReturnType<typeof tempStore>>;
changes.before.each(async () => {
  temp = await tempStore();
  await loadRecords(temp.store, [{ source_id: '1', kind: 'complaint', received_at: '2024-01-01', team: 'North', company: 'Acme' }]);
  await signIn(temp.store, now);
  await addUser(temp.store, { name: 'anna', role: 'trainer', now });
});
changes.after.each(() => temp.close());

const change = (name: string, to: UserChange) => changeUser(temp.store, name, to, { by: 1, now });
const found = async (name: string) => (await listUsers(temp.store)).find((user) => user.name === name);
const problemOf = async (name: string, to: UserChange) => {
  const error: unknown = await change(name, to).catch((caught: unknown) => caught);
  assert.instance(error, BadInput);
  return (error as BadInput).problems.map(({ field, message }) => `${field}: ${message}`).join('; ');
};
const session = async (name: string) => (await signIn(temp.store, now, name)).split('=')[1] ?? '';

changes('gives a role, an agent and labels, with a line in the trail for each that changed', async () => {
  await change('anna', { role: 'staff', agent: ' A-7 ', scope: { team: ['North', 'North'], company: [] } });
  const anna = await found('anna');
  assert.equal([anna?.role, anna?.agent, anna?.scope], ['staff', 'A-7', '{"team":["North"]}']);
  await change('anna', { scope: { team: [] } });
  assert.is((await found('anna'))?.scope, null);
  await change('anna', { agent: 'A-7' });
  const trail = await temp.store.reader<{ action: string; target: string; user_id: number }>('audit_event').where({ user_id: 1 }).whereNot({ action: 'signed_in' }); // prettier-ignore
  assert.equal(
    trail.map(({ action, target }) => `${action} ${target}`),
    ['role_changed anna: staff', 'scope_changed anna', 'agent_linked anna', 'scope_changed anna'],
  );
});

changes('is in effect with the next request of a session', async () => {
  const token = await session('anna');
  await change('anna', { role: 'executive', scope: { company: ['Acme'] } });
  const seen = await lookAtSession(temp.store, token, now);
  assert.equal([seen?.role, seen?.scope], ['executive', { company: ['Acme'] }]);
});

changes('ends sessions and links of who is disabled, for good', async () => {
  const token = await session('anna');
  await change('anna', { isDisabled: true });
  await change('anna', { isDisabled: false });
  assert.is(await lookAtSession(temp.store, token, now), null);
  assert.ok(await session('anna'));
});

changes('leaves an administrator, also when two give the role up at once', async () => {
  assert.match(await problemOf('admin', { role: 'staff' }), '"admin" is the last administrator');
  assert.match(await problemOf('admin', { isDisabled: true }), '"admin" is the last administrator');
  await change('anna', { role: 'administrator' });
  const both = await Promise.allSettled(['admin', 'anna'].map((name) => change(name, { role: 'executive' })));
  assert.equal(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const left = (await listUsers(temp.store)).filter(({ role }) => role === 'administrator');
  assert.is(left.length, 1);
});

changes('counts no disabled administrator as one that is left', async () => {
  await change('anna', { role: 'administrator', isDisabled: true });
  assert.match(await problemOf('admin', { role: 'staff' }), 'last administrator');
});

changes('refuses what there is not', async () => {
  assert.match(await problemOf('ana', { role: 'staff' }), 'did you mean "anna"');
  assert.match(await problemOf('anna', { role: 'stuff' }), 'role: there is no role "stuff" (did you mean "staff"?)');
  assert.match(
    await problemOf('anna', { scope: { team: ['Nroth'], company: ['Acne'] } }),
    /scope\.team: there is no team "Nroth".*scope\.company/,
  );
  assert.match(await problemOf('admin', { scope: { team: ['North'] } }), 'scope: an administrator sees all teams');
});

changes.run();
