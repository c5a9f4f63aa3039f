import { tableFromIPC } from 'apache-arrow';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnswerJson, CaseDetail, CasePage, LabelsJson, MetaJson } from '../../../queries/model/wire.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { loadRecords, tempStore } from '../../support/store.ts';

const routes = suite('asking the server');
let server: TestServer;
let temp: Awaited<ReturnType<typeof tempStore>>;
routes.before(async () => {
  temp = await tempStore();
  await loadRecords(temp.store, [
    { source_id: '1', kind: 'complaint', received_at: '2026-01-05', issue: 'late delivery', narrative: 'A secret.' },
    { source_id: '2', kind: 'complaint', received_at: '2026-01-06', issue: 'late delivery' },
    { source_id: '3', kind: 'complaint', received_at: '2026-01-07', issue: 'wrong item' },
  ]);
  server = await startServer({ store: temp.store });
});
routes.after(async () => {
  await server.close();
  await temp.close();
});

const query = { measures: ['received'], by: ['issue'], from: '2026-01-01', to: '2026-01-31' };
const expected = [
  { issue: 'late delivery', complete: 0, received: 2 },
  { issue: 'wrong item', complete: 0, received: 1 },
];

async function read<T>(response: Response | Promise<Response>): Promise<T> {
  const answered = await response;
  assert.is(answered.status, 200);
  return (await answered.json()) as T;
}

routes('answers the same by POST and by GET', async () => {
  const posted = await read<AnswerJson>(server.send('POST', '/api/query', { queries: [query] }));
  const got = await read<AnswerJson>(server.send('GET', `/api/query?q=${encodeURIComponent(JSON.stringify({ queries: [query] }))}`));
  assert.equal(posted.tables[0]?.rows, expected);
  assert.equal(got.tables, posted.tables);
  assert.equal(Object.keys(posted).sort(), ['asOf', 'elapsedMs', 'engine', 'tables']);
});

routes('gives exactly the cases behind a figure as one file, without texts, and writes down that it did', async () => {
  const asked = encodeURIComponent(JSON.stringify({ measure: 'received', query, key: { issue: 'late delivery' } }));
  const response = await server.send('GET', `/api/cases.csv?q=${asked}`);
  assert.match(response.headers.get('content-disposition') ?? '', 'silverlining-cases.csv');
  const lines = (await response.text()).trimEnd().split('\r\n');
  assert.is(lines.length, 3);
  assert.match(lines[0] ?? '', /^case_id,source,source_id,kind,/);
  assert.match(lines[1] ?? '', /^2,.*,2,complaint,open,2026-01-06,,,,,,late delivery,/);
  assert.not.match(lines.join(), 'secret');
  assert.is((await temp.store.reader('audit_event').where({ action: 'cases_exported' })).length, 1);
});

routes('answers as CSV and Arrow when asked by header or in the address', async () => {
  const wire = 'issue,complete,received\r\nlate delivery,0,2\r\nwrong item,0,1\r\n';
  for (const response of [
    await server.send('POST', '/api/query', { queries: [query] }, { accept: 'text/csv' }),
    await server.send('GET', `/api/query?format=csv&q=${encodeURIComponent(JSON.stringify(query))}`),
  ]) {
    assert.is(response.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.is(response.headers.get('content-disposition'), 'attachment; filename=silverlining.csv');
    assert.is(await response.text(), wire);
  }
  const arrow = await server.send('POST', '/api/query', { queries: [query] }, { accept: 'application/vnd.apache.arrow.stream' });
  assert.is(arrow.headers.get('content-type'), 'application/vnd.apache.arrow.stream');
  const table = tableFromIPC(new Uint8Array(await arrow.arrayBuffer()));
  assert.equal([...(table.getChild('received') ?? [])], [2, 1]);
});

routes('compresses what it sends', async () => {
  const response = await server.send('GET', '/api/meta', undefined, { 'accept-encoding': 'gzip' });
  assert.is(response.headers.get('content-encoding'), 'gzip');
});

routes('refuses an unknown form and an address that is too long', async () => {
  assert.is((await server.send('POST', '/api/query?format=xml', query)).status, 400);
  const long = encodeURIComponent(JSON.stringify({ ...query, where: { text: 'x'.repeat(9000) } }));
  assert.is((await server.send('GET', `/api/query?q=${long}`)).status, 413);
});

routes('publishes the model, the sources and who asks', async () => {
  const meta = await read<MetaJson>(server.send('GET', '/api/meta'));
  assert.equal(meta.user, { name: 'admin', role: 'administrator' });
  assert.is(meta.demo, false);
  assert.is(meta.sources[0]?.cases, 3);
  assert.ok(meta.measures.received);
});

routes('lists labels with their cases', async () => {
  const labels = await read<LabelsJson>(server.send('GET', '/api/labels?dimension=issue&like=LATE'));
  assert.equal(labels, { labels: [{ name: 'late delivery', cases: 2 }] });
});

routes('lists exactly the cases behind a figure, and shows each', async () => {
  const page = await read<CasePage>(server.send('POST', '/api/cases', { measure: 'received', query, key: { issue: 'late delivery' } }));
  assert.is(page.total, 2);
  assert.equal(page.cases.map((c) => c.source_id).sort(), ['1', '2']);
  const id = page.cases.find((c) => c.source_id === '1')?.case_id;
  const detail = await read<CaseDetail>(server.send('GET', `/api/cases/${id}`));
  assert.is(detail.fields.narrative, 'A secret.');
});

routes('keeps answers with figures and cases out of shared caches', async () => {
  for (const path of ['/api/meta', '/api/cases/1', '/api/sources', `/api/query?q=${encodeURIComponent(JSON.stringify(query))}`]) {
    assert.is((await server.send('GET', path)).headers.get('cache-control'), 'private, no-cache', path);
  }
});

routes.run();
