import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyLabelChange, previewLabelChange, undoLabelChange } from '../../../etl/label-change.ts';
import type { CaseRecord } from '../../../etl/record.ts';
import type { ContestList, OwnContests } from '../../../queries/model/contest.ts';
import type { CaseDetail, MetaJson, TableJson } from '../../../queries/model/wire.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import type { Role } from '../../../server/auth/roles.ts';
import { addUser } from '../../../server/auth/users.ts';
import { addContest } from '../../../server/contests.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const attribution = suite('what is said here of a case');
const now = Date.parse('2026-11-09T12:00:00Z') / 1000;
let server: TestServer;
attribution.before.each(async () => void (server = await startServer({ now: () => now })));
attribution.after.each(() => server.close());

const imported: CaseRecord = {
  source_id: 'HD-1', kind: 'complaint', received_at: '2026-11-01', issue: 'late', agent: 'Ann', team: 'Team North', theme: 'Delivery',
  surveys: [{ source_id: 'S1', kind: 'csat', scale: '1-5', score: 2, answered_at: '2026-11-03' }],
}; // prettier-ignore
const load = (more: Partial<CaseRecord> = {}) => loadRecords(server.store, [{ ...imported, ...more }], { source: 'help-desk' });
async function person(name: string, role: Role, more: Parameters<typeof changeUser>[2] = {}): Promise<{ cookie: string }> {
  await addUser(server.store, { name, role, now });
  await changeUser(server.store, name, more, { by: null, now });
  return { cookie: await signIn(server.store, now, name) };
}
async function sent(method: string, path: string, body: unknown, headers?: { cookie: string }): Promise<[number, string]> {
  const response = await server.send(method, path, body, headers);
  const text = await response.text();
  const { problems = [] } = (text ? JSON.parse(text) : {}) as { problems?: { field: string; message: string }[] };
  return [response.status, problems.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ')];
}
const detail = async (id = 1) => (await (await server.send('GET', `/api/cases/${id}`)).json()) as CaseDetail;
async function counted(by: 'theme' | 'agent' | 'root_cause', measure = 'received'): Promise<Record<string, unknown>> {
  const query = { measures: [measure], by: [by], from: '2026-11-01', to: '2026-11-30', where: { kind: ['complaint'] } };
  const response = await server.send('POST', '/api/query', { queries: [query] });
  const { tables } = (await response.json()) as { tables: TableJson[] };
  return Object.fromEntries((tables[0]?.rows ?? []).map((row): [string, unknown] => [String(row[by]), row[measure]]));
}

attribution('keeps the theme and root cause said here when the source is read again, and lets the source have its say back', async () => {
  await load();
  const tom = await person('tom', 'trainer');
  assert.equal(await sent('PUT', '/api/cases/1/local', { theme: 'Keeping promises', root_cause: 'Sorting' }, tom), [204, '']);
  assert.equal([await counted('theme'), await counted('root_cause')], [{ 'Keeping promises': 1 }, { Sorting: 1 }]);
  await load({ theme: 'Transport', issue: 'lost' });
  await load({ source_id: 'HD-2', theme: 'Transport', received_at: '2026-10-01', surveys: [] });
  const { fields, local } = await detail();
  assert.equal(local.map(({ said }) => said), [null, 'Transport']); // prettier-ignore
  assert.equal([fields.theme, fields.root_cause, fields.issue], ['Keeping promises', 'Sorting', 'lost']);
  assert.equal(local.map(({ field, by }) => [field, by]), [['root_cause', 'tom'], ['theme', 'tom']]); // prettier-ignore

  await applyLabelChange(
    server.store,
    { source: 'help-desk', dimension: 'theme', raw: 'Transport', to: 'Logistics' },
    { name: 'admin', now },
  );
  assert.is((await detail()).fields.theme, 'Keeping promises', 'a change of labels is of what sources say');
  assert.equal(await sent('PUT', '/api/cases/1/local', { theme: null }, tom), [204, '']);
  assert.equal([(await detail()).fields.theme, (await detail(2)).fields.theme], ['Logistics', 'Logistics']);
  assert.equal(await sent('PUT', '/api/cases/1/local', { root_cause: '' }, tom), [204, '']);
  assert.is((await detail()).fields.root_cause, null);
});

attribution('takes back to what the source says by then, as labels were decided on and as that was undone', async () => {
  const who = { name: 'admin', now };
  const transport = { source: 'help-desk', dimension: 'theme', raw: 'Transport' };
  await load({ theme: 'Transport' });
  await load({ source_id: 'HD-2', theme: 'Transport', surveys: [] });
  const themes = async () => [(await detail()).fields.theme, (await detail(2)).fields.theme];
  const say = (theme: string | null) => sent('PUT', '/api/cases/1/local', { theme });
  await say('Promises');
  assert.is(
    (await previewLabelChange(server.store.reader, { ...transport, to: 'Logistics' })).cases,
    1,
    'what is said here does not change',
  );
  const { changeId } = await applyLabelChange(server.store, { ...transport, to: 'Logistics' }, who);
  assert.equal(await themes(), ['Promises', 'Logistics']);
  await say(null);
  assert.equal(await themes(), ['Logistics', 'Logistics']);
  await say('Promises');
  await undoLabelChange(server.store, changeId, who);
  assert.equal(await themes(), ['Promises', 'Transport']);
  await say(null);
  assert.equal(await themes(), ['Transport', 'Transport']);
  const again = await applyLabelChange(server.store, { ...transport, to: 'Logistics' }, who);
  assert.is(again.cases, 2);
  await undoLabelChange(server.store, again.changeId, who);
  assert.equal(await themes(), ['Transport', 'Transport']);
});

attribution('refuses what cannot be said, and to whom it is not theirs to say', async () => {
  await load();
  await load({ source_id: 'HD-2', team: 'Team South', surveys: [] });
  assert.equal(await sent('PUT', '/api/cases/1/local', { team: 'x' }), [400, 'team: cannot be said here; expected theme or root_cause']);
  assert.is((await sent('PUT', '/api/cases/1/local', { theme: 'a › b' }))[0], 400);
  assert.is((await sent('PUT', '/api/cases/1/local', {}))[0], 400);
  assert.is((await sent('PUT', '/api/cases/99/local', { theme: 'x' }))[0], 404);
  const scoped = await person('sue', 'quality_manager', { scope: { team: ['Team South'] } });
  assert.is((await sent('PUT', '/api/cases/1/local', { theme: 'x' }, scoped))[0], 404);
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  assert.is((await sent('PUT', '/api/cases/1/local', { theme: 'x' }, ann))[0], 403);
});

/** A decision about the last contest of case 1. */
const ofContest = async (body: object) => ({ contest_id: (await detail()).contest?.contest_id ?? 0, ...body });

/** What somebody is told of on every page. */
async function told(headers: { cookie: string }): Promise<MetaJson['attention']> {
  return ((await (await server.send('GET', '/api/meta', undefined, headers)).json()) as MetaJson).attention;
}

attribution('lets an agent contest a case, and counts it for whom it is decided, also when its source says otherwise again', async () => {
  await load();
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  const bob = await person('bob', 'staff', { agent: 'Bob' });
  const bea = await person('bea', 'quality_manager');
  assert.is((await sent('POST', '/api/cases/1/contest', { reason: 'x' }, bob))[0], 404, 'it is none of his');
  assert.is((await sent('POST', '/api/cases/1/contest', { reason: 'x' }, bea))[0], 403);
  assert.equal(await sent('POST', '/api/cases/1/contest', { reason: ' ' }, ann), [400, 'reason: say why this case is not yours']);
  assert.is((await sent('POST', '/api/cases/1/contest', { reason: 'I was on leave.' }, ann))[0], 201);
  assert.equal(await sent('POST', '/api/cases/1/contest', { reason: 'Really.' }, ann), [
    409,
    'ann contests this case already; that is not decided yet',
  ]);
  const { contests } = (await (await server.send('GET', '/api/contests', undefined, bea)).json()) as ContestList;
  assert.equal(contests.map(({ case_id, agent, reason, by }) => [case_id, agent, reason, by]), [[1, 'Ann', 'I was on leave.', 'ann']]); // prettier-ignore
  const waiting = { message: 'One case waits for a decision whose it is.', href: '/work' };
  assert.equal([await told(bea), await told(ann)], [[waiting], []], 'who decides about it is told on every page');
  assert.is((await sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'accepted', decision: 'x' }), ann))[0], 403);
  assert.match(
    (await sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'accepted', agent: 'Ann', decision: 'x' }), bea))[1],
    /^agent: is who contests it/,
  );
  const accepted = { state: 'accepted', agent: 'Bob', decision: 'The roster says so.' };
  const both = await Promise.all([1, 2].map(async () => sent('POST', '/api/cases/1/contest/decision', await ofContest(accepted), bea)));
  assert.equal(both.map(([status]) => status).sort(), [204, 409]);
  assert.equal(await told(bea), []);
  assert.equal([await counted('agent'), await counted('agent', 'surveys_answered')], [{ Bob: 1 }, { Bob: 1 }]);
  await load({ issue: 'lost', agent: 'Ann' });
  assert.equal([await counted('agent'), await counted('agent', 'surveys_answered')], [{ Bob: 1 }, { Bob: 1 }]);
  const { contest } = await detail();
  assert.equal([contest?.state, contest?.decided?.by, contest?.decided?.decision], ['accepted', 'bea', 'The roster says so.']);
  const lines = await server.store
    .reader('audit_event')
    .whereIn('action', ['attribution_contested', 'contest_decided'])
    .pluck<string[]>('target');
  assert.equal(lines.sort(), ['case 1', 'case 1: accepted']);
});

