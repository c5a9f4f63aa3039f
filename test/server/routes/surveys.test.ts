import { randomUUID } from 'node:crypto';
import { simpleParser } from 'mailparser';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultSatisfaction } from '../../../etl/config-satisfaction.ts';
import type { CaseFactRow, DigestDeliveryRow, SurveyFactRow, SurveyInvitationRow } from '../../../etl/store/tables.ts';
import type { LowScorePage } from '../../../queries/model/follow-up.ts';
import type { SurveyAskedJson, SurveyAskingJson } from '../../../queries/model/survey-asking.ts';
import type { CaseDetail, TableJson } from '../../../queries/model/wire.ts';
import { addUser } from '../../../server/auth/users.ts';
import { noteNotDelivered } from '../../../server/surveys/not-delivered.ts';
import { createOutgoing } from '../../../server/digest/deliver/outgoing.ts';
import { saying, startMailServer, type Received } from '../../support/mail-server.ts';
import { mailTo, testOutbox } from '../../support/outbox.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';
import { refuseChange } from '../../support/test-store.ts';

const surveys = suite('asking how satisfied a customer is');
const at = (time: string) => Date.parse(time) / 1000;
const day = 86_400;
let server: TestServer;
let now = 0;
surveys.before.each(async () => {
  now = at('2026-11-09T15:00:00Z');
  server = await startServer({ now: () => now });
});
surveys.after.each(() => server.close());

type Problems = { problems: { field: string; message: string }[] };
const entry = {
  kind: 'complaint', received_at: '2026-11-09T14:30:00Z', issue: 'late delivery', narrative: 'It came a week late.', team: 'Team North', agent: 'A9',
  customer_name: 'Ada Secret', contact: 'ada@example.org',
}; // prettier-ignore
const detail = async (id: number) => (await (await server.send('GET', `/api/cases/${id}`)).json()) as CaseDetail;
async function enter(more: Record<string, unknown> = {}): Promise<number> {
  const response = await server.send('PUT', `/api/entries/${randomUUID()}`, { ...entry, ...more });
  return ((await response.json()) as { case_id: number }).case_id;
}
async function done(id: number, action: string, fields: Record<string, unknown>): Promise<void> {
  const { events } = await detail(id);
  const response = await server.send('POST', `/api/cases/${id}/events`, { action, version: events.length, ...fields });
  assert.is(response.status, 201, `${action}: ${response.status}`);
}
const resolve = (id: number) => done(id, 'resolve', { outcome: 'upheld', resolution_note: 'We paid the postage back.' });
async function resolved(more: Record<string, unknown> = {}): Promise<number> {
  const id = await enter(more);
  await resolve(id);
  return id;
}
async function send(id: number, channel = 'link', headers?: Record<string, string>): Promise<Response> {
  const { events } = await detail(id);
  return server.send('POST', `/api/cases/${id}/survey`, { channel, version: events.length }, headers);
}
/** Asks by a link, and gives its secret. */
async function asked(id: number): Promise<string> {
  const response = await send(id);
  assert.is(response.status, 201);
  return tokenOf(((await response.json()) as SurveyAskedJson).url ?? '');
}
const tokenOf = (url: string) => /[?&]token=([\w-]{43})$/.exec(url)?.[1] ?? '';
const nobody = { cookie: '' };
const open = async (target: string, method = 'GET') => {
  const response = await server.send(method, target, undefined, nobody);
  return { status: response.status, html: await response.text(), headers: response.headers };
};
const answer = async (token: string, fields: Record<string, string>) => {
  const body = new URLSearchParams({ token, ...fields }).toString();
  const headers = { ...nobody, 'content-type': 'application/x-www-form-urlencoded', origin: 'null' };
  const response = await server.send('POST', '/survey', body, headers);
  return { status: response.status, html: await response.text() };
};
async function figures(): Promise<unknown[]> {
  const measures = ['csat_rate', 'csat_mean', 'ces_mean', 'surveys_answered', 'response_rate', 'response_rate_n'];
  const query = { measures: measures.slice(0, 5), from: '2026-11-01', to: '2026-12-31', where: { kind: ['complaint'] } };
  const { tables } = (await (await server.send('POST', '/api/query', { queries: [query] })).json()) as { tables: TableJson[] };
  return measures.map((name) => tables[0]?.rows[0]?.[name] ?? null);
}
async function lowScores(): Promise<LowScorePage> {
  const query = { measures: ['csat_rate'], from: '2026-11-01', to: '2026-12-31' };
  return (await (await server.send('POST', '/api/low-scores', { query })).json()) as LowScorePage;
}
async function trail(): Promise<string[]> {
  const rows = await server.store.reader<{ action: string; target: string; user_id: number | null }>('audit_event').orderBy('audit_id');
  return rows
    .filter(({ action }) => action.startsWith('survey_'))
    .map((r) => `${r.user_id === null ? 'nobody' : 'admin'} ${r.action} ${r.target}`);
}
/** All that asking and answering could change. */
async function everything(): Promise<string> {
  const tables = ['survey_invitation', 'survey_fact', 'case_event', 'audit_event', 'change_counter', 'digest_delivery', 'source_state'];
  return JSON.stringify(await Promise.all(tables.map((table) => server.store.writer(table).select('*'))));
}

