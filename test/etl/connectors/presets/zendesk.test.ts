import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { zendesk, zendeskSatisfaction } from '../../../../etl/connectors/presets/zendesk.ts';
import { statuses } from '../../../../etl/record.ts';
import type { Store } from '../../../../etl/store/open.ts';
import { connectorContract } from '../../../support/connector-contract.ts';
import { busy, json, startHttpSource, type HttpSource, type Reply, type SourceRequest } from '../../../support/http-source.ts';
import { tempStore } from '../../../support/store.ts';
import { at, fixtureMap, messageOf, optionsOf, pull, withoutWaiting } from './support.ts';

interface Ticket {
  id: number;
  generated_timestamp: number;
  [field: string]: unknown;
}
interface Rating {
  id: number;
  ticket_id: number;
  score: string;
  created_at: string;
  updated_at: string;
  comment: string | null;
}

const begun = at('2025-03-03T10:00:00Z');
const secret = 'an-api-token';
const users = [
  { id: 50, name: 'Mrs Customer', email: 'customer@shop.example' },
  { id: 60, name: 'alice', email: 'alice@lab.example' },
];
const groups = [{ id: 70, name: 'Front desk' }];

/** A ticket as the export has it, generated `minutes` after {@link begun}. */
function ticket(id: number, minutes: number, given: Record<string, unknown> = {}): Ticket {
  return {
    id,
    generated_timestamp: begun + minutes * 60,
    subject: `Subject ${id}`,
    description: 'It broke.',
    status: 'open',
    priority: 'high',
    type: 'problem',
    via: { channel: 'web', source: { from: {} } },
    created_at: '2025-03-03T10:00:00Z',
    updated_at: '2025-03-03T10:00:00Z',
    tags: ['complaint', 'vip'],
    requester_id: 50,
    assignee_id: 60,
    group_id: 70,
    custom_fields: [{ id: 360, value: 'Broadband' }],
    satisfaction_rating: { score: 'unoffered' },
    ...given,
  };
}
function metrics(ticketId: number, given: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: ticketId + 9000,
    ticket_id: ticketId,
    reopens: 0,
    replies: 1,
    assignee_stations: 1,
    solved_at: null,
    reply_time_in_minutes: { calendar: null, business: null },
    first_resolution_time_in_minutes: { calendar: null, business: null },
    ...given,
  };
}
function rating(id: number, ticketId: number, score: string, given: Partial<Rating> = {}): Rating {
  return {
    id,
    ticket_id: ticketId,
    score,
    comment: null,
    created_at: '2025-03-05T08:00:00Z',
    updated_at: '2025-03-05T08:00:00Z',
    ...given,
  };
}

interface Desk {
  /** In the order of the export; a ticket may stand in it twice, as the older export repeats rows. */
  tickets: Ticket[];
  metricSets: Record<string, unknown>[];
  ratings: Rating[];
  pageSize: number;
}

/** Zendesk as its documentation says: the cursor export (a time once, then cursors) and the ratings, both for administrators. */
function rule(desk: Desk) {
  return (request: SourceRequest): Reply => {
    const { pathname, searchParams: query } = request.url;
    const expected = `Basic ${Buffer.from(`admin@shop.example/token:${secret}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return json({ error: "Couldn't authenticate you" }, { status: 401 });
    if (pathname === '/api/v2/incremental/tickets/cursor.json') {
      const [cursor, start] = [query.get('cursor'), query.get('start_time')];
      if ((cursor === null) === (start === null))
        return json({ error: 'InvalidValue', description: 'give start_time or cursor' }, { status: 400 });
      const from =
        cursor === null ? desk.tickets.findIndex((each) => each.generated_timestamp >= Number(start)) : Number(cursor.replace('c', ''));
      const first = from < 0 ? desk.tickets.length : from;
      const page = desk.tickets.slice(first, first + desk.pageSize);
      const end = first + page.length;
      return json({
        tickets: page,
        ...(query.get('include')?.includes('metric_sets') ? { users, groups, metric_sets: desk.metricSets } : {}),
        after_cursor: `c${end}`,
        after_url: `https://elsewhere.example/?cursor=c${end}`,
        end_of_stream: end >= desk.tickets.length,
      });
    }
    if (pathname !== '/api/v2/satisfaction_ratings.json') return json({ error: 'RecordNotFound' }, { status: 404 });
    const from = Number(query.get('start_time') ?? 0);
    const found = desk.ratings.filter((each) => at(each.created_at) >= from);
    const after = Number(query.get('page[after]') ?? 0);
    const size = Math.min(desk.pageSize, Number(query.get('page[size]')));
    const page = found.slice(after, after + size);
    const hasMore = after + size < found.length;
    return json({
      satisfaction_ratings: page,
      meta: { has_more: hasMore, after_cursor: hasMore ? String(after + size) : null },
      links: {},
    });
  };
}

