import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requestTracker } from '../../../../etl/connectors/presets/request-tracker.ts';
import { eventKinds, statuses } from '../../../../etl/record.ts';
import type { Store } from '../../../../etl/store/open.ts';
import { connectorContract } from '../../../support/connector-contract.ts';
import { htmlPage, json, redirect, refused, startHttpSource } from '../../../support/http-source.ts';
import { sharedTests } from '../../../support/shared-data.ts';
import { tempStore } from '../../../support/store.ts';
import { requestTrackerToken as token, serveRequestTracker, type Item, type RequestTrackerServer } from './request-tracker-server.ts';
import { at, fixtureMap, messageOf, optionsOf, pull, readAll, sharedJson } from './support.ts';

const map = fixtureMap('request-tracker');
const start = Date.UTC(2026, 0, 5, 9) / 1000;

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** A ticket changed `minutes` after {@link start}; custom fields by name. */
function ticket(id: number, minutes: number, given: Record<string, unknown> = {}, fields: Record<string, string[]> = {}): Item {
  return {
    type: 'ticket',
    id: String(id),
    Subject: `Subject ${id}`,
    Status: 'new',
    Queue: { type: 'queue', id: '3', Name: 'Complaints' },
    Owner: { type: 'user', id: 'Nobody', Name: 'Nobody' },
    Requestor: [{ type: 'user', id: 'customer1', Name: 'customer1', EmailAddress: 'customer1@lab.example' }],
    Created: time(start),
    Started: '1970-01-01T00:00:00Z',
    Told: null,
    Resolved: '1970-01-01T00:00:00Z',
    Due: '1970-01-01T00:00:00Z',
    LastUpdated: time(start + minutes * 60),
    Priority: '50',
    EffectiveId: String(id),
    CustomFields: Object.entries({ Product: ['Card'], Issue: [], Labels: [], ...fields }).map(([name, values], i) => ({
      type: 'customfield',
      id: String(i + 2),
      name,
      values,
    })),
    ...given,
  };
}

function transaction(id: number, ticketId: number, minutes: number, type: string, given: Record<string, unknown> = {}): Item {
  const Creator = { type: 'user', id: 'alice' };
  return {
    type: 'transaction',
    id: String(id),
    ObjectId: String(ticketId),
    Type: type,
    Field: '',
    OldValue: '',
    NewValue: '',
    Creator,
    Created: time(start + minutes * 60),
    ...given,
  };
}

const status = (id: number, ticketId: number, minutes: number, from: string, to: string): Item =>
  transaction(id, ticketId, minutes, 'Status', { Field: 'Status', OldValue: from, NewValue: to });

interface Context {
  rt: RequestTrackerServer;
  store: Store;
  close: () => Promise<void>;
}

function suiteOf(name: string, given: () => { tickets: Item[]; transactions: Item[] }) {
  const test = suite<Context>(name);
  test.before.each(async (context) => {
    const { store, close } = await tempStore();
    const rt = await serveRequestTracker(given());
    Object.assign(context, { rt, store, close: async () => (await rt.close(), await close()) });
  });
  test.after.each((context) => context.close());
  return test;
}

const options = (rt: { url: string }, more: Record<string, unknown> = {}) =>
  optionsOf(requestTracker, { url: rt.url, queue: ['Complaints'], ...more }, { token });
const run = ({ rt, store }: Context, more: Record<string, unknown> = {}) =>
  pull(store, { connector: requestTracker, options: options(rt, more), map });
const ids = async (store: Store) =>
  (await store.reader('case_fact').orderBy('case_id').pluck<string[]>('source_id')).map(Number).sort((a, b) => a - b);
const factOf = async (store: Store, id: number) =>
  (await store.reader('case_fact').where('source_id', String(id)).first()) as Record<string, number | null>;

