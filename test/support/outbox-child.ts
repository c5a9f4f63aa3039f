// The outbox in a process of its own, to be killed: outbox-child.ts STORE PORT. It writes . when it begins and ! when nothing is left to do
import { setTimeout as pause } from 'node:timers/promises';
import { mailTo, testOutbox } from './outbox.ts';
import { openTestStore } from './test-store.ts';

const [dataDir, port] = process.argv.slice(2);
if (!dataDir || !port) throw new Error('usage: outbox-child.ts STORE PORT');
const store = await openTestStore(dataDir);
const outbox = testOutbox({ store, mail: mailTo(Number(port)) });
process.stdout.write('.');
for (;;) {
  await outbox.tick();
  await outbox.idle();
  const left = await store
    .reader('digest_delivery')
    .whereIn('state', ['queued', 'claimed', 'sending'])
    .first<{ delivery_id: number } | undefined>('delivery_id');
  if (!left) break;
  await pause(50);
}
process.stdout.write('!');
await store.close();
