import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../../etl/config.ts';
import type { Connectors, ListPage, Maps, SourcePreview, SourceRow } from '../../../queries/model/lists.ts';
import { openConfigFile, type ConfigFile } from '../../../server/config-file.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { openWorkplace, type Workplace } from '../../support/workplace.ts';

const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n';
const yaml = `# Our desks.
organisation:
  name: Example   # as on the door
sources:
  # The first desk.
  - name: desk
    connector: folder
    path: ./desk
    map: ./shop.yaml
`;

const sources = suite('routes of new sources');
let work: Workplace;
let server: TestServer;
let configFile: ConfigFile;
sources.before.each(async () => {
  work = await openWorkplace();
  await work.write('shop.yaml', map);
  await work.write('silverlining.yaml', yaml);
  mkdirSync(work.at('in'));
  await start();
});
sources.after.each(async () => {
  await server.close();
  await work.close();
});

async function start(allowsLocal = false): Promise<void> {
  configFile = openConfigFile({ configPath: work.at('silverlining.yaml'), dataDir: work.dir, allowsLocal });
  if (configFile.text !== null) work.configure(configFile.text);
  server = await startServer({ store: work.store, sources: work.deps, configFile });
}
const get = async <T>(target: string) => (await (await server.send('GET', target)).json()) as T;
const problems = async (response: Response) => ((await response.json()) as { problems: { field: string; message: string }[] }).problems;
const preview = (source: object, mapText?: string) =>
  server.send('POST', '/api/sources/preview', { source, ...(mapText === undefined ? {} : { map_text: mapText }) });
const add = (source: object, mapText?: string) =>
  server.send('POST', '/api/sources', { source, ...(mapText === undefined ? {} : { map_text: mapText }) });
const onDisk = () => readFileSync(work.at('silverlining.yaml'), 'utf8');
const unmapped = { name: 'shop', connector: 'folder', path: './in', schedule: { every: 'day', at: '07:30' } };
const shop = { ...unmapped, map: './shop.yaml' };

sources('lists what can be connected, with a schema of its options and where secrets go', async () => {
  const { rows } = await get<Connectors>('/api/connectors');
  const folder = rows.find((row) => row.name === 'folder');
  assert.equal([folder?.kind, folder?.default_map, folder?.secrets], ['files', 'standard', []]);
  assert.ok((folder?.schema.properties as Record<string, unknown>).path);
  for (const { name, description, schema } of rows) assert.ok(description && schema.type === 'object', name);
  const { rows: maps } = await get<Maps>('/api/maps');
  assert.is(maps.find((each) => each.name === 'standard')?.source !== '', true);
  assert.ok(maps.some((each) => each.name === work.at('shop.yaml') && each.source === 'shop'));
});

sources('shows rows of a new source beside what they would become, and writes nothing', async () => {
  await work.write('in/a.csv', 'id,received,issue\n1,2026-01-05,late\n2,2026-02-30,late\n');
  const response = await preview(shop);
  const shown = (await response.json()) as SourcePreview;
  assert.is(response.status, 200);
  assert.equal([shown.header, shown.read, shown.problems, shown.cursor_ok], [['id', 'received', 'issue'], 2, [], true]);
  assert.equal(shown.rows[0]?.record, { source_id: '1', kind: 'complaint', received_at: '2026-01-05', issue: 'late' });
  assert.equal([shown.rows[1]?.record, shown.rows[1]?.problems[0]?.field], [null, 'received']);
  assert.equal(shown.notes, ['These rows are from a.csv.']);
  for (const table of ['case_fact', 'pipeline_run', 'rejected_record', 'source_state'])
    assert.is((await work.store.reader(table)).length, 0, table);
  assert.is(onDisk(), yaml);
  assert.equal(await work.store.reader('audit_event').where({ action: 'source_previewed' }).pluck('target'), ['shop (folder)']);
});

sources('shows a map that was written in the form, and what is wrong with it', async () => {
  await work.write('in/a.csv', 'id,received,issue\n1,2026-01-05,late\n');
  const shown = (await (await preview(unmapped, map.replace('issue: issue', 'issue: isue'))).json()) as SourcePreview;
  assert.match(shown.problems[0]?.message ?? '', 'did you mean "issue"');
  assert.equal([shown.rows[0]?.record, shown.rows[0]?.values?.id], [null, '1']);
  const broken = await preview(unmapped, map.replace('received_at', 'recieved_at'));
  assert.is(broken.status, 400);
  assert.match((await problems(broken))[0]?.message ?? '', 'did you mean "received_at"');
});

