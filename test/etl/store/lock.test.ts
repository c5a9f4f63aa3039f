// time limit: 120 s
import { spawn } from 'node:child_process';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceFailed } from '../../../etl/errors.ts';
import { lockSource, RunInProgress } from '../../../etl/store/lock.ts';
import type { Store } from '../../../etl/store/open.ts';
import { describeSource } from '../../../etl/store/sources.ts';
import type { SourceStateRow } from '../../../etl/store/tables.ts';
import { transact } from '../../../etl/store/transact.ts';
import { tempStore } from '../../support/store.ts';

const locking = suite('the lock of a source');
let temp: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
let source: { code: number; name: string };
let clock: number;
locking.before.each(async () => {
  temp = await tempStore();
  store = temp.store;
  clock = Date.UTC(2026, 0) / 1000;
  source = { name: 'desk', code: await describeSource(store, { name: 'desk', connector: 'sql', map: null, zone: null, fields: [] }) };
});
locking.after.each(() => temp.close());

const nothing = () => Promise.resolve();
const take = (heartbeatMs?: number) => lockSource(store, source, () => clock, nothing, heartbeatMs === undefined ? {} : { heartbeatMs });
const state = async () => (await store.reader<SourceStateRow>('source_state').first()) as SourceStateRow;
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => assert.unreachable() as never,
    (error: unknown) => error,
  );

locking('is held by one, and free once it is released', async () => {
  const { lock } = await take();
  const error = await failure(take());
  assert.instance(error, RunInProgress);
  assert.is((error as RunInProgress).retriable, true);
  assert.is((error as RunInProgress).message, 'another run of "desk" is in progress; try again when it is done');
  await transact(store, (trx) => lock.release(trx));
  const { lock: next } = await take();
  await transact(store, (trx) => next.release(trx));
});

locking('of another machine is free when it has not been renewed for five minutes', async () => {
  await store.writer('source_state').update({ locked_by: 'elsewhere 1 x', locked_until: clock + 300 });
  clock += 299;
  assert.instance(await failure(take()), RunInProgress);
  clock += 1;
  const { lock } = await take();
  await transact(store, (trx) => lock.release(trx));
});

locking('renews itself while its run writes nothing', async () => {
  const { lock } = await take(20);
  clock += 250;
  while ((await state()).locked_until !== clock + 300) await pause(5);
  clock += 250;
  assert.instance(await failure(take()), RunInProgress);
  await transact(store, (trx) => lock.release(trx));
  const { locked_until } = await state();
  await pause(60);
  assert.is((await state()).locked_until, locked_until);
  assert.is(locked_until, null);
});

locking('that was taken over is lost for good', async () => {
  const { lock } = await take();
  await store.writer('source_state').update({ locked_by: 'elsewhere 1 x', locked_until: clock + 300 });
  const error = await failure(transact(store, (trx) => lock.renew(trx, clock, { cursor: 'beyond' })));
  assert.instance(error, SourceFailed);
  assert.match((error as Error).message, 'another process has taken over "desk"');
  assert.is((await state()).cursor, null);
  await transact(store, (trx) => lock.release(trx));
  assert.is((await state()).locked_by, 'elsewhere 1 x');
});

locking('that its process could not give back holds nobody up', async () => {
  const { lock } = await take();
  lock.abandon();
  const { lock: next } = await take();
  await transact(store, (trx) => next.release(trx));
});

/** A run in a process of its own, which says "begun" and waits for a line before it reads on; its answer is what it said last. */
function startRun() {
  const url = (name: string) => JSON.stringify(fileURLToPath(new URL(`../../../etl/${name}.ts`, import.meta.url)));
  const script = `
    import { once } from 'node:events';
    import { readMap } from ${url('map')};
    import { runImport } from ${url('run')};
    import { openTestStore } from ${url('../test/support/test-store')};
    const store = await openTestStore(process.argv[1]);
    const waiting = {
      name: 'waiting', description: '',
      async *read() {
        process.stdout.write('begun\\n');
        await once(process.stdin, 'data');
        yield { header: ['id', 'received'], rows: [{ line: 1, values: { id: 'A', received: '2024-03-01' } }], broken: [], cursor: '', bytes: 0 };
      },
    };
    const map = readMap('source: desk\\nzone: UTC\\ndate: iso\\nkey: id\\nfields:\\n  kind: { constant: complaint }\\n  received_at: received\\n', 'desk.yaml');
    try {
      await runImport({ store, map, connector: waiting, options: null, startedBy: 'command', input: null, now: () => Math.floor(Date.now() / 1000), log: () => undefined });
      process.stdout.write('done\\n');
    } catch (error) {
      process.stdout.write(error.name + ' ' + error.retriable + ': ' + error.message + '\\n');
    }
    process.stdin.destroy();
    await store.close();`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, temp.dir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  let wake = (): void => undefined;
  child.stdout.on('data', (text: Buffer) => {
    said += text.toString();
    wake();
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  return {
    lines: () => said.trim().split('\n'),
    /** Resolves with the next thing it says. */
    said: () => (said === '' ? new Promise<void>((resolve) => (wake = resolve)) : Promise.resolve()),
    goOn: () => child.stdin.write('\n'),
    kill: () => child.kill('SIGKILL'),
    ended,
    pid: child.pid,
  };
}

locking('lets one of two processes run that begin at once; the other hears why not and changes nothing', async () => {
  const both = [startRun(), startRun()];
  await Promise.all(both.map((run) => run.said()));
  const refused = both.filter((run) => run.lines()[0] !== 'begun');
  const [running] = both.filter((run) => run.lines()[0] === 'begun');
  assert.equal(
    refused.map((run) => run.lines()),
    [['RunInProgress true: another run of "desk" is in progress; try again when it is done']],
  );
  running?.goOn();
  await Promise.all(both.map((run) => run.ended));
  assert.equal(running?.lines(), ['begun', 'done']);
  const runs = await store.reader('pipeline_run').select<Record<string, unknown>[]>('state', 'inserted');
  assert.equal(runs, [{ state: 'done', inserted: 1 }]);
});

locking('of a killed process is free at once on its own machine, and its run noted as interrupted', async () => {
  const killed = startRun();
  await killed.said();
  const { locked_by } = await state();
  assert.ok(locked_by?.startsWith(`${hostname()} ${killed.pid} `));
  killed.kill();
  await killed.ended;
  const next = startRun();
  await next.said();
  assert.equal(next.lines(), ['begun']);
  next.goOn();
  await next.ended;
  const runs = await store.reader('pipeline_run').orderBy('run_id').select<Record<string, unknown>[]>('state', 'message');
  assert.equal(runs, [
    { state: 'failed', message: 'interrupted: its process ended before it was done' },
    { state: 'done', message: null },
  ]);
});

locking.run();
