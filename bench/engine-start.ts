import { openStore } from '../etl/store/open.ts';
import { answer } from '../queries/answer.ts';
import { openCube } from '../queries/cube/cube.ts';
import { factsKnownAt } from './engine-facts.ts';
import { panels } from './engine-panels.ts';

// Run by engine.ts in a process of its own, so that its memory is its own: engine-start.ts DATA FOLDER
const [dataDir = '', snapshotDir = ''] = process.argv.slice(2);
const begun = performance.now();
const store = await openStore({ dataDir });
let isLoaded = false;
const log = (event: string): void => void (isLoaded ||= event === 'cube_loaded');
const cube = openCube({ reader: store.reader, log, mostBytes: Infinity, snapshotDir });
await cube.fill();
const deps = { reader: store.reader, cube, organisation: { name: 'bench', zone: null, currency: 'EUR' }, now: () => factsKnownAt };
const queries = panels.map((panel) => panel.query);
await answer({ ...deps, bounds: { timeout: 3_600_000 } }, queries);
const answered = performance.now() - begun;
await answer({ ...deps, bounds: { timeout: 3_600_000 } }, queries);
const { rss } = process.memoryUsage();
await cube.close();
await store.close();
if (!isLoaded) throw new Error('the snapshot was not used');
console.log(JSON.stringify({ answered, resident: rss, peak: process.resourceUsage().maxRSS * 1024 }));