sources('adds a source to the file, comments kept, and to what is in force at once', async () => {
  const response = await add(shop);
  assert.equal([response.status, await response.json()], [201, { name: 'shop' }]);
  const text = onDisk();
  for (const comment of ['# Our desks.', '# as on the door', '# The first desk.']) assert.ok(text.includes(comment), comment);
  const read = readConfig(text, { where: 'silverlining.yaml', folder: work.dir });
  assert.equal(read.sources, work.deps.config.sources);
  assert.equal(
    read.sources.map((source) => source.name),
    ['desk', 'shop'],
  );
  const { rows } = await get<ListPage<SourceRow>>('/api/sources');
  const row = rows.find((source) => source.name === 'shop');
  assert.equal([row?.configured, row?.schedule, row?.cases, row?.connector], [1, 'every day at 07:30', 0, 'folder']);
  assert.ok(row?.next_run);
  assert.is((await add({ ...shop, name: 'third' })).status, 201);
  assert.is(readConfig(onDisk(), { where: 'x', folder: work.dir }).sources.length, 3);
  const twice = await add(shop);
  assert.is(twice.status, 400);
  assert.match((await problems(twice))[0]?.message ?? '', 'is the name of another source');
  assert.equal(await work.store.reader('audit_event').where({ action: 'source_added' }).pluck('target'), [
    'shop (folder)',
    'third (folder)',
  ]);
});

sources('saves a map that was written in the form beside the configuration, and never over another', async () => {
  assert.is((await add(unmapped, map)).status, 201);
  assert.is(readFileSync(work.at('maps/shop.yaml'), 'utf8'), map);
  assert.is(work.deps.config.sources.at(-1)?.map, work.at('maps/shop.yaml'));
  writeFileSync(work.at('maps/market.yaml'), '# another');
  const taken = await add({ ...unmapped, name: 'market' }, map);
  assert.is(taken.status, 409);
  assert.is(readFileSync(work.at('maps/market.yaml'), 'utf8'), '# another');
  assert.is((await add({ ...unmapped, name: '../evil' }, map)).status, 400);
});

sources('refuses when the file has been changed since it was read, and leaves it alone', async () => {
  const changed = yaml.replace('Example', 'Another');
  writeFileSync(work.at('silverlining.yaml'), changed);
  const response = await add(unmapped, map);
  assert.is(response.status, 409);
  assert.match((await problems(response))[0]?.message ?? '', 'has been changed since');
  assert.is(onDisk(), changed);
  assert.is(existsSync(work.at('maps/shop.yaml')), false);
  assert.is(work.deps.config.sources.length, 1);
});

sources('begins a file where there is none, with the drop folder that held without one', async () => {
  await server.close();
  unlinkSync(work.at('silverlining.yaml'));
  work.deps.config.sources.splice(0);
  await start();
  assert.is((await add(shop)).status, 201);
  const read = readConfig(onDisk(), { where: 'x', folder: work.dir });
  assert.equal(
    read.sources.map(({ name, options }) => [name, options]),
    [
      ['inbox', { path: work.at('inbox') }],
      ['shop', { path: work.at('in') }],
    ],
  );
});

sources('keeps a link a link and the rights of the file', async () => {
  await server.close();
  mkdirSync(work.at('etc'));
  renameSync(work.at('silverlining.yaml'), work.at('etc/real.yaml'));
  chmodSync(work.at('etc/real.yaml'), 0o640);
  symlinkSync(work.at('etc/real.yaml'), work.at('silverlining.yaml'));
  await start();
  assert.is((await add(shop)).status, 201);
  assert.ok(lstatSync(work.at('silverlining.yaml')).isSymbolicLink());
  assert.is(statSync(work.at('etc/real.yaml')).mode & 0o777, 0o640);
  assert.match(readFileSync(work.at('etc/real.yaml'), 'utf8'), 'name: shop');
});

