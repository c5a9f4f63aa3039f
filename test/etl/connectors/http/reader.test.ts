import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpInput } from '../../../../etl/connectors/http/options.ts';
import { json, refused, startHttpSource, type HttpSource, type Reply, type SourceRequest } from '../../../support/http-source.ts';
import { ids, readAll } from './support.ts';

const reading = suite('http-json');
let rule: (request: SourceRequest) => Reply;
let source: HttpSource;
reading.before.each(async () => {
  source = await startHttpSource((request) => rule(request));
});
reading.after.each(() => source.close());

const asked = (): string[] => source.requests.map(({ url }) => decodeURIComponent(url.pathname + url.search).replaceAll('+', ' '));

reading('flattens rows, takes a part of an item as the row, and fills in columns the source leaves out', async () => {
  const item = {
    sort: [17, '9'],
    _source: { id: 9, customer: { name: 'A' }, tags: ['x', 'y'], custom: [{ id: 1, value: 'red' }], closed: null },
  };
  rule = () => json({ hits: { hits: [item] } });
  const input: HttpInput = {
    url: source.url,
    rows: 'hits.hits',
    row: '_source',
    columns: ['id', 'rating'],
    lists: { custom: { key: 'id', value: 'value' } },
  };
  const { rows, extracts } = await readAll(input);
  assert.equal(rows[0]?.values, { id: '9', rating: '', 'customer.name': 'A', tags: 'x; y', 'custom.1': 'red', closed: '' });
  assert.equal(extracts[0]?.header.slice(0, 2), ['id', 'rating']);
});

reading('joins lists that come beside the rows', async () => {
  rule = () =>
    json({ tickets: [{ id: 1, who: 7 }, { id: 2, who: 8 }], users: [{ id: 7, name: 'Ann' }], metric_sets: [{ ticket_id: 2, reopens: 3 }] }); // prettier-ignore
  const { rows } = await readAll({
    url: source.url,
    rows: 'tickets',
    join: { user: { path: 'users', on: 'id', equals: 'who' }, metrics: { path: 'metric_sets', on: 'ticket_id', equals: 'id' } },
  });
  assert.equal(rows.map((row) => [row.values['user.name'], row.values['metrics.reopens']]), [['Ann', ''], ['', '3']]); // prettier-ignore
});

reading('a first run leaves out what names the watermark, and the next asks from the largest time less the overlap', async () => {
  rule = () => json([{ id: 1, at: '2025-03-02 10:00:00' }, { id: 2, at: '2025-03-01 10:00:00' }]); // prettier-ignore
  const input: HttpInput = {
    url: `${source.url}/list`,
    query: { sort: ['a', 'b'], where: "at >= '{watermark|sql}'" },
    incremental: { column: 'at', zone: 'America/New_York', overlap_seconds: 60, parameter: 'since', format: 'unix' },
  };
  const first = await readAll(input);
  await readAll(input, first.cursor);
  // 10:00 in New York is 15:00 UTC; the second before 14:59:00 UTC is 1740927540.
  assert.equal(asked(), ['/list?sort=a&sort=b', "/list?sort=a&sort=b&where=at >= '2025-03-02 09:59:00'&since=1740927540"]);
});

reading('reads the last days again where rows change without their time moving, and begins where it is told', async () => {
  rule = () => json([{ id: 1, day: '2025-06-30' }]);
  const input: HttpInput = {
    url: `${source.url}/`,
    query: { date_received_min: '{watermark|date}' },
    incremental: { column: 'day', start: '2024-01-01', reread_days: 90 },
  };
  const first = await readAll(input);
  await readAll(input, first.cursor);
  assert.equal(asked(), ['/?date_received_min=2024-01-01', '/?date_received_min=2025-04-01']);
});

