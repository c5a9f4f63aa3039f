import { tableFromIPC } from 'apache-arrow';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AnswerJson, CaseDetail, CasePage, FacetsJson, LabelsJson, MetaJson } from '../../../queries/model/wire.ts';
import { actions } from '../../../server/auth/roles.ts';
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

const audited = async (action: string): Promise<string[]> =>
  (await temp.store.reader<{ action: string; target: string }>('audit_event').where({ action }).orderBy('audit_id')).map((e) => e.target);

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
  assert.equal(await audited('cases_exported'), ['received 2026-01-01 to 2026-01-31']);
});

routes('makes files for people: named after what they show, and CSV that spreadsheets read as UTF-8', async () => {
  const [figures, cases] = [JSON.stringify(query), JSON.stringify({ measure: 'received', query, key: { issue: 'late delivery' } })];
  const get = async (path: string, q: string) => {
    const response = await server.send('GET', `${path}q=${encodeURIComponent(q)}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    return [response.headers.get('content-disposition'), bytes.subarray(0, 3).toString('hex') === 'efbbbf'];
  };
  assert.equal(await get('/api/query?format=csv&name=recurring-issues&', figures), [
    'attachment; filename=silverlining-recurring-issues.csv',
    true,
  ]);
  assert.equal(await get('/api/query?format=arrow&name=recurring-issues&', figures), [
    'attachment; filename=silverlining-recurring-issues.arrow',
    false,
  ]);
  assert.equal(await get('/api/cases.csv?name=late-delivery&', cases), ['attachment; filename=silverlining-late-delivery.csv', true]);
  assert.equal(await get('/api/cases.csv?', cases), ['attachment; filename=silverlining-cases.csv', true]);
  assert.is((await server.send('GET', `/api/query?format=csv&name=../x&q=${encodeURIComponent(figures)}`)).status, 400);
  // A program that asks by header gets the bytes of the command line.
  const plain = await server.send('POST', '/api/query', query, { accept: 'text/csv' });
  assert.is(
    Buffer.from(await plain.arrayBuffer())
      .subarray(0, 5)
      .toString(),
    'issue',
  );
});

routes('writes down every export of figures with what and when, and not what the screen asks', async () => {
  const before = (await audited('figures_exported')).length;
  const asked = encodeURIComponent(JSON.stringify({ ...query, where: { text: 'secret' } }));
  await server.send('GET', `/api/query?q=${asked}`);
  await server.send('POST', '/api/query', query, { accept: 'application/vnd.apache.arrow.stream' });
  assert.is((await audited('figures_exported')).length, before);
  await server.send('GET', `/api/query?format=csv&q=${asked}`);
  await server.send('GET', `/api/query?format=arrow&q=${asked}`);
  await server.send('POST', '/api/query', query, { accept: 'text/csv' });
  assert.equal((await audited('figures_exported')).slice(before), Array<string>(3).fill('received 2026-01-01 to 2026-01-31'));
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
  assert.equal(meta.user, { name: 'admin', role: 'administrator', agent: null, can: Object.keys(actions) });
  assert.is(meta.demo, false);
  assert.is(meta.sources[0]?.cases, 3);
  assert.ok(meta.measures.received);
});

routes('counts the members of a dimension under a query, and refuses an unknown one', async () => {
  const body = { dimension: 'issue', query: { ...query, where: { issue: ['wrong item'] } }, like: 'e' };
  const found = await read<FacetsJson>(server.send('POST', '/api/facets', body));
  assert.equal(found, {
    labels: [
      { name: 'late delivery', cases: 2 },
      { name: 'wrong item', cases: 1 },
      { name: '(none)', cases: 0 },
    ],
    total: 3,
    chosen: [{ name: 'wrong item', cases: 1 }],
  });
  assert.is((await server.send('POST', '/api/facets', { ...body, dimension: 'colour' })).status, 400);
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

routes('writes down who saw who the customer is, and only then', async () => {
  await server.send('GET', '/api/cases/2');
  assert.equal(await audited('contact_viewed'), []);
  await loadRecords(temp.store, [{ source_id: '4', kind: 'complaint', received_at: '2025-01-05', contact: 'mail@example.org' }]);
  await server.send('GET', '/api/cases/4');
  assert.equal(await audited('contact_viewed'), ['case 4']);
});

routes.run();
