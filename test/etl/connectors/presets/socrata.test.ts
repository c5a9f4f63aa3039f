import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { socrata } from '../../../../etl/connectors/presets/socrata.ts';
import { statuses } from '../../../../etl/record.ts';
import type { Store } from '../../../../etl/store/open.ts';
import { connectorContract } from '../../../support/connector-contract.ts';
import { json, startHttpSource, type HttpSource, type SourceRequest } from '../../../support/http-source.ts';
import { tempStore } from '../../../support/store.ts';
import { at, fixtureMap, optionsOf, pull, readAll } from './support.ts';

type Row = Record<string, string> & { ':id': string; ':updated_at': string };

const map = fixtureMap('nyc-311');
const token = 'an-app-token';

/** A service request changed `minutes` after noon in the portal; empty columns are left out, as the portal does. */
function request311(number: number, minutes: number, given: Record<string, string> = {}): Row {
  const changed = new Date(Date.UTC(2024, 5, 1, 12, minutes, 0, number % 1000)).toISOString();
  return {
    ':id': `row-${String(number).padStart(6, '0')}`,
    ':updated_at': changed,
    unique_key: String(number),
    created_date: '2024-05-01T09:30:00.000',
    agency: 'NYPD',
    complaint_type: 'Noise - Residential',
    descriptor: 'Loud Music/Party',
    status: 'In Progress',
    borough: 'BROOKLYN',
    open_data_channel_type: 'PHONE',
    ...given,
  };
}

/** Answers the SoQL that we write: rows changed since a time, or behind a row; always in the order of change and id. */
function serve(rows: () => Row[]): Promise<HttpSource> {
  return startHttpSource(({ url }: SourceRequest) => {
    const where = url.searchParams.get('$where') ?? '';
    const since = /^(?:\(agency = '(\w+)'\) AND )?:updated_at >= '([^']+)'$/.exec(where);
    const behind = /^(?:\(agency = '(\w+)'\) AND )?\(:updated_at > '([^']+)' OR \(:updated_at = '\2' AND :id > '([^']+)'\)\)$/.exec(where);
    if (!since && !behind) return json({ code: 'query.compiler.malformed', message: 'Could not parse SoQL query' }, { status: 400 });
    const agency = since?.[1] ?? behind?.[1];
    const time = Date.parse(since?.[2] ?? behind?.[2] ?? '');
    const found = rows()
      .filter((row) => agency === undefined || row.agency === agency)
      .filter((row) => {
        const changed = Date.parse(row[':updated_at']);
        return since ? changed >= time : changed > time || (changed === time && row[':id'] > (behind?.[3] ?? ''));
      })
      .sort((a, b) => Date.parse(a[':updated_at']) - Date.parse(b[':updated_at']) || (a[':id'] < b[':id'] ? -1 : 1));
    return json(found.slice(0, Number(url.searchParams.get('$limit'))));
  });
}

interface Context {
  rows: Row[];
  source: HttpSource;
  store: Store;
  close: () => Promise<void>;
}
const test = suite<Context>('socrata');
test.before.each(async (context) => {
  const { store, close } = await tempStore();
  const rows = Array.from({ length: 10 }, (_, i) => request311(i + 1, i));
  const source = await serve(() => context.rows);
  Object.assign(context, { rows, source, store, close: async () => (await source.close(), await close()) });
});
test.after.each((context) => context.close());

const options = (url: string, more: Record<string, unknown> = {}, secrets: Record<string, string> = {}) =>
  optionsOf(socrata, { url: `${url}/resource/erm2-nwe9.json`, page_rows: 4, ...more }, secrets);
const run = ({ source, store }: Context, more: Record<string, unknown> = {}) =>
  pull(store, { connector: socrata, options: options(source.url, more), map });
const factOf = async (store: Store, id: number) =>
  (await store.reader('case_fact').where('source_id', String(id)).first()) as Record<string, number | string | null>;
const rulesOf = async (store: Store, caseId: unknown) =>
  store
    .reader('case_flag')
    .where('case_id', caseId as number)
    .pluck('rule');

