import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PipelineRunRow } from '../../../etl/store/tables.ts';
import type { ListPage, RejectedCheck, RejectedDetail, RejectedRow, RejectReasons, ReplayStarted } from '../../../queries/model/lists.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { openWorkplace, type Workplace } from '../../support/workplace.ts';

const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n';
// Lines 3 and 4 have dates that do not exist, line 5 none, line 6 a column too many.
const rows = 'id,received,issue\n1,2026-01-05,late\n2,2026-02-30,late\n3,2026-02-31,late\n4,,broken\n5,2026-01-06,late,again\n';

const rejected = suite('routes of rejected rows');
let work: Workplace;
let server: TestServer;
rejected.before.each(async () => {
  work = await openWorkplace();
  await work.write('shop.yaml', map);
  await work.write('a.csv', rows);
  assert.is((await work.load('a.csv', 'shop.yaml')).rejected, 4);
  server = await startServer({ store: work.store, sources: work.deps });
});
rejected.after.each(async () => {
  await server.close();
  await work.close();
});

const get = async <T>(target: string) => (await (await server.send('GET', target)).json()) as T;
const audited = async (action: string) =>
  work.store.reader<{ action: string; target: string }>('audit_event').where({ action }).pluck('target') as Promise<string[]>;
const ended = async (runId: number): Promise<PipelineRunRow> => {
  for (;;) {
    const run = await work.store.reader<PipelineRunRow>('pipeline_run').where({ run_id: runId }).first();
    if (run && run.state !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const said = async (response: Response) =>
  ((await response.json()) as { problems: { field: string; message: string }[] }).problems[0]?.message ?? '';

rejected('counts what waits by reason, most rows first, and says how many can be replayed', async () => {
  const { rows: reasons } = await get<RejectReasons>('/api/rejected/reasons?source=shop');
  assert.equal(
    reasons.map((reason) => [reason.source, reason.field, reason.rows, reason.replayable]),
    [
      ['shop', 'received', 2, 2],
      ['shop', null, 1, 0],
      ['shop', 'received', 1, 1],
    ],
  );
  assert.not.match(reasons[0]?.reason_kind ?? '', /2026/);
  assert.match(reasons[0]?.first_at ?? '', /^\d{4}-\d\d-\d\dT/);
});

rejected('knows the kinds of rows that an older version rejected', async () => {
  const before = await get<RejectReasons>('/api/rejected/reasons');
  await work.store.writer('rejected_record').where({ line: 3 }).update({ reason_kind: null });
  assert.equal(await get<RejectReasons>('/api/rejected/reasons'), before);
  const kind = before.rows[0]?.reason_kind ?? '';
  const found = await get<ListPage<RejectedRow>>(`/api/rejected?field=received&reason_kind=${encodeURIComponent(kind)}`);
  assert.equal([found.total, found.rows.map((row) => row.reason_kind)], [2, [kind, kind]]);
});

rejected('narrows the list by field, kind and state, and refuses a state there is not', async () => {
  assert.is((await get<ListPage<RejectedRow>>('/api/rejected?state=waiting')).total, 4);
  assert.is((await get<ListPage<RejectedRow>>('/api/rejected?state=settled')).total, 0);
  assert.is((await get<ListPage<RejectedRow>>('/api/rejected?field=received')).total, 3);
  const wrong = await server.send('GET', '/api/rejected?state=wating');
  assert.is(wrong.status, 400);
  assert.match(await said(wrong), 'did you mean "waiting"');
});

rejected('shows one row with its columns, and notes who looked at it', async () => {
  const detail = await get<RejectedDetail>('/api/rejected/1');
  assert.equal(detail.values, { id: '2', received: '2026-02-30', issue: 'late' });
  assert.equal([detail.line, detail.why_not, detail.settled_at], [3, null, null]);
  const broken = await get<RejectedDetail>('/api/rejected/4');
  assert.is(broken.values, null);
  assert.match(broken.why_not ?? '', 'could not be split into columns');
  assert.equal(await audited('rejected_viewed'), ['row 1 of shop', 'row 4 of shop']);
  assert.is((await server.send('GET', '/api/rejected/99')).status, 404);
  assert.is((await server.send('GET', '/api/rejected/x')).status, 400);
});

rejected('says what a row would become without loading it', async () => {
  const check = async (values: unknown) => server.send('POST', '/api/rejected/1/check', { values });
  const good = (await (await check({ received: '2026-02-28', id: '1' })).json()) as RejectedCheck;
  assert.equal(good.problems, []);
  assert.equal([good.record?.source_id, good.record?.received_at, good.record?.kind], ['1', '2026-02-28', 'complaint']);
  const [one] = await work.store.reader<{ case_id: number }>('case_fact').select('case_id');
  assert.is(good.replaces, one?.case_id);
  const bad = (await (await check({ received: '30 February' })).json()) as RejectedCheck;
  assert.equal([bad.record, bad.replaces, bad.problems[0]?.field], [null, null, 'received']);
  assert.is((await work.store.reader('case_fact')).length, 1);
  const strange = await check({ recieved: '2026-02-28' });
  assert.is(strange.status, 400);
  assert.match(await said(strange), 'did you mean "received"');
  assert.is((await check({ received: 7 })).status, 400);
  assert.is((await server.send('POST', '/api/rejected/4/check', { values: {} })).status, 400);
});

rejected('replays corrected rows and keeps on record which columns were changed, not what they say', async () => {
  const response = await server.send('POST', '/api/rejected/replay', {
    rows: [
      { reject_id: 1, values: { received: '2026-02-28' } },
      { reject_id: 2, values: { received: '2026-02-27', issue: 'secret words' } },
    ],
  });
  assert.is(response.status, 202);
  const { run_id: runId, rows: count } = (await response.json()) as ReplayStarted;
  assert.is(count, 2);
  const run = await ended(runId);
  assert.equal([run.state, run.read, run.inserted, run.started_by], ['done', 2, 2, 'admin']);
  assert.equal(await audited('rows_replayed'), [`2 rows of shop in run ${runId}; changed: issue, received`]);
  const { total, rows: settled } = await get<ListPage<RejectedRow>>('/api/rejected?state=settled');
  assert.equal([total, settled[0]?.settlement, settled[0]?.settled_run, settled[0]?.settled_by], [2, 'replayed', runId, 'admin']);
  const twice = await server.send('POST', '/api/rejected/replay', { rows: [{ reject_id: 1 }] });
  assert.is(twice.status, 400);
  assert.match(await said(twice), `it was replayed already, in run ${runId}`);
});

rejected('replays all that were rejected alike, and leaves what cannot be', async () => {
  await work.write(
    'shop.yaml',
    map.replace('received_at: received', 'received_at: { column: received, date: YYYY-MM-DD, missing: ["2026-02-31"] }'),
  );
  const { rows: reasons } = await get<RejectReasons>('/api/rejected/reasons');
  const { source, field, reason_kind } = reasons[0] ?? { source: '', field: null, reason_kind: '' };
  const response = await server.send('POST', '/api/rejected/replay', { source, field, reason_kind });
  const { run_id: runId, rows: count } = (await response.json()) as ReplayStarted;
  assert.is(count, 2);
  assert.is((await ended(runId)).rejected, 2); // the dates are as wrong as before
  assert.is((await get<ListPage<RejectedRow>>('/api/rejected?state=waiting')).total, 4); // two old ones and these two
  const broken = reasons.find((reason) => reason.replayable === 0);
  const none = await server.send('POST', '/api/rejected/replay', { source, field: null, reason_kind: broken?.reason_kind });
  assert.is(none.status, 400);
  assert.match(await said(none), 'could not be split into columns');
});

rejected('dismisses rows by number and by kind, once', async () => {
  const dismiss = async (body: unknown) => (await (await server.send('POST', '/api/rejected/dismiss', body)).json()) as unknown;
  assert.equal(await dismiss({ reject_ids: [4, 4] }), { dismissed: 1 });
  assert.equal(await dismiss({ reject_ids: [4] }), { dismissed: 0 });
  const { rows: reasons } = await get<RejectReasons>('/api/rejected/reasons');
  const { source, field, reason_kind } = reasons[0] ?? { source: '', field: null, reason_kind: '' };
  assert.equal(await dismiss({ source, field, reason_kind }), { dismissed: 2 });
  assert.is((await get<ListPage<RejectedRow>>('/api/rejected?state=waiting')).total, 1);
  assert.equal(await audited('rows_dismissed'), ['1 rows of shop', '0 rows of shop', '2 rows of shop']);
});

rejected('refuses bodies that name no rows, unknown ones, or those of two sources', async () => {
  await work.write('market.yaml', map.replace('shop', 'market'));
  await work.load('a.csv', 'market.yaml');
  const bodies = [
    {},
    { rows: [] },
    { rows: [{ reject_id: 'x' }] },
    { rows: [{ reject_id: 99 }] },
    { rows: [{ reject_id: 1 }, { reject_id: 5 }] },
  ];
  for (const body of [...bodies, { source: 'shop' }, { source: 'shpo', reason_kind: 'x' }])
    assert.is((await server.send('POST', '/api/rejected/replay', body)).status, 400, JSON.stringify(body));
  for (const body of [{}, { reject_ids: [0] }, { source: 'shop', field: 1, reason_kind: 'x' }])
    assert.is((await server.send('POST', '/api/rejected/dismiss', body)).status, 400, JSON.stringify(body));
});

rejected('answers 409 while another run holds the source', async () => {
  const until = Math.floor(Date.now() / 1000) + 100;
  await work.store.writer('source_state').update({ locked_by: 'elsewhere 1 x', locked_until: until });
  const response = await server.send('POST', '/api/rejected/replay', { rows: [{ reject_id: 1 }] });
  assert.is(response.status, 409);
  assert.match(await said(response), 'in progress');
  assert.is((await get<ListPage<RejectedRow>>('/api/rejected?state=settled')).total, 0);
});

rejected.run();
