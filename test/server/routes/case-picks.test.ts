import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../../etl/record.ts';
import type { CasePicks } from '../../../queries/model/wire.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const routes = suite('coaching over HTTP');
let server: TestServer;
const newest = Date.parse('2026-06-30T12:00:00Z') / 1000;
const records = Array.from({ length: 40 }, (_, i): CaseRecord => {
  const received_at = newest - (40 + i) * 86_400;
  return { source_id: `K-${i}`, kind: 'complaint', team: i % 2 ? 'Hull' : 'Leeds', received_at, resolved_at: received_at + (i + 1) * 3600, due_at: received_at + 86_400 };
}); // prettier-ignore
const query = { measures: ['on_time_rate'], by: ['team'], from: '2026-01-01', to: '2026-12-31', fair: true, order: 'team' };

routes.before(async () => {
  server = await startServer({ now: () => newest });
  await loadRecords(server.store, records, { throughAt: newest });
});
routes.after(() => server.close());

routes('picks cases for a conversation, to who is signed in', async () => {
  const body = { measure: 'on_time_rate', query, key: { team: 'Hull' } };
  const response = await server.send('POST', '/api/case-picks', body);
  assert.is(response.status, 200);
  const { picks } = (await response.json()) as CasePicks;
  assert.equal(picks.map((pick) => [pick.case.source_id, pick.reason]), [
    ['K-39', 'Among the longest here: 1 d 16 h to resolve.'],
    ['K-37', 'Among the longest here: 1 d 14 h to resolve.'],
  ]); // prettier-ignore
  assert.is((await server.send('POST', '/api/case-picks', body, { cookie: '' })).status, 401);
  assert.is((await server.send('POST', '/api/case-picks', { ...body, key: { team: 'Nowhere' } })).status, 400);
});

routes('carries what is expected and what follows into a file', async () => {
  const response = await server.send('GET', `/api/query?q=${encodeURIComponent(JSON.stringify(query))}&format=csv`);
  const [header = '', first = ''] = (await response.text()).trim().split(/\r?\n/);
  assert.ok(header.endsWith('on_time_rate_expected,on_time_rate_limit_low,on_time_rate_limit_high,on_time_rate_shrunk,on_time_rate_shrunk_low,on_time_rate_shrunk_high,on_time_rate_verdict')); // prettier-ignore
  assert.ok(first.startsWith('Hull,') && first.endsWith(',within chance'), first);
});

routes.run();