interface Context {
  desk: Desk;
  source: HttpSource;
  store: Store;
  close: () => Promise<void>;
}
const test = suite<Context>('zendesk');
test.before.each(async (context) => {
  const desk: Desk = {
    tickets: [ticket(1, 1), ticket(2, 2, { status: 'closed', priority: null }), ticket(3, 3, { status: 'pending' })],
    metricSets: [
      metrics(1, { reply_time_in_minutes: { calendar: 90, business: 30 } }),
      metrics(2, {
        solved_at: '2025-03-04T12:00:30Z',
        reopens: 1,
        assignee_stations: 3,
        first_resolution_time_in_minutes: { calendar: 600, business: 1 },
      }),
      metrics(3),
    ],
    ratings: [
      rating(800, 1, 'offered'),
      rating(801, 2, 'good', { updated_at: '2025-03-06T09:00:00Z', comment: 'Quick.' }),
      rating(802, 3, 'bad', { updated_at: '2025-03-07T09:00:00Z' }),
    ],
    pageSize: 2,
  };
  const { store, close } = await tempStore();
  const source = await startHttpSource(rule(desk));
  Object.assign(context, { desk, source, store, close: async () => (await source.close(), await close()) });
});
test.after.each((context) => context.close());

const account = (url: string) => ({ url, user: 'admin@shop.example' });
const options = (url: string, more: Record<string, unknown> = {}) => optionsOf(zendesk, { ...account(url), ...more }, { token: secret });
const map = fixtureMap('zendesk');
const run = ({ source, store }: Context, more: Record<string, unknown> = {}, pauses: number[] = []) =>
  pull(store, { connector: zendesk, options: options(source.url, more), map, pauses });
const factOf = async (store: Store, id: number) =>
  (await store.reader('case_fact').where('source_id', String(id)).first()) as Record<string, number | string | null>;
const queries = (source: HttpSource, path: string) =>
  source.requests.filter((r) => r.url.pathname.includes(path)).map((r) => r.url.searchParams);

test('makes cases of tickets with the people, group and metrics that come beside them', async (context) => {
  const report = await run(context);
  assert.equal([report.inserted, report.rejected, report.flagged], [3, 0, 0]);
  const [first, second, third] = await Promise.all([1, 2, 3].map((id) => factOf(context.store, id)));
  assert.is(first?.first_response_at, begun + 90 * 60);
  assert.equal(
    [statuses[Number(second?.status) - 1], second?.resolved_at, second?.first_resolved_at],
    ['closed', at('2025-03-04T12:00:30Z'), begun + 600 * 60],
  );
  assert.equal([second?.reopen_count, second?.reassign_count], [1, 2]);
  assert.equal([statuses[Number(third?.status) - 1], third?.resolved_at], ['waiting', null]);
  const labels = await context.store.reader('label').whereIn('dimension', ['agent', 'team', 'channel']).pluck<string[]>('name');
  assert.equal(labels.filter((name) => !name.startsWith('(')).sort(), ['Front desk', 'alice', 'web']);
  assert.is(await context.store.reader('survey_fact').first(), undefined);
});

