import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlaggedRow, FlagRules, ListPage, RejectedRow, RunRow, SourceRow } from '../../queries/model/lists.ts';
import { listSources } from '../../server/lists.ts';
import { cli } from '../support/cli.ts';
import { startServer, type TestServer } from '../support/server.ts';
import type { Store } from '../../etl/store/open.ts';
import type { PipelineRunRow, SourceStateRow } from '../../etl/store/tables.ts';
import { openTestStore, storeEnv } from '../support/test-store.ts';

const map = (source: string) =>
  `source: ${source}\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  resolved_at: resolved\n`;
// Case 1 is resolved before it was received (flagged), line 3 has a date that does not exist (rejected).
const rows = 'id,received,resolved\n1,2026-01-05,2026-01-01\n2,2026-02-30,\n3,2026-02-01,2026-02-02\n';

const lists = suite('lists of the data page');
let dir = '';
let store: Store;
let server: TestServer;
lists.before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-lists-'));
  const at = (name: string) => path.join(dir, name);
  await writeFile(at('rows.csv'), rows);
  for (const source of ['shop', 'market']) {
    await writeFile(at(`${source}.yaml`), map(source));
    const { code } = await cli(['import', at('rows.csv'), '--map', at(`${source}.yaml`)], await storeEnv(dir));
    assert.is(code, 3);
  }
  store = await openTestStore(dir);
  server = await startServer({ store });
});
lists.after(async () => {
  await server.close();
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const list = async <Row>(target: string) => (await (await server.send('GET', target)).json()) as ListPage<Row>;

lists('shows each source with its cases, how far it is known and its last run', async () => {
  const { total, rows: sources } = await list<SourceRow>('/api/sources');
  assert.is(total, 2);
  assert.equal(
    sources.map((s) => s.name),
    ['market', 'shop'],
  );
  const [market] = sources;
  assert.equal([market?.cases, market?.runs, market?.rejected, market?.live, market?.running], [2, 1, 1, 0, 0]);
  assert.is(market?.through, '2026-02-02T23:59:59Z'); // the last day the file names, to its end
  assert.is(market?.last_run?.state, 'done');
});

lists('shows runs, newest first, of all sources or of one', async () => {
  const all = await list<RunRow>('/api/runs');
  assert.equal(
    all.rows.map((r) => r.source),
    ['market', 'shop'],
  );
  const { total, rows: runs } = await list<RunRow>('/api/runs?source=shop');
  assert.is(total, 1);
  const [run] = runs;
  assert.equal([run?.read, run?.inserted, run?.rejected, run?.flagged, run?.started_by], [3, 2, 1, 1, 'command']);
  assert.match(run?.started_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

lists('shows rejected rows with their place, their reason and the row as it came', async () => {
  const { total, rows: rejected } = await list<RejectedRow>('/api/rejected?source=shop');
  assert.is(total, 1);
  assert.equal([rejected[0]?.line, rejected[0]?.source], [3, 'shop']);
  assert.match(rejected[0]?.reason ?? '', '2026-02-30');
  assert.match(rejected[0]?.raw ?? '', '2026-02-30');
  assert.is((await list<RejectedRow>(`/api/rejected?run=${rejected[0]?.run_id}`)).total, 1);
  assert.is((await list<RejectedRow>('/api/rejected?run=99')).total, 0);
});

lists('shows flagged values with their case and the rule in words', async () => {
  const { total, rows: flagged } = await list<FlaggedRow>('/api/flagged?rule=time_order');
  assert.is(total, 2);
  assert.equal([flagged[0]?.source, flagged[0]?.source_id, flagged[0]?.label], ['market', '1', 'Times are in an impossible order']);
  assert.equal([path.basename(flagged[0]?.input ?? ''), flagged[0]?.line], ['rows.csv', 2]);
  assert.is((await list<FlaggedRow>('/api/flagged?source=shop')).total, 1);
  assert.is((await list<FlaggedRow>('/api/flagged?rule=future_date')).total, 0);
});

lists('shows what the configuration says of a source, also of one that was never read', async () => {
  const day = { every: 'day', at: '07:30' } as const;
  const organisation = { name: 'Test', zone: 'Europe/Vienna', currency: 'EUR' };
  const source = { connector: 'folder', options: {}, map: 'standard' };
  const sources = [
    { ...source, name: 'shop', schedule: day },
    { ...source, name: 'fresh', schedule: { every: 'hour' } as const },
    { ...source, name: 'asked', schedule: null },
  ];
  const now = Math.floor(Date.now() / 1000);
  const { rows: shown } = await listSources(store.reader, now, { organisation, sources });
  assert.equal(
    shown.map((row) => [row.name, row.configured, row.schedule, row.next_run === null]),
    [
      ['asked', 1, null, true],
      ['fresh', 1, 'every hour', false],
      ['market', 0, null, true],
      ['shop', 1, 'every day at 07:30', false],
    ],
  );
  assert.equal([shown[0]?.cases, shown[0]?.last_run, shown[0]?.recent, shown[0]?.unmapped], [0, null, [], null]);
});

lists('shows the last thirty runs that ended as a spark, what waits, and why a run should be looked at', async () => {
  const [source = 0] = await store.reader<SourceStateRow>('source_state').where({ name: 'market' }).pluck('source');
  const [before = 0] = await store.reader<PipelineRunRow>('pipeline_run').where({ source }).pluck('run_id');
  const started = { source, started_by: 'schedule', started_at: 1_800_000_000, finished_at: 1_800_000_001 };
  const runs = Array.from({ length: 31 }, (_, i) => ({
    ...started,
    state: i % 2 ? 'done' : 'failed',
    read: i,
    warning: i === 30 ? 'too little' : null,
  }));
  await store.writer('pipeline_run').insert(runs);
  await store.writer('pipeline_run').insert({ ...started, state: 'running', finished_at: null });
  await store.writer('source_state').where({ source }).update({ failed_count: 2, retry_at: 1_800_000_060, notice: 'stale' });
  const market = async () => (await list<SourceRow>('/api/sources')).rows.find((row) => row.name === 'market');
  const shown = await market();
  assert.is(shown?.recent.length, 30);
  assert.equal(shown?.recent.at(0), { ...shown?.recent.at(0), rows: 1, state: 'done', started_at: '2027-01-15T08:00:00Z' });
  assert.equal([shown?.recent.at(-1)?.rows, shown?.recent.at(-1)?.state], [30, 'failed']);
  assert.equal([shown?.failed_count, shown?.retry_at, shown?.notice, shown?.waiting], [2, '2027-01-15T08:01:00Z', 'stale', 1]);
  assert.is(shown?.last_run?.state, 'running');
  await store.writer('pipeline_run').where({ source, state: 'running' }).delete();
  assert.is((await market())?.warning, 'too little');
  await store.writer('rejected_record').where({ source }).update({ settled_at: 1, settlement: 'dismissed' });
  assert.equal([(await market())?.waiting, (await market())?.rejected], [0, 1]);
  await store.writer('pipeline_run').where({ source }).whereNot('run_id', before).delete();
});

lists('counts the cases of each flag rule, of all sources or of one', async () => {
  const rules = async (target: string) => ((await (await server.send('GET', target)).json()) as FlagRules).rows;
  const label = 'Times are in an impossible order';
  assert.equal(await rules('/api/flagged/rules'), [{ rule: 'time_order', label, cases: 2 }]);
  assert.equal(await rules('/api/flagged/rules?source=shop'), [{ rule: 'time_order', label, cases: 1 }]);
  assert.is((await server.send('GET', '/api/flagged/rules?source=shp')).status, 400);
});

lists('gives an empty page beyond the last', async () => {
  const { total, page, rows: none } = await list<RunRow>('/api/runs?page=7');
  assert.equal([total, page, none], [2, 7, []]);
});

lists.run();
