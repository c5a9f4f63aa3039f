import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord, SurveyRecord } from '../../../etl/record.ts';
import type { FollowUpJson, LowScorePage } from '../../../queries/model/follow-up.ts';
import type { CaseDetail } from '../../../queries/model/wire.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const at = (text: string) => Date.parse(text) / 1000;
const answered = (score: number, day: string, more: Partial<SurveyRecord> = {}): SurveyRecord => ({
  kind: 'csat', scale: '1-5', score, answered_at: at(`2026-03-${day}T09:00:00Z`), ...more,
}); // prettier-ignore
const caseOf = (source_id: string, surveys: SurveyRecord[], more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id, kind: 'complaint', received_at: at('2026-02-20T09:00:00Z'), issue: 'Billing', team: 'North', surveys, ...more,
}); // prettier-ignore

// Low are A (2 of 5), B (6 of 0–10), D (no) and F, the easy-or-not one; C is in the middle, E is satisfied, G lies outside the period.
const records: CaseRecord[] = [
  caseOf('A', [answered(2, '01', { comment: 'Never again.', agent: 'A7' })]),
  caseOf('B', [answered(6, '04', { kind: 'nps', scale: '0-10' })], { channel: 'phone' }),
  caseOf('C', [answered(3, '05'), answered(7, '06', { kind: 'nps', scale: '0-10' })]),
  caseOf('D', [answered(0, '03', { scale: 'yes-no' })], { issue: 'Late delivery' }),
  caseOf('E', [answered(1, '07', { scale: 'good-bad' })]),
  caseOf('F', [answered(1, '02', { kind: 'ces' })]),
  caseOf('G', [{ kind: 'csat', scale: '1-5', score: 1, answered_at: at('2026-04-02T09:00:00Z') }]),
];
const query = { measures: ['csat_rate'], from: '2026-03-01', to: '2026-03-31' };

const low = suite('routes of low scores');
let server: TestServer;
let now = at('2026-04-10T12:00:00Z');
low.before.each(async () => {
  now = at('2026-04-10T12:00:00Z');
  server = await startServer({ now: () => now });
  await loadRecords(server.store, records, { source: 'shop' });
});
low.after.each(() => server.close());

const list = async (more: object = {}) => (await (await server.send('POST', '/api/low-scores', { query, ...more })).json()) as LowScorePage;
const note = (survey: string, state: string, text = '', version = 0) =>
  server.send('PUT', '/api/follow-ups', { source: 'shop', survey, state, note: text, version });
const keysOf = (page: LowScorePage) => page.rows.map((row) => row.source_id);

low('lists what is low by the rule of each scale, latest first, without the comment', async () => {
  const page = await list();
  assert.equal(keysOf(page), ['B', 'D', 'F', 'A']);
  assert.equal([page.total, page.counts], [4, { to_follow_up: 4, contacted: 0, closed: 0 }]);
  const [first, , , last] = page.rows;
  assert.equal([first?.kind, first?.scale, first?.score, first?.team], ['nps', '0-10', 6, 'North']);
  assert.equal([last?.agent, last?.has_comment, last?.follow_up], ['A7', 1, null]);
  assert.not.match(JSON.stringify(page), /Never again/);
});

low('counts only what the filters of the question leave', async () => {
  const where = { issue: ['Late delivery'] };
  assert.equal(keysOf(await list({ query: { ...query, where } })), ['D']);
  assert.equal(keysOf(await list({ query: { ...query, where: { not: { channel: 'phone' } } } })), ['D', 'F', 'A']);
});

low('notes what was done, who and when, in the store, the list, the case and the audit trail', async () => {
  const answer = await note('A/csat', 'contacted', ' Called, will send a new one. ');
  assert.is(answer.status, 200);
  const noted = (await answer.json()) as FollowUpJson;
  assert.equal(noted, { state: 'contacted', note: 'Called, will send a new one.', by: 'admin', at: '2026-04-10T12:00:00Z', version: 1 });
  const page = await list({ state: 'contacted' });
  assert.equal([keysOf(page), page.total, page.counts], [['A'], 1, { to_follow_up: 3, contacted: 1, closed: 0 }]);
  assert.equal(page.rows[0]?.follow_up, noted);
  assert.equal(keysOf(await list({ state: 'to_follow_up' })), ['B', 'D', 'F']);
  const detail = (await (await server.send('GET', `/api/cases/${page.rows[0]?.case_id}`)).json()) as CaseDetail;
  assert.equal(detail.surveys[0]?.follow_up, noted);
  const trail = (await server.store.reader('audit_event').where({ action: 'follow_up_noted' }).pluck('target')) as string[];
  assert.is(trail.length, 1);
  assert.match(trail[0] ?? '', /^survey \d+: contacted$/);
});

