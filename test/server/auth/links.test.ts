import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import { linkSeconds, makeLink, redeemLink } from '../../../server/auth/links.ts';
import { isAnybodySignedIn, readSession, sessionSeconds } from '../../../server/auth/sessions.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser } from '../../../server/auth/users.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const now = 1_800_000_000;
const links = suite('sign-in links');
let server: TestServer;
links.before(async () => void (server = await startServer({ now: () => now })));
links.after(() => server.close());

const link = () => makeLink(server.store, { name: 'admin', now });

links('opens one session and no second', async () => {
  const token = await link();
  const first = await redeemLink(server.store, token, now + 1);
  assert.is(first?.user.name, 'admin');
  assert.is(first?.user.role, 'administrator');
  assert.is(await redeemLink(server.store, token, now + 2), null);
});

links('lets one of several tries at the same moment win', async () => {
  const token = await link();
  const tries = await Promise.all([1, 2, 3, 4].map(() => redeemLink(server.store, token, now)));
  assert.is(tries.filter((opened) => opened !== null).length, 1);
});

links('works until a quarter of an hour has passed', async () => {
  assert.is(linkSeconds, 900);
  assert.ok(await redeemLink(server.store, await link(), now + 899));
  assert.is(await redeemLink(server.store, await link(), now + 900), null);
});

links('refuses a secret with one character changed', async () => {
  const token = await link();
  const changed = (token.startsWith('A') ? 'B' : 'A') + token.slice(1);
  assert.is(await redeemLink(server.store, changed, now), null);
  assert.ok(await redeemLink(server.store, token, now));
});

links('keeps no secret in the store', async () => {
  const token = await link();
  const opened = await redeemLink(server.store, token, now);
  const stored = JSON.stringify([await server.store.reader('sign_in_link'), await server.store.reader('session')]);
  assert.not.match(stored, token);
  assert.not.match(stored, opened?.session ?? '');
  assert.is(token.length, 43); // 256 bits, 6 a character
});

links('refuses a link of a user who was disabled since, and ends that user’s sessions', async () => {
  await addUser(server.store, { name: 'gone', role: 'administrator', now });
  const opened = await redeemLink(server.store, await makeLink(server.store, { name: 'gone', now }), now);
  const unused = await makeLink(server.store, { name: 'gone', now });
  assert.ok(await readSession(server.store, opened?.session ?? '', now));
  await changeUser(server.store, 'gone', { isDisabled: true }, { by: null, now });
  assert.is(await readSession(server.store, opened?.session ?? '', now), null);
  assert.is(await redeemLink(server.store, unused, now), null);
});

links('names near users when there is none of that name', async () => {
  try {
    await makeLink(server.store, { name: 'admim', now });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    assert.match((error as BadInput).message, 'there is no user "admim" (did you mean "admin"?)');
  }
});

links('a session ends a week after its last use and a month after it began', async () => {
  const opened = await redeemLink(server.store, await link(), now);
  const session = opened?.session ?? '';
  assert.ok(await isAnybodySignedIn(server.store, now));
  const day = 24 * 3600;
  // Used every six days it lives on, until 30 days are over.
  for (const days of [6, 12, 18, 24, 29]) assert.ok(await readSession(server.store, session, now + days * day), `day ${days}`);
  assert.is(await readSession(server.store, session, now + sessionSeconds.absolute), null);

  const idle = (await redeemLink(server.store, await link(), now))?.session ?? '';
  assert.ok(await readSession(server.store, idle, now + 60));
  assert.is(await readSession(server.store, idle, now + 7 * day), null);
});

links.run();
