import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { adoptRules } from '../../../etl/rederive.ts';
import { defaultProcedure, type Procedure } from '../../../etl/procedure.ts';
import type { CaseDetail } from '../../../queries/model/wire.ts';
import type { ProcedureJson, WorkList } from '../../../queries/model/work.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import type { Role } from '../../../server/auth/roles.ts';
import { addUser } from '../../../server/auth/users.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const work = suite('work to do');
const at = (time: string) => Date.parse(time) / 1000;
const procedure: Procedure = {
  ...defaultProcedure,
  redressLimits: { staff: 50 },
  levels: [
    { level: 'stage 1', decidedBy: null, openFor: null, unansweredFor: { hours: 48 }, severities: [] },
    { level: 'stage 2', decidedBy: ['quality_manager', 'administrator'], openFor: null, unansweredFor: null, severities: ['critical'] },
  ],
};
const policies = [
  { name: 'standard', assign: { hours: 4 }, acknowledge: { hours: 24 }, respond: { calendar_days: 5 }, resolve: { calendar_days: 30 } },
];
let server: TestServer;
let now = 0;
work.before.each(async () => {
  now = at('2026-11-09T12:00:00Z');
  server = await startServer({ now: () => now, procedure });
  await adoptRules(server.store, { calendars: {}, calendar: null, policies }, { zone: 'UTC', log: () => undefined });
});
work.after.each(() => server.close());

async function enter(more: Record<string, unknown> = {}): Promise<number> {
  const body = { kind: 'complaint', received_at: '2026-11-09T10:00:00Z', issue: 'late delivery', narrative: 'Late.', ...more };
  const response = await server.send('PUT', `/api/entries/${randomUUID()}`, body);
  assert.is(response.status, 201);
  return ((await response.json()) as { case_id: number }).case_id;
}
async function person(name: string, role: Role, more: Parameters<typeof changeUser>[2] = {}): Promise<{ cookie: string }> {
  await addUser(server.store, { name, role, now });
  await changeUser(server.store, name, more, { by: null, now });
  return { cookie: await signIn(server.store, now, name) };
}
const detail = async (id: number, headers?: { cookie: string }) =>
  (await (await server.send('GET', `/api/cases/${id}`, undefined, headers)).json()) as CaseDetail;
async function act(id: number, action: string, fields: Record<string, unknown> = {}, headers?: { cookie: string }) {
  const { events } = await detail(id);
  const response = await server.send('POST', `/api/cases/${id}/events`, { action, version: events.length, ...fields }, headers);
  const answer = (await response.json()) as { problems?: { field: string; message: string }[] };
  return [response.status, answer.problems?.map(({ field, message }) => `${field}: ${message}`).join('; ') ?? ''] as const;
}
const listed = async (headers?: { cookie: string }) =>
  (await (await server.send('GET', '/api/work', undefined, headers)).json()) as WorkList;
const told = async (headers?: { cookie: string }) => (await listed(headers)).items.map((item) => [item.case_id, item.next.action, item.next.due, item.groups]); // prettier-ignore

work('lists what is open and entered here, what is due first, and why it is there', async () => {
  const calm = await enter();
  const critical = await enter({ severity: 'critical', agent: 'A9', received_at: '2026-11-08T09:00:00Z' });
  await loadRecords(server.store, [{ source_id: 'x', kind: 'complaint', received_at: '2026-11-01' }], { source: 'help-desk' });
  assert.equal(await told(), [
    [critical, 'acknowledge', '2026-11-09T09:00:00Z', ['overdue', 'escalate']],
    [calm, 'assign', '2026-11-09T14:00:00Z', ['unassigned', 'due_soon']],
  ]);
  assert.equal((await listed()).items[0]?.escalate, { level: 'stage 2', why: 'critical severity' });

  await act(critical, 'acknowledge');
  await act(critical, 'escalate', { escalation_level: 'stage 2', note: 'Injury' });
  await act(calm, 'assign', { agent: 'A2', team: 'Team North' });
  assert.equal(await told(), [
    [calm, 'acknowledge', '2026-11-10T10:00:00Z', ['due_soon']],
    [critical, 'respond', '2026-11-13', []],
  ]);
  now = at('2026-11-11T10:00:01Z');
  assert.equal((await told())[0], [calm, 'acknowledge', '2026-11-10T10:00:00Z', ['overdue', 'escalate']]);
  await act(calm, 'resolve', { outcome: 'upheld', resolution_note: 'Paid.' });
  assert.equal((await told()).map(([id]) => id), [critical]); // prettier-ignore
});

work('shows each their own rows, and nothing to whom handles no cases', async () => {
  const north = await enter({ team: 'Team North', agent: 'A1' });
  const south = await enter({ team: 'Team South', agent: 'A2' });
  const scoped = await person('sue', 'quality_manager', { scope: { team: ['Team South'] } });
  const agent = await person('ann', 'staff', { agent: 'A1' });
  assert.equal((await listed(scoped)).items.map(({ case_id }) => case_id), [south]); // prettier-ignore
  assert.equal((await listed(agent)).items.map(({ case_id }) => case_id), [north]); // prettier-ignore
  for (const role of ['executive', 'trainer'] as const) {
    const { cookie } = await person(role, role);
    assert.is((await server.send('GET', '/api/work', undefined, { cookie })).status, 403);
  }
  const known = (await (await server.send('GET', '/api/procedure', undefined, agent)).json()) as ProcedureJson;
  assert.equal([known.role, known.procedure.redressLimits, known.rules.policies[0]?.name], ['staff', { staff: 50 }, 'standard']);
});

