import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commonRules } from '../../../queries/model/common-rules.ts';
import type { Definition, DefinitionSqlJson } from '../../../queries/model/definitions.ts';
import { measureNames } from '../../../queries/model/measures.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';
import { engine, rowsOf } from '../../support/test-store.ts';

const definitions = suite('definitions over HTTP');
let server: TestServer;
definitions.before(async () => {
  server = await startServer();
  const at = Date.parse('2026-03-10T12:00:00Z') / 1000;
  await loadRecords(server.store, [
    { source_id: '1', kind: 'complaint', received_at: at, issue: "It's late" },
    { source_id: '2', kind: 'complaint', received_at: at + 86_400 * 30, issue: 'Lost' },
  ]);
});
definitions.after(() => server.close());

definitions('GET /api/definitions answers the model in words', async () => {
  const { rules, measures, dimensions } = (await (await server.send('GET', '/api/definitions')).json()) as {
    rules: unknown[];
    measures: Definition[];
    dimensions: Record<string, unknown>;
  };
  assert.equal(
    measures.map((m) => m.name),
    measureNames,
  );
  assert.is(rules.length, commonRules.length);
  assert.ok(Object.hasOwn(dimensions, 'issue'));
});

definitions('POST /api/definitions/sql answers statements that give the figure, filters and all', async () => {
  const response = await server.send('POST', '/api/definitions/sql', {
    measures: ['received', 'open'],
    from: '2026-01-01',
    to: '2026-12-31',
    grain: 'month',
    where: { issue: ["It's late"] },
  });
  assert.is(response.status, 200);
  const answered = (await response.json()) as DefinitionSqlJson;
  assert.is(answered.engine, engine);
  const [received, open] = answered.measures;
  assert.equal([received?.statements.length, open?.statements.length], [1, 2]);
  const rows = await rowsOf(server.store.reader, received?.statements[0]?.sql ?? '');
  assert.equal(rows, [{ t_bucket: '2026-03-10', t_sum0: 1 }]);
  assert.equal(
    received?.statements[0]?.columns.map((column) => column.name),
    ['t_bucket', 't_sum0'],
  );
});

definitions('POST /api/definitions/sql refuses what is no query, and unknown labels', async () => {
  const ask = (body: unknown) => server.send('POST', '/api/definitions/sql', body);
  assert.is((await ask({ measures: ['recieved'], from: '2026-01-01', to: '2026-12-31' })).status, 400);
  const unknown = await ask({ measures: ['received'], from: '2026-01-01', to: '2026-12-31', where: { issue: ['Losst'] } });
  assert.is(unknown.status, 400);
  assert.match(await unknown.text(), 'Lost');
});

definitions.run();