surveys('asks, takes the answer, counts it at once and puts a low score on the list', async () => {
  const id = await resolved();
  const token = await asked(id);
  assert.equal(await figures(), [null, null, null, 0, 0, 1]);
  now += 2 * day;
  const page = await open(`/survey?token=${token}`);
  assert.is(page.status, 200);
  assert.match(page.html, /You contacted us on 9 November 2026\./);
  assert.is((await answer(token, { score: '2', ease: '4', comment: ' Nobody called.\r\nTwice. ' })).status, 200);
  assert.equal(await figures(), [0, 2, 4, 2, 1, 1], 'ease is asked in the same breath: one is asked, one answers');

  const { rows, total } = await lowScores();
  assert.equal([total, rows[0]?.score, rows[0]?.agent, rows[0]?.case_id, rows[0]?.has_comment], [1, 2, 'A9', id, 1]);
  const told = await detail(id);
  assert.equal(
    told.surveys.map(({ kind, score, asked_at, answered_at, comment, agent }) => [kind, score, asked_at, answered_at, comment, agent]),
    [
      ['csat', 2, '2026-11-09T15:00:00Z', '2026-11-11T15:00:00Z', 'Nobody called.\nTwice.', 'A9'],
      ['ces', 4, null, '2026-11-11T15:00:00Z', null, 'A9'],
    ],
  );
  assert.equal(
    told.events.slice(-2).map(({ kind, actor, to, note }) => [kind, actor, to, note]),
    [
      ['survey asked', 'admin', 'with a link', null],
      ['survey answered', null, '2 of 5', null],
    ],
  );
  assert.equal(await trail(), [`admin survey_asked case ${id}: link`, `nobody survey_answered case ${id}`]);
});

surveys('stores no secret, and says nothing of the case but when it came in', async () => {
  const id = await resolved();
  const token = await asked(id);
  const [row] = await server.store.reader<SurveyInvitationRow>('survey_invitation');
  assert.match(row?.token_hash ?? '', /^[0-9a-f]{64}$/);
  assert.not.match(await everything(), token);
  const { html, headers } = await open(`/survey?token=${token}`);
  for (const word of ['late delivery', 'Secret', 'ada@', 'A9', 'Team North', 'postage', 'complaint']) assert.not.match(html, word);
  assert.match(html, /<html lang="en">/);
  assert.match(html, 'Test company');
  assert.not.match(html, /<script|style=| on\w+=/);
  assert.is(headers.get('set-cookie'), null);
  assert.is(headers.get('cache-control'), 'no-store');
  assert.match(headers.get('content-security-policy') ?? '', "default-src 'none'");
});

