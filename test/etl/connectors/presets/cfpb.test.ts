import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cfpb } from '../../../../etl/connectors/presets/cfpb.ts';
import { bindMap } from '../../../../etl/map.ts';
import { connectorContract } from '../../../support/connector-contract.ts';
import { json, startHttpSource, text, type HttpSource, type SourceRequest } from '../../../support/http-source.ts';
import { sharedData, sharedTests } from '../../../support/shared-data.ts';
import { tempStore } from '../../../support/store.ts';
import { fixtureMap, optionsOf, pull, readAll, sharedJson, withoutWaiting } from './support.ts';

interface Hit {
  _id: string;
  _source: Record<string, unknown>;
  sort: [number, string];
}
interface Page {
  hits: { total: { value: number }; hits: Hit[] };
  _meta: Record<string, unknown>;
}

const map = fixtureMap('cfpb-api');
const options = (url: string, more: Record<string, unknown> = {}) => optionsOf(cfpb, { url: `${url}/api/v1/`, ...more });
const parameter = (request: SourceRequest | undefined, name: string): string | null => request?.url.searchParams.get(name) ?? null;

/** A complaint received at noon in New York, as the interface writes it. */
function complaint(id: number, day: string, given: Record<string, unknown> = {}): Hit {
  const date = `${day}T12:00:00-05:00`;
  const _source = {
    complaint_id: String(id), date_received: date, date_sent_to_company: date, product: 'Mortgage', sub_product: null, issue: 'Late fee', sub_issue: null,
    company: 'ACME BANK', company_response: 'In progress', company_public_response: null, complaint_what_happened: '', state: 'NY', submitted_via: 'Web',
    tags: null, timely: 'Yes', consumer_disputed: 'N/A', ...given,
  }; // prettier-ignore
  return { _id: String(id), _source, sort: [Date.parse(date), String(id)] };
}

/** Answers by search_after and date_received_min, oldest first; throttles nothing. */
function serve(hits: () => Hit[], meta: () => Record<string, unknown> = () => ({})) {
  return startHttpSource((request) => {
    const [time = '-1', id = ''] = (parameter(request, 'search_after') ?? '').split('_').filter((part) => part !== '');
    const from = parameter(request, 'date_received_min') ?? '';
    const all = hits()
      .filter((hit) => String(hit._source.date_received).slice(0, 10) >= from)
      .sort((a, b) => a.sort[0] - b.sort[0] || (a.sort[1] < b.sort[1] ? -1 : 1));
    const behind = all.filter(({ sort }) => sort[0] > Number(time) || (sort[0] === Number(time) && sort[1] > id));
    const page = behind.slice(0, Number(parameter(request, 'size')));
    return json({
      hits: { total: { value: all.length, relation: 'eq' }, hits: page },
      _meta: { is_data_stale: false, has_data_issue: false, ...meta() },
    });
  });
}

const walk = suite('cfpb');
let hits: Hit[] = [];
let meta: Record<string, unknown> = {};
let source: HttpSource;
walk.before.each(async () => {
  meta = {};
  hits = [
    complaint(1, '2024-01-10'),
    complaint(2, '2024-05-01'),
    complaint(3, '2024-05-02', { company_response: 'Closed with monetary relief' }),
  ];
  source = await serve(
    () => hits,
    () => meta,
  );
});
walk.after.each(() => source.close());

walk('asks for all, oldest first, without aggregations, a thousand at a time and at most 20 times a minute', async () => {
  hits = Array.from({ length: 2300 }, (_, i) => complaint(10_000 + i, `2024-0${1 + Math.floor(i / 1000)}-10`));
  const { rows, pauses } = await readAll(cfpb, options(source.url));
  assert.is(new Set(rows.map((row) => row.values.complaint_id)).size, 2300);
  const [first, second] = source.requests;
  assert.equal(
    ['sort', 'size', 'no_aggs', 'no_highlight', 'date_received_min', 'search_after', 'frm'].map((name) => parameter(first, name)),
    ['created_date_asc', '1000', 'true', 'true', null, null, null],
  );
  assert.is(parameter(second, 'search_after'), `${Date.parse('2024-01-10T12:00:00-05:00')}_10999`);
  // Three seconds a request, less what the answer took.
  assert.is(pauses.length, 2);
  assert.ok(
    pauses.every((milliseconds) => milliseconds > 0 && milliseconds <= 3000),
    String(pauses),
  );
});

