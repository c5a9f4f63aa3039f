import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyLabelChange, undoLabelChange } from '../../../etl/label-change.ts';
import type { CaseRecord } from '../../../etl/record.ts';
import type { CaseFactRow } from '../../../etl/store/tables.ts';
import type { CaseChangedJson, DeedAnswer } from '../../../queries/model/handling.ts';
import type { CaseDetail, CasePage, TableJson } from '../../../queries/model/wire.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser } from '../../../server/auth/users.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const handling = suite('handling a case');
let server: TestServer;
let now = 0;
handling.before.each(async () => {
  now = at('2026-11-09T15:00:00Z');
  server = await startServer({ now: () => now });
});
handling.after.each(() => server.close());

const at = (time: string) => Date.parse(time) / 1000;
const entry = {
  kind: 'complaint',
  received_at: '2026-11-09T14:30:00Z',
  channel: 'phone',
  product: 'Parcel',
  sub_product: 'Express',
  issue: 'late delivery',
  narrative: 'It came a week late.',
  severity: 'high',
};
type Problems = { problems: { field: string; message: string }[] };

async function enter(more: Record<string, unknown> = {}): Promise<number> {
  const response = await server.send('PUT', `/api/entries/${randomUUID()}`, { ...entry, ...more });
  assert.is(response.status, 201);
  return ((await response.json()) as { case_id: number }).case_id;
}
const send = (id: number, body: Record<string, unknown>, headers?: Record<string, string>) =>
  server.send('POST', `/api/cases/${id}/events`, body, headers);
/** Does it over the version there is. */
async function done(id: number, action: string, fields: Record<string, unknown> = {}): Promise<number> {
  const { events } = await detail(id);
  const response = await send(id, { action, version: events.length, ...fields });
  assert.is(response.status, 201, `${action}: ${response.status === 201 ? '' : await response.text()}`);
  return ((await response.json()) as DeedAnswer).version;
}
async function refused(id: number, action: string, fields: Record<string, unknown> = {}): Promise<string[]> {
  const { events } = await detail(id);
  const response = await send(id, { action, version: events.length, ...fields });
  assert.is(response.status, 400, action);
  assert.equal((await detail(id)).events.length, events.length);
  return ((await response.json()) as Problems).problems.map(({ field, message }) => `${field}: ${message}`);
}
const detail = async (id: number) => (await (await server.send('GET', `/api/cases/${id}`)).json()) as CaseDetail;
const fact = async (id: number) => (await server.store.reader<CaseFactRow>('case_fact').where({ case_id: id }).first()) as CaseFactRow;
async function figures(measures: string[]): Promise<Record<string, unknown>> {
  const query = { measures, from: '2026-11-01', to: '2026-11-30', where: { kind: ['complaint'] } };
  const response = await server.send('POST', '/api/query', { queries: [query] });
  const { tables } = (await response.json()) as { tables: TableJson[] };
  return Object.fromEntries(measures.map((name) => [name, tables[0]?.rows[0]?.[name]]));
}
const resolution = { outcome: 'upheld', resolution_note: 'We paid the postage back.' };