work('has what is beyond a role approved by one whose authority goes so far', async () => {
  const id = await enter({ agent: 'A1' });
  const ann = await person('ann', 'staff', { agent: 'A1' });
  const bea = await person('bea', 'quality_manager');
  const decision = { outcome: 'upheld', resolution_note: 'We pay it all back.', redress: 'refund', redress_amount: '120.00' };
  const beyond = 'redress_amount: is above 50, the most front-line staff may give; ask for approval with propose';
  assert.equal(await act(id, 'resolve', decision, ann), [400, beyond]);
  assert.equal(await act(id, 'propose', decision, ann), [201, '']);
  const { proposal, fields } = await detail(id, ann);
  assert.equal([proposal?.by, proposal?.fields.redress_amount, fields.outcome, fields.redress_amount], ['ann', '120.00', null, null]);
  assert.equal((await listed()).items[0]?.groups, ['due_soon', 'awaiting_approval']);
  assert.equal((await listed()).items[0]?.next.action, 'acknowledge');
  assert.match((await act(id, 'approve', {}, ann))[1], /^action: is above 50/);
  assert.equal(await act(id, 'decline', { note: 'Half of it.' }, bea), [201, '']);
  assert.is((await detail(id)).proposal, null);
  assert.match((await act(id, 'approve', {}, bea))[1], /nothing waits for approval/);

  await act(id, 'propose', { ...decision, redress_amount: '60.00' }, ann);
  assert.equal(await act(id, 'approve', {}, bea), [201, '']);
  const after = await detail(id);
  assert.equal([after.fields.outcome, after.fields.redress_amount, after.fields.resolution_note, after.fields.status], ['upheld', 60, 'We pay it all back.', 'resolved']); // prettier-ignore
  assert.equal(after.events.slice(-3).map(({ kind, actor, to }) => [kind, actor, to]), [
    ['approval refused', 'bea', null], ['approval asked', 'ann', 'upheld, refund 60.00'], ['resolved', 'bea', 'upheld'],
  ]); // prettier-ignore
  assert.equal((await listed()).items, []);
});

work('leaves the decision at a level to those it names', async () => {
  const id = await enter({ agent: 'A1' });
  const ann = await person('ann', 'staff', { agent: 'A1' });
  await act(id, 'escalate', { escalation_level: 'stage 2', note: 'It is beyond me.' }, ann);
  const [status, why] = await act(id, 'resolve', { outcome: 'upheld', resolution_note: 'Sorry.' }, ann);
  assert.equal([status, why], [400, 'outcome: from the level stage 2 on is for a quality manager or an administrator to decide; ask for approval with propose']); // prettier-ignore
  assert.equal(await act(id, 'resolve', { outcome: 'upheld', resolution_note: 'Sorry.' }), [201, '']);
});

work('lets nobody get round a limit or a level by another way', async () => {
  const ann = await person('ann', 'staff', { agent: 'A1' });
  const bea = await person('bea', 'quality_manager');
  const paid = { outcome: 'upheld', resolution_note: 'Paid.', redress: 'refund' };
  const id = await enter({ agent: 'A1' });
  assert.equal(await act(id, 'resolve', paid, ann), [400, 'redress_amount: say how much it is, in all: up to 50 is yours to give']);
  await act(id, 'resolve', { ...paid, redress_amount: '500' }, bea);
  await act(id, 'reopen', { note: 'Again.' }, ann);
  assert.equal(await act(id, 'propose', { ...paid, redress_amount: '500', outcome: 'partly upheld' }, ann), [201, '']);
  assert.equal((await detail(id)).proposal?.fields.redress_amount, '500', 'what stays as it is is approved too');
  for (const action of ['approve', 'decline'])
    assert.match((await act(id, action, { ...(action === 'decline' && { note: 'x' }) }, ann))[1], /^action: is above 50/);
  assert.equal(await act(id, 'approve', {}, bea), [201, '']);
  assert.equal([(await detail(id)).fields.outcome, (await detail(id)).fields.redress_amount], ['partly upheld', 500]);

  const high = await enter({ agent: 'A1' });
  await act(high, 'escalate', { escalation_level: 'external', note: 'To the ombudsman.' }, ann);
  assert.match(
    (await act(high, 'resolve', { outcome: 'upheld', resolution_note: 'x' }, ann))[1],
    /^outcome: from the level stage 2 on is for/,
  );
  assert.match((await act(high, 'withdraw', { note: 'x' }, ann))[1], /^action: from the level stage 2 on is for/);
  await act(high, 'propose', { outcome: 'upheld', resolution_note: 'x' }, bea);
  assert.match((await act(high, 'approve', {}, bea))[1], /^action: is for somebody else than bea/);
  assert.match((await act(high, 'attribute', { agent: 'A2', note: 'x' }, ann))[1], /^action: must be one of/);
});

work('keeps the promise of a case whoever has it, and whatever is said of it once it has ended', async () => {
  const rules = [
    { name: 'fast', when: { team: ['Team North'] }, resolve: { calendar_days: 2 } },
    { name: 'slow', resolve: { calendar_days: 60 } },
  ];
  await adoptRules(server.store, { calendars: {}, calendar: null, policies: rules }, { zone: 'UTC', log: () => undefined });
  const id = await enter({ team: 'Team North', received_at: '2026-11-05T10:00:00Z' });
  assert.equal((await detail(id)).fields.due_at, '2026-11-07');
  await act(id, 'assign', { team: 'Team South' });
  assert.equal([(await detail(id)).fields.due_at, (await detail(id)).fields.sla_policy], ['2026-11-07', 'fast']);
  await act(id, 'resolve', { outcome: 'upheld', resolution_note: 'x' });
  await act(id, 'reclassify', { severity: 'low', note: 'x' });
  const { fields, derived } = await detail(id);
  assert.equal([fields.due_at, fields.severity, derived.is_on_time], ['2026-11-07', 'low', false]);
});

work.run();
