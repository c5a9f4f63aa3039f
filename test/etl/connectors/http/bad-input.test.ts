import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { httpJson } from '../../../../etl/connectors/http/connector.ts';
import type { HttpInput } from '../../../../etl/connectors/http/options.ts';
import { SourceFailed } from '../../../../etl/errors.ts';
import { readMap } from '../../../../etl/map.ts';
import { runImport, type RunReport } from '../../../../etl/run.ts';
import { keysetList, type ListRow } from '../../../support/http-lists.ts';
import {
  busy, cutOff, guarded, halfDocument, hanging, htmlPage, huge, json, redirect, refused, startHttpSource, type HttpSource, type Reply,
} from '../../../support/http-source.ts'; // prettier-ignore
import { tempStore } from '../../../support/store.ts';
import { httpOptions, now, withoutWaiting } from './support.ts';

const bad = suite('bad input of a web interface');
const map = readMap(
  `
source: desk
key: id
fields:
  kind: { constant: complaint }
  received_at: updated_at
  issue: issue
`,
  'desk.yaml',
);
const token = 'tok-4711-secret';
const row = (id: number): ListRow => ({ id, updated_at: `2025-03-0${id}T08:00:00Z`, issue: `Issue ${id}` });

let rows: ListRow[] = [];
let source: HttpSource;
let door: ReturnType<typeof guarded>;
let temp: Awaited<ReturnType<typeof tempStore>>;

bad.before.each(async () => {
  rows = [1, 2, 3, 4, 5, 6].map(row);
  door = guarded(
    token,
    keysetList(() => rows),
  );
  source = await startHttpSource(door.rule);
  temp = await tempStore();
});
bad.after.each(async () => {
  await source.close();
  await temp.close();
});

const input = (more: Partial<HttpInput> = {}): HttpInput => ({
  url: `${source.url}/api/cases`,
  auth: { bearer: token },
  rows: 'items',
  timeout_seconds: 5,
  incremental: { column: 'updated_at', parameter: 'since', overlap_seconds: 0 },
  paging: { kind: 'keyset', size: 2, size_parameter: 'limit', next: { after: '{last.updated_at},{last.id}' } },
  ...more,
});
const run = (more: Partial<HttpInput> = {}): Promise<RunReport> =>
  runImport({
    store: temp.store, map, connector: withoutWaiting(httpJson), options: httpOptions(input(more)), since: 'cursor', startedBy: 'command', input: null,
    now: () => now, log: () => undefined,
  }); // prettier-ignore

async function failedRun(more: Partial<HttpInput> = {}): Promise<SourceFailed> {
  try {
    await run(more);
  } catch (error) {
    assert.instance(error, SourceFailed);
    assert.not.match((error as SourceFailed).message, new RegExp(`${token}|Example`));
    return error as SourceFailed;
  }
  throw new Error('the run was expected to fail');
}

const cases = async (): Promise<string[]> =>
  (await temp.store.reader('case_fact').orderBy('source_id').select<{ source_id: string }[]>('source_id')).map((r) => r.source_id);
const kept = async (): Promise<string> => (await temp.store.reader('source_state').first<{ cursor: string }>('cursor')).cursor;

/** Breaks the third page: the first two stay, nothing is claimed beyond them, and once it is mended the rest comes without loss or doubling. */
async function breakThirdPage(reply: Reply, more: Partial<HttpInput> = {}): Promise<SourceFailed> {
  source.interrupt(...[1, 2].map((): Reply => (response, request) => door.rule(request)(response, request)));
  source.always(reply);
  const error = await failedRun(more);
  assert.equal(await cases(), ['1', '2', '3', '4']);
  assert.match(await kept(), /2025-03-04T08:00:00Z/);
  assert.not.match(await kept(), /2025-03-0[56]/);
  const state = await temp.store
    .reader('pipeline_run')
    .orderBy('run_id', 'desc')
    .first<{ state: string; message: string }>('state', 'message');
  assert.is(state.state, 'failed');
  assert.is(state.message, error.message);
  source.always(null);
  const report = await run();
  assert.equal([report.inserted, report.updated], [2, 0]);
  assert.equal(await cases(), ['1', '2', '3', '4', '5', '6']);
  assert.is((await run()).inserted, 0);
  return error;
}

