import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Store } from '../../../../etl/store/open.ts';
import type { DigestDeliveryRow } from '../../../../etl/store/tables.ts';
import { transact } from '../../../../etl/store/transact.ts';
import {
  countStates,
  listDeliveries,
  queueDeliveries,
  resend,
  resendAll,
  type WantedDelivery,
} from '../../../../server/digest/deliver/deliveries.ts';
import { Refused } from '../../../../server/errors.ts';
import { startMailServer } from '../../../support/mail-server.ts';
import { allDeliveries, mailTo, testOutbox } from '../../../support/outbox.ts';
import { tempStore } from '../../../support/store.ts';

const now = Date.UTC(2026, 10, 2, 7) / 1000;
const ana = { user: { userId: 7, name: 'Ana' }, now: now + 60 };
const wanted = (address: string, kind: WantedDelivery['kind'] = 'digest', issue_id = 'issue-1'): WantedDelivery => ({
  issue_id,
  digest_id: 1,
  kind,
  address,
});

const deliveries = suite('deliveries');
let place: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
deliveries.before(async () => {
  place = await tempStore();
  store = place.store;
});
deliveries.after(() => place.close());
deliveries.before.each(async () => {
  await store.writer('digest_delivery').delete();
  await store.writer('audit_event').delete();
});

const queue = (rows: WantedDelivery[]) => transact(store, (trx) => queueDeliveries(trx, rows, { askedBy: 'schedule', now }));
const mark = (address: string, change: Partial<DigestDeliveryRow>) => store.writer('digest_delivery').where({ address }).update(change);
const refusal = (work: Promise<unknown>): Promise<Refused> =>
  work.then(
    () => assert.unreachable() as never,
    (error: unknown) => {
      assert.instance(error, Refused);
      return error as Refused;
    },
  );

deliveries('are put in line once, however often somebody asks', async () => {
  assert.is(await queue([wanted('Ana@Example.org'), wanted('bo@example.org'), wanted('ana@example.org', 'test')]), 3);
  assert.is(await queue([wanted('ana@example.org'), wanted('cy@example.org')]), 1);
  const rows = await allDeliveries(store);
  assert.equal(
    rows.map((row) => [row.address, row.kind, row.round, row.state, row.asked_by]),
    [
      ['ana@example.org', 'digest', 1, 'queued', 'schedule'],
      ['ana@example.org', 'test', 1, 'queued', 'schedule'],
      ['bo@example.org', 'digest', 1, 'queued', 'schedule'],
      ['cy@example.org', 'digest', 1, 'queued', 'schedule'],
    ],
  );
  assert.is(new Set(rows.map((row) => row.message_id)).size, 4);
  for (const row of rows) assert.match(row.message_id, /^<[0-9a-f]{32}@silverlining>$/);
  assert.is(await queue(Array.from({ length: 1200 }, (_, i) => wanted(`${i}@example.org`))), 1200);
});

for (const state of ['failed', 'unknown', 'stopped', 'sent'] as const) {
  deliveries(`that are ${state} are sent again when a person says so, as the same message`, async () => {
    await queue([wanted('ana@example.org')]);
    await mark('ana@example.org', { state, said: 'x', attempts: 3, sent_at: state === 'sent' ? now : null });
    const [first] = await allDeliveries(store);
    const again = await resend(store, first?.delivery_id ?? 0, ana);
    assert.equal(
      [again.round, again.state, again.attempts, again.next_at, again.said, again.asked_by],
      [2, 'queued', 0, '2026-11-02T07:01:00Z', null, 'Ana'],
    );
    const rows = await allDeliveries(store);
    assert.equal(
      rows.map((row) => [row.round, row.state]),
      [
        [1, state],
        [2, 'queued'],
      ],
    );
    assert.is(rows[0]?.message_id, rows[1]?.message_id);
    assert.equal(await store.reader('audit_event').select('user_id', 'action', 'target'), [
      { user_id: 7, action: 'digest_resent', target: `issue-1 ${first?.delivery_id}` },
    ]);
  });
}

for (const [state, words] of [
  ['queued', 'this message waits to be sent already'],
  ['claimed', 'this message is being sent already'],
  ['sending', 'this message is being sent already'],
] as const) {
  deliveries(`that are ${state} are not put in line a second time`, async () => {
    await queue([wanted('ana@example.org')]);
    await mark('ana@example.org', { state });
    const [row] = await allDeliveries(store);
    const error = await refusal(resend(store, row?.delivery_id ?? 0, ana));
    assert.is(error.status, 409);
    assert.match(error.message, words);
    assert.is((await allDeliveries(store)).length, 1);
  });
}

deliveries('are asked for by their number, and the last round counts', async () => {
  assert.is((await refusal(resend(store, 999_999, ana))).status, 404);
  await queue([wanted('ana@example.org')]);
  await mark('ana@example.org', { state: 'failed' });
  const [first] = await allDeliveries(store);
  await resend(store, first?.delivery_id ?? 0, ana);
  assert.is((await refusal(resend(store, first?.delivery_id ?? 0, ana))).status, 409);
});

deliveries('are sent again all at once where they failed or nobody knows', async () => {
  await queue([wanted('a@x.org'), wanted('b@x.org'), wanted('c@x.org'), wanted('d@x.org'), wanted('a@x.org', 'digest', 'issue-2')]);
  await mark('a@x.org', { state: 'failed' });
  await mark('b@x.org', { state: 'unknown' });
  await mark('c@x.org', { state: 'sent' });
  assert.is(await resendAll(store, 'issue-1', ana), 2);
  assert.is(await resendAll(store, 'issue-1', ana), 0);
  const listed = await listDeliveries(store.reader, 'issue-1');
  assert.equal(
    listed.map((row) => [row.address, row.round, row.state]),
    [
      ['a@x.org', 1, 'failed'],
      ['a@x.org', 2, 'queued'],
      ['b@x.org', 1, 'unknown'],
      ['b@x.org', 2, 'queued'],
      ['c@x.org', 1, 'sent'],
      ['d@x.org', 1, 'queued'],
    ],
  );
});

deliveries('are counted by state, of each the last round, without what owners are told', async () => {
  await queue([wanted('a@x.org'), wanted('b@x.org'), wanted('o@x.org', 'alert'), wanted('c@x.org', 'digest', 'issue-2')]);
  await mark('a@x.org', { state: 'failed' });
  await mark('b@x.org', { state: 'sent' });
  await resendAll(store, 'issue-1', ana);
  const counts = await countStates(store.reader, ['issue-1', 'issue-2', 'issue-3']);
  assert.equal([...counts].sort(), [
    ['issue-1', { queued: 1, sent: 1 }],
    ['issue-2', { queued: 1 }],
  ]);
});

deliveries('go out once each through two outboxes', async () => {
  const server = await startMailServer();
  try {
    await queue(Array.from({ length: 40 }, (_, i) => wanted(`${i}@x.org`)));
    const boxes = [1, 2].map(() => testOutbox({ store, mail: mailTo(server.port), now: () => now }));
    await Promise.all(boxes.map((box) => box.tick()));
    await Promise.all(boxes.map((box) => box.idle()));
    assert.equal([...new Set((await allDeliveries(store)).map((row) => row.state))], ['sent']);
    assert.equal([server.received.length, server.counts().size], [40, 40]);
  } finally {
    await server.close();
  }
});

deliveries.run();