const made = suiteOf('request-tracker', () => ({
  tickets: [
    ticket(1, 10),
    ticket(
      2,
      20,
      { Status: 'resolved', Resolved: time(start + 1200), Owner: { type: 'user', id: 'alice', Name: 'alice' } },
      { CSAT: ['4'] },
    ),
    ticket(3, 30),
    ticket(4, 40, { Queue: { type: 'queue', id: '4', Name: 'Archive' } }),
  ],
  transactions: [
    status(1, 2, 5, 'new', 'open'),
    transaction(2, 2, 6, 'Correspond', { Creator: { id: 'customer1' } }),
    transaction(3, 2, 7, 'Correspond'),
    transaction(4, 2, 7, 'EmailRecord'),
    status(5, 2, 20, 'open', 'resolved'),
    transaction(6, 3, 30, 'Set', { Field: 'Priority', OldValue: '50', NewValue: '100' }),
  ],
}));

made('makes a case of each ticket of the queue, with what its history says', async (context) => {
  const report = await run(context);
  assert.equal([report.inserted, report.rejected, report.flagged], [3, 0, 0]);
  assert.equal(await ids(context.store), [1, 2, 3]);
  const second = await factOf(context.store, 2);
  assert.is(statuses[(second.status ?? 0) - 1], 'resolved');
  // The customer wrote at minute 6, that is no answer; alice at minute 7.
  assert.is(second.first_response_at, start + 7 * 60);
  assert.is(second.resolved_at, start + 1200);
  assert.is(second.reopen_count, 0);
  assert.equal(await context.store.reader('survey_fact').pluck('score'), [4]);
  assert.is((await factOf(context.store, 3)).first_escalated_at, start + 30 * 60);
  assert.is((await factOf(context.store, 1)).due_at, null, 'a date that is not set is none');
});

made('asks in the way Request Tracker needs to be asked', async (context) => {
  await run(context);
  const [first = ''] = context.rt.requests.filter((request) => request.startsWith('/REST/2.0/tickets'));
  const query = new URLSearchParams(first.slice(first.indexOf('?')));
  assert.is(query.get('query'), "(Queue = 'Complaints') AND LastUpdated >= '1970-01-02 00:00:00'");
  assert.equal(
    [query.getAll('orderby'), query.getAll('order')],
    [
      ['LastUpdated', 'id'],
      ['ASC', 'ASC'],
    ],
  );
  assert.is(query.get('per_page'), '100');
});

made('changes nothing when nothing has changed, though custom fields and keys come in another order', async (context) => {
  await run(context);
  for (let again = 0; again < 3; again++) {
    const report = await run(context);
    assert.equal([report.inserted, report.updated, report.removed, report.rejected], [0, 0, 0, 0]);
  }
});

made('asks from two minutes before the last change it saw', async (context) => {
  await run(context);
  context.rt.requests.length = 0;
  await run(context);
  const lists = context.rt.requests.filter((request) => request.startsWith('/REST/2.0/tickets') && request.includes('CustomFields'));
  assert.match(new URLSearchParams(lists[0]).toString(), /2026-01-05\+09%3A28%3A00/);
});

made('a reopened ticket is not resolved, though its time of resolving stays', async (context) => {
  await run(context);
  const changed = context.rt.tickets[1];
  Object.assign(changed ?? {}, { Status: 'open', LastUpdated: time(start + 60 * 60) });
  context.rt.transactions.push(status(7, 2, 60, 'resolved', 'open'));
  const report = await run(context);
  assert.equal([report.inserted, report.updated], [0, 1]);
  const fact = await factOf(context.store, 2);
  assert.equal(
    [fact.resolved_at, fact.first_resolved_at, fact.first_reopened_at, fact.reopen_count],
    [null, start + 1200, start + 3600, 1],
  );
  const kinds = await context.store.reader('case_event').where('case_id', fact.case_id).orderBy('at').pluck<number[]>('kind');
  assert.equal(
    kinds.map((kind) => eventKinds[kind - 1]),
    ['status changed', 'responded', 'resolved', 'reopened'],
  );
});