attribution(
  'counts an answer that names the agent of the case for whom it is decided, and one that names another for that one',
  async () => {
    const survey = { kind: 'csat', scale: '1-5', score: 2, answered_at: '2026-11-03' } as const;
    const surveys: CaseRecord['surveys'] = [
      { ...survey, source_id: 'S1', agent: 'Ann' },
      { ...survey, source_id: 'S2', agent: 'Cy' },
    ];
    await load({ surveys });
    const ann = await person('ann', 'staff', { agent: 'Ann' });
    await sent('POST', '/api/cases/1/contest', { reason: 'Not mine.' }, ann);
    assert.is(
      (await sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'accepted', agent: 'Bob', decision: 'x' })))[0],
      204,
    );
    const credited = async () => (await detail()).surveys.map(({ agent }) => agent);
    assert.equal(await credited(), ['Bob', 'Cy']);
    await load({ surveys, issue: 'lost' });
    assert.equal(await credited(), ['Bob', 'Cy'], 'the record has changed, and its source says Ann as before');
    assert.is((await sent('PUT', '/api/cases/1/local', { agent: null }))[0], 204);
    assert.equal(await credited(), ['Ann', 'Cy']);
  },
);

attribution(
  'leaves an answer with whom its source names, also while the case is counted for that one and once that is taken back',
  async () => {
    const survey = { kind: 'csat', scale: '1-5', score: 2, answered_at: '2026-11-03' } as const;
    const surveys: CaseRecord['surveys'] = [
      { ...survey, source_id: 'S1' },
      { ...survey, source_id: 'S2', agent: 'Bob' },
    ];
    await load({ surveys });
    const ann = await person('ann', 'staff', { agent: 'Ann' });
    await sent('POST', '/api/cases/1/contest', { reason: 'Not mine.' }, ann);
    await sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'accepted', agent: 'Bob', decision: 'x' }));
    const credited = async () => [(await detail()).surveys.map(({ agent }) => agent), await counted('agent', 'surveys_answered')];
    assert.equal(await credited(), [['Bob', 'Bob'], { Bob: 2 }]);
    await load({ surveys, issue: 'lost' });
    assert.equal(await credited(), [['Bob', 'Bob'], { Bob: 2 }]);
    await sent('PUT', '/api/cases/1/local', { agent: null });
    assert.equal(await credited(), [['Ann', 'Bob'], { Ann: 1, Bob: 1 }]);
  },
);