handling('takes a case to its end and back, and every figure follows at once', async () => {
  const names = ['received', 'resolved', 'open', 'resolution_days_p50', 'uphold_rate'];
  const id = await enter();
  assert.equal(await figures(names), { received: 1, resolved: 0, open: 1, resolution_days_p50: null, uphold_rate: null });
  await done(id, 'assign', { team: 'Team North', agent: 'A9' });
  await done(id, 'acknowledge', { note: 'By mail' });
  await done(id, 'respond', { note: 'We look into it.' });
  now = at('2026-11-11T14:30:00Z');
  await done(id, 'resolve', { ...resolution, redress: 'refund', redress_amount: '12.50', root_cause: 'Sorting', controllability: 'process or policy', theme: 'Keeping promises' }); // prettier-ignore
  const first = await fact(id);
  assert.equal([first.resolution_minutes, first.redress_minor, first.redress_on], [2880, 1250, '2026-11-11']);
  assert.equal(await figures(names), { received: 1, resolved: 1, open: 0, resolution_days_p50: 2, uphold_rate: 1 });

  now = at('2026-11-12T09:00:00Z');
  await done(id, 'reopen', { note: 'The money did not arrive.' });
  assert.equal(await figures(names), { received: 1, resolved: 0, open: 1, resolution_days_p50: null, uphold_rate: null });
  now = at('2026-11-13T14:30:00Z');
  await done(id, 'resolve', { ...resolution, outcome: 'not upheld', redress: 'refund', redress_amount: '12.50' });
  assert.equal(await figures(names), { received: 1, resolved: 1, open: 0, resolution_days_p50: 4, uphold_rate: 0 });

  const { fields, derived, events } = await detail(id);
  assert.equal(
    [fields.team, fields.agent, fields.outcome, fields.status, fields.reopen_count],
    ['Team North', 'A9', 'not upheld', 'resolved', 1],
  );
  assert.equal([fields.theme, fields.root_cause], [null, null], 'a decision is made anew');
  assert.equal([fields.first_resolved_at, fields.redress_at], ['2026-11-11T14:30:00Z', '2026-11-11T14:30:00Z'], 'the money was given once');
  assert.equal([derived.acknowledgement_minutes, derived.first_response_minutes, derived.resolution_minutes], [30, 30, 5760]);
  assert.equal(
    events.map(({ kind, actor, from, to, note }) => [kind, actor, from, to, note]),
    [
      ['received', null, null, null, null],
      ['assigned', 'admin', null, 'A9, Team North', null],
      ['acknowledged', 'admin', null, null, 'By mail'],
      ['responded', 'admin', null, null, 'We look into it.'],
      ['resolved', 'admin', null, 'upheld', 'We paid the postage back.'],
      ['reopened', 'admin', null, null, 'The money did not arrive.'],
      ['resolved', 'admin', null, 'not upheld', 'We paid the postage back.'],
    ],
  );
  const drill = {
    measure: 'resolved',
    query: { measures: ['resolved'], from: '2026-11-13', to: '2026-11-13', where: { text: 'postage' } },
  };
  const found = (await (await server.send('POST', '/api/cases', drill)).json()) as CasePage;
  assert.is(found.total, 1, 'what was decided is searched, too');
});

handling('counts a hand-over when an owner or a team is replaced, and not when the first is found', async () => {
  const id = await enter({ team: 'Team North' });
  await done(id, 'assign', { agent: 'A9' });
  assert.is((await fact(id)).reassign_count, 0);
  await done(id, 'assign', { agent: 'A2', note: 'On leave' });
  await done(id, 'assign', { team: 'Team South', agent: '' });
  const { fields, events } = await detail(id);
  assert.equal([fields.reassign_count, fields.team, fields.agent], [2, 'Team South', null]);
  assert.equal(
    events.slice(1).map(({ from, to }) => [from, to]),
    [['Team North', 'A9, Team North'], ['A9, Team North', 'A2, Team North'], ['A2, Team North', 'Team South']], // prettier-ignore
  );
});

handling('reclassifies with a reason, drops what belonged to the old product, and escalates level by level', async () => {
  const id = await enter();
  await done(id, 'reclassify', { product: 'Letter', severity: 'critical', note: 'It was a letter.' });
  await done(id, 'escalate', { escalation_level: 'stage 1', note: 'Customer asks for a manager.' });
  await done(id, 'escalate', { escalation_level: 'executive', note: 'Press' });
  const { fields, events } = await detail(id);
  assert.equal([fields.product, fields.sub_product, fields.issue, fields.severity], ['Letter', null, 'late delivery', 'critical']);
  assert.equal([fields.escalation_level, fields.first_escalated_at], ['executive', '2026-11-09T15:00:00Z']);
  assert.is(events[1]?.to, 'product Parcel → Letter; no sub-product (was Express); severity high → critical');
  assert.equal(await refused(id, 'escalate', { escalation_level: 'stage 2', note: 'x' }), [
    'escalation_level: the case has reached executive; expected external',
  ]);
  await done(id, 'resolve', resolution);
  assert.equal(await refused(id, 'reclassify', { note: 'x', severity: 'critical' }), [
    'kind: is as it was, and so is everything else; expected a change',
  ]);
  await done(id, 'escalate', { escalation_level: 'external', note: 'Went to the ombudsman.' });
  assert.is((await fact(id)).resolution_minutes, 30, 'it stays resolved');
  await done(id, 'reclassify', { kind: 'enquiry', note: 'It only asked.' });
  assert.is((await figures(['received'])).received, 0);
});

