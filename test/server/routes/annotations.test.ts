import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Annotation, AnnotationsJson } from '../../../queries/model/lists.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const notes = suite('notes beside trends');
let server: TestServer;
notes.before(async () => {
  server = await startServer({ now: () => 1_720_000_000 });
  await loadRecords(server.store, [{ source_id: '1', kind: 'complaint', received_at: '2024-06-05', issue: 'late' }]);
});
notes.after(() => server.close());
notes.before.each(() => server.store.writer('note').delete());

const list = async (from = '2024-01-01', to = '2024-12-31'): Promise<Annotation[]> =>
  ((await (await server.send('GET', `/api/annotations?from=${from}&to=${to}`)).json()) as AnnotationsJson).annotations;
const write = async (body: Record<string, unknown>) => {
  const response = await server.send('POST', '/api/notes', body);
  return { status: response.status, body: (await response.json()) as { note_id: number; problems?: { field: string; message: string }[] } };
};
const audited = async (action: string): Promise<string[]> =>
  (await server.store.reader<{ action: string; target: string }>('audit_event').where({ action })).map((e) => e.target);

notes('are written, changed and deleted, say who did it, and are written down', async () => {
  const about = { dimension: 'issue', label: 'late' };
  const { status, body } = await write({ from: '2024-06-01', to: '2024-06-03', text: ' Strike at the carrier ', about });
  assert.is(status, 201);
  const note = {
    note_id: body.note_id,
    written_by: 'admin',
    written_at: '2024-07-03T09:46:40Z',
    changed_by: null,
    changed_at: null,
    version: 1,
  };
  const kept = { kind: 'note', from: '2024-06-01', to: '2024-06-03', text: 'Strike at the carrier', source: null, about, note };
  assert.equal(await list(), [kept as Annotation]);
  const path = `/api/notes/${body.note_id}`;
  const answer = await server.send('PUT', path, { from: '2024-06-02', text: 'Strike', version: 1 });
  assert.equal([answer.status, await answer.json()], [200, { note_id: body.note_id, version: 2 }]);
  const [changed] = await list();
  assert.equal([changed?.from, changed?.to, changed?.text, changed?.about], ['2024-06-02', '2024-06-02', 'Strike', null]);
  assert.equal([changed?.note?.written_by, changed?.note?.changed_by], ['admin', 'admin']);
  assert.is((await server.send('DELETE', `${path}?version=2`)).status, 200);
  assert.equal(await list(), []);
  assert.is((await server.send('DELETE', `${path}?version=2`)).status, 404);
  for (const action of ['note_written', 'note_changed', 'note_deleted'])
    assert.equal(await audited(action), [`note ${body.note_id}`], action);
});

notes('are neither changed nor deleted by who has not seen what they say now', async () => {
  const { body } = await write({ from: '2024-06-01', text: 'Strike' });
  const path = `/api/notes/${body.note_id}`;
  await server.send('PUT', path, { from: '2024-06-01', text: 'Strike at the carrier', version: 1 });
  const [standing] = await list();
  for (const late of [
    await server.send('PUT', path, { from: '2024-06-01', text: 'Storm', version: 1 }),
    await server.send('DELETE', `${path}?version=1`),
  ]) {
    assert.is(late.status, 409);
    const { problems, current } = (await late.json()) as { problems: { message: string }[]; current: Annotation };
    assert.match(problems[0]?.message ?? '', /^admin changed this at 2024-07-03T09:46:40Z, after you read it; look at that/);
    assert.equal(current, standing);
  }
  assert.equal((await list())[0]?.text, 'Strike at the carrier');
  assert.is((await audited('note_changed')).filter((target) => target === `note ${body.note_id}`).length, 1);
  assert.is((await server.send('PUT', path, { from: '2024-06-01', text: 'Storm', version: 2 })).status, 200);
  assert.is((await server.send('DELETE', `${path}?version=3`)).status, 200);
});

notes('are listed where they touch the period', async () => {
  await write({ from: '2024-06-01', to: '2024-06-30', text: 'June' });
  assert.is((await list('2024-06-30', '2024-07-31')).length, 1);
  assert.is((await list('2024-07-01', '2024-07-31')).length, 0);
});

notes('refuse what cannot be, by field', async () => {
  const fields = async (body: Record<string, unknown>) => (await write(body)).body.problems?.map((p) => p.field);
  assert.equal(await fields({ text: 'x' }), ['from', 'to']);
  assert.equal(await fields({ from: '2024-02-30', text: 'x' }), ['from', 'to']);
  assert.equal(await fields({ from: '2024-02-03', to: '2024-02-01', text: 'x' }), ['to']);
  assert.equal(await fields({ from: '2024-02-03', text: '  ' }), ['text']);
  assert.equal(await fields({ from: '2024-02-03', text: 'x'.repeat(501) }), ['text']);
  assert.equal(await fields({ from: '2024-02-03', text: 'x', about: { dimension: 'isue', label: 'late' } }), ['about.dimension']);
  const { body } = await write({ from: '2024-02-03', text: 'x', about: { dimension: 'issue', label: 'latte' } });
  assert.match(body.problems?.[0]?.message ?? '', 'did you mean "late"');
  for (const [method, path] of [
    ['PUT', ''],
    ['DELETE', ''],
    ['DELETE', '?version=0'],
  ] as const)
    // prettier-ignore
    assert.is((await server.send(method, `/api/notes/1${path}`, { from: '2024-02-03', text: 'x' })).status, 400, method + path);
  assert.is((await server.send('GET', '/api/annotations?from=2024-01-01')).status, 400);
  const crossed = { 'sec-fetch-site': 'cross-site' };
  assert.is((await server.send('POST', '/api/notes', { from: '2024-02-03', text: 'x' }, crossed)).status, 403);
});

notes.run();
