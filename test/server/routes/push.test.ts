import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseFactRow, PipelineRunRow, RejectedRecordRow, SourceStateRow } from '../../../etl/store/tables.ts';
import type { ListPage, PushAnswer, SourceRow } from '../../../queries/model/lists.ts';
import { hashToken } from '../../../server/auth/tokens.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { openWorkplace, type Workplace } from '../../support/workplace.ts';

const map =
  'source: hook\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: { column: details.issue, optional: true }\n';

const push = suite('push');
let work: Workplace;
let server: TestServer;
let token = '';
push.before.each(async () => {
  work = await openWorkplace();
  await work.write('hook.yaml', map);
  work.configure(
    'sources:\n  - { name: hook, connector: push, map: ./hook.yaml }\n  - { name: other, connector: push, map: ./hook.yaml }\n  - { name: drop, connector: folder, path: ./in, map: ./hook.yaml }\n',
  );
  server = await startServer({ store: work.store, sources: work.deps });
  token = ((await (await server.send('POST', '/api/sources/hook/token')).json()) as { token: string }).token;
});
push.after.each(async () => {
  await server.close();
  await work.close();
});

const send = (body: string | object, headers: Record<string, string> = {}, name = 'hook') =>
  server.send('POST', `/api/sources/${name}/records`, typeof body === 'string' ? body : JSON.stringify(body), {
    cookie: '',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...headers,
  });
const sent = async (body: string | object, headers: Record<string, string> = {}): Promise<PushAnswer> => {
  const response = await send(body, headers);
  assert.is(response.status, 200, response.status === 200 ? '' : await response.text());
  return (await response.json()) as PushAnswer;
};
const problem = async (response: Response) => ((await response.json()) as { problems: { message: string }[] }).problems[0]?.message ?? '';
const cases = () => work.store.reader<CaseFactRow>('case_fact').orderBy('source_id');
const state = () => work.store.reader<SourceStateRow>('source_state').where({ name: 'hook' }).first();

const one = { id: '1', received: '2026-01-05', details: { issue: 'late' } };
const two = { id: '2', received: '2026-01-06' };

push('loads an object, a list and lines through the map, each as one run', async () => {
  const first = await sent(one);
  assert.equal([first.read, first.inserted, first.updated, first.unchanged, first.rejected], [1, 1, 0, 0, []]);
  assert.is((await sent([one, two])).inserted, 1);
  const lines = `${JSON.stringify({ ...one, id: '3' })}\n\n${JSON.stringify({ ...one, id: '4' })}\n`;
  assert.is((await sent(lines, { 'content-type': 'application/x-ndjson' })).inserted, 2);
  assert.is((await sent(lines)).unchanged, 2); // seen from the text as well
  assert.is((await sent(JSON.stringify(one, null, 2))).unchanged, 1); // an object over several lines is one
  assert.is((await cases()).length, 4);
  const runs = await work.store.reader<PipelineRunRow>('pipeline_run').orderBy('run_id');
  assert.equal(
    runs.map((run) => [run.started_by, run.input, run.state, run.total]),
    [
      ['push', '1 record sent', 'done', 1],
      ['push', '2 records sent', 'done', 2],
      ['push', '2 records sent', 'done', 2],
      ['push', '2 records sent', 'done', 2],
      ['push', '1 record sent', 'done', 1],
    ],
  );
});

push('changes nothing when the same is sent again, and lets the later of two rows of a key hold', async () => {
  await sent([one, two]);
  const before = await cases();
  assert.equal((await sent([one, two])).unchanged, 2);
  assert.equal(await cases(), before);
  const both = await sent([
    { ...one, received: '2026-01-07' },
    { ...one, received: '2026-01-08' },
  ]);
  assert.equal(both.rejected, []);
  assert.is((await cases())[0]?.received_on, '2026-01-08');
});

push('is known until now from its first case on, not from its first rejected row', async () => {
  assert.is((await sent({ id: '1', received: 'never' })).rejected.length, 1);
  assert.is((await state())?.is_live, 0);
  await sent(one);
  assert.is((await state())?.is_live, 1);
});

push('keeps what makes no case, and says which it was', async () => {
  const answer = await sent([two, { id: '3', received: '2026-02-30' }, 'text', one]);
  assert.equal([answer.read, answer.inserted], [4, 2]);
  assert.equal(
    answer.rejected.map(({ index, field }) => [index, field]),
    [
      [1, 'received'],
      [2, null],
    ],
  );
  assert.match(answer.rejected[1]?.reason ?? '', 'expected an object, found a text');
  const kept = await work.store.reader<RejectedRecordRow>('rejected_record').orderBy('line');
  assert.equal(
    kept.map((row) => [row.run_id, row.line]),
    [
      [answer.run_id, 2],
      [answer.run_id, 3],
    ],
  );
  const broken = await sent(`${JSON.stringify(one)}\n{"id": \n`, { 'content-type': 'application/x-ndjson' });
  assert.equal([broken.unchanged, broken.rejected.map((row) => row.index)], [1, [1]]);
});

