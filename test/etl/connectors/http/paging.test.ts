import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { HttpInput, HttpOptions } from '../../../../etl/connectors/http/options.ts';
import { httpOptions as schema } from '../../../../etl/connectors/http/options.ts';
import { createHttpReader } from '../../../../etl/connectors/http/reader.ts';
import { readMap } from '../../../../etl/map.ts';
import { connectorContract } from '../../../support/connector-contract.ts';
import {
  exportList,
  keysetList,
  linkedList,
  nextUrlList,
  offsetList,
  pagedList,
  type ListRow,
  type ListRule,
} from '../../../support/http-lists.ts';
import { json, startHttpSource, type HttpSource } from '../../../support/http-source.ts';
import { httpOptions, ids, readAll } from './support.ts';

const paging = suite('paging');
const map = readMap(
  `
source: desk
key: id
fields:
  kind: { constant: complaint }
  received_at: updated_at
  issue: issue
`,
  'desk.yaml',
);
// Three pages of two; rows 2 and 3 share a second.
const rows: ListRow[] = [
  { id: 1, updated_at: '2025-03-01T08:00:00Z', issue: 'Late' },
  { id: 2, updated_at: '2025-03-01T09:00:00Z', issue: 'Lost' },
  { id: 3, updated_at: '2025-03-01T09:00:00Z', issue: 'Late', extra: 'only here' },
  { id: 4, updated_at: '2025-03-02T08:00:00Z', issue: 'Broken' },
  { id: 5, updated_at: '2025-03-03T08:00:00Z', issue: 'Lost' },
];
let rule: ListRule = pagedList;
let source: HttpSource;

paging.before(async () => {
  source = await startHttpSource((request) => rule(() => rows)(request));
});
paging.after(() => source.close());

const incremental: HttpInput['incremental'] = { column: 'updated_at', overlap_seconds: 0 };
const kinds: { name: string; rule: ListRule; input: Partial<HttpInput>; repeated: number; end: 'nothing' | 'everything'; after?: number }[] = [
  { name: 'page', rule: pagedList, input: { rows: 'items', paging: { kind: 'page', size: 2, size_parameter: 'per_page' } }, repeated: 2, end: 'everything' },
  { name: 'page until empty', rule: pagedList, input: { rows: 'items', paging: { kind: 'page', stop: 'empty' } }, repeated: 2, end: 'everything' },
  { name: 'offset', rule: offsetList, input: { paging: { kind: 'offset', size: 2 } }, repeated: 2, end: 'everything' },
  { name: 'offset with overlap', rule: offsetList, input: { paging: { kind: 'offset', size: 2, overlap_rows: 1 } }, repeated: 3, end: 'everything' },
  { name: 'link', rule: linkedList, input: { paging: { kind: 'link' } }, repeated: 0, end: 'everything' },
  { name: 'next_url', rule: nextUrlList, input: { rows: 'items', paging: { kind: 'next_url', at: 'next' } }, repeated: 0, end: 'everything' },
  {
    name: 'cursor',
    rule: exportList,
    input: {
      rows: 'items',
      incremental: { ...incremental, start: '2025-01-01' },
      paging: { kind: 'cursor', at: 'after_cursor', start: { start_time: '{watermark|unix}' }, end: { at: 'end_of_stream', is: true }, keep: true },
    },
    repeated: 0,
    end: 'nothing',
  },
  {
    name: 'keyset',
    rule: keysetList,
    input: {
      rows: 'items',
      incremental: { ...incremental, parameter: 'since' },
      paging: { kind: 'keyset', size: 2, size_parameter: 'limit', next: { after: '{last.updated_at},{last.id}' } },
    },
    repeated: 1,
    end: 'nothing',
  },
  {
    name: 'watermark',
    rule: pagedList,
    input: {
      rows: 'items',
      query: { since: '{watermark}' },
      incremental: { ...incremental, start: '2025-01-01' },
      paging: { kind: 'watermark', size: 3, size_parameter: 'per_page' },
    },
    repeated: 2,
    end: 'nothing',
  },
]; // prettier-ignore

for (const { name, rule: own, input, repeated, end } of kinds)
  connectorContract<HttpOptions>(paging, {
    reader: { name: `http-json, ${name}`, description: '', read: createHttpReader({}) },
    options() {
      rule = own;
      return httpOptions({ url: source.url, ...input });
    },
    map,
    read: 5,
    rejected: 0,
    overlapRows: repeated,
    afterEnd: end,
    ...(name === 'page' ? { optionsSchema: schema } : {}),
  });

paging('one answer without pages is read once', async () => {
  rule = (list) => () => json(list());
  const { rows: read, extracts } = await readAll({ url: source.url });
  assert.equal(ids(read), ['1', '2', '3', '4', '5']);
  assert.is(extracts.length, 1);
});

