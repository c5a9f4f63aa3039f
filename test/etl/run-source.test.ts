import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import createKnex from 'knex';
import { defaultProcedure } from '../../etl/procedure.ts';
import type { SourceConfig } from '../../etl/config.ts';
import { defaultSatisfaction } from '../../etl/config-satisfaction.ts';
import { defaultServer } from '../../etl/config-server.ts';
import { connectors } from '../../etl/connectors/index.ts';
import { BadInput } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { statuses } from '../../etl/record.ts';
import { runSource, type SourceDeps } from '../../etl/run-source.ts';
import { RunInProgress } from '../../etl/store/lock.ts';
import { tempStore } from '../support/store.ts';

const running = suite('runSource');
let temp: Awaited<ReturnType<typeof tempStore>>;
let deps: SourceDeps;
running.before.each(async () => {
  temp = await tempStore();
  const text = 'source: other\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n';
  const config = {
    organisation: { name: 'Test', zone: null, currency: null },
    calendars: {},
    slaPolicies: [],
    procedure: defaultProcedure,
    openId: null,
    targets: {},
    satisfaction: defaultSatisfaction,
    digests: [],
    server: defaultServer,
    sources: [],
  };
  const now = () => Date.UTC(2026, 0) / 1000;
  deps = { store: temp.store, config, findMap: () => readMap(text, 'plain.yaml'), env: {}, now, log: () => undefined, settleMs: 0 };
});
running.after.each(() => temp.close());

const sourceOf = (connector: string, options: unknown): SourceConfig => ({
  name: 'desk',
  connector,
  options: connectors[connector]?.options.parse(options),
  map: 'plain',
  schedule: null,
});
const runs = () =>
  temp.store.reader('pipeline_run').orderBy('run_id').select<Record<string, unknown>[]>('input', 'state', 'message', 'read');
const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => assert.unreachable() as never,
    (error: Error) => error,
  );

running('reads a table on from where the last run ended', async () => {
  const file = path.join(temp.dir, 'desk.sqlite');
  const desk = createKnex({ client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true });
  try {
    await desk.schema.createTable('ticket', (t) => {
      t.text('id').primary();
      t.text('received');
      t.integer('changed');
    });
    const insert = (id: string, changed: number) => desk('ticket').insert({ id, received: '2024-03-01', changed });
    await insert('A', 1);
    await insert('B', 2);
    const source = sourceOf('sql', { file, table: 'ticket', key: 'id', watermark: 'changed' });
    const first = await runSource(deps, source, 'schedule');
    assert.equal([first.reports[0]?.read, first.reports[0]?.inserted, first.refused], [2, 2, []]);
    await insert('C', 3);
    const second = await runSource(deps, source, 'schedule');
    assert.is(second.reports[0]?.inserted, 1);
    assert.ok((second.reports[0]?.read ?? 3) < 3);
    const again = await runSource({ ...deps, isFromStart: true }, source, 'command');
    assert.equal([again.reports[0]?.read, again.reports[0]?.unchanged], [3, 3]);
    const state = (await temp.store.reader('source_state').first()) as Record<string, unknown>;
    assert.equal(
      [state.connector, state.through_at, JSON.parse(String(state.columns))],
      ['sql', deps.now(), ['id', 'received', 'changed']],
    );
  } finally {
    await desk.destroy();
  }
});

/** What is open and closed after a run of a source over a file of this content. */
async function runOver(source: SourceConfig, name: string, status: string): Promise<{ runs: number; status: unknown }> {
  writeFileSync(path.join(temp.dir, name), `id,received,status\nA,2024-03-01,${status}\n`);
  const { reports } = await runSource(deps, source, 'schedule');
  const [fact] = await temp.store.reader('case_fact').select<{ status: number }[]>('status');
  return { runs: reports.length, status: statuses[(fact?.status ?? 0) - 1] };
}
const withStatus = () =>
  readMap(
    'source: other\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  status: status\n',
    'status.yaml',
  );