walk('reads the last 90 days again, where answers and narratives arrive late', async () => {
  const { store, close } = await tempStore();
  try {
    const given = { connector: cfpb, options: options(source.url), map };
    assert.is((await pull(store, given)).inserted, 3);
    hits[1] = complaint(2, '2024-05-01', { company_response: 'Closed with explanation', complaint_what_happened: 'It was late.' });
    hits.push(complaint(4, '2024-05-03'));
    source.requests.length = 0;
    const report = await pull(store, given);
    assert.equal([report.read, report.inserted, report.updated, report.unchanged], [3, 1, 1, 1]);
    assert.is(parameter(source.requests[0], 'date_received_min'), '2024-02-02');
  } finally {
    await close();
  }
});

walk('tells when the Bureau says its data is stale or has an issue', async () => {
  meta = { is_data_stale: true, has_data_issue: true, last_updated: '2024-05-01T12:00:00-05:00' };
  const { extracts } = await readAll(cfpb, options(source.url));
  assert.match(extracts.at(-1)?.notice ?? '', /stale; it was last updated 2024-05-01.*issue with its data/);
  meta = {};
  assert.is((await readAll(cfpb, options(source.url))).extracts.at(-1)?.notice, undefined);
});

walk('asks for single companies, products and states, and from a date on', async () => {
  await readAll(cfpb, options(source.url, { company: ['ACME BANK', 'B'], product: ['Mortgage'], state: ['NY'], since: '2024-03-01' }));
  const query = source.requests[0]?.url.searchParams;
  assert.equal([query?.getAll('company'), query?.getAll('product'), query?.getAll('state')], [['ACME BANK', 'B'], ['Mortgage'], ['NY']]);
  assert.is(query?.get('date_received_min'), '2024-03-01');
});

walk('ends a run after max_rows and goes on there with the next', async () => {
  hits = Array.from({ length: 2100 }, (_, i) => complaint(10_000 + i, '2024-01-10'));
  const given = options(source.url, { max_rows: 1000 });
  const first = await readAll(cfpb, given);
  assert.is(first.rows.length, 1000);
  const second = await readAll(cfpb, given, first.cursor);
  assert.equal([second.rows.length, second.rows[0]?.values.complaint_id], [1000, '11000']);
  assert.is((await readAll(cfpb, given, second.cursor)).rows.length, 100);
});

walk('read in parts, what is read again with each run included, still comes to its end and begins anew', async () => {
  const { store, close } = await tempStore();
  const start = Date.UTC(2024, 2, 1) / 1000;
  const day = (n: number): string => new Date((start + n * 86_400) * 1000).toISOString().slice(0, 10);
  const days: [number, number | null][] = [];
  // All of it lies within the 90 days: 2,100 complaints and 20 more each day, a thousand a run.
  hits = Array.from({ length: 2100 }, (_, i) => complaint(10_000 + i, day(-30)));
  try {
    for (let n = 0; n < 9; n++) {
      hits.push(...Array.from({ length: 20 }, (_, i) => complaint(20_000 + n * 20 + i, day(n))));
      await pull(store, { connector: cfpb, options: options(source.url, { max_rows: 1000 }), map, now: start + (n + 1) * 86_400 });
      const [through = null] = await store.reader('source_state').pluck<(number | null)[]>('through_at');
      days.push([n, through === null ? null : (through - start) / 86_400 - 1]);
    }
    // Every third run reads to the end; until then what is known stays as it was.
    assert.equal(days, [[0, null], [1, null], [2, 2], [3, 2], [4, 2], [5, 5], [6, 5], [7, 5], [8, 8]]); // prettier-ignore
    assert.is((await store.reader('case_fact').select('case_id')).length, hits.length);
  } finally {
    await close();
  }
});

