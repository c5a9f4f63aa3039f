import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeSource } from '../../../etl/store/sources.ts';
import type { PipelineRunRow, SourceStateRow } from '../../../etl/store/tables.ts';
import type { LiveRun, LiveRuns } from '../../../queries/model/lists.ts';
import { launch } from '../../support/cli.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { openWorkplace, type Workplace } from '../../support/workplace.ts';
import { storeEnv } from '../../support/test-store.ts';

const now = () => Math.floor(Date.now() / 1000);

const live = suite('live runs');
let work: Workplace;
let server: TestServer;
let stop: AbortController;
const streams: AbortController[] = [];
live.before.each(async () => {
  work = await openWorkplace();
  stop = new AbortController();
  server = await startServer({
    store: work.store,
    sources: work.deps,
    stopped: stop.signal,
    live: { pollMs: 20, sessionMs: 50, heartbeatMs: 1, listeners: 2 },
  });
  await describeSource(work.store, { name: 'shop', connector: 'csv', map: null, zone: null, fields: [] });
});
live.after.each(async () => {
  for (const stream of streams.splice(0)) stream.abort();
  await server.close();
  await work.close();
});

/** Follows the stream; `until` resolves with the first event for which `test` holds. */
async function follow(headers: Record<string, string> = {}) {
  const controller = new AbortController();
  streams.push(controller);
  const response = await fetch(`${server.url}/api/runs/live`, {
    headers: { cookie: server.cookie, 'accept-encoding': 'gzip, br', ...headers },
    signal: controller.signal,
  });
  const events: LiveRun[][] = [];
  let text = '';
  let wake = (): void => undefined;
  const ended = (async () => {
    try {
      for await (const chunk of response.body ?? []) {
        text += new TextDecoder().decode(chunk);
        events.length = 0;
        for (const [, data = ''] of text.matchAll(/^event: runs\ndata: (.*)$/gm)) events.push((JSON.parse(data) as LiveRuns).runs);
        wake();
      }
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    }
    return 'ended' as const;
  })();
  return {
    response,
    ended,
    text: () => text,
    leave: () => controller.abort(),
    async until(test: (runs: LiveRun[]) => boolean): Promise<LiveRun[]> {
      for (;;) {
        const found = events.find(test);
        if (found) return found;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

const hold = (until: number | null) =>
  work.store.writer<SourceStateRow>('source_state').update({ locked_until: until, locked_by: 'other 1 x' });
const begin = async (more: Partial<PipelineRunRow> = {}): Promise<number> => {
  await hold(now() + 100);
  const [row] = await work.store
    .writer<PipelineRunRow>('pipeline_run')
    .insert({ source: 1, started_by: 'schedule', state: 'running', started_at: now(), ...more })
    .returning('run_id');
  return (row as { run_id: number }).run_id;
};
const run = (id: number) => work.store.writer<PipelineRunRow>('pipeline_run').where({ run_id: id });

live('tells at once that nothing runs, uncompressed, and keeps the connection open', async () => {
  const stream = await follow();
  assert.match(stream.response.headers.get('content-type') ?? '', 'text/event-stream');
  assert.is(stream.response.headers.get('content-encoding'), null);
  assert.is(stream.response.headers.get('cache-control'), 'no-store');
  assert.equal(await stream.until(() => true), []);
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.match(stream.text(), ': still here');
  assert.is([...stream.text().matchAll(/^event:/gm)].length, 1); // nothing new, nothing said
});

live('follows a run of any process: rows, total, pace, what is left, and its end once', async () => {
  const id = await begin({ total: 1000, total_unit: 'rows', read: 100 });
  const stream = await follow();
  const [first] = await stream.until((runs) => runs.length === 1);
  assert.equal([first?.run_id, first?.source, first?.state, first?.total, first?.total_unit], [id, 'shop', 'running', 1000, 'rows']);
  assert.equal([first?.rows_per_second, first?.seconds_left], [null, null]); // one look tells no pace
  await run(id).update({ read: 500 });
  const [later] = await stream.until(([each]) => (each?.rows_per_second ?? 0) > 0);
  const pace = later?.rows_per_second ?? 0;
  // 400 rows in at least the half second a pace needs; 500 are left.
  assert.ok(pace > 0 && pace <= 800, String(pace));
  assert.ok(Math.abs((later?.seconds_left ?? 0) - 500 / pace) <= 1.5, `${later?.seconds_left} at ${pace}`);
  await run(id).update({ state: 'done', finished_at: now(), inserted: 500 });
  await hold(null);
  const [last] = await stream.until(([each]) => each?.state === 'done');
  assert.equal([last?.inserted, last?.seconds_left], [500, null]);
  await new Promise((resolve) => setTimeout(resolve, 80));
  assert.is([...stream.text().matchAll(/"state":"done"/g)].length, 1);
});

live('tells of runs that began and ended between two looks, and not of those before', async () => {
  await run(await begin()).update({ state: 'done', finished_at: now() });
  const stream = await follow();
  assert.equal(await stream.until(() => true), []);
  const quick = await begin({ state: 'failed', finished_at: now(), message: 'no' });
  const [told] = await stream.until((runs) => runs.length === 1);
  assert.equal([told?.run_id, told?.state, told?.message], [quick, 'failed', 'no']);
});

live('does not show as under way what a dead process has left behind', async () => {
  await begin();
  const stream = await follow();
  await stream.until((runs) => runs.length === 1);
  await hold(now() - 1);
  const events = await stream.until((runs) => runs.length === 0);
  assert.equal(events, []);
});

live('shows a real import in another process', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i},2026-01-05,late`);
  await work.write('a.csv', `id,received,issue\n${lines.join('\n')}\n`);
  await work.write(
    'm.yaml',
    'source: other\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n',
  );
  const stream = await follow();
  await stream.until(() => true);
  const { finished } = launch(['import', work.at('a.csv'), '--map', work.at('m.yaml')], await storeEnv(work.dir));
  const [done] = await stream.until(([each]) => each?.source === 'other' && each.state === 'done');
  assert.equal([done?.read, done?.inserted], [20_000, 20_000]);
  assert.is((await finished).code, 0);
});

live('ends with the session', async () => {
  const stream = await follow();
  await stream.until(() => true);
  assert.is((await server.send('POST', '/sign-out')).status, 204);
  assert.is(await stream.ended, 'ended');
  assert.is((await follow()).response.status, 401);
});

live('ends when the server is told to stop, and takes nobody more', async () => {
  const stream = await follow();
  stop.abort();
  assert.is(await stream.ended, 'ended');
  assert.is((await follow()).response.status, 503);
});

live('takes a bounded number of listeners, and another when one has left', async () => {
  const first = await follow();
  await follow();
  assert.is((await follow()).response.status, 503);
  first.leave();
  for (;;) {
    const next = await follow();
    if (next.response.status === 200) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

live('keeps no place for who left before the stream began', async () => {
  const { hostname, port } = new URL(server.url);
  // The session is looked up while the socket is already gone.
  for (let i = 0; i < 6; i++) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`GET /api/runs/live HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncookie: ${server.cookie}\r\n\r\n`, () =>
          socket.destroy(),
        );
      });
      socket.once('close', () => resolve());
    });
  }
  // Two may listen: those who left take no place of theirs.
  await (await server.send('GET', '/api/health')).arrayBuffer();
  const followed = await Promise.all([follow(), follow()]);
  assert.equal(
    followed.map(({ response }) => response.status),
    [200, 200],
  );
});

live.run();
