// one run: what it loads goes by the pipeline, whose tests run on both
// time limit: 300 s
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, launch, startProcess } from '../../support/cli.ts';
import { openTestStore, storeEnv } from '../../support/test-store.ts';

const starting = suite('silverlining start with the demo data');
let dir = '';
let env: Record<string, string> = {};
starting.before.each(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-start-'));
  env = { ...(await storeEnv(dir)), PORT: '0', SILVERLINING_DEMO: 'on' };
});
starting.after.each(() => rm(dir, { recursive: true, force: true }));

starting('ends with 0 when told to stop in the middle of the demo data, and the next start goes on with them', async () => {
  const first = launch(['start'], env);
  await new Promise<void>((resolve, reject) => {
    first.child.stderr?.on('data', () => first.said().includes('Loading the demo data') && resolve());
    void first.finished.then(({ stderr }) => reject(new Error(`ended before the load: ${stderr}`)));
  });
  const loaded = async () => {
    const { stdout } = await cli(['status', '--json'], env);
    return (JSON.parse(stdout) as { cases: number }).cases;
  };
  while ((await loaded()) === 0) await new Promise((resolve) => setTimeout(resolve, 200));
  first.child.kill('SIGTERM');
  assert.is((await first.finished).code, 0);
  const some = await loaded();
  assert.ok(some > 0 && some < 50_000, `${some} cases`);

  const second = await startProcess(env);
  assert.match(second.said(), new RegExp(`, ${some.toLocaleString('en')} unchanged, `)); // what was there is not loaded again
  assert.is(await second.stop(), 0);
  const store = await openTestStore(dir);
  const { cases } = (await store.reader('case_fact').count('* as cases').first()) as { cases: number };
  const { keys } = (await store.reader('case_fact').countDistinct('source_id as keys').first()) as { keys: number };
  await store.close();
  assert.ok(cases > 50_000);
  assert.is(keys, cases);
});

starting.run();