reading('goes on only where it is asked for the same rows; else it reads from the start and says so', async () => {
  rule = () => json([{ id: 1, at: '2025-03-01T00:00:00Z' }]);
  const input = (more: Partial<HttpInput> = {}): HttpInput => ({
    url: `${source.url}/a?team=1`,
    query: { team: ['A'] },
    headers: { 'x-tenant': 'one' },
    incremental: { column: 'at', parameter: 'since' },
    ...more,
  });
  const { cursor } = await readAll(input());
  const again = async (more: Partial<HttpInput>, since = cursor): Promise<[boolean, boolean]> => {
    source.requests.length = 0;
    const { extracts } = await readAll(input(more), since);
    const isAnew = source.requests[0]?.url.searchParams.get('since') === null;
    return [isAnew, extracts[0]?.notice?.startsWith('the source is asked for something else') ?? false];
  };
  const others: Partial<HttpInput>[] = [
    { url: `${source.url}/b?team=1` },
    { url: `${source.url}/a?team=2` },
    { query: { team: ['A', 'B'] } },
    { headers: { 'x-tenant': 'two' } },
    { method: 'POST', body: { team: 'A' } },
    { row: 'inner' },
    { incremental: { column: 'at', parameter: 'since', written: 'unix' } },
    { details: [{ url: 'more/{row.id}', prefix: 'more', columns: ['id'] }] },
  ];
  for (const other of others) assert.equal(await again(other), [true, true], JSON.stringify(other));
  for (const since of ['nonsense', '{"v":1}']) assert.equal(await again({}, since), [true, true]);
  const same: Partial<HttpInput>[] = [
    {},
    { auth: { bearer: 'another' }, headers: { 'x-tenant': 'one', 'x-api-key': 'another' } },
    { query: { team: ['A'], api_key: 'another' } },
    { max_rows: 5, rate: { requests_per_minute: 6_000 }, timeout_seconds: 9 },
    { paging: { kind: 'page', size: 50, size_parameter: 'per_page' } },
    { incremental: { column: 'at', parameter: 'since', overlap_seconds: 7, reread_days: 1 } },
  ];
  for (const other of same) assert.equal(await again(other), [false, false], JSON.stringify(other));
});

reading('keeps no secret of an address, and puts it there again where it goes on', async () => {
  rule = ({ url }) => {
    const page = Number(url.searchParams.get('page') ?? 1);
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    return url.searchParams.get('api_key')?.startsWith('hush')
      ? json({ items: [{ id: page }], next: page < 4 ? next.href : null })
      : refused(401);
  };
  const input = (secret: string): HttpInput => ({
    url: source.url,
    query: { api_key: secret },
    rows: 'items',
    paging: { kind: 'next_url', at: 'next' },
    max_rows: 2,
  });
  const first = await readAll(input('hush-1'));
  assert.not.match(String(first.cursor), 'hush');
  const second = await readAll(input('hush-2'), first.cursor);
  assert.equal([ids(first.rows), ids(second.rows), second.error], [['1', '2'], ['3', '4'], null]);
  assert.is(source.requests.at(-1)?.url.searchParams.get('api_key'), 'hush-2');
});

reading('keeps no place in an address with a secret that only the source knows', async () => {
  rule = ({ url }) => json({ items: [{ id: 1 }], next: url.searchParams.has('signature') ? null : `${url.href}?signature=hush` });
  const input: HttpInput = { url: `${source.url}/a`, rows: 'items', paging: { kind: 'next_url', at: 'next' }, max_rows: 1 };
  const { cursor, extracts } = await readAll(input);
  assert.not.match(String(cursor), 'hush');
  assert.match(extracts.at(-1)?.notice ?? '', /the next run begins the list anew/);
});

reading('details become rows of their own that carry the columns of their parent', async () => {
  const history: Record<string, unknown[]> = {
    '/tickets/1/history': [
      { Type: 'Create', Object: 1 },
      { Type: 'Status', Object: 5 },
      { Type: 'Status', NewValue: 'open', Object: 1 },
    ],
    '/tickets/3/history': [],
  };
  rule = ({ url }) => {
    if (url.pathname === '/tickets/list') return json([{ id: 1, state: 'open' }, { id: 2, state: 'new' }, { id: 3, state: 'open' }, { id: 4, state: 'open' }]); // prettier-ignore
    const rows = history[url.pathname];
    const page = Number(url.searchParams.get('page'));
    return rows ? json({ items: rows.slice((page - 1) * 2, page * 2) }) : refused(404);
  };
  const { rows } = await readAll({
    url: `${source.url}/tickets/list`,
    details: [
      {
        url: '{row.id}/history',
        rows: 'items',
        prefix: 'history',
        columns: ['id'],
        paging: { kind: 'page', size: 2 },
        if: [{ at: 'state', is: 'open' }],
        where: [{ at: 'Object', is: '{parent.id}' }],
      },
    ],
  });
  const shown = rows.map(({ values }) => [values.id, values.state, values['history.Type'], values['history.NewValue']].map((v) => v ?? ''));
  assert.equal(shown, [
    ['1', 'open', '', ''],
    ['1', '', 'Create', ''],
    ['1', '', 'Status', 'open'],
    ['2', 'new', '', ''],
    ['3', 'open', '', ''],
    ['4', 'open', '', ''],
  ]);
  assert.equal(rows.map((row) => row.line), [1, 2, 3, 4, 5, 6]); // prettier-ignore
});

