// time limit: 300 s
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resendAll } from '../../../../server/digest/deliver/deliveries.ts';
import { startMailServer } from '../../../support/mail-server.ts';
import { allDeliveries, mailTo, queueFor, startOutboxProcess, testOutbox } from '../../../support/outbox.ts';
import { tempStore } from '../../../support/store.ts';

const killing = suite('an outbox that is killed');
const now = () => Math.floor(Date.now() / 1000);
const ana = { user: { userId: 1, name: 'Ana' } };

/** Resolves when `reach` was called. */
function moment(): { reached: Promise<void>; reach: () => void } {
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  return { reached, reach };
}

killing('while the server has the message and has not answered says that nobody knows, and does not send it twice', async () => {
  const temp = await tempStore();
  const { reached, reach } = moment();
  let holds = true;
  const server = await startMailServer({
    onMessage() {
      reach();
      return holds ? new Promise<void>(() => undefined) : undefined;
    },
  });
  try {
    await queueFor(temp.store, 1, now());
    const child = startOutboxProcess(temp.dir, server.port);
    await reached;
    child.kill();
    assert.is((await child.ended).signal, 'SIGKILL');
    assert.equal((await allDeliveries(temp.store)).map((row) => row.state), ['sending']); // prettier-ignore
    holds = false;
    const outbox = testOutbox({ store: temp.store, mail: mailTo(server.port) });
    for (let tick = 0; tick < 3; tick++) {
      await outbox.tick();
      await outbox.idle();
    }
    const [row] = await allDeliveries(temp.store);
    assert.is(row?.state, 'unknown');
    assert.match(row?.said ?? '', 'does not know whether the server has it');
    assert.is(server.received.length, 1);
    // A person says so, and it is the same message.
    assert.is(await resendAll(temp.store, 'issue-1', { ...ana, now: now() }), 1);
    await outbox.tick();
    await outbox.idle();
    assert.equal((await allDeliveries(temp.store)).map((each) => each.state), ['unknown', 'sent']); // prettier-ignore
    assert.is(server.received[0]?.messageId, server.received[1]?.messageId);
  } finally {
    await server.close();
    await temp.close();
  }
});

killing('before the message goes out sends it once when it is there again', async () => {
  const temp = await tempStore();
  const { reached, reach } = moment();
  let holds = true;
  const server = await startMailServer({
    onRecipient() {
      reach();
      return holds ? new Promise<void>(() => undefined) : undefined;
    },
  });
  try {
    await queueFor(temp.store, 1, now());
    const child = startOutboxProcess(temp.dir, server.port);
    await reached;
    child.kill();
    await child.ended;
    assert.equal((await allDeliveries(temp.store)).map((row) => row.state), ['claimed']); // prettier-ignore
    holds = false;
    const again = startOutboxProcess(temp.dir, server.port);
    assert.is((await again.ended).code, 0);
    assert.equal((await allDeliveries(temp.store)).map((row) => [row.state, row.attempts]), [['sent', 2]]); // prettier-ignore
    assert.is(server.received.length, 1);
  } finally {
    await server.close();
    await temp.close();
  }
});

killing('at five random moments among 60 messages sends none twice, and of each says that it is sent or that nobody knows', async () => {
  const temp = await tempStore();
  let arrival = moment();
  let answers = false;
  // Slow enough that kills meet messages in every state.
  const server = await startMailServer({
    onRecipient: () => pause(Math.random() * 20),
    onMessage() {
      arrival.reach();
      return answers ? pause(20 + Math.random() * 30) : new Promise<void>(() => undefined);
    },
  });
  try {
    const addresses = await queueFor(temp.store, 60, now());
    for (let kill = 0; kill < 5; kill++) {
      arrival = moment();
      const child = startOutboxProcess(temp.dir, server.port);
      await arrival.reached;
      // The first one comes while the server has a message and answers none.
      if (kill > 0) await pause(Math.random() * 100);
      child.kill();
      assert.is((await child.ended).signal, 'SIGKILL');
      answers = true;
    }
    assert.is(server.received.length >= 5 && server.received.length < 60, true, `${server.received.length} before the last kill`);
    assert.is((await startOutboxProcess(temp.dir, server.port).ended).code, 0);
    const rows = await allDeliveries(temp.store);
    const counts = server.counts();
    assert.equal(rows.map((row) => row.address), [...addresses].sort()); // prettier-ignore
    for (const { address, state } of rows) {
      assert.is(state === 'sent' || state === 'unknown', true, `${address} is ${state}`);
      const count = counts.get(address) ?? 0;
      assert.is(count <= 1, true, `${address} got ${count}`);
      if (state === 'sent') assert.is(count, 1, `${address} is sent and got nothing`);
    }
    const unknown = rows.filter((row) => row.state === 'unknown').length;
    // Three lanes, five kills: the first met a message the server had, and others may have.
    assert.is(unknown >= 1 && unknown <= 15, true, `${unknown} unknown`);
    const again = await resendAll(temp.store, 'issue-1', { ...ana, now: now() });
    assert.is(again, unknown);
    assert.is((await startOutboxProcess(temp.dir, server.port).ended).code, 0);
    for (const address of addresses) assert.is((server.counts().get(address) ?? 0) >= 1, true, `${address} got nothing`);
  } finally {
    await server.close();
    await temp.close();
  }
});

const two = suite('two outboxes on one store');

two('send 200 messages once each', async () => {
  const temp = await tempStore();
  const both = moment();
  const server = await startMailServer({
    // One outbox alone has three connections: no message is answered before the other has come too.
    onMessage() {
      if (server.mostAtOnce() > 3) both.reach();
      return both.reached;
    },
  });
  try {
    const addresses = await queueFor(temp.store, 200, now());
    const children = [startOutboxProcess(temp.dir, server.port), startOutboxProcess(temp.dir, server.port)];
    for (const { code } of await Promise.all(children.map((child) => child.ended))) assert.is(code, 0);
    assert.equal([...server.counts()].sort(), addresses.map((address) => [address, 1]).sort()); // prettier-ignore
    const rows = await allDeliveries(temp.store);
    assert.equal([...new Set(rows.map((row) => row.state))], ['sent']);
    assert.is(server.mostAtOnce() > 3 && server.mostAtOnce() <= 6, true, `${server.mostAtOnce()} connections at once`);
  } finally {
    await server.close();
    await temp.close();
  }
});

killing.run();
two.run();
