import { readFacts } from '../../queries/cube/read.ts';
import { saveFacts, storeIdentity } from '../../queries/cube/snapshot.ts';
import { openTestStore } from './test-store.ts';

// Keeps the facts of a store again and again until it is killed: snapshot-child.ts DATA FOLDER
const [dataDir = '', folder = ''] = process.argv.slice(2);
const store = await openTestStore(dataDir);
const { facts, change } = await readFacts(store.reader, new AbortController().signal);
const of = { store: await storeIdentity(store.reader), change };
console.log('begun');
for (;;) await saveFacts(folder, facts, of);
