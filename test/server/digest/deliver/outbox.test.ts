import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Store } from '../../../../etl/store/open.ts';
import type { DigestDeliveryRow } from '../../../../etl/store/tables.ts';
import { transact } from '../../../../etl/store/transact.ts';
import { listDeliveries, queueDeliveries, resend } from '../../../../server/digest/deliver/deliveries.ts';
import type { Outbox, OutboxDeps } from '../../../../server/digest/deliver/outbox.ts';
import { saying, startMailServer, type MailServerHabits, type TestMailServer } from '../../../support/mail-server.ts';
import { allDeliveries, mailTo, queueFor, shortMessage, testOutbox } from '../../../support/outbox.ts';
import { tempStore } from '../../../support/store.ts';
import { refuseChange } from '../../../support/test-store.ts';

const outbox = suite('the outbox');
const ana = { user: { userId: 1, name: 'Ana' }, now: 0 };
const patient = { connectMs: 60_000, idleMs: 60_000, answerMs: 60_000, webhookMs: 60_000, graceMs: 300 };
let temp: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
let server: TestMailServer | null;
let clock: number;
outbox.before.each(async () => {
  temp = await tempStore();
  store = temp.store;
  clock = Date.UTC(2026, 10, 2, 7) / 1000;
  server = null;
});
outbox.after.each(async () => {
  await server?.close();
  await temp.close();
});

async function serving(habits: MailServerHabits = {}, deps: Partial<OutboxDeps> = {}): Promise<{ mail: TestMailServer; box: Outbox }> {
  const mail = await startMailServer(habits);
  server = mail;
  return { mail, box: testOutbox({ store, mail: mailTo(mail.port), now: () => clock, random: () => 0.5, ...deps }) };
}

/** A tick, and what became of everything. */
async function run(box: Outbox): Promise<DigestDeliveryRow[]> {
  await box.tick();
  await box.idle();
  return allDeliveries(store);
}

const states = (rows: DigestDeliveryRow[]) => rows.map((row) => row.state);

outbox('sends what is due, once, and notes what the server answered', async () => {
  const { mail, box } = await serving({ onMessage: () => 'queued as 4711' });
  const addresses = await queueFor(store, 5, clock);
  const rows = await run(box);
  assert.equal(states(rows), Array(5).fill('sent'));
  assert.equal([rows[0]?.said, rows[0]?.sent_at, rows[0]?.attempts, rows[0]?.owner], ['250 queued as 4711', clock, 1, null]);
  assert.equal([...mail.counts().keys()].sort(), addresses);
  await run(box);
  assert.is(mail.received.length, 5);
  const listed = await listDeliveries(store.reader, 'issue-1');
  assert.equal([listed[0]?.state, listed[0]?.sent_at, listed[0]?.next_at], ['sent', '2026-11-02T07:00:00Z', null]);
});

outbox('fails at once, in the words of the server, where it is refused for good', async () => {
  const told: string[] = [];
  const { mail, box } = await serving(
    {
      onRecipient(to) {
        if (to.startsWith('someone1@')) throw saying(550, '5.1.1 no mailbox here by that name');
        if (to.startsWith('someone2@')) throw saying(550, '5.7.1 relaying denied');
      },
      onMessage({ to }) {
        if (to.startsWith('someone3@')) throw saying(554, '5.6.0 we do not like this message');
      },
    },
    { onNoSuchMailbox: ({ address }) => Promise.resolve(void told.push(address)) },
  );
  await queueFor(store, 4, clock);
  const rows = await run(box);
  assert.equal(rows.map((row) => [row.state, row.said]), [
    ['failed', '550 5.1.1 no mailbox here by that name'],
    ['failed', '550 5.7.1 relaying denied'],
    ['failed', '554 5.6.0 we do not like this message'],
    ['sent', '250 taken'],
  ]); // prettier-ignore
  assert.equal(told, ['someone1@example.org']);
  assert.is(mail.connections() <= 3, true);
  clock += 86_400;
  await run(box);
  assert.is(mail.received.length, 2);
});