attribution('has the contest decided that was read, and not by who contests', async () => {
  await load();
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  await changeUser(server.store, 'admin', { agent: 'Ann' }, { by: null, now });
  const bea = await person('bea', 'quality_manager');
  const declined = { state: 'declined', decision: 'It was hers.' };
  await sent('POST', '/api/cases/1/contest', { reason: 'Not mine.' }, ann);
  const first = await ofContest(declined);
  assert.is((await sent('POST', '/api/cases/1/contest/decision', first, bea))[0], 204);
  await sent('POST', '/api/cases/1/contest', { reason: 'I was on leave.' });
  assert.equal(await sent('POST', '/api/cases/1/contest/decision', first, bea), [
    409,
    'that was decided meanwhile, or the case is contested anew; look at the case as it is now',
  ]);
  assert.equal(await sent('POST', '/api/cases/1/contest/decision', await ofContest(declined)), [
    409,
    'you contest this case yourself: somebody else has to decide',
  ]);
  assert.equal(await sent('POST', '/api/cases/1/contest/decision', declined, bea), [
    400,
    'contest_id: must be the number of the contest that is decided',
  ]);
  assert.is((await sent('POST', '/api/cases/1/contest/decision', await ofContest(declined), bea))[0], 204);
});

attribution('keeps no words about a case whose customer was erased', async () => {
  await load();
  const erased = await server.store.reader<{ source: number; source_id: string }>('case_fact').first('source', 'source_id');
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  await server.store
    .writer('erasure')
    .insert({ at: now, erased_by: 'admin', reason: 'age', cases: 1, surveys: 0, rejected: 0, sources: '[]' });
  await server.store.writer('erased_case').insert({ ...erased, erasure_id: 1 });
  await sent('POST', '/api/cases/1/contest', { reason: 'Mrs Berg was served by Bob.' }, ann);
  await sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'declined', decision: 'Mrs Berg says no.' }));
  const { contest } = await detail();
  assert.equal([contest?.state, contest?.reason, contest?.decided?.decision], ['declined', '(erased)', '(erased)']);
});