reading('what is gone is asked for from its own largest time, confirmed, and told with the first rows', async () => {
  const merged = (id: number, second: number) => ({ ObjectId: id, NewValue: 'x/ticket/9', Created: `2025-03-01T10:00:0${second}Z` });
  let tombstones = [merged(3, 0)];
  rule = ({ url }) => {
    if (url.pathname === '/tombstones') return json(tombstones);
    // Ticket 5 was restored since.
    if (url.searchParams.has('id')) return json(url.searchParams.get('id') === '5' ? [{ id: 5 }] : []);
    return json([{ id: 1, at: '2025-06-01T00:00:00Z' }]);
  };
  const input: HttpInput = {
    url: `${source.url}/tickets`,
    incremental: { column: 'at', parameter: 'since' },
    gone: [
      {
        url: 'tombstones',
        query: { after: '{watermark}' },
        where: [{ at: 'NewValue', ends_not_with: '/{row.ObjectId}' }],
        key: '{row.ObjectId}',
        column: 'Created',
        overlap_seconds: 2,
        confirm: { url: 'tickets', query: { id: '{key}' } },
      },
    ],
  };
  // Before the first read there is nothing that could be taken out.
  const first = await readAll(input);
  tombstones = [merged(4, 1), merged(9, 2), merged(5, 3)];
  const second = await readAll(input, first.cursor);
  tombstones = [];
  const third = await readAll(input, second.cursor);
  assert.equal([first, second, third].map(({ extracts }) => extracts.map((e) => e.gone)), [[undefined], [['4']], [undefined]]); // prettier-ignore
  assert.equal(asked(), [
    '/tombstones',
    '/tickets',
    '/tombstones?after=2025-03-01T09:59:58Z',
    '/tickets?id=4',
    '/tickets?id=5',
    '/tickets?since=2025-05-31T23:58:00Z',
    '/tombstones?after=2025-03-01T10:00:01Z',
    '/tickets?since=2025-05-31T23:58:00Z',
  ]);
});

reading('rows that say a record is gone become no record', async () => {
  rule = () => json([{ id: 1, status: 'open' }, { id: 2, status: 'deleted' }]); // prettier-ignore
  const { rows, extracts } = await readAll({ url: source.url, gone_rows: { where: [{ at: 'status', is: 'deleted' }], key: '{row.id}' } });
  assert.equal([ids(rows), extracts[0]?.gone], [['1'], ['2']]);
});

reading('an answer that looks right but cannot be is a failed read that says what to do', async () => {
  rule = () => json({ items: [], count: 0, total: '268' });
  const { error } = await readAll({
    url: source.url,
    rows: 'items',
    expect: [{ never: [{ at: 'count', is: 0 }, { at: 'total', above: 0 }], message: 'check orderby in `query`' }], // prettier-ignore
  });
  assert.match(error?.message ?? '', /answered what cannot be right: check orderby in `query`$/);
});

reading('passes on what the source says of itself while it says so', async () => {
  let stale = true;
  rule = () => json({ items: [{ id: 1 }], meta: { stale, on: '2025-03-01' } });
  const input: HttpInput = {
    url: source.url,
    rows: 'items',
    notice: [{ when: [{ at: 'meta.stale', is: true }], say: 'data of {answer.meta.on}' }],
  };
  assert.is((await readAll(input)).extracts[0]?.notice, 'data of 2025-03-01');
  stale = false;
  assert.is((await readAll(input)).extracts[0]?.notice, undefined);
});

reading('a POST carries its templates in a JSON body', async () => {
  rule = ({ body, method }) => json([{ id: 1, body, method, at: 1_740_000_000 }]);
  const input: HttpInput = {
    url: source.url,
    method: 'POST',
    body: { payload: [{ key: 'at', values: ['{watermark|unix}'] }], page: 1 },
    incremental: { column: 'at', written: 'unix', overlap_seconds: 0 },
  };
  const first = await readAll(input);
  const second = await readAll(input, first.cursor);
  assert.equal([first, second].map(({ rows }) => rows[0]?.values.body), ['{"payload":[{"key":"at","values":[]}],"page":1}', '{"payload":[{"key":"at","values":["1740000000"]}],"page":1}']); // prettier-ignore
});

reading('a request of details to another host is refused before a secret goes there', async () => {
  rule = () => json([{ id: 1, link: 'https://elsewhere.example/' }]);
  const details = [{ url: 'https://elsewhere.example/{row.id}', prefix: 'd', columns: ['id'] }];
  const { error } = await readAll({ url: source.url, auth: { bearer: 'abc' }, details });
  assert.match(error?.message ?? '', /elsewhere\.example is another place than that of the source/);
});

reading.run();
