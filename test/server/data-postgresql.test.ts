import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PipelineRunRow } from '../../etl/store/tables.ts';
import type { ListPage, PushAnswer, RejectedRow, RejectReasons, ReplayStarted, SourceRow } from '../../queries/model/lists.ts';
import { startPostgresql, type TestPostgresql } from '../support/postgresql.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openWorkplace, type Workplace } from '../support/workplace.ts';

const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\ncurrency: EUR\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  redress_amount: paid\nfold:\n  take: first_given\n  fields: { redress_amount: sum }\n';

const data = suite('the data page on PostgreSQL');
let postgresql: TestPostgresql;
let work: Workplace;
let server: TestServer;
data.before(async () => {
  postgresql = await startPostgresql();
  work = await openWorkplace(postgresql.url);
  await work.write('shop.yaml', map);
  await work.write('a.csv', 'id,received,paid\n1,2026-02-30,10.00\n1,,2.50\n2,2026-02-31,1.00\n3,2026-01-05,x,y\n');
  work.configure('sources: [{ name: shop, connector: push, map: ./shop.yaml }]');
  server = await startServer({ store: work.store, sources: work.deps, live: { pollMs: 20 } });
});
data.after(async () => {
  await server.close();
  await work.close();
  await postgresql.stop();
});

const get = async <T>(target: string) => (await (await server.send('GET', target)).json()) as T;
const post = async <T>(target: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await server.send('POST', target, body, headers);
  assert.ok(response.ok, `${target} ${response.status} ${response.ok ? '' : await response.text()}`);
  return (await response.json()) as T;
};

data('lists, mends, replays, dismisses, pushes and follows as on SQLite', async () => {
  assert.is((await work.load('a.csv', 'shop.yaml')).rejected, 3);
  await work.store.writer('rejected_record').where({ line: 4 }).update({ reason_kind: null });
  const { rows: reasons } = await get<RejectReasons>('/api/rejected/reasons?source=shop');
  assert.equal(
    reasons.map((reason) => [reason.field, reason.rows, reason.replayable]),
    [
      ['received', 2, 2],
      [null, 1, 0],
    ],
  );
  const kind = encodeURIComponent(reasons[0]?.reason_kind ?? '');
  const { rows: waiting } = await get<ListPage<RejectedRow>>(`/api/rejected?state=waiting&field=received&reason_kind=${kind}`);
  const id = waiting.find((row) => row.line === 2)?.reject_id ?? 0;
  const check = await post<{ record: Record<string, string> }>(`/api/rejected/${id}/check`, { values: { received: '2026-02-28' } });
  assert.equal([check.record.received_at, check.record.redress_amount], ['2026-02-28', '12.50']);
  const { run_id: runId } = await post<ReplayStarted>('/api/rejected/replay', {
    rows: [{ reject_id: id, values: { received: '2026-02-28' } }],
  });
  const run = () => work.store.reader<PipelineRunRow>('pipeline_run').where({ run_id: runId }).first('state', 'inserted');
  while ((await run())?.state === 'running') await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal({ ...(await run()) }, { state: 'done', inserted: 1 });
  const paid: unknown = await work.store.reader('case_fact').where({ source_id: '1' }).pluck('redress_minor');
  assert.equal(paid, [1250]);
  const { source, field, reason_kind } = reasons[0] ?? {};
  assert.equal(await post('/api/rejected/dismiss', { source, field, reason_kind }), { dismissed: 1 });
  const { token } = await post<{ token: string }>('/api/sources/shop/token', {});
  const pushed = await post<PushAnswer>('/api/sources/shop/records', [{ id: 9, received: '2026-03-01', paid: '1.00' }], {
    authorization: `Bearer ${token}`,
  });
  assert.is(pushed.inserted, 1);
  const { rows: sources } = await get<ListPage<SourceRow>>('/api/sources');
  assert.equal([sources[0]?.cases, sources[0]?.waiting, sources[0]?.live, sources[0]?.recent.length], [2, 1, 1, 3]);
  assert.is((await server.send('GET', '/api/flagged/rules')).status, 200);
  const stop = new AbortController();
  const stream = await fetch(`${server.url}/api/runs/live`, { headers: { cookie: server.cookie }, signal: stop.signal });
  const reader = stream.body?.getReader();
  let text = '';
  while (!text.includes('event: runs')) text += new TextDecoder().decode((await reader?.read())?.value);
  assert.match(text, '"runs":[]');
  stop.abort();
});

data.run();
