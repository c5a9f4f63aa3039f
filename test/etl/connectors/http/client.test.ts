import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createClient } from '../../../../etl/connectors/http/client.ts';
import type { HttpInput } from '../../../../etl/connectors/http/options.ts';
import type { ReadContext } from '../../../../etl/connector.ts';
import { BadInput } from '../../../../etl/errors.ts';
import {
  busy,
  cutOff,
  halfDocument,
  json,
  refused,
  startHttpSource,
  text,
  type HttpSource,
  type Reply,
} from '../../../support/http-source.ts';
import { httpOptions, now, testContext } from './support.ts';

const client = suite('the polite client');
let source: HttpSource;
client.before.each(async () => {
  source = await startHttpSource(() => json({ ok: true }));
});
client.after.each(() => source.close());

/** Sends one request; gives the answer or the error, and the milliseconds it was waited in between. */
async function send(replies: Reply[], more: Partial<HttpInput> = {}, context?: ReadContext) {
  source.interrupt(...replies);
  const pauses: number[] = [];
  const sender = createClient(httpOptions({ url: source.url, ...more }), context ?? testContext(pauses), { random: () => 0.5 });
  const url = new URL('/api?q=1', source.url);
  const result = await sender.send({ url, method: 'GET', body: null }).then(
    (answer) => ({ value: answer.value, message: '' }),
    (error: Error) => ({ value: undefined, message: error.message }),
  );
  return { ...result, pauses, bytes: sender.bytes() };
}

client('waits as long as Retry-After says, in seconds or until a date by the clock of the source', async () => {
  const theirs = new Date((now + 10_000) * 1000);
  const until = new Date((now + 10_090) * 1000);
  const dated: Reply = json({}, { status: 503, headers: { 'retry-after': until.toUTCString(), date: theirs.toUTCString() } });
  const { value, pauses } = await send([busy(429, 7), dated, busy(429, 0)]);
  assert.equal(value, { ok: true });
  assert.equal(pauses, [7_000, 90_000, 1_000]);
});

client('waits 15 minutes in all, not longer', async () => {
  const { message, pauses } = await send([busy(429, 500), busy(429, 400), busy(429, 1)]);
  assert.equal(pauses, [500_000, 400_000]);
  assert.match(message, /asks to be left alone for 1 seconds more than the 15 minutes a run waits in all/);
});

client('backs off with full jitter: half of 1, 2, 4, 8, 16 seconds when the die says a half', async () => {
  const { value, pauses } = await send([refused(500), refused(502), cutOff({ ok: true }), halfDocument({ ok: true }), refused(504)]);
  assert.equal(value, { ok: true });
  assert.equal(pauses, [500, 1_000, 2_000, 4_000, 8_000]);
});

client('gives up after five more tries', async () => {
  const { message } = await send(Array.from({ length: 6 }, () => refused(503 - 1)));
  assert.match(message, /\(502\), 6 times one after the other/);
  assert.is(source.requests.length, 6);
});

client('asks again for a status that means "not ready"', async () => {
  const { value, pauses } = await send([text('', { status: 202 }), text('', { status: 202 })], { try_again: [202] });
  assert.equal(value, { ok: true });
  assert.equal(pauses, [500, 1_000]);
});

client('does not ask again where that cannot help', async () => {
  for (const status of [400, 401, 403, 404, 405, 422]) assert.match((await send([refused(status)])).message, new RegExp(`\\(${status}\\)`));
  assert.is(source.requests.length, 6);
});

client('unpacks gzip, and counts the bytes of the document', async () => {
  const value = { items: Array.from({ length: 1000 }, () => 'x') };
  const found = await send([json(value, { gzip: true })]);
  assert.equal(found.value, value);
  assert.is(found.bytes, JSON.stringify(value).length);
});

client('a small gzip body that unpacks to more than the limit is refused', async () => {
  const { message } = await send([json('x'.repeat(3 << 20), { gzip: true })], { max_page_mb: 1 });
  assert.match(message, /sends more than 1 MB/);
});

client('reads JSON whatever it is said to be, and keeps numbers as they are written', async () => {
  assert.equal((await send([text('{"id": 10701248000000000001, "sum": 12.10}', { type: 'text/plain' })])).value, {
    id: '10701248000000000001',
    sum: '12.10',
  });
});

client('names a web page by its type and size, and quotes nothing of it', async () => {
  const { message } = await send([text('<html>Mrs Example</html>', { type: 'application/json' })]);
  assert.match(message, /answered 200 with a web page \(application\/json, 24 bytes\)/);
  assert.not.match(message, /Example/);
});

client('signs in by bearer, basic and header, with its own user agent and no cookie', async () => {
  await send([], { auth: { bearer: 'abc' } });
  await send([], { auth: { basic: { user: 'me/token', password: 'abc' } } });
  await send([], { auth: { header: { name: 'X-App-Token', prefix: 'token ', value: 'abc' } }, headers: { 'X-Extra': '1' } });
  const [bearer, basic, header] = source.requests.map((request) => request.headers);
  assert.is(bearer?.authorization, 'Bearer abc');
  assert.is(basic?.authorization, 'Basic bWUvdG9rZW46YWJj');
  assert.equal(
    [header?.['x-app-token'], header?.['x-extra'], header?.['user-agent'], header?.cookie],
    ['token abc', '1', 'Silverlining', undefined],
  );
});

client('takes secrets out of what a source says, in every form they have on the way', async () => {
  for (const [auth, shown] of [
    [{ bearer: 's3cr/t+x' }, 's3cr%2Ft%2Bx and s3cr/t+x'],
    [{ basic: { user: 'me', password: 'pw-1' } }, 'bWU6cHctMQ== and pw-1'],
    [{ header: { name: 'X-Key', value: 'k"1' } }, 'k\\"1 and k"1'],
  ] as const) {
    const { message } = await send([refused(400, `wrong: ${shown}`)], { auth });
    assert.match(message, /"wrong: … and …"/);
  }
});

client('a secret with a line break is refused before anything is sent', () => {
  const make = () => createClient(httpOptions({ url: source.url, auth: { bearer: 'abc\n' } }), testContext(), {});
  assert.throws(make, (error: unknown) => error instanceof BadInput && /header authorization: holds a character/.test(error.message));
  assert.is(source.requests.length, 0);
});

client('keeps requests apart so that no more than the configured number goes out in a minute', async () => {
  const pauses: number[] = [];
  const options = httpOptions({ url: source.url, rate: { requests_per_minute: 10 } });
  const sender = createClient(options, testContext(pauses), {});
  for (let i = 0; i < 3; i++) await sender.send({ url: new URL(source.url), method: 'GET', body: null });
  assert.is(pauses.length, 2);
  for (const pause of pauses) assert.ok(pause > 5_000 && pause <= 6_000, String(pause));
});

client('stops at once when it is told to', async () => {
  const stop = new AbortController();
  stop.abort(new Error('shutting down'));
  const sender = createClient(httpOptions({ url: source.url }), { ...testContext(), signal: stop.signal }, {});
  const error = await sender.send({ url: new URL(source.url), method: 'GET', body: null }).catch((thrown: Error) => thrown);
  assert.is((error as Error).message, 'shutting down');
  assert.is(source.requests.length, 0);
});

client.run();