handling('withdraws a case, after which it has ended without being resolved', async () => {
  const id = await enter();
  await done(id, 'withdraw', { note: 'It turned up.' });
  const { fields, derived } = await detail(id);
  assert.equal(
    [fields.outcome, fields.status, fields.withdrawn_at, fields.resolved_at],
    ['withdrawn', 'closed', '2026-11-09T15:00:00Z', null],
  );
  assert.is(derived.ended_at, '2026-11-09T15:00:00Z');
  assert.equal(await figures(['open', 'resolved']), { open: 0, resolved: 0 });
  assert.equal(await refused(id, 'resolve', resolution), [
    'action: resolve needs an open case; this one was withdrawn on 2026-11-09 15:00: reopen it first',
  ]);
  await done(id, 'reopen', { note: 'It was the wrong parcel.' });
  assert.equal((await detail(id)).fields.outcome, null);
});

handling('waits for no approval of a case that ended meanwhile, also where that is said to have been before', async () => {
  const id = await enter();
  now = at('2026-11-09T18:00:00Z');
  await done(id, 'propose', resolution);
  assert.is.not((await detail(id)).proposal, null);
  await done(id, 'withdraw', { note: 'By phone.', at: '2026-11-09T17:00:00Z' });
  assert.is((await detail(id)).proposal, null);
});

handling('refuses what cannot be, naming the field and what was expected, and adds no event', async () => {
  const id = await enter();
  assert.equal(await refused(id, 'acknowledge', { at: '2026-11-09T14:29:00Z' }), [
    'at: 2026-11-09 14:29 is before the case was received (2026-11-09 14:30); expected that time or later',
  ]);
  assert.equal(await refused(id, 'respond', { note: ' ', at: '2026-11-10T00:00:00Z' }), [
    'at: lies in the future; expected when it was done',
    'note: say what was answered',
  ]);
  await done(id, 'acknowledge', { at: '2026-11-09T14:30:00Z' });
  assert.equal(await refused(id, 'acknowledge'), [
    'action: acknowledge is done once; this case was acknowledged on 2026-11-09 14:30 by admin',
  ]);
  assert.equal(await refused(id, 'reopen', { note: 'x' }), ['action: reopen needs a case that has ended; this one is open']);
  assert.equal(await refused(id, 'assign', { agent: '' }), [
    'agent: is who has it, with the same team; expected another owner or another team',
  ]);
  assert.equal(await refused(id, 'asign'), [
    'action: must be one of assign, acknowledge, note, respond, escalate, resolve, propose, approve, decline, reopen, withdraw, reclassify (did you mean "assign"?)',
  ]);
  assert.equal(await refused(id, 'note', { note: 'x', outcome: 'upheld', at: '2026-11-09' }), [
    'outcome: is not asked for by note',
    'at: is not asked for by note',
  ]);
  const wrong = await refused(id, 'resolve', { outcome: 'withdrawn', redress_amount: '-3', theme: 'a › b', controllability: 'nobody' });
  assert.equal(
    wrong.map((line) => line.split(':')[0]),
    ['outcome', 'resolution_note', 'redress_amount', 'controllability', 'theme'],
  );
  assert.equal(await refused(id, 'resolve', { ...resolution, redress_amount: '99999999999999999' }), [
    'redress_amount: the amount is too large to be counted exactly',
  ]);
  await done(id, 'resolve', { ...resolution, at: '2026-11-09T14:50:00Z' });
  assert.match((await refused(id, 'reopen', { note: 'x', at: '2026-11-09T14:40:00Z' }))[0] ?? '', /^at: .* before the case was resolved/);
  assert.is((await send(999, { action: 'note', version: 1, note: 'x' })).status, 404);
  assert.is((await send(id, { action: 'note', version: 99, note: 'x' })).status, 400);
});