const faults: { name: string; reply: () => Reply; more?: Partial<HttpInput>; message: RegExp; retriable: boolean }[] = [
  { name: 'a source that has a fault of its own', reply: () => refused(500, 'database is locked'), message: /fault of its own \(500\): "database is locked", 6 times one after the other; tell whoever runs it/, retriable: true },
  { name: 'a connection that is cut in mid-body', reply: () => cutOff({ items: [row(5), row(6)] }), message: /cut the connection.*6 times/, retriable: true },
  { name: 'a source that is slow', reply: hanging, more: { timeout_seconds: 0.05 }, message: /did not finish its answer within 0\.05 seconds; ask for less at once/, retriable: true },
  { name: 'a source that asks for more patience than a run has', reply: () => busy(429, 3600), message: /asks to be left alone for 3600 seconds more than the 15 minutes a run waits in all \(429\); the next run goes on/, retriable: true },
  { name: 'a source that is busy for ever and does not say for how long', reply: () => busy(503, null), message: /was still busy after 8 tries \(503\)/, retriable: true },
  { name: 'a redirect to another host', reply: () => redirect('https://login.example/sign-in?token=abc'), message: /sends us on \(302\) to another host, login\.example, and we do not follow.*change `url`/, retriable: false },
  { name: 'a web page with status 200', reply: htmlPage, message: /answered 200 with a web page \(text\/html, \d+ bytes\) instead of JSON; check that `url`/, retriable: false },
  { name: 'half a JSON document', reply: () => halfDocument({ items: [row(5), row(6)] }), message: /sent half a JSON document \(\d+ bytes; line 1, column \d+: /, retriable: true },
  { name: 'what is no JSON at all', reply: () => (response) => void response.writeHead(200, { 'content-type': 'text/csv' }).end('id,issue\n5,Late'), message: /sent what is no JSON \(text\/csv, 15 bytes; line 1, column 1: /, retriable: false },
  { name: 'a list under another name', reply: () => json({ itemz: [row(5)] }), message: /expected to have a list of rows at "items", but has nothing there; it has lists at "itemz" \(did you mean "itemz"\?\); check `rows`/, retriable: false },
  { name: 'an object in the place of the list', reply: () => json({ items: { 5: row(5) }, message: 'limit reached' }), message: /has an object there: "limit reached"; check `rows`/, retriable: false },
  { name: '50 MB in one page', reply: () => huge(50), message: /sends more than 32 MB \(`max_page_mb`\) in one answer; ask for fewer rows/, retriable: false },
  { name: 'the same page for ever', reply: () => json({ items: [row(3), row(4)] }), message: /gives the same page again; check `paging`|ends two pages with the same row/, retriable: false },
  { name: 'a token that was revoked', reply: () => refused(401, 'invalid token'), message: /does not let us in \(401\): "invalid token"; the secret in `auth\.bearer` is wrong, has expired or was revoked: make a new one/, retriable: false },
  { name: 'an account that may not read this', reply: () => refused(403), message: /refuses to show this \(403\); whoever `auth\.bearer` belongs to may not read this/, retriable: false },
  { name: 'an address that is not there any more', reply: () => refused(404), message: /is not there \(404\); check `url`/, retriable: false },
  { name: 'a request that is refused', reply: () => refused(400, `bad since for ${token} ${'x'.repeat(300)}`), message: /refuses the request \(400\): "bad since for … x{184}…"; check `query`/, retriable: false },
]; // prettier-ignore

for (const { name, reply, more, message, retriable } of faults)
  bad(`${name}: earlier rows are kept, and the run after it is mended completes`, async () => {
    const error = await breakThirdPage(reply(), more);
    assert.match(error.message, message);
    assert.match(error.message, /; the first 4 rows are loaded, and the next run goes on from there$/);
    assert.is(error.retriable, retriable);
  });

bad('a source that is down: a failed run that says so, and the next one completes', async () => {
  await source.stop();
  const error = await failedRun();
  assert.match(error.message, /^http:\/\/127\.0\.0\.1:\d+\/api\/cases refuses connections; check that it is running.*6 times/);
  assert.ok(error.retriable);
  assert.equal(await cases(), []);
  await source.start();
  assert.is((await run()).inserted, 6);
});

bad('a token revoked after two pages: the run goes on with the new one where it stopped', async () => {
  source.interrupt(...[1, 2].map((): Reply => (response, request) => door.rule(request)(response, request)));
  source.always((response, request) => {
    door.revoke();
    return door.rule(request)(response, request);
  });
  assert.match((await failedRun()).message, /the secret in `auth\.bearer`/);
  assert.equal(await cases(), ['1', '2', '3', '4']);
  source.always(null);
  door.restore();
  const before = source.requests.length;
  assert.is((await run()).inserted, 2);
  assert.is(source.requests.length - before, 2, 'the third page and the empty one behind it');
});

bad('rows that are no objects are rejected with a reason, and the others loaded', async () => {
  source.always(json({ items: [row(1), 'text', 7, null, ['a'], row(2)] }));
  const report = await run({ paging: { kind: 'none' } });
  assert.equal([report.inserted, report.rejected], [2, 4]);
  const rejects = await temp.store.reader('rejected_record').orderBy('line').select<{ line: number; reason: string }[]>('line', 'reason');
  assert.equal(rejects, [
    { line: 2, reason: 'expected an object for each row, found a text' },
    { line: 3, reason: 'expected an object for each row, found a number' },
    { line: 4, reason: 'expected an object for each row, found nothing' },
    { line: 5, reason: 'expected an object for each row, found a list' },
  ]);
});

bad('a clock in the future: the row is loaded, the next run does not go on from it, and readers are told', async () => {
  rows.push({ id: 7, updated_at: '2099-01-01T00:00:00Z', issue: 'From the future' });
  assert.is((await run()).inserted, 7);
  const { notice } = await temp.store.reader('source_state').first<{ notice: string }>('notice');
  assert.match(notice, /^1 row has a time ahead of our clock \(up to 2099-01-01T00:00:00Z\)/);
  rows.push({ id: 8, updated_at: '2025-03-08T08:00:00Z', issue: 'Late' });
  const report = await run();
  assert.equal([report.inserted, report.updated], [1, 0]);
});

bad('a column that has vanished is told as a warning, and rows are loaded without it', async () => {
  await run();
  rows = rows.map((each) => ({ id: each.id, updated_at: each.updated_at.replace('2025-03', '2025-04') }));
  const report = await run();
  assert.is(report.updated, 6);
  assert.match(report.warning ?? '', /the columns have changed: .*"issue"/);
});

bad('a key or a time that has vanished rejects every row with a reason, and what was loaded stays', async () => {
  await run();
  rows = rows.map((each) => ({ id: each.id, updated_at: each.updated_at.replace('2025-03', '2025-04'), issue: '' }));
  source.always(json({ items: rows.map(({ id, issue }) => ({ number: id, issue })) }));
  const report = await run({ paging: { kind: 'none' } });
  assert.equal([report.inserted, report.rejected], [0, 6]);
  assert.match(report.warning ?? '', /columns have changed/);
  assert.is((await cases()).length, 6);
});

bad('max_rows ends a run, and the next ones go on there until the source is read', async () => {
  const counts: number[] = [];
  for (let i = 0; i < 3; i++) counts.push((await run({ max_rows: 2 })).inserted);
  assert.equal(counts, [2, 2, 2]);
  assert.equal(await cases(), ['1', '2', '3', '4', '5', '6']);
});

bad.run();