attribution('lets who decides contests take an agent back, and reads one as any other label', async () => {
  await load();
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  const bea = await person('bea', 'quality_manager');
  const tom = await person('tom', 'trainer');
  await sent('POST', '/api/cases/1/contest', { reason: 'Not mine.' }, ann);
  const decide = async (agent: unknown) =>
    sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'accepted', agent, decision: 'x' }), bea);
  for (const agent of ['Team › Bob', 'x'.repeat(121), 7, 'B\u200bob', '(none)'])
    assert.match((await decide(agent)).join(' '), /^400 agent: /, JSON.stringify(agent));
  assert.equal(await decide('  Bob  Roe '), [204, '']);
  assert.equal(await counted('agent'), { 'Bob Roe': 1 });
  assert.equal(await sent('PUT', '/api/cases/1/local', { agent: 'Ann' }, bea), [
    400,
    'agent: is said by deciding a contest; expected null, which takes that back',
  ]);
  assert.is((await sent('PUT', '/api/cases/1/local', { agent: null }, tom))[0], 403);
  assert.equal(await sent('PUT', '/api/cases/1/local', { agent: null }, bea), [204, '']);
  assert.equal([await counted('agent'), await counted('agent', 'surveys_answered')], [{ Ann: 1 }, { Ann: 1 }]);
  assert.equal((await detail()).local, []);
});

attribution('ends a contest of who does not have the case any more, and lets the next one contest it', async () => {
  const entry = { kind: 'complaint', received_at: '2026-11-09T10:00:00Z', issue: 'late', narrative: 'Late.', agent: 'Ann' };
  await server.send('PUT', `/api/entries/${randomUUID()}`, entry);
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  const bob = await person('bob', 'staff', { agent: 'Bob' });
  const assign = (agent: string, version: number) => server.send('POST', '/api/cases/1/events', { action: 'assign', version, agent });
  const open = async () => ((await (await server.send('GET', '/api/contests')).json()) as ContestList).contests.map(({ agent }) => agent);
  await sent('POST', '/api/cases/1/contest', { reason: 'Not mine.' }, ann);
  const own = async () =>
    ((await (await server.send('GET', '/api/contests/own', undefined, ann)).json()) as OwnContests).contests.map((one) => one.is_overtaken);
  assert.equal(await own(), [false]);
  await assign('Bob', 1);
  assert.equal([await open(), await own()], [[], [true]]);
  assert.is((await sent('POST', '/api/cases/1/contest', { reason: 'Nor mine.' }, bob))[0], 201);
  assert.equal(await open(), ['Bob']);
  await assign('Cy', 2);
  const accepted = { state: 'accepted', agent: 'Ann', decision: 'x' };
  assert.is((await sent('POST', '/api/cases/1/contest/decision', await ofContest(accepted)))[0], 409);
  const { fields, contest } = await detail();
  assert.equal([fields.agent, contest?.state, contest?.decided?.by], ['Cy', 'declined', null]);
  assert.is(contest?.decided?.decision, 'the case was given to somebody else meanwhile');
});

attribution('tells who contested what became of it, also of a case they see no more, and nothing of the contests of others', async () => {
  await load();
  await load({ source_id: 'HD-2', surveys: [] });
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  const bob = await person('bob', 'staff', { agent: 'Bob' });
  for (const id of [1, 2]) await sent('POST', `/api/cases/${id}/contest`, { reason: 'On leave.' }, ann);
  await sent(
    'POST',
    '/api/cases/1/contest/decision',
    await ofContest({ state: 'accepted', agent: 'Bob', decision: 'The roster says so.' }),
  );
  assert.is((await server.send('GET', '/api/cases/1', undefined, ann)).status, 404);
  const own = async (who: { cookie: string }) => {
    const { contests } = (await (await server.send('GET', '/api/contests/own', undefined, who)).json()) as OwnContests;
    return contests.map(({ case_id, issue, is_seen, state, decided }) => [case_id, issue, is_seen, state, decided?.decision ?? null]);
  };
  assert.equal(await own(ann), [
    [2, 'late', true, 'open', null],
    [1, null, false, 'accepted', 'The roster says so.'],
  ]);
  assert.equal(await own(bob), []);
  assert.is((await server.send('GET', '/api/contests/own', undefined, await person('bea', 'quality_manager'))).status, 403);
});