made('takes out what was deleted, merged or moved away, and takes in what came back', async (context) => {
  const { rt, store } = context;
  await run(context);
  rt.hidden.add('1');
  rt.transactions.push(status(10, 1, 70, 'new', 'deleted'));
  rt.hidden.add('3');
  const merge = { Field: 'MergedInto', NewValue: 'fsck.com-rt://lab.example/ticket/2' };
  rt.transactions.push(transaction(11, 3, 71, 'AddLink', merge), transaction(12, 2, 71, 'AddLink', merge));
  Object.assign(rt.tickets[1] ?? {}, { LastUpdated: time(start + 71 * 60) });
  const report = await run(context);
  assert.is(report.removed, 2);
  assert.equal(await ids(store), [2]);

  Object.assign(rt.tickets[1] ?? {}, { Queue: { id: '4', Name: 'Archive' } });
  rt.transactions.push(transaction(13, 2, 80, 'Set', { Field: 'Queue', OldValue: '3', NewValue: '4' }));
  assert.is((await run(context)).removed, 1);
  assert.equal(await ids(store), []);

  Object.assign(rt.tickets[1] ?? {}, { Queue: { id: '3', Name: 'Complaints' }, LastUpdated: time(start + 90 * 60) });
  rt.transactions.push(transaction(14, 2, 90, 'Set', { Field: 'Queue', OldValue: '4', NewValue: '3' }));
  await run(context);
  assert.equal(await ids(store), [2]);
  assert.is((await factOf(store, 2)).first_response_at, start + 7 * 60, 'its history came with it');
});

made('does not ask about everything that was ever deleted in its first run', async (context) => {
  context.rt.transactions.push(...Array.from({ length: 50 }, (_, i) => status(100 + i, 500 + i, 1, 'open', 'deleted')));
  await run(context);
  assert.is(context.rt.requests.filter((request) => /id\+%3D\+5\d\d/.test(request) && request.startsWith('/REST/2.0/tickets')).length, 0);
});

made('a ticket that is deleted while a first run reads is taken out by the next', async (context) => {
  const { rt, store } = context;
  rt.afterAnswer = (path, query) => {
    if (!path.endsWith('/transactions') || !query.get('query')?.includes('TicketId = 1')) return;
    rt.hidden.add('1');
    rt.transactions.push(status(20, 1, 12, 'new', 'deleted'));
    rt.afterAnswer = () => undefined;
  };
  await run(context);
  assert.equal(await ids(store), [1, 2, 3]);
  assert.is((await run(context)).removed, 1);
  assert.equal(await ids(store), [2, 3]);
});

made('mails it may not see do not hide what comes after them', async (context) => {
  context.rt.transactions.push(...Array.from({ length: 250 }, (_, i) => transaction(1000 + i, 1, 11, 'EmailRecord')));
  context.rt.transactions.push(status(2000, 1, 12, 'new', 'open'));
  context.rt.isVisible = ({ Type }) => Type !== 'EmailRecord';
  await run(context);
  const fact = await factOf(context.store, 1);
  assert.is((await context.store.reader('case_event').where('case_id', fact.case_id)).length, 1);
});

made('with text: true the first message is what happened', async (context) => {
  const text = (id: number, type: string, Content: string): Item => ({
    type: 'attachment',
    id: String(id),
    ContentType: type,
    Content,
    TransactionId: '1',
  });
  context.rt.attachments.set('1', [
    text(1, 'multipart/mixed', ''),
    text(2, 'text/plain', 'The card never came.'),
    { ...text(3, 'text/plain', 'A reply.'), TransactionId: '9' },
  ]);
  await run(context, { text: true });
  const fact = await factOf(context.store, 1);
  assert.equal(await context.store.reader('case_text').where('case_id', fact.case_id).pluck('narrative'), ['The card never came.']);
});

made('a reader in another zone than UTC is refused before a row is lost', async (context) => {
  context.rt.offset = -5 * 3600;
  assert.match(await messageOf(run(context)), /time zone of the account.*to UTC/);
  assert.equal(await ids(context.store), []);
  context.rt.offset = 9 * 3600;
  await run(context);
  assert.match(await messageOf(run(context)), /older than asked for/);
});