outbox('comes back after a while where it is asked to', async () => {
  let isNew = true;
  const { mail, box } = await serving({
    onRecipient() {
      if (isNew) throw saying(451, '4.7.1 greylisted, come back later');
    },
  });
  await queueFor(store, 1, clock);
  const [row] = await run(box);
  assert.equal([row?.state, row?.said, row?.next_at, row?.attempts], ['queued', '451 4.7.1 greylisted, come back later', clock + 30, 1]);
  isNew = false;
  clock += 29;
  assert.equal(states(await run(box)), ['queued']);
  assert.is(mail.received.length, 0);
  clock += 1;
  assert.equal(states(await run(box)), ['sent']);
  assert.is(mail.received.length, 1);
});

outbox('doubles its pauses up to four hours, and gives up after three days, saying so', async () => {
  const { box } = await serving({
    onRecipient() {
      throw saying(451, 'later');
    },
  });
  await queueFor(store, 1, clock);
  const asked = clock;
  const pauses: number[] = [];
  let row: DigestDeliveryRow | undefined;
  while (([row] = await run(box)) && row?.state === 'queued') {
    pauses.push(row.next_at - clock);
    clock = row.next_at;
  }
  assert.equal(pauses.slice(0, 10), [30, 60, 120, 240, 480, 960, 1920, 3840, 7200, 7200]);
  assert.is(clock - asked >= 3 * 86_400 && clock - asked < 3 * 86_400 + 7200, true);
  assert.equal(
    [row?.state, row?.said],
    ['failed', `given up after ${pauses.length + 1} attempts in more than 3 days; the last: 451 later`],
  );
});

outbox('calls unknown what a server has whole and does not answer', async () => {
  const { mail, box } = await serving({ onMessage: () => new Promise<void>(() => undefined) }, { timings: { ...patient, answerMs: 300 } });
  await queueFor(store, 1, clock);
  const [row] = await run(box);
  assert.is(row?.state, 'unknown');
  assert.match(row?.said ?? '', /^Timeout; the other side had the whole message and may have taken it\. It is not sent again by itself/);
  clock += 86_400;
  await run(box);
  assert.is(mail.received.length, 1);
});

for (const [what, greet] of [
  ['never greets', () => undefined],
  ['hangs up instead of greeting', (socket: Socket) => void socket.destroy()],
  ['greets with a refusal', (socket: Socket) => void socket.end('554 no service today\r\n')],
] as const) {
  outbox(`tries a server again that ${what}, and bothers it once a tick`, async () => {
    const sockets = new Set<Socket>();
    const silent: Server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      greet(socket);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo; // it listens
    await queueFor(store, 10, clock);
    const rows = await run(testOutbox({ store, mail: mailTo(port), now: () => clock, timings: { ...patient, connectMs: 300 } }));
    assert.equal(states(rows), Array(10).fill('queued'));
    assert.is(sockets.size <= 3, true);
    const tried = rows.filter((row) => row.attempts === 1);
    assert.is(tried.length, sockets.size);
    for (const row of tried) assert.is(row.next_at > clock && row.said !== '', true);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
    const { mail, box } = await serving();
    clock += 60;
    assert.equal(states(await run(box)), Array(10).fill('sent'));
    assert.is(mail.received.length, 10);
  });
}

outbox('sends again what was cut off in the middle, and it arrives once', async () => {
  let cuts = 0;
  const { mail, box } = await serving(
    {
      keepsBytes: false,
      onPiece(_to, size, cut) {
        if (cuts > 0 || size < 100_000) return;
        cuts += 1;
        cut();
      },
    },
    // More than the system takes off our hands while nobody reads.
    { messageOf: (delivery) => Promise.resolve({ raw: shortMessage(delivery, 24_000_000) }) },
  );
  await queueFor(store, 1, clock);
  const [row] = await run(box);
  assert.equal([cuts, row?.state, mail.received.length], [1, 'queued', 0]);
  clock += 60;
  assert.equal(states(await run(box)), ['sent']);
  assert.is(mail.received.length, 1);
});

