import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import type { CaseDetail, CasePage, FacetsJson, MetaJson, TableJson } from '../../queries/model/wire.ts';
import type { LowScorePage } from '../../queries/model/follow-up.ts';
import { changeUser } from '../../server/auth/change-user.ts';
import { addUser } from '../../server/auth/users.ts';
import { loadRecords } from '../support/store.ts';
import { signIn, startServer, type TestServer } from '../support/server.ts';

const sights = suite('what each role is answered');
let server: TestServer;
const cookies: Record<string, string> = {};

/** Two teams and a third; north has five agents, south one and east none at all that are told. */
const records: CaseRecord[] = [
  ...['ann', 'bob', 'cy', 'dan', 'eve'].map((agent) => of('north', agent)),
  ...['fay', 'gus', 'hal', 'ida', 'jan'].map((agent) => of('west', agent)),
  of('south', 'kim'),
  of('south', 'kim', 2),
  { ...of('east', 'x'), agent: undefined } as unknown as CaseRecord,
].map((record) => JSON.parse(JSON.stringify(record)) as CaseRecord); // without what is undefined

function of(team: string, agent: string, no = 1): CaseRecord {
  return {
    source_id: `${agent}-${no}`, kind: 'complaint', received_at: '2024-01-05', team, agent, company: team === 'west' ? 'Beta' : 'Acme', product: 'Parcels',
    customer_ref: `ref-${agent}`, customer_name: 'Mrs Example', contact: 'mrs@example.org', title: 'Lost', narrative: `It was ${agent} who lost it.`,
    vulnerable: agent === 'kim',
    surveys: [{ source_id: `survey-${agent}-${no}`, kind: 'csat', scale: '1-5', score: 1, asked_at: '2024-01-06', answered_at: '2024-01-07', comment: 'Bad.' }],
  }; // prettier-ignore
}

sights.before(async () => {
  server = await startServer();
  await loadRecords(server.store, records);
  const now = server.deps.now();
  for (const [name, role, more] of [
    ['north', 'quality_manager', { scope: { team: ['north'] } }],
    ['acme', 'trainer', { scope: { company: ['Acme'], team: ['north', 'south', 'west'] } }],
    ['kim', 'staff', { agent: 'kim' }],
    ['nobody', 'staff', {}],
    ['chief', 'executive', {}],
    ['coach', 'trainer', {}],
  ] as const) {
    await addUser(server.store, { name, role, now });
    await changeUser(server.store, name, more, { by: null, now });
    cookies[name] = await signIn(server.store, now, name);
  }
});
sights.after(() => server.close());

const query = { measures: ['received'], from: '2024-01-01', to: '2024-01-31' };
async function ask<T>(as: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: T }> {
  const response = await server.send(method, path, body, { cookie: cookies[as] ?? server.cookie });
  return { status: response.status, body: (await response.json()) as T };
}
async function rowsFor(as: string, more: Record<string, unknown>): Promise<unknown> {
  const { status, body } = await ask<{ tables: TableJson[]; problems: { field: string; message: string }[] }>(as, 'POST', '/api/query', { ...query, ...more }); // prettier-ignore
  if (status !== 200) return body.problems.map((problem) => problem.field);
  const wordsOf = (row: TableJson['rows'][number]) =>
    Object.entries(row).flatMap(([key, value]) => (key === 'period' || key === 'complete' ? [] : [value]));
  return body.tables[0]?.rows.map((row) => wordsOf(row).join(' '));
}

sights('counts for each what is theirs', async () => {
  const counts = await Promise.all(['admin', 'north', 'acme', 'kim', 'nobody', 'chief'].map((name) => rowsFor(name, {})));
  assert.equal(counts.flat(), ['13', '5', '7', '2', '0', '13']);
});

sights('lets nobody widen what is theirs by a filter', async () => {
  assert.equal(await rowsFor('north', { by: ['team'], where: { team: ['south', 'north'] } }), ['north 5']);
  assert.equal(await rowsFor('north', { by: ['team'], where: { team: ['south'] } }), []);
  assert.equal(await rowsFor('kim', { by: ['agent'], where: { not: { agent: ['kim'] } } }), []);
});

