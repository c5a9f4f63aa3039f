import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { DigestDifference, DigestIssueDetail, DigestIssueJson, DigestsJson } from '../../../queries/model/digest.ts';
import type { ListPage } from '../../../queries/model/lists.ts';
import { setEmail } from '../../../server/auth/users.ts';
import { unsubscribeToken } from '../../../server/digest/deliver/unsubscribe.ts';
import { makeIssue } from '../../../server/digest/make.ts';
import { digestRow, pauseDigest } from '../../../server/digest/digests.ts';
import { digestWorld } from '../../support/digest-world.ts';
import { loadRecords } from '../../support/store.ts';
import { signIn, startServer } from '../../support/server.ts';

const routes = suite('routes of digests');
const at = (text: string) => Date.parse(text) / 1000;
const board = {
  name: 'Board',
  where: { kind: ['complaint'] },
  every: 'month',
  on: 3,
  at: '07:00',
  zone: null,
  owner: 'admin',
  ends_on: null,
  recipients: ['Ana@example.org', 'ben@example.org'],
};

const world = await digestWorld();
let clock = at('2026-10-20T12:00:00Z');
let cookie = '';
const server = await startServer({ store: world.store, now: () => clock });
cookie = server.cookie;
await setEmail(world.store, { name: 'admin', email: 'admin@example.org', now: clock });

interface Problems {
  problems: { field: string; message: string }[];
}

/** Sets the clock; a session does not last as long as a digest is kept. */
async function goTo(when: string): Promise<void> {
  clock = at(when);
  cookie = await signIn(world.store, clock);
}

const send = (method: string, path: string, body?: unknown) => server.send(method, path, body, { cookie });

async function ask<T>(method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const response = await send(method, path, body);
  return { status: response.status, body: (await response.json()) as T };
}

routes('add, list, change and delete a digest, and say what is wrong at its field', async () => {
  const added = await ask<{ digest_id: number }>('POST', '/api/digests', board);
  assert.is(added.status, 201);
  const { digests, owners, own_address, mail } = (await ask<DigestsJson>('GET', '/api/digests')).body;
  assert.equal([owners, own_address, mail.is_set], [['admin'], 'admin@example.org', 0]);
  const [digest] = digests;
  assert.is(digest?.audience, 'complaints');
  assert.is(digest?.schedule, 'on day 3 of every month at 07:00');
  assert.equal(digest?.next_runs, ['2026-11-03T07:00:00Z', '2026-12-03T07:00:00Z', '2027-01-03T07:00:00Z']);
  assert.equal(digest?.recipients.map(({ address }) => address), ['ana@example.org', 'ben@example.org']); // prettier-ignore

  const wrong = await ask<Problems>('POST', '/api/digests', {
    ...board,
    every: 'day',
    on: 40,
    at: '7',
    zone: 'Nowhere',
    owner: 'admim',
    ends_on: 'soon',
    recipients: ['x'],
    where: { issue: ['Biling'], agent: ['agent-7'] },
  });
  assert.is(wrong.status, 400);
  const fields = wrong.body.problems.map(({ field }) => field);
  for (const field of ['every', 'on', 'at', 'zone', 'owner', 'ends_on', 'recipients', 'where.agent'])
    assert.ok(fields.includes(field), field);
  assert.match(wrong.body.problems.find(({ field }) => field === 'owner')?.message ?? '', /did you mean "admin"/);
  const near = await ask<Problems>('POST', '/api/digests', { ...board, name: 'Other', where: { issue: ['Biling'] } });
  assert.match(near.body.problems[0]?.message ?? '', /unknown member "Biling" \(did you mean "Billing"\?\)/);
  const taken = await ask<Problems>('POST', '/api/digests', board);
  assert.match(taken.body.problems[0]?.message ?? '', /there already is a digest "Board"/);

  const id = added.body.digest_id;
  const changed = await ask('PUT', `/api/digests/${id}`, { ...board, at: '08:00', version: digest?.version });
  assert.is(changed.status, 200);
  const late = await ask<Problems & { current: { at: string; recipients: string[] } }>('PUT', `/api/digests/${id}`, {
    ...board,
    at: '09:00',
    version: 1,
  });
  assert.is(late.status, 409);
  assert.equal([late.body.current.at, late.body.current.recipients], ['08:00', ['ana@example.org', 'ben@example.org']]);
  assert.is((await ask('DELETE', `/api/digests/${id}`)).status, 200);
  assert.is((await ask('PUT', `/api/digests/${id}`, { ...board, version: 2 })).status, 404);
});

