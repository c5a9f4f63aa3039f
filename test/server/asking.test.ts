import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Knex } from 'knex';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addUser } from '../../server/auth/users.ts';
import { signIn, startServer, type TestServer } from '../support/server.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const asking = suite('asking in turns');
let temp: Awaited<ReturnType<typeof tempStore>>;
let server: TestServer;
let others = '';
asking.before.each(async () => {
  temp = await tempStore();
  await loadRecords(temp.store, [
    { source_id: '1', kind: 'complaint', received_at: '2026-01-05', surveys: [{ kind: 'csat', answered_at: '2026-01-09', scale: '1-5', score: 2 }] },
  ]); // prettier-ignore
  server = await startServer({ store: temp.store, cube: undefined, asking: { perAsker: 1, mostWaiting: 49, timeout: 3_600_000 } });
  await addUser(temp.store, { name: 'other', role: 'administrator', now: server.deps.now() });
  await makeSurveysEndless(temp.store.writer);
  others = await signIn(temp.store, server.deps.now(), 'other');
});
asking.after.each(async () => {
  await server.close();
  await temp.close();
});

/** Every statement over surveys now goes on until it is stopped; all others are as before. */
async function makeSurveysEndless(writer: Knex): Promise<void> {
  await writer.schema.renameTable('survey_fact', 'survey_kept');
  await writer.raw(
    'create view survey_fact as with recursive n (i) as (select 1 union all select i + 1 from n) select survey_kept.* from survey_kept, n',
  );
}

const period = { from: '2026-01-01', to: '2026-01-31' };
const light = { measures: ['received'], ...period };
const heavy = { measures: ['surveys_answered'], ...period };

/** Asks over a connection of its own. */
function ask(body: unknown, { cookie = server.cookie, path = '/api/query', method = 'POST' } = {}): ClientRequest {
  const headers = { cookie, 'content-type': 'application/json' };
  const asked = request(server.url + path, { method, headers, agent: false });
  asked.on('error', () => undefined); // destroyed by the test
  asked.end(body === null ? undefined : JSON.stringify(body));
  return asked;
}

/** Resolves once the store is asked about surveys `count` times. */
function surveysAsked(count: number): Promise<void> {
  return new Promise((resolve) => {
    temp.store.reader.on('query', ({ sql }: { sql: string }) => {
      if (sql.includes('survey_fact') && --count === 0) resolve();
    });
  });
}

/** Resolves once so many questions have been given up. */
const givenUp = (count: number): Promise<void> =>
  until(() => server.logged.filter(({ event }) => event === 'question_given_up').length >= count);

async function until(isDue: () => boolean): Promise<void> {
  while (!isDue()) await new Promise((resolve) => setTimeout(resolve, 5));
}

asking('stops the statements of whoever goes away, wherever they asked', async () => {
  const figures: [path: string, body: unknown][] = [
    ['/api/query', heavy],
    ['/api/cases', { measure: 'surveys_answered', query: heavy }],
    [`/api/cases.csv?q=${encodeURIComponent(JSON.stringify({ measure: 'surveys_answered', query: heavy }))}`, null],
    ['/api/case-picks', { measure: 'received', query: light }],
    ['/api/low-scores', { query: light }],
    ['/api/who-answers', { query: light }],
    ['/api/findings', { ...light, grain: 'month' }],
  ];
  for (const [i, [path, body]] of figures.entries()) {
    const begun = surveysAsked(1);
    const asked = ask(body, { path, method: body === null ? 'GET' : 'POST' });
    await begun;
    asked.destroy();
    await givenUp(i + 1);
    // One question of a person at a time: this one is answered only because the other has ended.
    assert.is((await server.send('POST', '/api/query', light)).status, 200, path);
  }
  const { pool } = temp.store.reader.client as { pool: { numUsed: () => number } };
  // Several statements of a question are stopped one after the other.
  await until(() => pool.numUsed() === 0);
});

asking('answers a light question while fifty heavy ones of somebody else wait', async () => {
  const asked = Array.from({ length: 51 }, () => ask(heavy));
  const answered: IncomingMessage[] = [];
  for (const each of asked) each.on('response', (response: IncomingMessage) => answered.push(response));
  // One is at work and forty-nine wait: that the one too many is refused says that all of them have come.
  await until(() => answered.length > 0);
  assert.is((await server.send('POST', '/api/query', light, { cookie: others })).status, 200);
  assert.equal(
    answered.map(({ statusCode }) => statusCode),
    [429],
  );
  for (const each of asked) each.destroy();
  await givenUp(50);
  assert.is((await server.send('POST', '/api/query', light)).status, 200);
});

asking('refuses one question more than may wait, says when to come again, and goes on for others', async () => {
  const begun = surveysAsked(1);
  const first = ask(heavy);
  await begun;
  const waiting = Array.from({ length: 50 }, () => ask(light));
  const refused = await Promise.race(waiting.map(async (asked) => (await once(asked, 'response'))[0] as { statusCode: number; headers: Record<string, string> })); // prettier-ignore
  assert.is(refused.statusCode, 429);
  assert.is(refused.headers['retry-after'], '5');
  assert.is((await server.send('POST', '/api/query', light, { cookie: others })).status, 200);
  first.destroy();
  await givenUp(1);
  assert.is((await server.send('POST', '/api/query', light)).status, 200);
});

asking.run();
