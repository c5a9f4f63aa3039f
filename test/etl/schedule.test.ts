import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { defaultProcedure } from '../../etl/procedure.ts';
import type { Config, SourceConfig } from '../../etl/config.ts';
import { defaultSatisfaction } from '../../etl/config-satisfaction.ts';
import { defaultServer } from '../../etl/config-server.ts';
import { connectors } from '../../etl/connectors/index.ts';
import { BadInput, SourceFailed } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { runSource } from '../../etl/run-source.ts';
import { createTick, startSchedule, type ScheduleDeps } from '../../etl/schedule.ts';
import { tempStore } from '../support/store.ts';

const schedule = suite('schedule');
let temp: Awaited<ReturnType<typeof tempStore>>;
let clock: number;
let events: string[];
let deps: ScheduleDeps;
schedule.before.each(async () => {
  temp = await tempStore();
  clock = Date.UTC(2026, 0, 1, 12) / 1000;
  events = [];
  const inbox = path.join(temp.dir, 'inbox');
  const config: Config = {
    organisation: { name: 'Test', zone: null, currency: null },
    calendars: {},
    slaPolicies: [],
    procedure: defaultProcedure,
    openId: null,
    targets: {},
    satisfaction: defaultSatisfaction,
    digests: [],
    server: defaultServer,
    sources: [{ name: 'inbox', connector: 'folder', options: { path: inbox }, map: 'plain', schedule: { every: '15m' } }],
  };
  const findMap = () =>
    readMap(
      'source: other\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n',
      'plain.yaml',
    );
  deps = {
    store: temp.store,
    config,
    findMap,
    now: () => clock,
    log: (event) => void events.push(event),
    settleMs: 30,
    env: {},
    random: () => 0.5,
  };
  mkdirSync(inbox);
});
schedule.after.each(() => temp.close());

/** Ticks and waits until all that was due has run. */
async function settle({ tick, idle } = createTick(deps)): Promise<void> {
  await tick();
  await idle();
}
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

/** Options of a Request Tracker on this machine, as they stand in a configuration. */
function deskOptions(port: number): unknown {
  return connectors['request-tracker']?.options.parse({ url: `http://127.0.0.1:${port}`, token: '${DESK_TOKEN}', queue: ['Complaints'] });
}

schedule('reads each file of the folder once, as the source it is configured to be', async () => {
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  drop('b.csv', 'id,received\nB,2024-03-01\n');
  const ticking = createTick(deps);
  await settle(ticking);
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
  await settle(ticking);
  assert.equal(
    (await runs()).map((r) => r.input),
    ['a.csv', 'b.csv', 'c.csv'],
  );
});

schedule('does not run again before it is due, also after a restart', async () => {
  await settle();
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  clock += 14 * 60;
  await settle();
  assert.equal(await names(), []);
  clock += 60;
  await settle();
  assert.equal(await names(), ['A']);
  assert.equal(await noted(), [
    { due_at: clock - 900, run_id: null },
    { due_at: clock, run_id: 1 },
  ]);
});

schedule('catches up once after a long pause', async () => {
  await settle();
  clock += 7 * 86_400;
  const ticking = createTick(deps);
  await settle(ticking);
  await settle(ticking);
  assert.is((await noted()).length, 2);
});

schedule('tries a source that failed again after a random pause that is kept in the store', async () => {
  const findMap = deps.findMap;
  let tries = 0;
  let isDown = true;
  deps.findMap = (name) => {
    tries += 1;
    if (isDown) throw new SourceFailed('inbox', 'the folder cannot be read', { retriable: true });
    return findMap(name);
  };
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  await settle();
  assert.ok(events.includes('scheduled_run_failed'));
  assert.equal(await noted(), []);
  assert.equal(
    (await runs()).map((r) => [r.state, r.message]),
    [['failed', 'the folder cannot be read']],
  );
  const after = async (seconds: number) => {
    clock += seconds;
    // A restart does not forget it.
    await settle(createTick(deps));
    return tries;
  };
  // Half a minute, then half of two.
  assert.equal([await after(29), await after(1), await after(59), await after(1)], [1, 2, 2, 3]);
  const waiting = (await temp.store.reader('source_state').first()) as Record<string, unknown>;
  assert.equal([waiting.failed_count, waiting.retry_at], [3, clock + 120]);
  isDown = false;
  await after(120);
  assert.equal(await names(), ['A']);
  assert.is((await noted()).length, 1);
  const state = (await temp.store.reader('source_state').first()) as Record<string, unknown>;
  assert.equal([state.failed_count, state.retry_at], [0, null]);
});

