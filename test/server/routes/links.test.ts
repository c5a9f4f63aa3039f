import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import type { LikelyBody, LikelyJson, LikelyPage, LinkBody } from '../../../queries/model/links.ts';
import type { CaseDetail, TableJson } from '../../../queries/model/wire.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser } from '../../../server/auth/users.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const links = suite('cases about the same matter');
const now = Date.parse('2026-11-09T15:00:00Z') / 1000;
let server: TestServer;
links.before.each(async () => void (server = await startServer({ now: () => now })));
links.after.each(() => server.close());

const letter = 'The parcel was left in the rain on Tuesday and everything in it was wet through when I came home in the evening.';
const record = (source_id: string, daysAgo: number, more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id, kind: 'complaint', received_at: now - daysAgo * 86_400, issue: 'wet', customer_ref: 'C1', narrative: letter, team: 'North', ...more,
}); // prettier-ignore
const idOf = async (source_id: string) =>
  (await server.store.reader('case_fact').where({ source_id }).first<{ case_id: number }>('case_id')).case_id;
const likely = async (body: LikelyBody, cookie = server.cookie) => {
  const response = await server.send('POST', '/api/cases/likely-duplicates', body, { cookie });
  assert.is(response.status, 200);
  return ((await response.json()) as LikelyJson).likely;
};
const list = async (path = '/api/likely-duplicates', cookie = server.cookie) =>
  (await (await server.send('GET', path, undefined, { cookie })).json()) as LikelyPage;
const say = (body: LinkBody, cookie = server.cookie) => server.send('POST', '/api/case-links', body, { cookie });
const problem = async (response: Response) => {
  const { problems } = (await response.json()) as { problems: { message: string }[] };
  return `${response.status} ${problems.map(({ message }) => message).join('; ')}`;
};
const detail = async (id: number) => (await (await server.send('GET', `/api/cases/${id}`)).json()) as CaseDetail;
async function figures(): Promise<unknown[]> {
  const query = { measures: ['received', 'duplicates', 'open'], from: '2026-10-01', to: '2026-11-30' };
  const response = await server.send('POST', '/api/query', { queries: [query] });
  const { tables } = (await response.json()) as { tables: TableJson[] };
  return query.measures.map((name) => tables[0]?.rows[0]?.[name]);
}
async function signedIn(name: 'trainer' | 'staff' | 'quality_manager', change: Parameters<typeof changeUser>[2] = {}): Promise<string> {
  await addUser(server.store, { name, role: name, now });
  await changeUser(server.store, name, change, { now, by: null });
  return signIn(server.store, now, name);
}

links('are told while a case is typed: by customer and issue within 30 days, by text within 90, with what is alike', async () => {
  await loadRecords(server.store, [
    record('both', 3),
    record('customer', 20, { narrative: 'Wet.' }),
    record('text', 60, { customer_ref: 'C2' }),
    record('old', 100),
    record('other', 1, {
      issue: 'late',
      narrative: 'It came two days after the day that was promised to me when I ordered it in the shop.',
    }),
  ]);
  const found = await likely({ customer_ref: ' c1 ', issue: 'wet', narrative: letter.toUpperCase() });
  assert.equal(
    found.map(({ case_id, reason, score }) => [case_id, reason, score]),
    [[await idOf('both'), 'both', 1], [await idOf('text'), 'text', 1], [await idOf('customer'), 'customer', null]], // prettier-ignore
  );
  const [first] = found;
  assert.equal([first?.issue, first?.status, first?.narrative], ['wet', 'open', letter]);
  assert.equal(await likely({ customer_ref: 'C9', issue: 'wet', narrative: 'Wet.' }), []);
  assert.equal(await likely({ issue: 'no such issue', customer_ref: 'C1' }), []);
  assert.equal(await likely({}), []);
  assert.equal((await likely({ narrative: letter, received_at: '2026-05-01T00:00:00Z' })).length, 0);
  const bad = { narrative: 'x'.repeat(20_001), received_at: 'soon' };
  assert.is(await problem(await server.send('POST', '/api/cases/likely-duplicates', bad)), '400 has 20001 characters; at most 20000 fit');
});

links('are told only of cases one sees, and by the customer only to who may see who customers are', async () => {
  await loadRecords(server.store, [record('north', 3, { agent: 'A1' }), record('south', 3, { team: 'South', narrative: 'Wet.' })]);
  const ids = async (cookie: string) =>
    (await likely({ customer_ref: 'C1', issue: 'wet', narrative: letter }, cookie)).map(({ case_id }) => case_id);
  assert.equal(await ids(await signedIn('quality_manager', { scope: { team: ['South'] } })), [await idOf('south')]);
  assert.equal(await ids(await signedIn('staff', { agent: 'A1' })), [await idOf('north')]);
  assert.equal(await ids(await signedIn('trainer')), [await idOf('north')], 'by its text');
});