outbox('calls unknown what was cut off before the answer; a person may send it again, as the same message', async () => {
  let isCut = false;
  const { mail, box } = await serving({
    onMessage(_message, cut) {
      if (!isCut) cut();
      isCut = true;
    },
  });
  await queueFor(store, 1, clock);
  const [row] = await run(box);
  assert.is(row?.state, 'unknown');
  clock += 86_400;
  assert.equal(states(await run(box)), ['unknown']);
  assert.is(mail.received.length, 1);
  const again = await resend(store, row?.delivery_id ?? 0, { ...ana, now: clock });
  assert.equal([again.round, again.state, again.asked_by], [2, 'queued', 'Ana']);
  assert.equal(states(await run(box)), ['unknown', 'sent']);
  assert.equal(mail.received.map((message) => message.messageId), [row?.message_id, row?.message_id]); // prettier-ignore
});

outbox('takes the end of a connection it has kept for no failure', async () => {
  const { mail, box } = await serving({
    onSender(earlier, cut) {
      if (earlier > 0) cut();
    },
  });
  await queueFor(store, 7, clock);
  const rows = await run(box);
  assert.equal(rows.map((row) => [row.state, row.attempts]), Array(7).fill(['sent', 1])); // prettier-ignore
  assert.equal([mail.received.length, mail.connections()], [7, 7]);
});

outbox('uses a connection for fifty messages, and three at once at most', async () => {
  const { mail, box } = await serving();
  await queueFor(store, 170, clock);
  assert.equal(states(await run(box)), Array(170).fill('sent'));
  assert.is(mail.mostAtOnce() <= 3, true);
  assert.is(mail.connections() >= 4 && mail.connections() <= 6, true, `${mail.connections()} connections`);
});

outbox('does not send what nobody wants any more, except tests and alerts', async () => {
  const { mail, box } = await serving();
  await queueFor(store, 3, clock);
  const recipient = { digest_id: 1, added_by: 'Ana', added_at: clock };
  await store.writer('digest_recipient').insert([
    { ...recipient, address: 'someone1@example.org', stopped_at: clock, stop_reason: 'unsubscribed' },
    { ...recipient, address: 'someone2@example.org', stopped_at: null },
  ]);
  await store.writer('digest').insert({
    digest_id: 2, name: 'gone', origin: 'page', filter: '{}', every: 'month', at: '07:00', owner: 'Ana', created_by: 'Ana', created_at: 0, since_at: 0, removed_at: clock,
  }); // prettier-ignore
  const kinds = ['digest', 'test', 'alert', 'webhook'] as const;
  const wanted = kinds.map((kind) => ({ issue_id: 'issue-2', digest_id: 2, kind, address: `${kind}@example.org` }));
  await transact(store, (trx) => queueDeliveries(trx, wanted, { askedBy: 'Ana', now: clock }));
  const rows = await run(box);
  assert.equal(rows.map((row) => [row.address.split('@')[0], row.state, row.said]), [
    ['alert', 'sent', '250 taken'],
    ['digest', 'stopped', 'the digest was removed'],
    ['someone1', 'stopped', 'the recipient has unsubscribed'],
    ['someone2', 'sent', '250 taken'],
    ['someone3', 'sent', '250 taken'],
    ['test', 'sent', '250 taken'],
    ['webhook', 'stopped', 'the digest was removed'],
  ]); // prettier-ignore
  assert.is(mail.received.length, 4);
});

outbox('leaves everything in line while mail is not set up', async () => {
  await queueFor(store, 3, clock);
  const rows = await run(testOutbox({ store, mail: null, now: () => clock }));
  assert.equal(rows.map((row) => [row.state, row.attempts]), Array(3).fill(['queued', 0])); // prettier-ignore
});

outbox('says of a message that cannot be made why, and goes on with the next', async () => {
  const logged: string[] = [];
  const { mail, box } = await serving(
    {},
    {
      messageOf: (delivery) =>
        delivery.address.startsWith('someone2@')
          ? Promise.reject(new Error('the issue has no HTML'))
          : Promise.resolve({ raw: shortMessage(delivery) }),
      log: (event, fields) => void logged.push(`${event} ${JSON.stringify(fields)}`),
    },
  );
  await queueFor(store, 3, clock);
  const rows = await run(box);
  assert.equal(states(rows), ['sent', 'failed', 'sent']);
  assert.is(rows[1]?.said, 'the message could not be made: the issue has no HTML');
  assert.is(mail.received.length, 2);
  assert.not.match(logged.join('\n'), /someone|example\.org/);
  assert.is(logged.filter((line) => line.startsWith('delivery_tried')).length, 3);
});