surveys('lets no program vote that follows every link and address by GET and HEAD', async () => {
  const token = await asked(await resolved());
  const before = await everything();
  const { html } = await open(`/survey?token=${token}&score=4`);
  assert.match(html, /name="score" value="4" checked/);
  const addresses = new Set([
    `/survey?token=${token}`,
    `/survey?token=${token}&score=1`,
    `/survey?token=${token}&score=4&ease=1&comment=x`,
  ]);
  for (const [, found = ''] of html.matchAll(/(?:href|src|action)="([^"]+)"/g)) {
    addresses.add(found);
    addresses.add(`${found}?token=${token}`);
    addresses.add(`${found}?token=${token}&score=1&ease=1&comment=`);
  }
  assert.ok(addresses.has('/survey'), 'the form is among them');
  for (const address of addresses) for (const method of ['GET', 'HEAD', 'OPTIONS']) await open(address, method);
  assert.is(await everything(), before);
  assert.is((await answer(token, { score: '5' })).status, 200);
});

surveys(
  'says the same of a wrong link, an unknown one and none, and tells the owner of a link that it is used, over or taken back',
  async () => {
    const id = await resolved();
    const token = await asked(id);
    const wrong = [
      `/survey?token=${'A'.repeat(43)}`,
      '/survey?token=x',
      '/survey',
      `/survey?token=${token}&token=${token}`,
      `/survey?token=${token}x`,
    ];
    const pages = await Promise.all(wrong.map((target) => open(target)));
    assert.equal([...new Set(pages.map(({ status, html }) => `${status} ${html}`))].length, 1);
    assert.is(pages[0]?.status, 404);
    assert.equal([(await answer('x', { score: '1' })).html], [pages[0]?.html]);

    assert.is((await answer(token, { score: '5' })).status, 200);
    const used = await answer(token, { score: '1' });
    assert.equal([used.status, (await open(`/survey?token=${token}`)).html], [410, used.html]);
    assert.match(used.html, 'You have answered already');
    assert.equal((await detail(id)).surveys.map(({ score }) => score), [5]); // prettier-ignore

    const late = await asked(await resolved());
    now += 30 * day;
    assert.match((await open(`/survey?token=${late}`)).html, 'This link has run out');
    assert.is((await answer(late, { score: '1' })).status, 410);
    const answered = await server.store.reader<SurveyFactRow>('survey_fact').whereNotNull('answered_at');
    assert.equal(answered.map(({ score }) => score), [5]); // prettier-ignore
  },
);

surveys('keeps what was written where nothing was chosen, and records nothing', async () => {
  const token = await asked(await resolved());
  const before = await everything();
  const { status, html } = await answer(token, { ease: '3', comment: '<b>"Why?"</b>' });
  assert.is(status, 400);
  assert.match(html, 'Choose one of the five answers.');
  assert.match(html, '&lt;b&gt;&quot;Why?&quot;&lt;/b&gt;</textarea>');
  assert.match(html, /name="ease" value="3" checked/);
  for (const score of ['0', '6', '4.5', '', 'x']) assert.is((await answer(token, { score })).status, 400, score);
  assert.is((await answer(token, { score: '1', comment: 'x'.repeat(2001) })).status, 400);
  assert.is((await answer(token, { score: '1', comment: 'x'.repeat(40_000) })).status, 413);
  const body = new URLSearchParams({ token, score: '5' });
  const own = await fetch(`${server.url}/survey`, { method: 'POST', body, headers: { cookie: server.cookie } });
  assert.is(own.status, 403, 'who is signed in here is not the customer');
  assert.is(await everything(), before);
});

surveys('counts one of answers that come at the same moment', async () => {
  const id = await resolved();
  const token = await asked(id);
  const both = await Promise.all(['1', '5', '3', '2'].map((score) => answer(token, { score })));
  assert.equal(both.map(({ status }) => status).sort(), [200, 410, 410, 410]);
  assert.equal((await figures()).slice(3), [1, 1, 1]);
  assert.is((await detail(id)).events.filter(({ kind }) => kind === 'survey answered').length, 1);
});

