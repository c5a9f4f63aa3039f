import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startServer, type TestServer } from '../../support/server.ts';
import { refuseChange } from '../../support/test-store.ts';

const entries = suite('entering a case');
let server: TestServer;
entries.before.each(async () => void (server = await startServer()));
entries.after.each(() => server.close());

const key = '3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86';
const entry = {
  kind: 'complaint',
  received_at: '2026-11-09T14:30:00Z',
  channel: 'phone',
  issue: 'late delivery',
  narrative: 'It came a week late.',
  severity: 'high',
};

entries('answers 201 with the case’s number, and when sent again 200 with the same', async () => {
  const first = await server.send('PUT', `/api/entries/${key}`, entry);
  assert.is(first.status, 201);
  const { case_id } = (await first.json()) as { case_id: number };
  const again = await server.send('PUT', `/api/entries/${key}`, entry);
  assert.is(again.status, 200);
  assert.equal(await again.json(), { case_id });
  const upper = await server.send('PUT', `/api/entries/${key.toUpperCase()}`, entry);
  assert.equal([upper.status, await upper.json()], [200, { case_id }]);
  assert.is((await server.store.reader('case_fact')).length, 1);
});

entries('makes one case of the same entry sent twice at the same moment, and one line in the audit trail', async () => {
  const both = await Promise.all([1, 2].map(() => server.send('PUT', `/api/entries/${key}`, entry)));
  assert.equal(both.map((response) => response.status).sort(), [200, 201]);
  assert.is((await server.store.reader('case_fact')).length, 1);
  assert.is((await server.store.reader('audit_event').where({ action: 'case_entered' })).length, 1);
});

entries('refuses other content under the key of a case, says what to do, and leaves the case as it was', async () => {
  await server.send('PUT', `/api/entries/${key}`, entry);
  const before: unknown = await server.store.reader('case_text').first('narrative');
  const other = await server.send('PUT', `/api/entries/${key}`, { ...entry, narrative: 'It never came.' });
  assert.is(other.status, 409);
  const { case_id, problems } = (await other.json()) as { case_id: number; problems: { message: string }[] };
  assert.is(case_id, 1);
  assert.match(problems[0]?.message ?? '', /saved already, as case 1, with other content; open case 1 .* save this as another case/);
  assert.equal(await server.store.reader('case_text').first('narrative'), before);
  assert.is((await server.store.reader('audit_event').where({ action: 'case_entered' })).length, 1);
});

entries('enters no case it cannot write down in the audit trail', async () => {
  await refuseChange(server.store, 'insert', 'audit_event');
  assert.is((await server.send('PUT', `/api/entries/${key}`, entry)).status, 500);
  assert.is((await server.store.reader('case_fact')).length, 0);
});

const refused: [Record<string, unknown>, string[]][] = [
  [{ kind: 'complain', received_at: 'yesterday', colour: 'red' }, ['colour', 'issue', 'kind', 'narrative', 'received_at']],
  [{ ...entry, severity: 'huge' }, ['severity']],
  [{}, ['issue', 'kind', 'narrative', 'received_at']],
];
for (const [body, fields] of refused) {
  entries(`names ${fields.join(', ')} where they are wrong, and makes no case`, async () => {
    const response = await server.send('PUT', `/api/entries/${key}`, body);
    assert.is(response.status, 400);
    const { problems } = (await response.json()) as { problems: { field: string }[] };
    assert.equal(problems.map((p) => p.field).sort(), fields);
    assert.is((await server.store.reader('case_fact')).length, 0);
  });
}

entries('writes down who entered it, without its text', async () => {
  await server.send('PUT', `/api/entries/${key}`, entry);
  const [event] = (await server.store.reader('audit_event').where({ action: 'case_entered' })) as { user_id: number; target: string }[];
  assert.is(event?.user_id, 1);
  assert.match(event?.target ?? '', /^case \d+$/);
  assert.not.match(JSON.stringify(await server.store.reader('audit_event')), 'week late');
});

entries('is refused from another site', async () => {
  const response = await server.send('PUT', `/api/entries/${key}`, entry, { origin: 'https://evil.example' });
  assert.is(response.status, 403);
  assert.is((await server.store.reader('case_fact')).length, 0);
});

entries.run();
