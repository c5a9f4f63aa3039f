import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FlaggedRow, ListPage, RejectedRow, RunRow, SourceRow } from '../../queries/model/lists.ts';
import { cli } from '../support/cli.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { openStore, type Store } from '../../etl/store/open.ts';

const map = (source: string) =>
  `source: ${source}\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  resolved_at: resolved\n`;
// Case 1 is resolved before it was received (flagged), line 3 has a date that does not exist (rejected).
const rows = 'id,received,resolved\n1,2026-01-05,2026-01-01\n2,2026-02-30,\n3,2026-02-01,2026-02-02\n';

const lists = suite('lists of the data page');
let dir = '';
let store: Store;
let server: TestServer;
lists.before(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'silverlining-lists-'));
  const at = (name: string) => path.join(dir, name);
  await writeFile(at('rows.csv'), rows);
  for (const source of ['shop', 'market']) {
    await writeFile(at(`${source}.yaml`), map(source));
    const { code } = await cli(['import', at('rows.csv'), '--map', at(`${source}.yaml`)], { SILVERLINING_DATA: dir });
    assert.is(code, 3);
  }
  store = await openStore({ dataDir: dir });
  server = await startServer({ store });
});
lists.after(async () => {
  await server.close();
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

const list = async <Row>(target: string) => (await (await server.send('GET', target)).json()) as ListPage<Row>;

lists('shows each source with its cases, how far it is known and its last run', async () => {
  const { total, rows: sources } = await list<SourceRow>('/api/sources');
  assert.is(total, 2);
  assert.equal(
    sources.map((s) => s.name),
    ['market', 'shop'],
  );
  const [market] = sources;
  assert.equal([market?.cases, market?.runs, market?.rejected, market?.live, market?.running], [2, 1, 1, 0, 0]);
  assert.is(market?.through, '2026-02-02T23:59:59Z'); // the last day the file names, to its end
  assert.is(market?.last_run?.state, 'done');
});

lists('shows runs, newest first, of all sources or of one', async () => {
  const all = await list<RunRow>('/api/runs');
  assert.equal(
    all.rows.map((r) => r.source),
    ['market', 'shop'],
  );
  const { total, rows: runs } = await list<RunRow>('/api/runs?source=shop');
  assert.is(total, 1);
  const [run] = runs;
  assert.equal([run?.read, run?.inserted, run?.rejected, run?.flagged, run?.started_by], [3, 2, 1, 1, 'command']);
  assert.match(run?.started_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

lists('shows rejected rows with their place, their reason and the row as it came', async () => {
  const { total, rows: rejected } = await list<RejectedRow>('/api/rejected?source=shop');
  assert.is(total, 1);
  assert.equal([rejected[0]?.line, rejected[0]?.source], [3, 'shop']);
  assert.match(rejected[0]?.reason ?? '', '2026-02-30');
  assert.match(rejected[0]?.raw ?? '', '2026-02-30');
  assert.is((await list<RejectedRow>(`/api/rejected?run=${rejected[0]?.run_id}`)).total, 1);
  assert.is((await list<RejectedRow>('/api/rejected?run=99')).total, 0);
});

lists('shows flagged values with their case and the rule in words', async () => {
  const { total, rows: flagged } = await list<FlaggedRow>('/api/flagged?rule=time_order');
  assert.is(total, 2);
  assert.equal([flagged[0]?.source, flagged[0]?.source_id, flagged[0]?.label], ['market', '1', 'Times are in an impossible order']);
  assert.equal([path.basename(flagged[0]?.input ?? ''), flagged[0]?.line], ['rows.csv', 2]);
  assert.is((await list<FlaggedRow>('/api/flagged?source=shop')).total, 1);
  assert.is((await list<FlaggedRow>('/api/flagged?rule=future_date')).total, 0);
});

lists('gives an empty page beyond the last', async () => {
  const { total, page, rows: none } = await list<RunRow>('/api/runs?page=7');
  assert.equal([total, page, none], [2, 7, []]);
});

lists.run();