paging('a source that gives smaller pages than it is asked for is read to its end, since it says how many rows there are', async () => {
  rule = (list) => (request) => {
    request.url.searchParams.set('per_page', '2');
    return pagedList(list)(request);
  };
  const input: HttpInput = {
    url: source.url,
    rows: 'items',
    total: 'total',
    paging: { kind: 'page', size: 100, size_parameter: 'per_page' },
  };
  const { rows: read, extracts } = await readAll(input);
  assert.equal(ids(read), ['1', '2', '3', '4', '5']);
  assert.equal(extracts[0]?.total, { count: 5, unit: 'rows' });
});

paging('hidden rows that leave a page empty do not end a list that ends after two empty pages', async () => {
  const pages: ListRow[][] = [[rows[0] as ListRow], [], [rows[1] as ListRow], [], []];
  rule = () => (request) => json(pages[Number(request.url.searchParams.get('page')) - 1] ?? []);
  const { rows: read } = await readAll({ url: source.url, paging: { kind: 'page', size: 2, stop: 'empty', empty_pages: 2 } });
  assert.equal(ids(read), ['1', '2']);
});

paging('a page of another host is not asked for, and the error names it', async () => {
  rule = () => () => json({ items: [rows[0]], next: 'https://elsewhere.example/page2?token=abc' });
  const { error, rows: read } = await readAll({ url: source.url, rows: 'items', paging: { kind: 'next_url', at: 'next' } });
  assert.match(error?.message ?? '', /gives its next page on https:\/\/elsewhere\.example, and we do not follow/);
  assert.not.match(error?.message ?? '', /token/);
  assert.equal(read, []);
});

paging('a cursor that does not move on is an error that names the parameter to check', async () => {
  let page = 0;
  rule = () => () => json({ items: [{ id: ++page }], after_cursor: 'same' });
  const { error, rows: read } = await readAll({ url: source.url, rows: 'items', paging: { kind: 'cursor', at: 'after_cursor' } });
  assert.match(error?.message ?? '', /gives the same cursor again and again; check `paging\.parameter` \("cursor"\)/);
  assert.equal(ids(read), ['1']);
});

paging('a last row without what the next request is made from is an error', async () => {
  rule = () => () => json([{ id: 1, sort: [] }]);
  const { error } = await readAll({ url: source.url, paging: { kind: 'keyset', next: { search_after: '{last.sort.0}_{last.id}' } } });
  assert.match(error?.message ?? '', /has no "sort\.0" in the last row of a page/);
});

paging('rows that are not in the order of their time are an error, since a watermark would pass rows over', async () => {
  rule = () => () => json({ items: [rows[4], rows[0]] });
  const { error } = await readAll({
    url: source.url,
    rows: 'items',
    query: { since: '{watermark}' },
    incremental: { column: 'updated_at' },
    paging: { kind: 'watermark', size: 2 },
  });
  assert.match(error?.message ?? '', /older than asked for, or not in the order of their time/);
});

paging('a source that reads times in another zone is found out before rows are missed', async () => {
  // The account's zone is five hours behind: 08:00 is taken as 13:00 UTC.
  rule = (list) => (request) => {
    const since = request.url.searchParams.get('since') ?? '';
    request.url.searchParams.set('since', new Date(Date.parse(since) + 5 * 3_600_000).toISOString().replace('.000Z', 'Z'));
    return pagedList(list)(request);
  };
  const { error, rows: read } = await readAll({
    url: source.url,
    rows: 'items',
    query: { since: '{watermark}' },
    incremental: { column: 'updated_at', start: '2025-01-01' },
    paging: { kind: 'watermark', size: 100, hint: 'set the time zone of the user to UTC' },
  });
  assert.match(error?.message ?? '', /leaves out the very row from whose time on it was asked.*set the time zone of the user to UTC/);
  assert.equal(read, []);
});

paging('a place the source no longer knows begins the list anew, and says so', async () => {
  rule = exportList;
  const input: HttpInput = { url: source.url, rows: 'items', paging: { kind: 'cursor', at: 'after_cursor', start: { start_time: 0 }, end: { at: 'end_of_stream', is: true }, keep: true } }; // prettier-ignore
  const first = await readAll(input);
  rule = (list) => (request) => (request.url.searchParams.has('cursor') && source.requests.length === asked + 1 ? json({ error: 'expired' }, { status: 422 }) : exportList(list)(request)); // prettier-ignore
  const asked = source.requests.length;
  const again = await readAll(input, first.cursor);
  assert.equal(ids(again.rows), ['1', '2', '3', '4', '5']);
  assert.match(again.extracts.at(-1)?.notice ?? '', /no longer knows where the last run stopped/);
});

paging.run();