test('gives a start time once and cursors after that, also in the next run', async (context) => {
  const { source } = context;
  await run(context, { since: '2025-03-01' });
  context.desk.tickets.push(ticket(1, 20, { status: 'solved' }));
  const report = await run(context, { since: '2025-03-01' });
  assert.equal([report.read, report.updated], [1, 1]);
  assert.equal(
    queries(source, 'incremental').map((query) => [query.get('start_time'), query.get('cursor')]),
    [[String(at('2025-03-01T00:00:00Z')), null], [null, 'c2'], [null, 'c3']],
  ); // prettier-ignore
});

test('a ticket that comes again as it was changes nothing, and the later one holds where it changed', async (context) => {
  context.desk.tickets = [
    ticket(1, 1),
    ticket(2, 2),
    ticket(1, 1),
    ticket(2, 5, { status: 'pending' }),
    ticket(2, 5, { status: 'pending' }),
  ];
  const report = await run(context);
  assert.equal([report.read, report.inserted, report.rejected], [5, 2, 0]);
  assert.is(statuses[Number((await factOf(context.store, 2)).status) - 1], 'waiting');
});

test('takes out tickets that the export says are deleted', async (context) => {
  await run(context);
  context.desk.tickets.push(ticket(2, 10, { status: 'deleted' }));
  const report = await run(context);
  assert.equal([report.removed, report.rejected], [1, 0]);
  assert.equal(await context.store.reader('case_fact').orderBy('source_id').pluck('source_id'), ['1', '3']);
});

test('tells of the newer survey where there are no ratings, or they are refused', async (context) => {
  const notice = async (): Promise<unknown> => (await context.store.reader('source_state').pluck('notice'))[0];
  const newer = /accounts that use the newer survey of Zendesk have no ratings here: leave `satisfaction` out then$/;
  await run(context, { satisfaction: true });
  assert.is(await notice(), null);
  context.desk.ratings = [];
  await run(context, { satisfaction: true });
  assert.match(String(await notice()), newer);
  await run(context);
  assert.is(await notice(), null);
  const tickets = json({ tickets: [], after_cursor: 'c3', end_of_stream: true });
  context.source.interrupt(tickets, json({ error: 'Forbidden' }, { status: 403 }));
  assert.match(await messageOf(run(context, { satisfaction: true })), newer);
});

test('waits as long as Zendesk says when it is busy, and asks ten times a minute at most', async (context) => {
  const pauses: number[] = [];
  context.source.interrupt(busy(429, 37));
  const report = await run(context, {}, pauses);
  assert.is(report.inserted, 3);
  assert.ok(pauses.includes(37_000), String(pauses));
  assert.ok(
    pauses.some((milliseconds) => milliseconds > 1000 && milliseconds <= 6000),
    String(pauses),
  );
});

test('keeps what was read before the token was revoked, and goes on from there', async (context) => {
  context.source.interrupt(
    rule(context.desk)({
      number: 1,
      url: new URL('/api/v2/incremental/tickets/cursor.json?start_time=0&include=metric_sets', context.source.url),
      method: 'GET',
      body: '',
      headers: { authorization: `Basic ${Buffer.from(`admin@shop.example/token:${secret}`).toString('base64')}` },
    }),
    json({ error: 'no' }, { status: 401 }),
  );
  const message = await messageOf(run(context));
  assert.match(message, /401.*`token`/);
  assert.not.match(message, new RegExp(secret));
  const report = await run(context);
  assert.equal([report.read, report.inserted], [1, 3]);
});