links('are listed until somebody decides: a duplicate is counted no more, and again when that is taken back', async () => {
  await loadRecords(server.store, [record('a', 3), record('b', 2)]);
  const [a, b] = [await idOf('a'), await idOf('b')];
  const { pairs } = await list();
  assert.equal(
    pairs.map(({ later, earlier, reason, score }) => [later.case_id, earlier.case_id, reason, score]),
    [[b, a, 'both', 1]],
  );
  assert.equal(await figures(), [2, 0, 2]);
  assert.is((await say({ case_ids: [a, b], was: 'likely', is: 'duplicate' })).status, 200);
  assert.equal(await figures(), [1, 1, 1]);
  assert.equal((await list()).pairs, []);
  const linkOf = async (id: number) => (await detail(id)).links.map(({ other, is, by }) => [other.case_id, is, by]);
  assert.equal(await linkOf(b), [[a, 'duplicate_of', 'admin']]);
  assert.equal(await linkOf(a), [[b, 'duplicated_by', 'admin']]);
  assert.is((await detail(b)).fields.duplicate, true);
  assert.is(await problem(await say({ case_ids: [a, b], was: 'likely', is: 'dismissed' })), '409 admin said at 2026-11-09T15:00:00Z that they are duplicate; look at that, then send it as "was"'); // prettier-ignore

  assert.is((await say({ case_ids: [b, a], was: 'duplicate', is: 'likely' })).status, 200);
  assert.equal(await figures(), [2, 0, 2]);
  assert.equal((await list()).pairs.length, 1);
  assert.is((await say({ case_ids: [b, a], was: 'likely', is: 'dismissed' })).status, 200);
  assert.equal([(await list()).pairs, await linkOf(a)], [[], []]);
  const lines = await server.store.reader('audit_event').where({ action: 'cases_linked' }).orderBy('audit_id').pluck('target');
  assert.equal(lines, [
    `cases ${a} and ${b}: duplicate, were likely`,
    `cases ${b} and ${a}: likely, were duplicate`,
    `cases ${b} and ${a}: dismissed, were likely`,
  ]);
});

links('are found for a case that is entered here, and the mark stays when something is done with it', async () => {
  const enter = async () => {
    const entry = { kind: 'complaint', received_at: '2026-11-09T14:30:00Z', issue: 'wet', narrative: letter };
    return ((await (await server.send('PUT', `/api/entries/${randomUUID()}`, entry)).json()) as { case_id: number }).case_id;
  };
  const [a, b] = [await enter(), await enter()];
  assert.equal((await list()).pairs.map(({ later, earlier }) => [later.case_id, earlier.case_id]), [[b, a]]); // prettier-ignore
  assert.is((await say({ case_ids: [a, b], was: 'likely', is: 'duplicate' })).status, 200);
  assert.is((await server.send('POST', `/api/cases/${b}/events`, { action: 'note', version: 1, note: 'Told her.' })).status, 201);
  assert.is((await detail(b)).fields.duplicate, true);
  assert.equal(await figures(), [1, 1, 1]);
});

links('are listed page by page, each once', async () => {
  await loadRecords(server.store, Array.from({ length: 60 }, (_, i) => record(`c${i}`, 60 - i, { narrative: 'Wet.' }))); // prettier-ignore
  const seen: string[] = [];
  for (let path: string | null = '/api/likely-duplicates'; path;) {
    const { pairs, next }: LikelyPage = await list(path);
    seen.push(...pairs.map(({ later, earlier }) => `${later.case_id} ${earlier.case_id}`));
    path = next && `/api/likely-duplicates?before=${next}`;
  }
  assert.equal([seen.length, new Set(seen).size], [59, 59]);
  assert.is(await problem(await server.send('GET', '/api/likely-duplicates?before=x')), '400 is not a place in the list: expected the "next" of an answer'); // prettier-ignore
});

links('are decided only by who may, of cases they see, and said in words that are known', async () => {
  await loadRecords(server.store, [record('a', 3), record('b', 2, { team: 'South' })]);
  const body: LinkBody = { case_ids: [await idOf('a'), await idOf('b')], was: 'likely', is: 'related' };
  assert.is((await say(body, await signedIn('staff'))).status, 403);
  const north = await signedIn('quality_manager', { scope: { team: ['North'] } });
  assert.is((await say(body, north)).status, 404);
  assert.equal((await list('/api/likely-duplicates', north)).pairs, []);
  const bad = (change: object) => server.send('POST', '/api/case-links', { ...body, ...change }).then(problem);
  assert.is(await bad({ is: 'same' }), '400 must be one of likely, duplicate, related, dismissed');
  assert.is(await bad({ case_ids: [1] }), '400 expected the numbers of two cases');
  assert.is(await bad({ case_ids: [1, 999] }), '404 there is no case 1 or no case 999');
  assert.is((await say(body)).status, 200);
  assert.equal(await figures(), [2, 0, 2]);
});

links.run();