attribution('lists the contests of whoever sees few cases behind any number of others', async () => {
  const hidden = Array.from({ length: 501 }, (_, i): CaseRecord => ({ ...imported, source_id: `N-${i}`, surveys: [] }));
  const seen = { ...imported, source_id: 'S-1', team: 'Team South', surveys: [] };
  await loadRecords(server.store, [...hidden, seen], { source: 'help-desk' });
  const { source } = (await server.store.reader<{ source: number }>('case_fact').first('source')) ?? { source: 0 };
  const contest = { source, agent: 'Ann', reason: 'x', contested_by: 'ann', contested_at: now };
  await server.store.writer.transaction(async (trx) => {
    for (const { source_id } of [...hidden, seen]) await addContest(trx, { ...contest, source_id: source_id ?? '' });
  });
  const scoped = await person('sue', 'quality_manager', { scope: { team: ['Team South'] } });
  const { contests } = (await (await server.send('GET', '/api/contests', undefined, scoped)).json()) as ContestList;
  assert.equal(contests.map(({ case_id }) => case_id), [502]); // prettier-ignore
});

attribution('corrects whose a case is that is handled here, with what its customer was asked, over whatever came between', async () => {
  const entry = { kind: 'complaint', received_at: '2026-11-09T10:00:00Z', issue: 'late', narrative: 'Late.', agent: 'Ann' };
  await server.send('PUT', `/api/entries/${randomUUID()}`, entry);
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  await server.send('POST', '/api/cases/1/events', { action: 'resolve', version: 1, outcome: 'upheld', resolution_note: 'Paid.' });
  assert.is((await server.send('POST', '/api/cases/1/survey', { channel: 'link', version: 2 })).status, 201);
  await sent('POST', '/api/cases/1/contest', { reason: 'Not mine.' }, ann);
  const accepted = { state: 'accepted', agent: 'Bob', decision: 'The roster says so.' };
  const note = { action: 'note', version: 3, note: 'Called.' };
  const [noted, ...decided] = await Promise.all([
    server.send('POST', '/api/cases/1/events', note).then(({ status }) => status),
    ...[1, 2].map(async () => (await sent('POST', '/api/cases/1/contest/decision', await ofContest(accepted)))[0]),
  ]);
  assert.ok([201, 409].includes(noted ?? 0), `the note was answered with ${noted}`);
  assert.equal(decided.sort(), [204, 409]);
  const { fields, surveys, events } = await detail();
  assert.equal([fields.agent, surveys.map(({ agent }) => agent)], ['Bob', ['Bob']]);
  assert.equal(events.filter(({ kind }) => kind === 'reclassified').map(({ to }) => to), ['agent Ann → Bob']); // prettier-ignore
});

attribution('corrects whose a case is that is handled here by an event of it, and leaves one that is declined', async () => {
  const entry = { kind: 'complaint', received_at: '2026-11-09T10:00:00Z', issue: 'late', narrative: 'Late.', agent: 'Ann' };
  await server.send('PUT', `/api/entries/${randomUUID()}`, entry);
  const ann = await person('ann', 'staff', { agent: 'Ann' });
  await server.send('POST', '/api/cases/1/events', { action: 'resolve', version: 1, outcome: 'upheld', resolution_note: 'Paid.' });
  await sent('POST', '/api/cases/1/contest', { reason: 'Not mine.' }, ann);
  assert.equal(await sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'declined', decision: 'It was.' })), [204, '']);
  assert.is((await detail()).fields.agent, 'Ann');
  await sent('POST', '/api/cases/1/contest', { reason: 'Look again.' }, ann);
  assert.equal(
    await sent('POST', '/api/cases/1/contest/decision', await ofContest({ state: 'accepted', agent: '', decision: 'Nobody had it.' })),
    [204, ''],
  );
  const { fields, events } = await detail();
  assert.equal(
    [fields.agent, fields.outcome, events.at(-1)?.kind, events.at(-1)?.to],
    [null, 'upheld', 'reclassified', 'no agent (was Ann)'],
  );
  assert.is((await sent('PUT', '/api/cases/1/local', { theme: 'x' }))[0], 409);
});

attribution.run();
