// One run in a process of its own, to be killed: recovery-child.ts KIND FOLDER STORE. It writes . when it begins, + for each batch, ! when it is done
import { recoveryKinds } from './recovery-data.ts';
import { importKind } from './recovery.ts';
import { openTestStore } from './test-store.ts';

const [name, dir, dataDir] = process.argv.slice(2);
const kind = recoveryKinds.find((known) => known === name);
if (!kind || !dir || !dataDir) throw new Error(`usage: recovery-child.ts ${recoveryKinds.join('|')} FOLDER STORE`);
const store = await openTestStore(dataDir);
process.stdout.write('.');
await importKind(kind, dir, store, () => process.stdout.write('+'));
process.stdout.write('!');
await store.close();