routes('refuse changes to what stands in the configuration, but let it rest', async () => {
  const { digest_id } = (await ask<{ digest_id: number }>('POST', '/api/digests', { ...board, name: 'Set' })).body;
  await world.store.writer('digest').where({ digest_id }).update({ origin: 'config' });
  for (const [method, body] of [
    ['PUT', { ...board, name: 'Set', version: 1 }],
    ['DELETE', undefined],
  ] as const)
    // prettier-ignore
    assert.is((await ask(method, `/api/digests/${digest_id}`, body)).status, 409);
  assert.is((await ask('POST', `/api/digests/${digest_id}/pause`, { reason: 'on leave' })).status, 200);
  const paused = (await ask<DigestsJson>('GET', '/api/digests')).body.digests.find((each) => each.digest_id === digest_id);
  assert.equal([paused?.paused?.by, paused?.paused?.reason, paused?.next_runs], ['admin', 'on leave', []]);
  assert.is((await ask('POST', `/api/digests/${digest_id}/resume`)).status, 200);
});

routes('preview what would be sent, which nobody keeps, and send a test to one address', async () => {
  await goTo('2026-11-03T06:00:00Z');
  const body = encodeURIComponent(JSON.stringify({ name: 'Try <b>', where: { kind: ['complaint'] }, every: 'month' }));
  const preview = await send('GET', `/api/digests/preview?body=${body}`);
  assert.is(preview.status, 200);
  assert.match(
    preview.headers.get('content-security-policy') ?? '',
    /^default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:/,
  );
  const html = await preview.text();
  assert.match(html, /Try &lt;b&gt;/);
  assert.match(html, /src="data:image\/png;base64,iVBOR/);
  assert.not.match(html, /src="cid:|\{unsubscribe\}|<script/);
  assert.is((await ask<ListPage<DigestIssueJson>>('GET', '/api/digest-issues')).body.total, 0);

  const { digest_id } = (await ask<{ digest_id: number }>('POST', '/api/digests', { ...board, name: 'Tried' })).body;
  assert.is((await ask<Problems>('POST', `/api/digests/${digest_id}/test`, { address: 'nobody' })).status, 400);
  const { issue_id } = (await ask<{ issue_id: string }>('POST', `/api/digests/${digest_id}/test`, { address: 'me@example.org' })).body;
  const detail = (await ask<DigestIssueDetail>('GET', `/api/digest-issues/${issue_id}`)).body;
  assert.equal([detail.kind, detail.messages.map(({ address, state }) => [address, state])], ['test', [['me@example.org', 'queued']]]);
});

routes('show an issue as it was told, however late records change, and what they changed', async () => {
  const { digest_id } = (await ask<{ digest_id: number }>('POST', '/api/digests', { ...board, name: 'Kept' })).body;
  await goTo('2026-11-03T07:00:00Z');
  const made = await makeIssue(server.deps.digests.making, await digestRow(world.store.reader, digest_id), clock);
  const id = made?.issue_id ?? '';
  const document = async () => (await send('GET', `/api/digest-issues/${id}/html`)).text();
  const before = await document();
  assert.match(before, new RegExp(`src="/api/digest-issues/${id}/parts/recurring_issues\\.png"`));
  const picture = await send('GET', `/api/digest-issues/${id}/parts/recurring_issues.png`);
  assert.is(picture.headers.get('content-type'), 'image/png');
  const pdf = await send('GET', `/api/digest-issues/${id}/parts/digest.pdf`);
  assert.match(String(pdf.headers.get('content-disposition')), /^attachment; filename="?kept-2026-10\.pdf"?$/);
  assert.is(
    Buffer.from(await pdf.arrayBuffer())
      .subarray(0, 5)
      .toString(),
    '%PDF-',
  );
  const same = (await ask<DigestDifference>('GET', `/api/digest-issues/${id}/difference`)).body;
  assert.equal([same.isSame, same.differences], [true, []]);

  const late = { source_id: 'late', kind: 'complaint', issue: 'Billing', received_at: at('2026-10-09T09:00:00Z') } as const;
  await loadRecords(world.store, [late], { source: 'desk', currency: 'EUR', throughAt: at('2026-11-05T12:00:00Z') });
  await goTo('2027-03-01T07:00:00Z');
  assert.is(await document(), before);
  const { isSame, differences } = (await ask<DigestDifference>('GET', `/api/digest-issues/${id}/difference`)).body;
  assert.is(isSame, false);
  assert.equal(differences[0], { what: 'Received', then: '63', now: '64' });

  const found = (await ask<ListPage<DigestIssueJson>>('GET', `/api/digest-issues?digest=${digest_id}&from=2026-10-01&to=2026-10-31`)).body;
  assert.equal(found.rows.map(({ issue_id }) => issue_id), [id]); // prettier-ignore
  assert.is((await ask<ListPage<DigestIssueJson>>('GET', '/api/digest-issues?from=2027-01-01')).body.total, 0);
  assert.is((await ask<Problems>('GET', '/api/digest-issues?from=January')).status, 400);
  assert.is((await ask('GET', '/api/digest-issues/none')).status, 404);
  assert.is((await send('GET', `/api/digest-issues/${id}/parts/..%2f..%2fpackage.json`)).status, 404);
});

routes('end a mail without signing in, by a button or one click, and by no link of our making for another', async () => {
  const { digest_id } = (await ask<{ digest_id: number }>('POST', '/api/digests', { ...board, name: 'Ended' })).body;
  const token = await unsubscribeToken(world.store, { digestId: digest_id, address: 'ana@example.org' });
  const open = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
    fetch(server.url + path, { method, ...(body === undefined ? {} : { body }), headers });
  const reasons = async () =>
    (await world.store.reader('digest_recipient').where({ digest_id }).orderBy('address').select('address', 'stop_reason')) as unknown;
  const page = await open('GET', `/unsubscribe?token=${token}`);
  assert.is(page.status, 200);
  assert.match(await page.text(), /<form method="post"><button>Stop these mails<\/button><\/form>/);
  assert.equal(await reasons(), [
    { address: 'ana@example.org', stop_reason: null },
    { address: 'ben@example.org', stop_reason: null },
  ]);
  assert.is((await open('GET', '/unsubscribe?token=abc.def')).status, 404);
  assert.is((await open('POST', `/unsubscribe?token=${token.slice(0, -2)}xx`)).status, 404);
  // As mail programs do it, RFC 8058.
  const click = await open('POST', `/unsubscribe?token=${token}`, 'List-Unsubscribe=One-Click', {
    'content-type': 'application/x-www-form-urlencoded',
  });
  assert.is(click.status, 200);
  assert.equal(await reasons(), [
    { address: 'ana@example.org', stop_reason: 'unsubscribed' },
    { address: 'ben@example.org', stop_reason: null },
  ]);
  const over = await (await open('GET', `/unsubscribe?token=${token}`)).text();
  assert.match(over, /You get no more of these mails.*Only you can change that.*name="again" value="1"><button>Get these mails again/);
  // A page without a referrer sends no origin, and says so.
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: 'null' };
  const back = await open('POST', `/unsubscribe?token=${token}`, 'again=1', form);
  assert.is(back.status, 200);
  assert.match(await back.text(), /<strong>Ended<\/strong> is sent to ana@example.org/);
  assert.equal(await reasons(), [
    { address: 'ana@example.org', stop_reason: null },
    { address: 'ben@example.org', stop_reason: null },
  ]);
  // Who was taken off by somebody else is not put back by a link.
  await world.store
    .writer('digest_recipient')
    .where({ digest_id, address: 'ana@example.org' })
    .update({ stopped_at: clock, stop_reason: 'departed' });
  assert.not.match(await (await open('POST', `/unsubscribe?token=${token}`, 'again=1', form)).text(), /is sent to|Get these mails again/);
});

routes('tell on every page what was not sent, and check it again when asked', async () => {
  const { digest_id } = (await ask<{ digest_id: number }>('POST', '/api/digests', { ...board, name: 'Held' })).body;
  await goTo('2027-04-03T07:00:00Z');
  const held = await makeIssue(server.deps.digests.making, await digestRow(world.store.reader, digest_id), clock);
  assert.is(held?.state, 'held');
  const { attention } = (await ask<{ attention: { message: string; href: string }[] }>('GET', '/api/meta')).body;
  assert.ok(
    attention.some(
      ({ message, href }) => message.startsWith('The digest “Held” of March 2027 was not sent.') && href === `/digests/${held?.issue_id}`,
    ),
    JSON.stringify(attention),
  );
  const again = await ask<DigestIssueJson>('POST', `/api/digest-issues/${held?.issue_id}/check`);
  assert.equal([again.status, again.body.state], [200, 'held']);
  await loadRecords(world.store, [], { source: 'desk', currency: 'EUR', throughAt: at('2027-04-02T12:00:00Z') });
  await world.store.writer('digest').where({ digest_id }).update({ every: 'week', on_day: '"monday"' });
  const other = await ask<Problems>('POST', `/api/digest-issues/${held?.issue_id}/check`);
  assert.is(other.status, 409);
  assert.match(other.body.problems[0]?.message ?? '', /"Held" is made by another schedule by now/);
  await world.store.writer('digest').where({ digest_id }).update({ every: 'month', on_day: '3' });
  const sent = await ask<DigestIssueJson>('POST', `/api/digest-issues/${held?.issue_id}/check`);
  assert.is(sent.body.state, 'made');
  assert.is((await ask('POST', `/api/digest-issues/${held?.issue_id}/check`)).status, 409);
  await pauseDigest(world.store, digest_id, null, {
    user: { userId: 1, name: 'admin', role: 'administrator', agent: null, scope: null },
    now: clock,
  });
});

routes.after(async () => {
  await server.close();
  await world.close();
});
routes.run();