made('a first run that finds nothing says that rights may be missing', async (context) => {
  const { extracts } = await readAll(requestTracker, options(context.rt, { queue: ['Complaint'] }));
  assert.match(extracts.at(-1)?.notice ?? '', /no ticket of Complaint\..*a right is missing.*SeeQueue and ShowTicket/);
});

made('tickets that are counted and not shown stop the run', async (context) => {
  context.rt.isListing = false;
  assert.match(await messageOf(run(context)), /counts tickets and shows none/);
});

made('a token that was revoked stops the run and names the option', async ({ rt }) => {
  const given = { ...options(rt), token: '1-39-00000000000000000000000000000000' };
  const message = await messageOf(readAll(requestTracker, given));
  assert.match(message, /401.*`token`/);
  assert.not.match(message, /1-39-/);
});

made('answers that are none of Request Tracker stop the run with what to do', async () => {
  const source = await startHttpSource(() => redirect('/'));
  try {
    const ask = () => messageOf(readAll(requestTracker, options(source)));
    assert.match(await ask(), /sends us on \(302\).*sign-in page/);
    source.always(htmlPage());
    assert.match(await ask(), /web page/);
    source.always(refused(403, 'Forbidden'));
    assert.match(await ask(), /403.*`token`/);
    source.always(json({ message: 'no items' }));
    assert.match(await ask(), /list of rows at "items"/);
  } finally {
    await source.close();
  }
});

made('refuses names and addresses it could not ask for', ({ rt }) => {
  const parse = (more: Record<string, unknown>) =>
    requestTracker.options.safeParse({ url: rt.url, queue: ['Complaints'], token: '${RT_TOKEN}', ...more });
  assert.ok(parse({}).success);
  for (const wrong of [
    { queue: ["O'Neil"] },
    { queue: [] },
    { url: 'rt.example.org' },
    { url: 'https://me:pw@rt.example.org' },
    { token: '1-39-ab' },
    { fields: ['Time Worked'] },
  ])
    assert.not.ok(parse(wrong).success, JSON.stringify(wrong));
});
made.run();

const many = suiteOf('request-tracker with more than a page', () => ({
  tickets: Array.from({ length: 170 }, (_, i) => ticket(i + 1, i < 60 ? i : 130)),
  transactions: [],
}));

many('loses no ticket when tickets move between pages while they are read, nor where more than a page has one second', async (context) => {
  const { rt, store } = context;
  let lists = 0;
  rt.afterAnswer = (path, query) => {
    if (!path.endsWith('/tickets') || query.get('per_page') !== '100') return;
    // A ticket of the first page is touched after it was read, so that all behind it move up by one.
    if (++lists === 2) Object.assign(rt.tickets[3] ?? {}, { LastUpdated: time(start + 200 * 60) });
  };
  await run(context);
  assert.equal(
    await ids(store),
    Array.from({ length: 170 }, (_, i) => i + 1),
  );
  const report = await run(context);
  assert.equal([report.inserted, report.updated, report.rejected], [0, 0, 0]);
});
many.run();

