// time limit: 120 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import type { Store } from '../../../etl/store/open.ts';
import type { Baselines } from '../../../queries/model/lists.ts';
import type { AnswerJson, TableJson } from '../../../queries/model/wire.ts';
import { decodeTables } from '../../../client/arrow.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

/** Five years of 10 or 12 cases of one issue a month, and 20 or 22 from July 2025 on; a few of another. */
const records = Array.from({ length: 60 }, (_, month) => month).flatMap((month): CaseRecord[] => {
  const count = (month >= 42 ? 20 : 10) + (month % 2) * 2;
  const day = new Date(Date.UTC(2022, month, 5)).toISOString().slice(0, 10);
  const one = (id: string, issue: string): CaseRecord => ({ source_id: `${month}-${id}`, kind: 'complaint', received_at: day, issue });
  return [...Array.from({ length: count }, (_, i) => one(String(i), 'late')), one('other', 'fee')];
});
const query = { measures: ['received'], from: '2025-01-01', to: '2026-12-31', grain: 'month', where: { issue: ['late'] }, signals: true };
const decision = { measure: 'received', query, from: '2025-07-01', reason: ' The form asks for it since July ' };

const baselines = suite('ranges begun anew');
let store: Store;
let server: TestServer;
baselines.before(async () => {
  server = await startServer({ now: () => Date.parse('2027-01-02T00:00:00Z') / 1000 });
  store = server.store;
  await loadRecords(store, records, { throughAt: Date.parse('2026-12-31T23:59:59Z') / 1000 });
});
baselines.after(() => server.close());
baselines.before.each(() => store.writer('baseline').delete());

const set = async (body: Record<string, unknown>) => {
  const response = await server.send('POST', '/api/baselines', body);
  const answered = (await response.json()) as { baseline_id: number; problems?: { field: string; message: string }[] };
  return { status: response.status, ...answered };
};
const ask = async (over: Record<string, unknown> = {}): Promise<TableJson> => {
  const response = await server.send('POST', '/api/query', { ...query, ...over });
  const { tables } = (await response.json()) as AnswerJson;
  return tables[0]!;
};
const signals = ({ rows }: TableJson) => rows.map((row) => row.received_signal).filter((signal) => signal !== null).length;
const audited = async (action: string): Promise<string[]> =>
  (await store.reader<{ action: string; target: string }>('audit_event').where({ action })).map((event) => event.target);

baselines('are set with a reason, judge from then on, and are taken back', async () => {
  const before = await ask();
  assert.equal([signals(before) > 12, before.rows[6]?.received_signal], [true, 'above_limits']);
  const { status, baseline_id } = await set(decision);
  assert.is(status, 201);
  const after = await ask();
  assert.is(signals(after), 0);
  const high = ({ rows }: TableJson) => rows.slice(0, 6).map((row) => row.received_limit_high);
  assert.equal(high(after), high(before));
  assert.is(after.rows[6]?.received_centre, 21);
  const rebase = {
    baseline_id,
    from: '2025-07-01',
    reason: 'The form asks for it since July',
    set_by: 'admin',
    set_at: '2027-01-02T00:00:00Z',
  };
  assert.equal(after.limits?.at(-1)?.rebase, rebase);
  // The member of a table is the same series, and every form of the answer has the same columns.
  const split = await ask({ where: undefined, by: ['issue'] });
  assert.equal(split.rows.filter((row) => row.issue === 'late').map((row) => row.received_limit_high), after.rows.map((row) => row.received_limit_high)); // prettier-ignore
  const arrow = await server.send('POST', '/api/query', query, { accept: 'application/vnd.apache.arrow.stream' });
  const [decoded] = decodeTables(new Uint8Array(await arrow.arrayBuffer()));
  assert.equal([decoded?.rows, decoded?.limits], [after.rows, after.limits]);
  const csv = await (await server.send('POST', '/api/query', query, { accept: 'text/csv' })).text();
  assert.equal(csv.split('\r\n')[7]?.split(','), after.columns.map(({ name }) => String(after.rows[6]?.[name] ?? ''))); // prettier-ignore

  assert.is((await server.send('DELETE', `/api/baselines/${baseline_id}`)).status, 200);
  assert.equal({ ...(await ask()), asOf: '' }, { ...before, asOf: '' });
  assert.is((await server.send('DELETE', `/api/baselines/${baseline_id}`)).status, 404);
  const { baselines: list } = (await (await server.send('GET', '/api/baselines')).json()) as Baselines;
  assert.equal(list, [
    { ...rebase, measure: 'received', where: { issue: ['late'] }, taken_back_by: 'admin', taken_back_at: '2027-01-02T00:00:00Z' },
  ]);
  for (const action of ['baseline_set', 'baseline_taken_back']) assert.equal((await audited(action)).at(-1), `baseline ${baseline_id}`);
});

baselines('are kept when records are read again, and hold for a member of a split table', async () => {
  assert.is((await set({ ...decision, query: { ...query, where: undefined, by: ['issue'] }, key: { issue: 'late' } })).status, 201);
  store = server.store;
  await loadRecords(store, records.map((record) => ({ ...record, channel: 'mail' })), { throughAt: Date.parse('2026-12-31T23:59:59Z') / 1000 }); // prettier-ignore
  assert.is(signals(await ask()), 0);
  assert.ok(signals(await ask({ where: undefined })) > 0);
});

baselines('refuse what cannot be, by field, all at once', async () => {
  const fields = async (body: Record<string, unknown>) => (await set(body)).problems?.map((p) => p.field);
  assert.equal(await fields({}), ['reason', 'from', 'measure']);
  assert.equal(await fields({ ...decision, reason: '  ' }), ['reason']);
  assert.equal(await fields({ ...decision, reason: 'x'.repeat(501) }), ['reason']);
  assert.equal(await fields({ ...decision, measure: 'receivd' }), ['measure']);
  assert.equal(await fields({ ...decision, from: '2025-07-02' }), ['from']);
  assert.equal(await fields({ ...decision, from: '2027-02-01' }), ['from']);
  assert.equal(await fields({ ...decision, from: '2025-02-30' }), ['from']);
  assert.equal(await fields({ ...decision, query: { ...query, grain: 'day' } }), ['query.grain']);
  assert.equal(await fields({ ...decision, query: { ...query, signals: undefined, grain: 'mnth' } }), ['query.grain']);
  assert.equal(await fields({ ...decision, query: { ...query, where: { issue: ['latte'] } } }), ['where.issue']);
  const split = { ...query, by: ['issue'], limit: 1 };
  assert.equal(await fields({ ...decision, query: split }), ['key.issue']);
  assert.equal(await fields({ ...decision, query: split, key: { issue: '(other)' } }), ['key.issue']);
  assert.equal(await fields({ ...decision, query: split, key: { issue: 'latte' } }), ['key.issue']);
  const { problems } = await set({ ...decision, from: '2025-07-15' });
  assert.is(problems?.[0]?.message, 'is not the first day of a month; that is 2025-07-01');
  await set(decision);
  assert.match((await set(decision)).problems?.[0]?.message ?? '', 'take that back first');
  assert.is((await server.send('POST', '/api/baselines', decision, { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.is((await server.send('POST', '/api/baselines', decision, { cookie: '' })).status, 401);
  assert.is((await server.send('DELETE', '/api/baselines/x')).status, 404);
});

baselines.run();