test('reads a data set by the key of the last row, and what changed by its time', async (context) => {
  assert.is((await run(context)).inserted, 10);
  assert.is(context.source.requests.length, 3);
  assert.is(
    context.source.requests[1]?.url.searchParams.get('$where'),
    `(:updated_at > '${context.rows[3]?.[':updated_at']}' OR (:updated_at = '${context.rows[3]?.[':updated_at']}' AND :id > 'row-000004'))`,
  );
  assert.is(context.source.requests[0]?.url.searchParams.get('$order'), ':updated_at,:id');
  context.rows[2] = request311(3, 30, { status: 'Closed', closed_date: '2024-05-01T11:00:00.000' });
  const report = await run(context);
  assert.equal([report.inserted, report.updated], [0, 1]);
  assert.ok(report.read < 10, 'only rows of the last minutes came again');
});

test('signs in with the app token where there is one', async ({ source }) => {
  await readAll(socrata, options(source.url, {}, { token }));
  assert.is(source.requests[0]?.headers['x-app-token'], token);
});

test('asks again when the portal says that it is not ready (202)', async ({ source }) => {
  source.interrupt((response) => void response.writeHead(202, { 'retry-after': '7' }).end('{}'));
  const { rows, pauses } = await readAll(socrata, options(source.url));
  assert.equal([rows.length, pauses], [10, [7000]]);
});

test('a data set that is published anew comes in parts, one a run, and none is lost', async (context) => {
  await run(context);
  // All rows have one and the same time now: no watermark leads out of it.
  context.rows = Array.from({ length: 30 }, (_, i) =>
    request311(i + 1, 0, { ':updated_at': '2024-07-01T04:00:00.000Z', status: 'Closed', closed_date: '2024-06-01T00:00:00.000' }),
  );
  const reports = [];
  for (let i = 0; i < 4; i++) reports.push(await run(context, { max_rows: 8 }));
  assert.equal(
    reports.map((report) => report.inserted + report.updated),
    [8, 8, 8, 6],
  );
  assert.is((await run(context, { max_rows: 8 })).updated, 0);
  const cases = await context.store.reader('case_fact').where('status', statuses.indexOf('closed') + 1);
  assert.is(cases.length, 30);
});

test('asks only for what `where` says', async (context) => {
  context.rows[1] = request311(2, 1, { agency: 'DOT' });
  assert.is((await run(context, { where: "agency = 'NYPD'" })).inserted, 9);
});

test('takes times as New York wall clock; the hour that comes twice is the earlier one', async (context) => {
  context.rows = [
    request311(1, 0, { created_date: '2024-07-04T08:00:00.000', closed_date: '2024-07-05T20:15:00.000', status: 'Closed' }),
    request311(2, 1, { created_date: '2024-11-03T01:30:00.000' }),
  ];
  const report = await run(context);
  assert.equal([report.inserted, report.flagged], [2, 0]);
  const first = await factOf(context.store, 1);
  assert.equal(
    [first.received_at, first.resolved_at, first.received_on],
    [at('2024-07-04T12:00:00Z'), at('2024-07-06T00:15:00Z'), '2024-07-04'],
  );
  assert.is((await factOf(context.store, 2)).received_at, at('2024-11-03T05:30:00Z'));
});

test('keeps the known defects and says so: closed before created, closed without a date, an unknown status', async (context) => {
  context.rows = [
    request311(1, 0, { status: 'Closed', created_date: '2024-05-02T10:00:00.000', closed_date: '2024-05-01T00:00:00.000' }),
    request311(2, 1, { status: 'Closed' }),
    request311(3, 2, { status: 'Unspecified' }),
    request311(4, 3, { status: 'Email Bounced' }),
  ];
  assert.is((await run(context)).inserted, 4);
  const [first, second, third, fourth] = await Promise.all([1, 2, 3, 4].map((id) => factOf(context.store, id)));
  assert.equal(await rulesOf(context.store, first?.case_id), ['time_order']);
  assert.is(first?.resolution_minutes, null, 'a negative duration is none');
  assert.equal([second?.is_ended_on_unknown_date, statuses[Number(second?.status) - 1]], [1, 'closed']);
  assert.is(statuses[Number(third?.status) - 1], 'open', 'without an end it is open');
  assert.equal(await rulesOf(context.store, fourth?.case_id), ['unknown_label']);
});
test.run();

const contract = suite('socrata keeps the contract');
let shared: HttpSource;
const rows = Array.from({ length: 20 }, (_, i) => request311(i + 1, i, i === 4 ? { created_date: 'soon' } : {}));
contract.before(async () => {
  shared = await serve(() => rows);
});
contract.after(() => shared.close());
connectorContract(contract, {
  reader: socrata,
  options: () => options(shared.url),
  map,
  read: 20,
  rejected: 1,
  optionsSchema: socrata.options,
  overlapRows: 3,
});
contract.run();