push('refuses what is no JSON, empty, no UTF-8, too much or too many, and begins no run for it', async () => {
  for (const [body, message] of [
    ['[{"id": "1"', 'line 1, column'],
    ['', 'there are no records'],
    ['[]', 'there are no records'],
    [JSON.stringify(Array.from({ length: 10_001 }, () => ({ id: '1' }))), '10,001 records are too many'],
  ] as const) {
    const response = await send(body);
    assert.is(response.status, 400, message);
    const { problems } = (await response.json()) as { problems: { field: string; message: string }[] };
    assert.match(`${problems[0]?.field} ${problems[0]?.message}`, message);
  }
  assert.is((await send(`"${'x'.repeat(10 * 1024 * 1024)}"`)).status, 413);
  const bytes = await fetch(`${server.url}/api/sources/hook/records`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new Uint8Array([0x22, 0xff, 0x22]),
  });
  assert.match(await problem(bytes), 'not UTF-8');
  assert.is((await work.store.reader('pipeline_run')).length, 0);
});

push('says which column the records lack', async () => {
  const response = await send({ id: '1', recieved: '2026-01-05' });
  assert.is(response.status, 400);
  assert.match(await problem(response), 'did you mean "recieved"');
});

push('takes only the token of the source, by its hash, until it is ended', async () => {
  for (const authorization of ['', 'Bearer', `Bearer ${token}x`, `Basic ${token}`, `Bearer ${token.slice(0, -1)}`])
    assert.is((await send(one, { authorization })).status, 401, authorization);
  assert.is((await send(one, {}, 'other')).status, 401);
  assert.is((await send(one, { cookie: server.cookie, authorization: '' })).status, 401); // a session is no token
  const stored = JSON.stringify(await work.store.reader('push_token'));
  assert.not.match(stored, token);
  assert.match(stored, hashToken(token));
  await sent(one);
  const { rows } = (await (await server.send('GET', '/api/sources')).json()) as ListPage<SourceRow>;
  const [own] = rows.find((source) => source.name === 'hook')?.tokens ?? [];
  assert.equal([own?.created_by, own?.used_at !== null], ['admin', true]);
  assert.equal(await (await server.send('DELETE', '/api/sources/hook/tokens')).json(), { revoked: 1 });
  const refused = await send(one);
  assert.equal([refused.status, refused.headers.get('www-authenticate')], [401, 'Bearer']);
});

push('makes tokens only for sources that send their records, for those who may', async () => {
  const pulled = await server.send('POST', '/api/sources/drop/token');
  assert.is(pulled.status, 400);
  assert.match(await problem(pulled), 'no token is needed');
  assert.match(await problem(await server.send('POST', '/api/sources/hok/token')), 'did you mean "hook"');
  assert.is((await server.send('POST', '/api/sources/hook/token', {}, { cookie: '' })).status, 401);
  const targets = await work.store.reader('audit_event').where({ action: 'token_made' }).pluck('target');
  assert.equal(targets, ['hook']);
});

push('lets a burst wait for its turn, and answers 409 with when to come again while another run holds the source', async () => {
  const burst = await Promise.all(Array.from({ length: 5 }, (_, i) => send({ ...one, id: `b${i}` })));
  assert.equal(
    burst.map((response) => response.status),
    [200, 200, 200, 200, 200],
  );
  await work.store
    .writer<SourceStateRow>('source_state')
    .update({ locked_by: 'elsewhere 1 x', locked_until: Math.floor(Date.now() / 1000) + 100 });
  const busy = await send(two);
  assert.equal([busy.status, busy.headers.get('retry-after')], [409, '5']);
});

push('refuses a flood of wrong tokens, and nobody who has one', async () => {
  let status = 0;
  for (let i = 0; i < 21; i++) status = (await send(one, { authorization: `Bearer ${'x'.repeat(43)}` })).status;
  assert.is(status, 429);
  assert.is((await send(one)).status, 200); // whoever has the token is not held up
});

push('refuses records for a source that is read now, though its token is still known', async () => {
  work.configure('sources:\n  - { name: hook, connector: folder, path: ./in, map: ./hook.yaml }\n');
  const response = await send(one);
  assert.is(response.status, 409);
  assert.match(await problem(response), '"hook" is read by connector folder and takes no records');
  assert.equal(await cases(), []);
});

push.run();