handling('tells who did what meanwhile, and of two at the same moment does one', async () => {
  const id = await enter();
  await addUser(server.store, { name: 'bea', role: 'quality_manager', now });
  const cookie = await signIn(server.store, now, 'bea');
  assert.is((await send(id, { action: 'respond', version: 1, note: 'Sent.' }, { cookie })).status, 201);
  const late = await send(id, { action: 'acknowledge', version: 1 });
  assert.is(late.status, 409);
  const { problems, current } = (await late.json()) as Problems & { current: CaseChangedJson };
  assert.is(
    problems[0]?.message,
    'the case was changed after you read it (bea responded at 2026-11-09T15:00:00Z); look at that, then send version 2',
  );
  const since = [
    {
      kind: 'responded',
      at: '2026-11-09T15:00:00Z',
      recorded_at: '2026-11-09T15:00:00Z',
      actor: 'bea',
      from: null,
      to: null,
      note: 'Sent.',
    },
  ];
  assert.equal(current, { version: 2, since });
  const both = await Promise.all([1, 2].map((n) => send(id, { action: 'resolve', version: 2, ...resolution, resolution_note: `No ${n}` })));
  assert.equal(both.map(({ status }) => status).sort(), [201, 409]);
  assert.equal((await detail(id)).events.length, 3);
});

handling('keeps when a step was recorded beside when it is said to have been, through all that is done with the case since', async () => {
  const id = await enter({ received_at: '2026-11-01T09:00:00Z' });
  const told = async () => (await detail(id)).events.map(({ kind, at, recorded_at }) => [kind, at, recorded_at]);
  await done(id, 'acknowledge', { at: '2026-11-06T14:05:00Z' });
  now += 86_400;
  await done(id, 'respond', { note: 'Sent.', at: '2026-11-07' });
  await applyLabelChange(server.store, { source: 'entry', dimension: 'issue', raw: 'late delivery', to: 'Delay' }, { name: 'admin', now });
  now += 86_400;
  await done(id, 'note', { note: 'x' });
  assert.equal(await told(), [
    ['received', '2026-11-01T09:00:00Z', null],
    ['acknowledged', '2026-11-06T14:05:00Z', '2026-11-09T15:00:00Z'],
    ['responded', '2026-11-07', '2026-11-10T15:00:00Z'],
    ['noted', '2026-11-11T15:00:00Z', '2026-11-11T15:00:00Z'],
  ]);
  const { events } = await detail(id);
  const body = { action: 'note', version: events.length, note: 'x', recorded_at: '2026-11-01T09:00:00Z' };
  assert.is((await send(id, body)).status, 400, 'it cannot be given');
  const record: CaseRecord = {
    source_id: 'a',
    kind: 'complaint',
    received_at: '2026-11-01',
    events: [{ kind: 'noted', at: '2026-11-02' }],
  };
  await loadRecords(server.store, [record], { source: 'help-desk' });
  assert.equal((await detail(2)).events.map(({ recorded_at }) => recorded_at), [null]); // prettier-ignore
});

