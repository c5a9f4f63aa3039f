import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../etl/config.ts';
import { BadInput, SourceFailed } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { runSource, type SourceDeps } from '../../etl/run-source.ts';
import { createTick, startSchedule } from '../../etl/schedule.ts';
import { tempStore } from '../support/store.ts';

const schedule = suite('schedule');
let temp: Awaited<ReturnType<typeof tempStore>>;
let clock: number;
let events: string[];
let deps: SourceDeps;
schedule.before.each(async () => {
  temp = await tempStore();
  clock = Date.UTC(2026, 0, 1, 12) / 1000;
  events = [];
  const inbox = path.join(temp.dir, 'inbox');
  const config: Config = {
    organisation: { name: 'Test', zone: null, currency: null },
    sources: [{ name: 'inbox', connector: 'folder', path: inbox, map: 'plain', schedule: { every: '15m' } }],
  };
  const findMap = () =>
    readMap(
      'source: other\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n',
      'plain.yaml',
    );
  deps = { store: temp.store, config, findMap, now: () => clock, log: (event) => void events.push(event), settleMs: 30 };
  mkdirSync(inbox);
});
schedule.after.each(() => temp.close());

const drop = (name: string, text: string) => writeFileSync(path.join(temp.dir, 'inbox', name), text);
const runs = () =>
  temp.store
    .reader<{ run_id: number; input: string; state: string; started_by: string; message: string | null }>('pipeline_run')
    .orderBy('run_id')
    .select();
const noted = () =>
  temp.store
    .reader<{ schedule: string; due_at: number; run_id: number | null }>('schedule_run')
    .orderBy('due_at')
    .select('due_at', 'run_id');
const names = async () =>
  (await temp.store.reader<{ source_id: string }>('case_fact').orderBy('source_id').select('source_id')).map((r) => r.source_id);

schedule('reads each file of the folder once, as the source it is configured to be', async () => {
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  drop('b.csv', 'id,received\nB,2024-03-01\n');
  const { tick } = createTick(deps);
  await tick();
  assert.equal(await names(), ['A', 'B']);
  assert.equal(
    (await runs()).map((r) => [r.input, r.state, r.started_by]),
    [
      ['a.csv', 'done', 'schedule'],
      ['b.csv', 'done', 'schedule'],
    ],
  );
  const state = (await temp.store.reader('source_state').first()) as Record<string, unknown>;
  assert.equal([state.name, state.connector, state.map], ['inbox', 'folder', 'plain']);
  clock += 15 * 60;
  drop('c.csv', 'id,received\nC,2024-03-01\n');
  await tick();
  assert.equal(
    (await runs()).map((r) => r.input),
    ['a.csv', 'b.csv', 'c.csv'],
  );
});

schedule('does not run again before it is due, also after a restart', async () => {
  await createTick(deps).tick();
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  clock += 14 * 60;
  await createTick(deps).tick();
  assert.equal(await names(), []);
  clock += 60;
  await createTick(deps).tick();
  assert.equal(await names(), ['A']);
  assert.equal(await noted(), [
    { due_at: clock - 900, run_id: null },
    { due_at: clock, run_id: 1 },
  ]);
});

schedule('catches up once after a long pause', async () => {
  await createTick(deps).tick();
  clock += 7 * 86_400;
  const { tick } = createTick(deps);
  await tick();
  await tick();
  assert.is((await noted()).length, 2);
});

schedule('tries a source that failed again after a growing pause', async () => {
  const findMap = deps.findMap;
  let tries = 0;
  let isDown = true;
  deps.findMap = (name) => {
    tries += 1;
    if (isDown) throw new SourceFailed('inbox', 'the folder cannot be read', { retriable: true });
    return findMap(name);
  };
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  const { tick } = createTick(deps);
  await tick();
  assert.ok(events.includes('scheduled_run_failed'));
  assert.equal(await noted(), []);
  const after = async (seconds: number) => {
    clock += seconds;
    await tick();
    return tries;
  };
  assert.equal([await after(30), await after(30), await after(60), await after(60)], [1, 2, 2, 3]);
  isDown = false;
  await after(240);
  assert.equal(await names(), ['A']);
  assert.is((await noted()).length, 1);
});

schedule('notes a file that does not fit once, reads the others, and reads it again when it has changed or a person asks', async () => {
  drop('a.csv', 'who,when\nA,2024-03-01\n');
  drop('b.csv', 'id,received\nB,2024-03-01\n');
  const { tick } = createTick(deps);
  const inputs = async () => (await runs()).map((r) => [r.input, r.state]);
  await tick();
  assert.equal(await names(), ['B']);
  assert.equal(await inputs(), [
    ['a.csv', 'failed'],
    ['b.csv', 'done'],
  ]);
  assert.match((await runs())[0]?.message ?? '', 'id');
  assert.equal(events.includes('scheduled_run_failed'), false);
  assert.ok(events.includes('file_refused'));
  assert.is((await noted()).length, 1);

  clock += 15 * 60;
  await createTick(deps).tick();
  assert.is((await runs()).length, 2);

  const [source] = deps.config.sources;
  assert.ok(source);
  const asked = await runSource(deps, source, 'command');
  assert.equal(
    asked.refused.map(({ name }) => name),
    ['a.csv'],
  );
  clock += 15 * 60;
  await tick();
  assert.is((await runs()).length, 3);

  drop('a.csv', 'id,received\nA,2024-03-01\n');
  clock += 15 * 60;
  await tick();
  assert.equal(await names(), ['A', 'B']);
  assert.equal((await inputs()).at(-1), ['a.csv', 'done']);
  clock += 15 * 60;
  await tick();
  assert.is((await runs()).length, 4);
});

schedule('notes a run a person started although there was nothing new', async () => {
  const [source] = deps.config.sources;
  assert.ok(source);
  let started = 0;
  assert.equal(await runSource(deps, source, 'command', (runId) => (started = runId)), { reports: [], refused: [] });
  assert.equal(
    (await runs()).map((r) => [r.run_id, r.state, r.message]),
    [[started, 'done', 'no new files']],
  );
});

schedule('stops when it is told to, after the tick in progress', async () => {
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  const stop = startSchedule(deps);
  await stop();
  assert.equal(await names(), ['A']);
});

schedule('goes on with other sources when the map of one is missing', async () => {
  const broken = {
    ...deps,
    config: { ...deps.config, sources: [{ ...deps.config.sources[0]!, name: 'first', map: 'gone' }, ...deps.config.sources] },
  }; // the list above has one
  broken.findMap = (name) => {
    if (name === 'gone') throw new BadInput([{ field: 'map', message: 'there is no map "gone"' }]);
    return deps.findMap(name);
  };
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  await createTick(broken).tick();
  assert.equal(await names(), ['A']);
});

schedule.run();