low('keeps the state when the survey is read again, answered again or its case reopened', async () => {
  await note('A/csat', 'closed', 'Sent a new one.');
  const reopened = caseOf('A', [answered(1, '20', { comment: 'Still not.' })], { status: 'open', reopen_count: 1, title: 'Again' });
  await loadRecords(server.store, [reopened], { source: 'shop' });
  const [row] = (await list({ state: 'closed' })).rows;
  assert.equal([row?.source_id, row?.score, row?.follow_up?.note, row?.answered_since], ['A', 1, 'Sent a new one.', 0]);
});

low('says when the customer has answered once more since', async () => {
  now = at('2026-03-10T12:00:00Z');
  await note('A/csat', 'closed');
  now = at('2026-04-10T12:00:00Z');
  await loadRecords(server.store, [caseOf('A', [answered(1, '20')], { title: 'Again' })], { source: 'shop' });
  assert.is((await list({ state: 'closed' })).rows[0]?.answered_since, 1);
});

low('lets nobody overwrite what they have not seen, and says who noted what when', async () => {
  assert.is((await note('A/csat', 'contacted', 'Called.')).status, 200);
  now = at('2026-04-10T12:05:00Z');
  const late = await note('A/csat', 'closed', 'Wrote a letter.'); // it saw that nobody had noted anything
  assert.is(late.status, 409);
  const standing: FollowUpJson = { state: 'contacted', note: 'Called.', by: 'admin', at: '2026-04-10T12:00:00Z', version: 1 };
  const message = 'admin changed this at 2026-04-10T12:00:00Z, after you read it; look at that, then send its version to replace it';
  assert.equal(await late.json(), { problems: [{ field: '', message }], current: standing });
  assert.equal((await list({ state: 'contacted' })).rows[0]?.follow_up, standing);
  const again = await note('A/csat', 'closed', 'Wrote a letter.', 1);
  assert.equal(await again.json(), { state: 'closed', note: 'Wrote a letter.', by: 'admin', at: '2026-04-10T12:05:00Z', version: 2 });
  assert.is((await note('A/csat', 'contacted', '', 1)).status, 409);
  const trail = (await server.store.reader('audit_event').where({ action: 'follow_up_noted' }).pluck('target')) as string[];
  assert.is(trail.length, 2);
});

low('lets one of two who write at once win', async () => {
  const answers = await Promise.all([note('A/csat', 'contacted', 'One.'), note('A/csat', 'contacted', 'Two.')]);
  assert.equal(answers.map(({ status }) => status).sort(), [200, 409]);
});

low('pages', async () => {
  const many = Array.from({ length: 30 }, (_, i) => caseOf(`M-${String(i).padStart(2, '0')}`, [answered(1, '15')]));
  await loadRecords(server.store, many, { source: 'shop' });
  const [first, second] = [await list(), await list({ page: 2 })];
  assert.equal([first.total, first.rows.length, second.rows.length], [34, 25, 9]);
  assert.is(new Set([...keysOf(first), ...keysOf(second)]).size, 34);
});

low('refuses what it cannot note, and writes from another site', async () => {
  const problem = async (response: Response) =>
    ((await response.json()) as { problems: { field: string; message: string }[] }).problems.map((p) => p.field);
  assert.is((await note('nobody', 'closed')).status, 404);
  assert.equal(await problem(await note('A/csat', 'contactd')), ['state']);
  assert.equal(await problem(await note('A/csat', 'closed', 'x'.repeat(2001))), ['note']);
  assert.equal(await problem(await note('A/csat', 'closed', '', 3)), ['version']);
  const body = { source: 'shop', survey: 'A/csat', state: 'closed', note: '' };
  for (const version of [undefined, -1, 1.5, '', 'x', 2 ** 31])
    assert.equal(await problem(await server.send('PUT', '/api/follow-ups', { ...body, version })), ['version']);
  const foreign = await server.send('PUT', '/api/follow-ups', body, { 'sec-fetch-site': 'cross-site' });
  assert.is(foreign.status, 403);
  assert.is((await server.send('PUT', '/api/follow-ups', body, { cookie: '' })).status, 401);
  assert.equal(await problem(await server.send('POST', '/api/low-scores', { query, state: 'open' })), ['state']);
  assert.equal(await problem(await server.send('POST', '/api/low-scores', { query: { ...query, from: 'x' } })), ['query.from']);
  assert.is((await list()).counts.closed, 0);
});

low.run();
