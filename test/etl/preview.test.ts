import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdirSync, existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { writeFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceFailed } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { previewSource, type PreviewOptions } from '../../etl/preview.ts';
import { requestTrackerToken, serveRequestTracker } from './connectors/presets/request-tracker-server.ts';
import { fixtureMap } from './connectors/presets/support.ts';
import { openWorkplace, type Workplace } from '../support/workplace.ts';

const mapText =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  severity: { column: how_bad, optional: true }\n';

const preview = suite('preview');
let work: Workplace;
preview.before.each(async () => void (work = await openWorkplace()));
preview.after.each(() => work.close());

const options = (more: Partial<PreviewOptions['source']> = {}): PreviewOptions => ({
  source: { name: 'shop', connector: 'folder', options: { path: work.at('in') }, map: 'x', schedule: null, ...more },
  map: readMap(mapText, 'shop'),
  env: {},
  now: work.deps.now,
  settleMs: 20,
});

preview('shows at most twenty rows of the first file, broken ones among them, with flags and problems', async () => {
  mkdirSync(work.at('in'));
  const lines = Array.from({ length: 30 }, (_, i) => `${i},2026-01-05,${i === 1 ? 'awful' : 'high'}`);
  lines[2] = 'a,2026-01-05,high,too many';
  await writeFile(work.at('in/b.csv.gz'), gzipSync(`id,received,how_bad\n${lines.join('\n')}\n`));
  await work.write('in/c.csv', 'id,received\n1,2026-01-05\n');
  const shown = await previewSource(options());
  assert.equal([shown.rows.length, shown.read, shown.problems, shown.cursor_ok], [20, 30, [], true]);
  assert.equal(shown.rows[0]?.record, { source_id: '0', kind: 'complaint', received_at: '2026-01-05', severity: 'high' });
  const [flag] = shown.rows[1]?.flags ?? [];
  assert.equal([flag?.rule, flag?.label, flag?.value], ['unknown_label', 'A value is not on the list', 'awful']);
  assert.equal([shown.rows[2]?.line, shown.rows[2]?.values, shown.rows[2]?.record], [4, null, null]);
  assert.ok(shown.rows[2]?.problems[0]?.message);
  assert.equal(shown.notes, ['These rows are from b.csv.gz, the first of 2 files.']);
});

preview('shows of a folding map the case that the rows of a key make', async () => {
  mkdirSync(work.at('in'));
  await work.write('in/a.csv', 'id,received,paid\n1,2026-01-05,10.00\n2,,1.00\n1,,2.50\n');
  const map = readMap(
    'source: till\nzone: UTC\ndate: YYYY-MM-DD\ncurrency: EUR\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  redress_amount: paid\nfold:\n  take: first_given\n  fields: { redress_amount: sum }\n',
    'till',
  );
  const { rows } = await previewSource({ ...options(), map });
  assert.equal(
    rows.map((row) => [row.values?.id, row.record?.redress_amount ?? null]),
    [
      ['1', '12.50'],
      ['2', null],
      ['1', '12.50'],
    ],
  );
  assert.is(rows[1]?.problems[0]?.field, 'received');
});

preview('makes no folder and says when no file is there yet', async () => {
  assert.equal((await previewSource(options())).notes, ['No file is there yet; each is read when it comes.']);
  assert.is(existsSync(work.at('in')), false);
  mkdirSync(work.at('in'));
  assert.equal((await previewSource(options())).rows, []);
});

preview('says of a source that sends its records that there is nothing to look at', async () => {
  const { rows, notes } = await previewSource(options({ connector: 'push', options: {} }));
  assert.equal([rows.length, notes.length], [0, 1]);
});

preview('waits for a source no longer than it was told, and lets go of it', async () => {
  let closed = (): void => undefined;
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const silent = createServer((req) => void req.once('close', closed)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  const { connectors } = await import('../../etl/connectors/index.ts');
  const http = options({ connector: 'http-json', options: connectors['http-json']?.options.parse({ url }) });
  try {
    await previewSource({ ...http, seconds: 0.3 });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, SourceFailed);
    assert.match((error as Error).message, 'no rows within 0.3 seconds');
  }
  await isClosed;
  silent.close();
  silent.closeAllConnections();
});

preview('of a help desk asks for little: a small page, and the details of as many rows as are shown', async () => {
  const created = (minute: number): string => new Date(Date.UTC(2026, 0, 5, 9, minute)).toISOString().replace('.000Z', 'Z');
  const tickets = Array.from({ length: 100 }, (_, i) => ({ id: String(i + 1), Status: 'open', Created: created(0), LastUpdated: created(i), Queue: { Name: 'Complaints' } })); // prettier-ignore
  const transactions = tickets.flatMap(({ id }) =>
    [1, 2, 3].map((n) => ({ id: `${id}${n}`, ObjectId: id, Type: 'Status', Field: 'Status', OldValue: 'new', NewValue: 'deleted', Created: created(n) })),
  ); // prettier-ignore
  const rt = await serveRequestTracker({ tickets, transactions });
  const { connectors } = await import('../../etl/connectors/index.ts');
  const given = { url: rt.url, token: '${RT_TOKEN}', queue: ['Complaints'], text: true };
  const source = options({ connector: 'request-tracker', options: connectors['request-tracker']?.options.parse(given) as object });
  try {
    const shown = await previewSource({ ...source, map: fixtureMap('request-tracker'), env: { RT_TOKEN: requestTrackerToken } });
    assert.equal([shown.rows.length, shown.problems], [20, []]);
    const asked = rt.requests.map((request) => new URL(request, rt.url).searchParams);
    // The list, its first row once more by its own time, and the history and text of tickets until there are 20 rows.
    assert.equal([asked.length, asked[0]?.get('per_page'), asked[1]?.get('per_page')], [11, '20', '20']);
    assert.not.ok(asked.some((query) => query.get('query')?.includes('MergedInto')));
  } finally {
    await rt.close();
  }
});

preview.run();