handling('lets a step be said to have been done so many days earlier, and no more', async () => {
  const id = await enter({ received_at: '2026-09-01T09:00:00Z' });
  const tooEarly = async (at: string) => {
    const response = await send(id, { action: 'acknowledge', version: 1, at });
    return [response.status, ((await response.json()) as Problems).problems];
  };
  const message = (day: string) => `${day} is more than 30 days back; expected 2026-10-10 or later`;
  assert.equal(await tooEarly('2026-10-09'), [422, [{ field: 'at', message: message('2026-10-09') }]]);
  assert.equal(
    await tooEarly('2026-08-01T09:00:00Z'),
    [422, [{ field: 'at', message: message('2026-08-01') }]],
    'also before it was received',
  );
  assert.is((await detail(id)).events.length, 1);
  await done(id, 'acknowledge', { at: '2026-10-10' });
  assert.equal((await detail(id)).fields.acknowledged_at, '2026-10-10');
});

handling('leaves a case of a source to that source', async () => {
  await loadRecords(server.store, [{ source_id: 'a', kind: 'complaint', received_at: '2026-11-01' }], { source: 'help-desk' });
  const response = await send(1, { action: 'note', version: 1, note: 'x' });
  assert.is(response.status, 409);
  assert.match(((await response.json()) as Problems).problems[0]?.message ?? '', /owned by help-desk; change it there/);
});

handling('lets nobody handle a case that is not one of theirs', async () => {
  const id = await enter({ team: 'Team North' });
  await enter({ team: 'Team South' });
  await addUser(server.store, { name: 'sue', role: 'quality_manager', now });
  await changeUser(server.store, 'sue', { scope: { team: ['Team South'] } }, { by: null, now });
  const sue = await signIn(server.store, now, 'sue');
  assert.is((await send(id, { action: 'note', version: 1, note: 'x' }, { cookie: sue })).status, 404);
  await done(id, 'assign', { team: 'Team South' });
  assert.is((await send(id, { action: 'note', version: 2, note: 'x' }, { cookie: sue })).status, 201);
  await addUser(server.store, { name: 'eve', role: 'executive', now });
  await addUser(server.store, { name: 'tom', role: 'trainer', now });
  const [eve, tom] = [await signIn(server.store, now, 'eve'), await signIn(server.store, now, 'tom')];
  for (const cookie of [eve, tom]) assert.is((await send(id, { action: 'note', version: 3, note: 'x' }, { cookie })).status, 403);
  assert.is((await send(id, { action: 'note', version: 3, note: 'x' }, { cookie: '' })).status, 401);
  const lines = await server.store
    .reader<{ action: string; target: string }>('audit_event')
    .where({ action: 'case_handled' })
    .orderBy('at');
  assert.equal(lines.map(({ target }) => target).sort(), ['case 1: assign', 'case 1: note']);
  const seen = (await (await server.send('GET', `/api/cases/${id}`, undefined, { cookie: eve })).json()) as CaseDetail;
  assert.equal(
    seen.events.map(({ actor, to, note }) => [actor, to, note]),
    [[null, null, null], [null, null, null], [null, null, null]], // prettier-ignore
  );
});

handling('takes an entry that is sent again after it was handled for the same one, and another for another', async () => {
  const key = randomUUID();
  const put = async (body: unknown) => (await server.send('PUT', `/api/entries/${key}`, body)).status;
  assert.is(await put(entry), 201);
  await done(1, 'assign', { team: 'Team North' });
  await done(1, 'reclassify', { issue: 'lost parcel', note: 'It never came.' });
  await done(1, 'resolve', resolution);
  assert.is(await put(entry), 200);
  assert.is(await put({ ...entry, narrative: 'It never came.' }), 409);
  assert.equal((await detail(1)).fields.outcome, 'upheld');
});

handling('keeps what was typed under a label that was placed under another', async () => {
  const id = await enter();
  await applyLabelChange(server.store, { source: 'entry', dimension: 'issue', raw: 'late delivery', to: 'Delay' }, { name: 'admin', now });
  await done(id, 'note', { note: 'x' });
  assert.is((await detail(id)).fields.issue, 'Delay');
  await undoLabelChange(server.store, 1, { name: 'admin', now });
  assert.is((await detail(id)).fields.issue, 'late delivery');
});

handling.run();