schedule('does not try again before it is due what trying again cannot help, and says what can', async () => {
  deps.config.sources = [
    { name: 'desk', connector: 'request-tracker', options: deskOptions(9), map: 'plain', schedule: { every: 'hour' } },
  ];
  await settle();
  clock += 1800;
  await settle();
  const [run, ...more] = await runs();
  assert.is(more.length, 0);
  assert.is(run?.state, 'failed');
  assert.match(run?.message ?? '', /^token: the environment variable DESK_TOKEN is not set; put the secret into it/);
  clock += 1800;
  await settle();
  assert.is((await runs()).length, 2);
  const state = (await temp.store.reader('source_state').first()) as Record<string, unknown>;
  assert.equal([state.failed_count, state.retry_at], [2, null]);
});

schedule('runs two sources at a time: a slow one does not keep the others waiting, nor a tick', async () => {
  const answers: (() => void)[] = [];
  let told = (): void => undefined;
  const asked = new Promise<void>((resolve) => (told = resolve));
  const server = createServer((_, res) => {
    answers.push(() => res.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"Forbidden"}'));
    told();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const slow: SourceConfig = {
      name: 'slow',
      connector: 'request-tracker',
      options: deskOptions(port),
      map: 'plain',
      schedule: { every: '15m' },
    };
    const others = ['b', 'c', 'd'].map((name): SourceConfig => {
      const folder = path.join(temp.dir, name);
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'file.csv'), `id,received\n${name},2024-03-01\n`);
      return { name, connector: 'folder', options: { path: folder }, map: 'plain', schedule: { every: '15m' } };
    });
    deps.config.sources = [slow, ...others];
    deps.env = { DESK_TOKEN: '1-2-abc' };
    const { tick, idle } = createTick(deps);
    await tick();
    await asked;
    const state = async () => Object.fromEntries((await runs()).map((r) => [r.input ?? 'slow', r.state]));
    while ((await names()).length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.is((await state()).slow, 'running');
    // Being read still, it is not started a second time.
    clock += 900;
    await tick();
    for (const answer of answers) answer();
    await idle();
    assert.equal(
      (await runs()).filter((r) => r.input === null).map((r) => r.state),
      ['failed'],
    );
    assert.equal(await names(), ['b', 'c', 'd']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

schedule('takes up a source that is added while it runs', async () => {
  const ticking = createTick(deps);
  await settle(ticking);
  const folder = path.join(temp.dir, 'added');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'a.csv'), 'id,received\nA,2024-03-01\n');
  deps.config.sources.push({ name: 'added', connector: 'folder', options: { path: folder }, map: 'plain', schedule: { every: '15m' } });
  clock += 60;
  await settle(ticking);
  assert.equal(await names(), ['A']);
});

schedule('leaves a source without a schedule to those who ask for it', async () => {
  for (const source of deps.config.sources) source.schedule = null;
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  await settle();
  assert.equal(await names(), []);
});

schedule('a source that is being read by somebody else is no failure, and is tried at the next tick', async () => {
  await settle();
  clock += 900;
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  // Another machine, of which only the expiry tells whether it is alive.
  await temp.store.writer('source_state').update({ locked_by: 'elsewhere 1 x', locked_until: clock + 300 });
  await settle();
  assert.equal(await names(), []);
  assert.equal([(await runs()).length, events.includes('scheduled_run_failed')], [0, false]);
  clock += 301;
  await settle();
  assert.equal(await names(), ['A']);
});

const days: [string, SourceConfig['schedule'], string, string[]][] = [
  // name, schedule, first tick, the instants it runs for within 26 hours, ticking every minute
  ['02:30 of the day without one is an hour later', { every: 'day', at: '02:30' }, '2026-03-28T12:00Z', ['2026-03-28T01:30', '2026-03-29T01:30']],
  ['02:30 of the day with two is the first', { every: 'day', at: '02:30' }, '2026-10-24T12:00Z', ['2026-10-24T00:30', '2026-10-25T00:30']],
  ['a week that begins in the hour that is left out', { every: 'week', on: 'sunday', at: '02:00' }, '2026-03-28T12:00Z', ['2026-03-22T01:00', '2026-03-29T01:00']],
  ['a month that ends on the day with two', { every: 'month', on: 25, at: '02:59' }, '2026-10-24T12:00Z', ['2026-09-25T00:59', '2026-10-25T00:59']],
]; // prettier-ignore
for (const [name, every, from, expected] of days) {
  schedule(`by its clock: ${name}`, async () => {
    deps.config.organisation.zone = 'Europe/Vienna';
    for (const source of deps.config.sources) source.schedule = every;
    const ticking = createTick({ ...deps, settleMs: 0 });
    clock = Date.parse(from) / 1000;
    for (let minute = 0; minute < 26 * 60; minute += 10, clock += 600) await settle(ticking);
    const due = (await noted()).map((run) => new Date(run.due_at * 1000).toISOString().slice(0, 16));
    assert.equal(due, expected);
  });
}

for (const [name, from, step, count] of [
  ['the spring night leaves out no hour that passes', '2026-03-28T23:00Z', 'hour', 8],
  ['the autumn night runs in both of its double hours', '2026-10-24T22:00Z', 'hour', 8],
  ['quarters of an hour are due in both', '2026-10-25T00:00Z', '15m', 8],
] as const) {
  schedule(`by its clock: ${name}`, async () => {
    deps.config.organisation.zone = 'Europe/Vienna';
    for (const source of deps.config.sources) source.schedule = { every: step };
    const ticking = createTick({ ...deps, settleMs: 0 });
    clock = Date.parse(from) / 1000;
    const seconds = step === 'hour' ? 3600 : 900;
    for (let i = 0; i < count * 3; i++, clock += seconds / 3) await settle(ticking);
    // One real step apart, whatever the wall clock shows.
    const due = (await noted()).map((run) => run.due_at);
    assert.equal(
      due,
      Array.from({ length: count }, (_, i) => Date.parse(from) / 1000 + i * seconds),
    );
  });
}

schedule('notes a file that does not fit once, reads the others, and reads it again when it has changed or a person asks', async () => {
  drop('a.csv', 'who,when\nA,2024-03-01\n');
  drop('b.csv', 'id,received\nB,2024-03-01\n');
  const ticking = createTick(deps);
  const inputs = async () => (await runs()).map((r) => [r.input, r.state]);
  await settle(ticking);
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
  await settle();
  assert.is((await runs()).length, 2);

  const [source] = deps.config.sources;
  assert.ok(source);
  const asked = await runSource(deps, source, 'command');
  assert.equal(
    asked.refused.map(({ name }) => name),
    ['a.csv'],
  );
  clock += 15 * 60;
  await settle(ticking);
  assert.is((await runs()).length, 3);

  drop('a.csv', 'id,received\nA,2024-03-01\n');
  clock += 15 * 60;
  await settle(ticking);
  assert.equal(await names(), ['A', 'B']);
  assert.equal((await inputs()).at(-1), ['a.csv', 'done']);
  clock += 15 * 60;
  await settle(ticking);
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

schedule('stops when it is told to, after runs that are as good as done', async () => {
  drop('a.csv', 'id,received\nA,2024-03-01\n');
  const stop = startSchedule(deps);
  await stop();
  assert.equal(await names(), ['A']);
});

schedule('stops a run that waits for a slow source, which is due again after the restart', async () => {
  let told = (): void => undefined;
  const asked = new Promise<void>((resolve) => (told = resolve));
  const server = createServer(() => told());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    deps.config.sources = [
      { name: 'slow', connector: 'request-tracker', options: deskOptions(port), map: 'plain', schedule: { every: '15m' } },
    ];
    deps.env = { DESK_TOKEN: '1-2-abc' };
    const stop = startSchedule(deps);
    await asked;
    await stop();
    const [run] = await runs();
    assert.equal([run?.state, run?.message], ['failed', 'the run was stopped before its end']);
    const state = (await temp.store.reader('source_state').first()) as Record<string, unknown>;
    assert.equal([state.failed_count, state.locked_by, (await noted()).length], [0, null, 0]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
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
  await settle(createTick(broken));
  assert.equal(await names(), ['A']);
});

schedule.run();