surveys('says on a page that an answer could not be kept, and then takes it', async () => {
  const token = await asked(await resolved());
  const letGo = await refuseChange(server.store, 'insert', 'survey_fact');
  const { status, html } = await answer(token, { score: '3' });
  assert.is(status, 503);
  assert.match(html, 'Nothing was recorded.');
  assert.ok(server.logged.some(({ event }) => event === 'survey_failed'));
  await letGo();
  assert.is((await answer(token, { score: '3' })).status, 200);
});

surveys('answers so many from one address in a minute, and then says to wait', async () => {
  const token = await asked(await resolved());
  const statuses: number[] = [];
  for (let i = 0; i < 61; i++) statuses.push((await open('/survey?token=x')).status);
  assert.equal([...new Set(statuses.slice(0, 60)), statuses[60]], [404, 429]);
  const { status, html } = await answer(token, { score: '1' });
  assert.is(status, 429);
  assert.match(html, 'Wait a minute');
});

surveys('takes a question back when the case is reopened, and asks anew of the next resolution', async () => {
  const id = await resolved();
  const first = await asked(id);
  await done(id, 'reopen', { note: 'The money did not come.' });
  assert.match((await open(`/survey?token=${first}`)).html, 'This question was taken back');
  assert.is((await answer(first, { score: '1' })).status, 410);
  assert.equal([(await detail(id)).surveys.length, ...(await figures()).slice(3)], [0, 0, null, 0], 'who could not answer was not asked');
  const refusal = ((await (await send(id)).json()) as Problems).problems[0]?.message;
  assert.is(refusal, 'how satisfied the customer is can be asked of a resolved case; this one is not');

  await done(id, 'assign', { agent: 'A2' });
  await resolve(id);
  assert.is((await answer(await asked(id), { score: '4' })).status, 200);
  assert.match(((await (await send(id)).json()) as Problems).problems[0]?.message ?? '', /^the customer has answered/);
  await done(id, 'reopen', { note: 'Once more.' });
  await resolve(id);
  assert.is((await answer(await asked(id), { score: '1' })).status, 200);
  assert.equal(
    (await detail(id)).surveys.map(({ score, agent }) => [score, agent]),
    [[4, 'A2'], [1, 'A2']], // prettier-ignore
  );
  assert.equal((await figures()).slice(3), [2, 1, 2]);
});

surveys('keeps an answer, and whom it is about, through all that is done with the case after', async () => {
  const id = await resolved();
  await answer(await asked(id), { score: '1', comment: 'Never again.' });
  const note = { source: 'entry', survey: `${(await detail(id)).source_id}/csat`, state: 'contacted', note: 'Called.', version: 0 };
  assert.is((await server.send('PUT', '/api/follow-ups', note)).status, 200);
  const before = (await detail(id)).surveys;
  await done(id, 'note', { note: 'x' });
  await done(id, 'reopen', { note: 'x' });
  await done(id, 'assign', { agent: 'A2', team: 'Team South' });
  await done(id, 'reclassify', { issue: 'lost parcel', note: 'x' });
  await resolve(id);
  assert.equal((await detail(id)).surveys, before);
  const [row] = (await lowScores()).rows;
  assert.equal([row?.agent, row?.team, row?.issue, row?.follow_up?.note], ['A9', 'Team South', 'lost parcel', 'Called.']);
});

surveys('reminds by another link that takes the place of the first, and asks no second time', async () => {
  const id = await resolved();
  const first = await asked(id);
  now += 5 * day;
  const second = await asked(id);
  assert.match((await open(`/survey?token=${first}`)).html, 'This question was taken back');
  assert.is((await answer(second, { score: '3' })).status, 200);
  assert.equal((await figures()).slice(3), [1, 1, 1]);
  assert.is((await detail(id)).surveys[0]?.asked_at, '2026-11-09T15:00:00Z');
});