outbox('takes over from a dead process: what was not handed over is sent, of the rest nobody knows', async () => {
  const { mail, box } = await serving();
  await queueFor(store, 4, clock);
  const take = (n: number, state: string, owner: string) =>
    store
      .writer('digest_delivery')
      .where({ address: `someone${n}@example.org` })
      .update({ state, owner, claimed_at: clock });
  await take(1, 'claimed', `${hostname()} 999999999 x`);
  await take(2, 'sending', `${hostname()} 999999999 y`);
  await take(3, 'claimed', 'elsewhere 1 z');
  await take(4, 'sending', 'elsewhere 1 w');
  assert.equal(states(await run(box)), ['sent', 'unknown', 'claimed', 'sending']);
  clock += 899;
  assert.equal(states(await run(box)), ['sent', 'unknown', 'claimed', 'sending']);
  clock += 1;
  const rows = await run(box);
  assert.equal(states(rows), ['sent', 'unknown', 'sent', 'unknown']);
  assert.match(rows[1]?.said ?? '', /^Silverlining was stopped while the mail server was being given this message/);
  assert.is(mail.received.length, 2);
});

outbox('does not send what somebody else has taken over before it went out', async () => {
  const { mail, box } = await serving({
    onRecipient: () => store.writer('digest_delivery').update({ owner: 'elsewhere 1 z' }),
  });
  await queueFor(store, 1, clock);
  const [row] = await run(box);
  assert.equal([row?.state, row?.owner, mail.received.length], ['claimed', 'elsewhere 1 z', 0]);
});

outbox('notes an answer also where it was given up meanwhile', async () => {
  const { mail, box } = await serving({
    onMessage: async () => void (await store.writer('digest_delivery').update({ state: 'unknown', said: 'given up' })),
  });
  await queueFor(store, 1, clock);
  const [row] = await run(box);
  assert.equal([row?.state, row?.said, mail.received.length], ['sent', '250 taken', 1]);
});

outbox('that cannot write down an answer does not send again, and says that nobody knows', async () => {
  const logged: string[] = [];
  const { mail, box } = await serving({}, { log: (event) => void logged.push(event) });
  await queueFor(store, 1, clock);
  const mend = await refuseChange(store, 'update', 'digest_delivery', "new.state = 'sent'");
  assert.equal(states(await run(box)), ['sending']);
  assert.equal(logged, ['outbox_failed']);
  await mend();
  assert.equal(states(await run(box)), ['unknown']);
  assert.is(mail.received.length, 1);
});

outbox('told to stop, lets the message in hand arrive and takes no other', async () => {
  const stopping = new AbortController();
  const { mail, box } = await serving({ onMessage: () => void stopping.abort() }, { signal: stopping.signal });
  await queueFor(store, 20, clock);
  const rows = await run(box);
  assert.is(rows.filter((row) => row.state === 'sent').length, mail.received.length);
  assert.is(mail.received.length >= 1 && mail.received.length <= 3, true);
  assert.equal(rows.filter((row) => row.state !== 'sent').map((row) => [row.state, row.attempts, row.owner]), Array(20 - mail.received.length).fill(['queued', 0, null])); // prettier-ignore
  assert.equal(await run(box), rows);
});

outbox('told to stop, does not wait for ever for a server that does not answer', async () => {
  const stopping = new AbortController();
  const { box } = await serving(
    {
      onMessage: () => {
        stopping.abort();
        return new Promise<void>(() => undefined);
      },
    },
    { signal: stopping.signal, timings: patient },
  );
  await queueFor(store, 1, clock);
  const begun = performance.now();
  assert.equal(states(await run(box)), ['unknown']);
  assert.is(performance.now() - begun < 30_000, true);
});

outbox.run();