running('a file is read again when it goes back to what it was before, a dropped one is not', async () => {
  deps.findMap = withStatus;
  const file = sourceOf('file', { path: path.join(temp.dir, 'export.csv') });
  const run = (status: string) => runOver(file, 'export.csv', status);
  assert.equal(await run('open'), { runs: 1, status: 'open' });
  assert.equal(await run('open'), { runs: 0, status: 'open' });
  assert.equal(await run('closed'), { runs: 1, status: 'closed' });
  assert.equal(await run('open'), { runs: 1, status: 'open' });
  assert.equal(await run('open'), { runs: 0, status: 'open' });
  assert.equal(await run('closed'), { runs: 1, status: 'closed' });
  // A copy under another name says nothing new, however often it is looked at.
  const all = sourceOf('file', { path: path.join(temp.dir, '*.csv') });
  assert.equal(await runOver(all, 'copy.csv', 'closed'), { runs: 0, status: 'closed' });
  assert.equal(await runOver(all, 'copy.csv', 'closed'), { runs: 0, status: 'closed' });
});

running('a dropped file is read once, whatever came since', async () => {
  deps.findMap = withStatus;
  const inbox = sourceOf('folder', { path: temp.dir });
  assert.equal(await runOver(inbox, 'a.csv', 'open'), { runs: 1, status: 'open' });
  assert.equal(await runOver(inbox, 'b.csv', 'closed'), { runs: 1, status: 'closed' });
  assert.equal(await runOver(inbox, 'c.csv', 'open'), { runs: 0, status: 'closed' });
});

running('a pulled source that has run for an instant of its schedule is not read for it again', async () => {
  const file = path.join(temp.dir, 'desk.sqlite');
  const desk = createKnex({ client: 'sqlite3', connection: { filename: file }, useNullAsDefault: true });
  await desk.schema.createTable('ticket', (t) => {
    t.text('id').primary();
    t.text('received');
  });
  await desk.destroy();
  const source = sourceOf('sql', { file, table: 'ticket', key: 'id' });
  await runSource({ ...deps, due: 1_000 }, source, 'schedule');
  assert.instance(await failure(runSource({ ...deps, due: 1_000 }, source, 'schedule')), RunInProgress);
  await runSource({ ...deps, due: 2_000 }, source, 'schedule');
  assert.equal(await temp.store.reader('schedule_run').orderBy('due_at').select('schedule', 'due_at', 'run_id'), [
    { schedule: 'desk', due_at: 1_000, run_id: 1 },
    { schedule: 'desk', due_at: 2_000, run_id: 2 },
  ]);
  assert.is((await runs()).length, 2);
});

running('a file whose name does not say how it is written fails alone', async () => {
  for (const name of ['a.csv', 'b.odd', 'c.ndjson'])
    writeFileSync(
      path.join(temp.dir, name),
      name === 'c.ndjson' ? '{"id":"C","received":"2024-03-01"}\n' : 'id,received\nA,2024-03-01\n\n',
    );
  writeFileSync(path.join(temp.dir, 'b.odd'), 'id,received\nB,2024-03-01\n');
  const { reports, refused } = await runSource(deps, sourceOf('file', { path: path.join(temp.dir, '?.*') }), 'command');
  assert.is(reports.length, 2);
  assert.equal([refused[0]?.name, refused.length], ['b.odd', 1]);
  assert.match(refused[0]?.reason ?? '', 'the ending .odd');
  assert.equal((await runs()).map((run) => [run.input, run.state]), [
    ['a.csv', 'done'],
    ['b.odd', 'failed'],
    ['c.ndjson', 'done'],
  ]); // prettier-ignore
});

running('says how records get to a source that is pushed, and notes nothing', async () => {
  const error = await failure(runSource(deps, sourceOf('push', {}), 'command'));
  assert.instance(error, BadInput);
  assert.match(error.message, 'POST them to /api/sources/desk/records with the token of the source');
  assert.equal(await runs(), []);
});

running('notes why a run could not even begin', async () => {
  deps.findMap = () => {
    throw new BadInput([{ field: 'map', message: 'there is no map "plain"' }]);
  };
  await failure(runSource(deps, sourceOf('folder', { path: temp.dir }), 'anna'));
  assert.equal(await runs(), [{ input: null, state: 'failed', message: 'map: there is no map "plain"', read: 0 }]);
});

running('names the connectors there are where there is no such one', async () => {
  const error = await failure(runSource(deps, { ...sourceOf('folder', { path: temp.dir }), connector: 'foldr' }, 'command'));
  assert.match(error.message, '"foldr" is no connector (did you mean "folder"?)');
});

running.run();