surveys('asks by who handles the case, over what they saw, and of cases that were entered here', async () => {
  const id = await resolved();
  const stale = await server.send('POST', `/api/cases/${id}/survey`, { channel: 'link', version: 1 });
  assert.is(stale.status, 409);
  for (const body of [{}, { channel: 'pigeon', version: 2 }, { channel: 'link', version: 0 }])
    assert.is((await server.send('POST', `/api/cases/${id}/survey`, body)).status, 400);
  assert.is((await server.send('POST', '/api/cases/99/survey', { channel: 'link', version: 1 })).status, 404);
  await loadRecords(server.store, [{ source_id: 'a', kind: 'complaint', received_at: '2026-11-01' }], { source: 'help-desk' });
  const fact = await server.store.reader<CaseFactRow>('case_fact').where({ source_id: 'a' }).first();
  const foreign = await server.send('POST', `/api/cases/${fact?.case_id}/survey`, { channel: 'link', version: 1 });
  assert.match(await foreign.text(), /owned by help-desk/);
  await addUser(server.store, { name: 'eve', role: 'executive', now });
  const eve = await signIn(server.store, now, 'eve');
  assert.is((await send(id, 'link', { cookie: eve })).status, 403);
  assert.equal(await trail(), []);
});

surveys('writes the mail only as it goes, with a link that answers, and tries again with another', async () => {
  let isFull = true;
  const mailServer = await startMailServer({
    onRecipient: () => {
      if (isFull) throw saying(452, 'mailbox full');
    },
  });
  try {
    const organisation = { name: 'North Post', zone: 'Europe/Vienna', currency: 'EUR' };
    await server.close();
    const mail = mailTo(mailServer.port);
    server = await startServer({ now: () => now, organisation });
    server.deps.digests.mail.why = null;
    server.deps.digests.making.organisation = organisation;
    const { store } = server;
    const outgoing = createOutgoing({ ...server.deps.digests.making, env: {} }, mail.from);
    const outbox = testOutbox({ store, mail, now: () => now, random: () => 0, ...outgoing });
    const id = await resolved({ contact: 'Ada <ada@example.org>' });
    const asking = async () => (await (await server.send('GET', `/api/cases/${id}/survey`)).json()) as SurveyAskingJson;
    assert.equal([(await asking()).whyNoMail, (await asking()).last], [null, null]);
    const response = (await (await send(id, 'mail')).json()) as SurveyAskedJson;
    assert.is(response.url, null);
    const hashes = async () => (await store.reader<SurveyInvitationRow>('survey_invitation')).map((row) => row.token_hash);
    assert.equal(await hashes(), [null]);
    await outbox.tick();
    await outbox.idle();
    const [first] = await hashes();
    assert.ok(first);
    assert.match((await asking()).last?.mail?.said ?? '', /mailbox full/);
    isFull = false;
    now += 60;
    await outbox.tick();
    await outbox.idle();
    assert.is.not((await hashes())[0], first);
    assert.equal((await asking()).last?.mail?.state, 'sent');

    const parsed = await simpleParser((mailServer.received[0] as Received).raw);
    assert.equal([mailServer.received.length, parsed.subject], [1, 'North Post: How satisfied are you with how we dealt with it?']);
    assert.match(parsed.text ?? '', /You contacted us on 9 November 2026\./);
    assert.match(parsed.text ?? '', /until 9 December 2026\./);
    for (const word of ['late delivery', 'Secret', 'postage', 'A9']) assert.not.match(String(parsed.html) + (parsed.text ?? ''), word);
    const token = tokenOf(/http\S+/.exec(parsed.text ?? '')?.[0] ?? '');
    const links = [...String(parsed.html).matchAll(/href="[^"]*(\/survey[^"]*)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
    assert.equal(links.map((link) => link.slice(-1)), ['1', '2', '3', '4', '5']); // prettier-ignore
    const before = await everything();
    for (const link of links) assert.is((await open(link)).status, 200);
    assert.is(await everything(), before);
    assert.is((await answer(token, { score: '5' })).status, 200);
    assert.equal((await trail())[0], `admin survey_asked case ${id}: mail`);
  } finally {
    await mailServer.close();
  }
});

surveys('sends no mail that was taken back before it went, nor to what is no address', async () => {
  const mailServer = await startMailServer();
  try {
    const { store, deps } = server;
    const refusal = ((await (await send(await resolved(), 'mail')).json()) as Problems).problems[0]?.message;
    assert.match(refusal ?? '', /^Mail is not set up: .* Expected link$/);
    deps.digests.mail.why = null;
    const id = await resolved();
    await send(id, 'mail');
    await done(id, 'reopen', { note: 'x' });
    const mail = mailTo(mailServer.port);
    const outgoing = createOutgoing({ ...deps.digests.making, env: {} }, mail.from);
    const outbox = testOutbox({ store, mail, now: () => now, ...outgoing });
    await outbox.tick();
    await outbox.idle();
    assert.is(mailServer.received.length, 0);
    const [row] = await store.reader<DigestDeliveryRow>('digest_delivery');
    assert.equal([row?.state, row?.said], ['stopped', 'the question was withdrawn']);
    for (const contact of ['+43 1 234567', 'ada@example.org, ben@example.org', '']) {
      const response = await send(await resolved({ contact }), 'mail');
      assert.match(await response.text(), /no mail address as its contact; expected link/);
    }
  } finally {
    await mailServer.close();
  }
});

surveys('counts nobody as asked whose mail server wants no mail of ours', async () => {
  const mailServer = await startMailServer({
    onRecipient: () => {
      throw saying(550, '5.7.1 not from you');
    },
  });
  try {
    const { store, deps } = server;
    deps.digests.mail.why = null;
    const id = await resolved();
    await send(id, 'mail');
    assert.equal((await figures()).slice(3), [0, 0, 1]);
    const mail = mailTo(mailServer.port);
    const outgoing = createOutgoing({ ...deps.digests.making, env: {} }, mail.from);
    const onFailed = (delivery: DigestDeliveryRow) => noteNotDelivered(deps, delivery);
    const outbox = testOutbox({ store, mail, now: () => now, onFailed, ...outgoing });
    await outbox.tick();
    await outbox.idle();
    assert.equal((await detail(id)).events.at(-1)?.kind, 'survey not delivered');
    assert.equal((await figures()).slice(3), [0, null, 0]);
    const { last } = (await (await server.send('GET', `/api/cases/${id}/survey`)).json()) as SurveyAskingJson;
    assert.equal([last?.state, last?.mail], ['withdrawn', { state: 'failed', said: '550 5.7.1 not from you' }]);
    assert.is((await answer(await asked(id), { score: '5' })).status, 200, 'by a link after all');
  } finally {
    await mailServer.close();
  }
});

surveys('asks by itself when a case is resolved, where that is configured and there is somewhere to ask', async () => {
  await server.close();
  server = await startServer({ now: () => now, satisfaction: { ...defaultSatisfaction, asksAtResolution: true, days: 7 } });
  const kinds = async (id: number) => (await detail(id)).events.map(({ kind }) => kind);
  assert.equal(await kinds(await resolved()), ['received', 'resolved'], 'no mail can be sent');
  server.deps.digests.mail.why = null;
  assert.equal(await kinds(await resolved({ contact: 'by phone' })), ['received', 'resolved']);
  const id = await resolved();
  assert.equal(await kinds(id), ['received', 'resolved', 'survey asked']);
  const [row] = await server.store.reader<SurveyInvitationRow>('survey_invitation');
  assert.equal([row?.case_id, Number(row?.expires_at) - now], [id, 7 * day]);
  assert.equal((await server.store.reader('digest_delivery')).length, 1);
  await done(id, 'reopen', { note: 'x' });
  await resolve(id);
  assert.equal(await kinds(id), ['received', 'resolved', 'survey asked', 'reopened', 'resolved', 'survey asked']);
});

surveys.run();
