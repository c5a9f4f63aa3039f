import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutValues } from '../../server/errors.ts';
import { startServer, type TestServer } from '../support/server.ts';

const errors = suite('errors');
let server: TestServer;
errors.before.each(async () => void (server = await startServer()));
errors.after.each(() => server.close());

const json = { 'content-type': 'application/json' };

const centuries = { measures: ['received'], grain: 'day', from: '1990-01-01', to: '2015-12-31' };

/** Every way to be refused: method, path, body, headers, status. */
const refusals: [string, string, unknown, Record<string, string>, number][] = [
  ['GET', '/api/nothing', undefined, {}, 404],
  ['PUT', '/api/meta', {}, {}, 404],
  ['GET', '/api/runs?source=nobody', undefined, {}, 400],
  ['GET', '/api/runs?page=0', undefined, {}, 400],
  ['GET', '/api/rejected?run=x', undefined, {}, 400],
  ['GET', '/api/flagged?rule=nothing', undefined, {}, 400],
  ['GET', '/api/labels?dimension=nothing', undefined, {}, 400],
  ['GET', '/api/labels', undefined, {}, 400],
  ['GET', '/api/cases/1', undefined, {}, 404],
  ['GET', '/api/cases/one', undefined, {}, 404],
  ['GET', '/api/query', undefined, {}, 400],
  ['GET', '/api/query?q=%7B', undefined, {}, 400],
  ['POST', '/api/query', '{"queries":', json, 400],
  ['POST', '/api/query', '[1]', json, 400],
  ['POST', '/api/query', '7', json, 400],
  ['POST', '/api/query', 'queries=1', { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }, 400],
  ['POST', '/api/query', 'queries=1', { 'content-type': 'application/x-www-form-urlencoded' }, 403],
  ['POST', '/api/query', '{}', { 'content-type': 'application/json; charset=latin1' }, 415],
  ['POST', '/api/query', { queries: 'x'.repeat(300_000) }, {}, 413],
  ['POST', '/api/query', { queries: [{ measures: ['recieved'], from: '2026-01-01', to: '2026-01-31' }] }, {}, 400],
  ['POST', '/api/cases', { measure: 'received' }, {}, 400],
  ['POST', '/api/query', { queries: Array(32).fill(centuries) }, {}, 422],
  ['PUT', '/api/entries/not-a-key', { kind: 'complaint' }, {}, 400],
  ['PUT', '/api/entries/3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86', { narrative: 'x'.repeat(2_000_000) }, {}, 413],
  ['POST', '/api/sources/nobody/run', {}, {}, 400],
  ['GET', '/api/%E0%A4%A', undefined, {}, 404],
  ['GET', '/%E0%A4%A', undefined, {}, 400],
];

errors('all have one shape and the right status', async () => {
  for (const [method, path, body, headers, status] of refusals) {
    const response = await server.send(method, path, body, headers);
    const answer = (await response.json()) as { problems: { field: string; message: string }[] };
    assert.is(response.status, status, `${method} ${path}`);
    assert.equal(Object.keys(answer), ['problems'], `${method} ${path}`);
    assert.ok(answer.problems.length > 0, `${method} ${path}`);
    for (const problem of answer.problems) {
      assert.equal(Object.keys(problem).sort(), ['field', 'message']);
      assert.ok(problem.message.length > 0);
      assert.not.match(problem.message, /select |insert |at .*\.ts|node_modules/);
    }
  }
});

errors('a bug says its id outside and its cause in the log, without the statement’s values', async () => {
  await server.store.writer.schema.dropTable('label');
  const entry = { kind: 'complaint', received_at: '2026-01-05', issue: 'late delivery', narrative: 'SECRET WORDS' };
  const response = await server.send('PUT', '/api/entries/3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86', entry);
  assert.is(response.status, 500);
  const { problems } = (await response.json()) as { problems: { field: string; message: string }[] };
  const id = /under ([0-9a-f]{8})$/.exec(problems[0]?.message ?? '')?.[1];
  const failure = server.logged.find(({ event }) => event === 'request_failed');
  assert.is(failure?.fields.id, id);
  assert.match(JSON.stringify(failure), /no such table: label|relation \\"label\\" does not exist/);
  assert.not.match(JSON.stringify(failure), 'SECRET WORDS');
  assert.not.match(JSON.stringify(failure), /insert into|select /);
});

errors('from the store lose the statement with its values', () => {
  const knexError = (message: string, code: string) => Object.assign(new Error(message), { code });
  const plain = knexError(
    "insert into `case_text` values ('SECRET - WORDS') - SQLITE_CONSTRAINT: NOT NULL constraint failed: case_text.title",
    'SQLITE_CONSTRAINT',
  );
  assert.is(withoutValues(plain).message, 'SQLITE_CONSTRAINT: NOT NULL constraint failed: case_text.title');
  assert.is(withoutValues(plain).code, 'SQLITE_CONSTRAINT');
  const quoting = knexError('insert into "t" values ($1) - invalid input syntax for type bigint: "SECRET"', '22P02');
  assert.is(withoutValues(quoting).message, 'the store refused a statement');
  assert.not.match(withoutValues(quoting).stack, 'SECRET');
  const naming = knexError('select * from "t" where a = $1 - relation "t" does not exist', '42P01');
  assert.is(withoutValues(naming).message, 'relation "t" does not exist');
  assert.is(withoutValues(new TypeError('x is not a function')).message, 'x is not a function');
});

errors.run();