sources('reads no file outside the folders of the configuration and the data, no hidden one and none of our own', async () => {
  symlinkSync('/etc', work.at('link'));
  for (const path of ['/etc', '../', './link', './.ssh', './in/../../x', '/etc/*.csv', './{..,in}/x', './in/.env/x']) {
    const response = await preview({ ...shop, path });
    assert.is(response.status, 400, path);
    assert.equal(
      (await problems(response)).map((p) => p.field),
      ['path'],
      path,
    );
  }
  for (const path of ['./silverlining.sqlite', './silverlining.yaml', './.env', './*/../.env', './in/**/../../../*'])
    assert.is((await preview({ ...shop, connector: 'file', path })).status, 400, path);
  assert.is((await preview({ ...shop, map: '/etc/passwd.yaml' })).status, 400);
  for (const path of ['./in', work.at('in/deeper'), '.']) assert.is((await preview({ ...shop, path })).status, 200, path);
});

const http = (more: object) => ({ name: 'rest', connector: 'http-json', map: './shop.yaml', ...more });

sources('asks no address of this machine or its network card unless that is allowed', async () => {
  const refused = [
    'http://127.0.0.1:1/x',
    'http://localhost/x',
    'http://[::1]/',
    'http://169.254.169.254/latest',
    'http://2130706433/',
    'http://0.0.0.0/',
    'http://[::ffff:127.0.0.1]/',
    'http://x.localhost/',
  ];
  for (const url of refused) {
    const response = await preview(http({ url }));
    assert.is(response.status, 400, url);
    const [first] = await problems(response);
    assert.match(`${first?.field}: ${first?.message}`, /^url: .*(this machine|not an address)/, url);
  }
});

sources('uses only secrets that are meant for sources, and shows none', async () => {
  const response = await preview(http({ url: 'https://192.0.2.1/', auth: { bearer: '${HOME}' } }));
  assert.is(response.status, 400);
  const [first] = await problems(response);
  assert.equal(first?.field, 'auth.bearer');
  assert.match(first?.message ?? '', '${SOURCE_HOME}');
});

sources('tries an interface where that is allowed: its rows, or why there are none', async () => {
  await server.close();
  await start(true);
  const seen: (string | undefined)[] = [];
  const desk: Server = createServer((req, res) => {
    seen.push(req.headers.authorization);
    if (req.headers.authorization !== 'Bearer tip-top-secret') return void res.writeHead(401).end('tip-top-secret is wrong');
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify([{ id: 1, received: '2026-01-05', issue: 'late' }]));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => desk.once('listening', resolve));
  const url = `http://127.0.0.1:${(desk.address() as AddressInfo).port}/tickets`;
  const source = http({ url, auth: { bearer: '${SOURCE_DESK}' } });
  work.deps.env = { SOURCE_DESK: 'tip-top-secret' };
  await server.close();
  await start(true);
  const shown = (await (await preview(source)).json()) as SourcePreview;
  assert.equal(shown.rows[0]?.record, { source_id: '1', kind: 'complaint', received_at: '2026-01-05', issue: 'late' });
  work.deps.env = {};
  await server.close();
  await start(true);
  const unset = await preview(source);
  assert.is(unset.status, 400);
  assert.match(JSON.stringify(await problems(unset)), 'SOURCE_DESK is not set');
  work.deps.env = { SOURCE_DESK: 'wrong-secret' };
  await server.close();
  await start(true);
  const wrong = await preview(source);
  assert.is(wrong.status, 503);
  assert.not.match(JSON.stringify(await problems(wrong)), 'wrong-secret');
  desk.close();
  desk.closeAllConnections();
});

sources('says every problem of a source at once, by option', async () => {
  const response = await preview({ name: 'Shop!', connector: 'folder', pth: './in', map: 'standard', schedule: { every: 'fortnight' } });
  assert.is(response.status, 400);
  const fields = (await problems(response)).map((p) => p.field);
  for (const field of ['name', 'path', 'pth', 'schedule.every'])
    assert.ok(fields.includes(field), `${field} is not among ${fields.join(', ')}`);
  for (const body of [{}, { source: [] }, { source: shop, map_text: 7 }])
    assert.is((await server.send('POST', '/api/sources', body)).status, 400);
  assert.is((await preview({ ...shop, map: 'standrad' })).status, 400);
});

sources.run();