sights('names no agent to executives, tells nobody vulnerable apart and puts small teams together', async () => {
  const teams = (await rowsFor('chief', { by: ['team'] })) as string[];
  assert.equal([...teams].sort(), ['(small teams) 7', 'east 1', 'north 5']);
  for (const asked of [{ by: ['agent'] }, { by: ['vulnerable'] }]) assert.equal(await rowsFor('chief', asked), ['by']);
  assert.equal(await rowsFor('chief', { where: { agent: ['kim'] } }), ['where']);
  assert.equal(await rowsFor('chief', { where: { not: { vulnerable: ['vulnerable'] } } }), ['where.not']);
  assert.equal(await rowsFor('chief', { where: { text: 'kim' } }), ['where.text']);
  assert.equal(await rowsFor('chief', { where: { team: ['south'] } }), ['where.team']);
  assert.equal(await rowsFor('chief', { where: { team: ['(small teams)'] } }), ['7']);
  assert.equal(await rowsFor('chief', { by: ['team'], where: { not: { team: ['(small teams)'] } } }), ['north 5', 'east 1']);
  assert.is((await ask('chief', 'POST', '/api/facets', { dimension: 'agent', query })).status, 400);
  assert.is((await ask('chief', 'GET', '/api/labels?dimension=agent')).status, 400);
  const { body } = await ask<FacetsJson>('chief', 'POST', '/api/facets', { dimension: 'team', query, like: 'south' });
  assert.is(body.total, 0);
});

sights('opens as many cases as the small teams count, and names none of them', async () => {
  const drill = { measure: 'received', query: { ...query, by: ['team'] }, key: { team: '(small teams)' } };
  const { body } = await ask<CasePage>('chief', 'POST', '/api/cases', drill);
  assert.is(body.total, 7);
  assert.equal([...new Set(body.cases.map(({ team, agent, title }) => `${team} ${agent} ${title}`))], ['(small teams) null null']);
  const csv = await server.send('GET', `/api/cases.csv?q=${encodeURIComponent(JSON.stringify(drill))}`, undefined, {
    cookie: cookies.chief ?? '',
  });
  assert.not.match(await csv.text(), /kim(?!-)|south/);
});

sights('opens the cases that are theirs, and of the others not even that they are there', async () => {
  const all = (await ask<CasePage>('admin', 'POST', '/api/cases', { measure: 'received', query, key: {} })).body.cases;
  const idOf = (source_id: string) => all.find((found) => found.source_id === source_id)?.case_id ?? 0;
  for (const [name, key, status] of [
    ['north', 'ann-1', 200],
    ['north', 'kim-1', 404],
    ['kim', 'kim-1', 200],
    ['kim', 'ann-1', 404],
    ['nobody', 'kim-1', 404],
  ] as const)
    // prettier-ignore
    assert.is((await ask(name, 'GET', `/api/cases/${idOf(key)}`)).status, status, `${name} ${key}`);
  const { fields } = (await ask<CaseDetail>('coach', 'GET', `/api/cases/${idOf('kim-1')}`)).body;
  assert.equal(
    [fields.customer_name, fields.contact, fields.customer_ref, fields.narrative],
    [null, null, null, 'It was kim who lost it.'],
  );
  const seen = (await ask<CaseDetail>('chief', 'GET', `/api/cases/${idOf('kim-1')}`)).body;
  assert.not.match(JSON.stringify(seen).replaceAll('kim-1', ''), /kim|south|Example|[Ll]ost|Bad\./);
  assert.is(seen.fields.team, '(small teams)');
  const { body } = await ask<CaseDetail>('kim', 'GET', `/api/cases/${idOf('kim-1')}`);
  assert.is(body.fields.customer_name, 'Mrs Example');
});

sights('lists and notes low scores of theirs alone', async () => {
  const { body } = await ask<LowScorePage>('kim', 'POST', '/api/low-scores', { query });
  assert.is(body.total, 2);
  const noted = { source: 'test', state: 'contacted', note: 'called', version: 0 };
  assert.is((await ask('kim', 'PUT', '/api/follow-ups', { ...noted, survey: 'survey-ann-1' })).status, 404);
  assert.is((await ask('kim', 'PUT', '/api/follow-ups', { ...noted, survey: 'survey-kim-1' })).status, 200);
});

sights('says of the sources how many cases of theirs they have, and refuses what is about all rows', async () => {
  const { body } = await ask<MetaJson>('north', 'GET', '/api/meta');
  assert.equal([body.sources[0]?.cases, body.earliest, body.latest], [5, '2024-01-05', '2024-01-05']);
  assert.not.ok(body.user.can.includes('see_sources'));
  for (const path of ['/api/sources', '/api/runs', '/api/flagged', '/api/rejected', '/api/runs/live']) {
    const refused = await ask<{ problems: { message: string }[] }>('north', 'GET', path);
    assert.is(refused.status, 403, path);
    assert.match(refused.body.problems[0]?.message ?? '', 'you see the cases of some teams or companies only');
  }
});

sights.run();