walk('gives the records that the map cfpb gives from the file export', async () => {
  const narrative = { complaint_what_happened: 'I paid.', tags: 'Older American', sub_issue: 'Twice', state: 'CA' };
  hits = [
    complaint(7, '2024-05-02', { company_response: 'Closed with monetary relief', company_public_response: 'We disagree', ...narrative }),
    complaint(8, '2024-05-03', { issue: null, state: null }),
  ];
  const columns = ['Complaint ID', 'Date received', 'Date sent to company', 'Product', 'Sub-product', 'Issue', 'Sub-issue', 'Company', 'Company response to consumer', 'Company public response', 'Consumer complaint narrative', 'State', 'Submitted via', 'Tags', 'Timely response?']; // prettier-ignore
  const file = [
    ['7', '2024-05-02', '2024-05-02', 'Mortgage', '', 'Late fee', 'Twice', 'ACME BANK', 'Closed with monetary relief', 'We disagree', 'I paid.', 'CA', 'Web', 'Older American', 'Yes'],
    ['8', '2024-05-03', '2024-05-03', 'Mortgage', '', '', '', 'ACME BANK', 'In progress', '', '', '', 'Web', '', 'Yes'],
  ]; // prettier-ignore
  const fromFile = bindMap(fixtureMap('cfpb'), columns);
  const expected = file.map((row, i) =>
    fromFile.record([{ line: i + 1, values: Object.fromEntries(columns.map((name, at) => [name, row[at] ?? ''])) }]),
  );
  const { rows, extracts } = await readAll(cfpb, options(source.url));
  const bound = bindMap(map, extracts.at(-1)?.header ?? []);
  assert.equal(
    rows.map((row) => bound.record([row])),
    expected,
  );
});
walk.run();

const recorded = suite('cfpb on recorded pages');
sharedTests(recorded, {
  async 'finds the 50 complaints of the two recorded pages by the sort values of their last rows'() {
    const folder = 'cfpb-api-fixtures/ccdb5-ui';
    const pages = [1, 2].map((n) => sharedJson<Page>(`${folder}/pagination-listResponseP${n}.json.gz`));
    const ends = pages.map((page) => page.hits.hits.at(-1)?.sort.join('_') ?? '');
    const server = await startHttpSource((request) => {
      const after = parameter(request, 'search_after');
      const [first] = pages;
      const page = after === null ? first : pages[ends.indexOf(after) + 1];
      return json(page ?? { ...first, hits: { ...first?.hits, hits: [] } });
    });
    const { store, close } = await tempStore();
    try {
      const given = { connector: cfpb, options: options(server.url), map };
      const report = await pull(store, given);
      assert.equal([report.read, report.inserted, report.rejected, report.flagged], [50, 50, 0, 0]);
      assert.equal(
        server.requests.map((request) => parameter(request, 'search_after')),
        [null, '1730912400000_10701248', ends[1]],
      );
      assert.equal(report.total, { count: 6_650_388, unit: 'rows' });
      assert.equal(await store.reader('case_fact').distinct('received_on').pluck('received_on'), ['2024-11-06']);
      const again = await pull(store, given);
      assert.equal([again.inserted, again.updated, again.unchanged], [0, 0, 50]);
      assert.is(parameter(server.requests[3], 'date_received_min'), '2024-08-08');
    } finally {
      await close();
      await server.close();
    }
  },
  async 'reads an answer in which keys stand twice, the later one holds'() {
    const path = sharedData('cfpb-api-fixtures/ccdb5-api/break_point_data.json.gz');
    const raw = gunzipSync(readFileSync(path ?? '')).toString('utf8');
    const server = await startHttpSource(({ number }) =>
      text(number === 1 ? `{"hits": ${raw}, "_meta": {}}` : '{"hits": {"hits": []}, "_meta": {}}'),
    );
    const { store, close } = await tempStore();
    try {
      const report = await pull(store, { connector: cfpb, options: options(server.url), map });
      assert.equal([report.read, report.inserted, report.rejected], [12, 12, 0]);
      const first = await store.reader('case_fact').where('source_id', '2943267').pluck('received_on');
      assert.equal(first, ['2018-06-22']);
    } finally {
      await close();
      await server.close();
    }
  },
});
recorded.run();

const contract = suite('cfpb keeps the contract');
let shared: HttpSource;
const many = Array.from({ length: 1040 }, (_, i) =>
  complaint(10_000 + i, `2024-0${1 + (i % 3)}-1${i % 10}`, i === 5 ? { date_received: null } : {}),
);
contract.before(async () => {
  shared = await serve(() => many);
});
contract.after(() => shared.close());
connectorContract(contract, {
  reader: withoutWaiting(cfpb),
  options: () => options(shared.url),
  map,
  read: 1040,
  rejected: 1,
  optionsSchema: cfpb.options,
  // All of it lies within the days that are read again.
  overlapRows: 1040,
});
contract.run();