const recorded = suite('request-tracker on recorded answers');
sharedTests(recorded, {
  async 'reads the recorded tickets and histories as Request Tracker wrote them'() {
    const folder = 'request-tracker-responses';
    const items = (name: string): Item[] => sharedJson<{ items: Item[] }>(`${folder}/${name}.json`).items;
    const queues = new Map(items('queues-all').map((queue) => [queue.id, String(queue.Name)]));
    const listed = [...items('tickets-page-1'), ...items('tickets-page-2')];
    // A single ticket comes with less beside its names than in a list that asks for more.
    const single = [
      'ticket-11',
      'ticket-301-active-with-stale-Resolved',
      'ticket-303-rejected-never-answered',
      'ticket-34-merged-into-31',
    ].map((name) => {
      const found = sharedJson<Item>(`${folder}/${name}.json`);
      const [queue, owner] = [found.Queue as { id: string }, found.Owner as { id: string }];
      const Requestor = (found.Requestor as { id: string }[]).map((each) => ({ ...each, EmailAddress: `${each.id}@customers.example` }));
      return {
        ...found,
        id: String(found.id),
        Queue: { ...queue, Name: queues.get(queue.id) },
        Owner: { ...owner, Name: owner.id },
        Requestor,
      };
    });
    const transactions = new Map(
      [
        ...items('ticket-11-history-reopened-twice'),
        ...items('ticket-301-history-every-kind-of-change'),
        ...items('ticket-31-history-after-merge'),
        ...items('transactions-tombstones-merged'),
        ...items('transactions-tombstones-deleted'),
      ].map((item) => [item.id, item]),
    );
    const rt = await serveRequestTracker({ tickets: [...listed, ...single], transactions: [...transactions.values()] });
    const { store, close } = await tempStore();
    try {
      const given = { connector: requestTracker, options: options(rt, { queue: ['Complaints', 'Feedback'] }), map };
      const report = await pull(store, given);
      assert.equal([report.inserted, report.rejected, report.flagged], [10, 0, 0]);
      assert.equal(await ids(store), [11, 31, 166, 168, 170, 171, 172, 174, 301, 303]);
      const shown = async (id: number) => {
        const fact = await factOf(store, id);
        return { ...fact, status: statuses[(fact.status ?? 0) - 1] } as Record<string, unknown>;
      };
      const eleven = await shown(11);
      assert.equal(
        [
          eleven.status,
          eleven.received_at,
          eleven.first_response_at,
          eleven.first_resolved_at,
          eleven.first_reopened_at,
          eleven.resolved_at,
          eleven.reopen_count,
        ],
        [
          'resolved',
          at('2023-09-06T19:19:14Z'),
          at('2023-09-08T23:00:44Z'),
          at('2023-09-09T02:08:44Z'),
          at('2023-09-10T12:21:44Z'),
          at('2023-09-10T13:22:44Z'),
          2,
        ],
      );
      const changed = await shown(301);
      assert.equal([changed.status, changed.resolved_at, changed.reopen_count, changed.reassign_count], ['open', null, 1, 1]);
      assert.is(changed.due_at, at('2027-01-01T00:00:00Z'));
      assert.is(changed.first_response_at, at('2026-11-22T02:55:08Z'));
      const rejected = await shown(303);
      assert.equal(
        [rejected.status, rejected.resolved_at, rejected.closed_at, rejected.first_response_at],
        ['void', null, at('2026-11-22T03:04:26Z'), null],
      );
      // All replies in the history of 31 are those of 34, which was merged into it.
      const target = await shown(31);
      assert.equal([target.status, target.first_response_at, target.reopen_count], ['new', null, 0]);
      const held = await shown(166);
      assert.equal([held.status, held.resolved_at], ['waiting', null]);
      assert.equal(await store.reader('survey_fact').orderBy('score').pluck('score'), [1, 2, 3]);
      const again = await pull(store, given);
      assert.equal([again.inserted, again.updated, again.removed, again.rejected], [0, 0, 0, 0]);
    } finally {
      await close();
      await rt.close();
    }
  },
});
recorded.run();

const contract = suite('request-tracker keeps the contract');
let shared: RequestTrackerServer;
contract.before(async () => {
  shared = await serveRequestTracker({
    tickets: Array.from({ length: 104 }, (_, i) => ticket(i + 1, i)),
    transactions: Array.from({ length: 104 }, (_, i) => status(i + 1, i + 1, i, 'new', 'open')),
  });
});
contract.after(() => shared.close());
connectorContract(contract, {
  reader: requestTracker,
  options: () => options(shared),
  map,
  read: 208,
  rejected: 0,
  optionsSchema: requestTracker.options,
  // The minutes of the overlap: the last ticket and the two before it, each with a row of history.
  overlapRows: 6,
  now: Date.UTC(2026, 11, 1) / 1000,
});
contract.run();