test('with satisfaction: true the ratings stand with their tickets, those only offered as asked and not answered', async (context) => {
  const report = await run(context, { satisfaction: true });
  assert.equal([report.read, report.inserted, report.rejected], [6, 3, 0]);
  const surveys = await context.store
    .reader('survey_fact')
    .orderBy('source_id')
    .select('source_id', 'asked_at', 'answered_at', 'score', 'is_satisfied', 'comment', 'team');
  const asked = at('2025-03-05T08:00:00Z');
  const team = Number((await factOf(context.store, 1)).team);
  assert.equal(surveys, [
    { source_id: '800', asked_at: asked, answered_at: null, score: null, is_satisfied: null, comment: null, team },
    { source_id: '801', asked_at: asked, answered_at: at('2025-03-06T09:00:00Z'), score: 1, is_satisfied: 1, comment: 'Quick.', team },
    { source_id: '802', asked_at: asked, answered_at: at('2025-03-07T09:00:00Z'), score: 0, is_satisfied: 0, comment: null, team },
  ]);
});

test('an answer that comes later replaces the question, and a rating whose ticket is not there waits for it', async (context) => {
  const { desk, store } = context;
  desk.ratings.push(rating(803, 4, 'good', { updated_at: '2025-03-08T09:00:00Z' }));
  assert.equal([(await run(context, { satisfaction: true })).rejected, (await store.reader('survey_fact')).length], [1, 3]);
  desk.ratings[0] = rating(800, 1, 'good', { updated_at: '2025-03-20T09:00:00Z' });
  desk.tickets.push(ticket(4, 30));
  desk.metricSets.push(metrics(4));
  const report = await run(context, { satisfaction: true });
  assert.equal([report.inserted, report.updated, report.rejected], [1, 1, 0]);
  assert.equal(await store.reader('survey_fact').orderBy('source_id').pluck('score'), [1, 1, 0, 1]);
  const again = await run(context, { satisfaction: true });
  assert.equal([again.inserted, again.updated, again.removed], [0, 0, 0]);
});

test('zendesk-satisfaction alone makes closed enquiries of the tickets that were asked', async ({ source, store }) => {
  const given = {
    connector: zendeskSatisfaction,
    options: optionsOf(zendeskSatisfaction, account(source.url), { token: secret }),
    map: fixtureMap('zendesk-satisfaction'),
  };
  const report = await pull(store, given);
  assert.equal([report.inserted, report.rejected, report.flagged], [3, 0, 0]);
  const cases = await store.reader('case_fact').distinct('kind', 'status');
  assert.equal(cases, [{ kind: 4, status: statuses.indexOf('closed') + 1 }]);
  assert.equal(await store.reader('survey_fact').orderBy('source_id').pluck('score'), [null, 1, 0]);
  assert.equal(queries(source, 'satisfaction')[0]?.get('start_time'), null);
  await pull(store, given);
  // Sixty days before the last time of asking, which is 2025-03-05T08:00:00Z.
  assert.is(queries(source, 'satisfaction').at(-2)?.get('start_time'), String(at('2025-01-04T08:00:00Z')));
});
test.run();

const contract = suite('zendesk keeps the contract');
const desk: Desk = {
  tickets: Array.from({ length: 7 }, (_, i) => ticket(i + 1, i, i === 3 ? { created_at: 'soon' } : {})),
  metricSets: Array.from({ length: 7 }, (_, i) => metrics(i + 1)),
  ratings: Array.from({ length: 5 }, (_, i) => rating(800 + i, i + 1, 'good')),
  pageSize: 3,
};
let shared: HttpSource;
contract.before(async () => {
  shared = await startHttpSource(rule(desk));
});
contract.after(() => shared.close());
connectorContract(contract, {
  reader: withoutWaiting(zendesk),
  options: () => options(shared.url, { satisfaction: true }),
  map,
  read: 12,
  rejected: 1,
  optionsSchema: zendesk.options,
  // The ratings of the last sixty days.
  overlapRows: 5,
});
connectorContract(contract, {
  reader: withoutWaiting(zendeskSatisfaction),
  options: () => optionsOf(zendeskSatisfaction, account(shared.url), { token: secret }),
  map: fixtureMap('zendesk-satisfaction'),
  read: 5,
  rejected: 0,
  optionsSchema: zendeskSatisfaction.options,
  overlapRows: 5,
});
contract.run();
