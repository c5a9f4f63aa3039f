// time limit: 120 s
import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { digestMessage } from '../../../../server/digest/deliver/message.ts';
import { sha256 } from '../../../../server/digest/issues.ts';
import { createPartReader } from '../../../../server/digest/deliver/parts.ts';
import { startMailServer } from '../../../support/mail-server.ts';
import { allDeliveries, mailTo, queueFor, testOutbox } from '../../../support/outbox.ts';
import { tempStore } from '../../../support/store.ts';

const load = suite('an outbox with 600 recipients');
const now = () => Math.floor(Date.now() / 1000);
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

load('sends to all, over three connections, in the memory of a few', async () => {
  const temp = await tempStore();
  /** Bytes in use after 100 and after 600. */
  const measured: number[] = [];
  const server = await startMailServer({
    keepsBytes: false,
    async onMessage() {
      const count = server.received.length;
      if (count !== 100 && count !== 600) return;
      // What buffers stood in is given back a turn after they are collected.
      for (let i = 0; i < 3; i++) {
        collect();
        await turn();
      }
      const { heapUsed, external, arrayBuffers } = process.memoryUsage();
      measured.push(heapUsed + external + arrayBuffers);
    },
  });
  try {
    // Four pictures and a PDF as a digest has them: a quarter of a megabyte, which compresses no further.
    const parts = ['a.png', 'b.png', 'c.png', 'd.png', 'digest.pdf'].map((name) => {
      const bytes = randomBytes(50_000);
      return { issue_id: 'issue-1', name, type: name.endsWith('.png') ? 'image/png' : 'application/pdf', bytes, sha256: sha256(bytes) };
    });
    await temp.store.writer('digest_part').insert(parts);
    let reads = 0;
    temp.store.reader.on('query', ({ sql }: { sql: string }) => {
      if (sql.includes('digest_part')) reads += 1;
    });
    const partsOf = createPartReader(temp.store.reader);
    const html = `<p>Hello</p>${['a', 'b', 'c', 'd'].map((name) => `<img src="cid:${name}.png@silverlining" alt="">`).join('')}`;
    const outbox = testOutbox({
      store: temp.store,
      mail: mailTo(server.port),
      async messageOf(delivery) {
        const raw = await digestMessage({
          from: { name: 'Silverlining', address: 'silverlining@example.org' },
          to: delivery.address,
          messageId: delivery.message_id,
          madeAt: 0,
          issueId: delivery.issue_id,
          subject: 'Digest',
          html,
          text: 'Hello',
          parts: await partsOf(delivery.issue_id),
          name: 'Digest',
          period: { step: 'month', from: '2026-10-01' },
          unsubscribeUrl: 'https://silverlining.example.org/unsubscribe/x',
        });
        return { raw };
      },
    });
    await queueFor(temp.store, 600, now());
    const begun = process.cpuUsage();
    await outbox.tick();
    await outbox.idle();
    const { user, system } = process.cpuUsage(begun);
    const rows = await allDeliveries(temp.store);
    assert.equal([...new Set(rows.map((row) => row.state))], ['sent']);
    assert.is(server.counts().size, 600);
    assert.is(server.mostAtOnce() <= 3, true, `${server.mostAtOnce()} connections at once`);
    assert.is(reads, 1);
    const [early, late] = measured;
    assert.ok(early && late);
    const grown = (late - early) / 1e6;
    // A message is 0.35 MB: those of 500 more would be 170.
    assert.is(grown < 15, true, `${grown} MB more are used after 600 than after 100`);
    const seconds = (user + system) / 1e6;
    assert.is(seconds < 60, true, `it worked for ${seconds} s`);
  } finally {
    await server.close();
    await temp.close();
  }
});

load.run();
