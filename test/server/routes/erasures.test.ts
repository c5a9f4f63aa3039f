import { randomUUID } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evidenceFolder, openEvidenceFiles } from '../../../etl/evidence-files.ts';
import type { DigestDeliveryRow, EvidenceRow } from '../../../etl/store/tables.ts';
import type { CustomerExport } from '../../../queries/customer-export.ts';
import type { ErasureJson, ErasurePlanJson } from '../../../queries/model/erasure.ts';
import type { SurveyAskedJson } from '../../../queries/model/survey-asking.ts';
import type { CaseDetail } from '../../../queries/model/wire.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser } from '../../../server/auth/users.ts';
import { samples } from '../../support/evidence.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const privacy = suite("a customer's data");
const now = Date.UTC(2026, 10, 20, 12) / 1000;
let server: TestServer;
privacy.before.each(async () => {
  server = await startServer({ now: () => now });
  await loadRecords(server.store, [
    {
      source_id: 'A-1', kind: 'complaint', received_at: '2026-01-05', customer_ref: 'C1', customer_name: '<b>Ann</b>', narrative: 'Secret.',
      events: [{ kind: 'noted', at: '2026-01-06', note: 'Called.', changes: { narrative: [null, 'Secret.'] } }],
      surveys: [{ source_id: 's', kind: 'csat', scale: '1-5', score: 1, answered_at: '2026-01-09', comment: 'Bad.' }],
    },
    { source_id: 'A-2', kind: 'complaint', received_at: '2026-02-05', customer_ref: 'C1', resolved_at: '2026-02-06' },
    { source_id: 'A-3', kind: 'complaint', received_at: '2026-02-05', customer_ref: 'C2', narrative: 'Of somebody else.' },
  ]); // prettier-ignore
});
privacy.after.each(() => server.close());

async function get<T>(path: string, cookie = server.cookie): Promise<T> {
  const response = await server.send('GET', path, undefined, { cookie });
  assert.is(response.status, 200, await response.clone().text());
  return (await response.json()) as T;
}
const trail = (action: string) => server.store.reader<{ action: string; target: string }>('audit_event').where({ action }).pluck('target');

privacy('is erased once the number of the case was typed, with a receipt and a line of the trail', async () => {
  const plan = await get<ErasurePlanJson>('/api/cases/1/erasure');
  assert.equal(plan, { cases: 2, open: 1, surveys: 1, rejected: 0, sources: ['test'], is_named: 1, is_done: 0 });
  for (const body of [{}, { confirm: '2' }, { confirm: 1 }])
    assert.is((await server.send('POST', '/api/cases/1/erasure', body)).status, 400);
  assert.is((await get<CaseDetail>('/api/cases/1')).fields.narrative, 'Secret.');
  const response = await server.send('POST', '/api/cases/1/erasure', { confirm: '1' });
  assert.is(response.status, 201);
  const receipt = (await response.json()) as ErasureJson;
  assert.equal(receipt, {
    erasure_id: 1, at: '2026-11-20T12:00:00Z', by: 'admin', reason: 'request', cases: 2, surveys: 1, rejected: 0, sources: ['test'],
  }); // prettier-ignore
  assert.equal(await trail('customer_erased'), ['erasure 1: 2 cases']);
  const detail = await get<CaseDetail>('/api/cases/1');
  assert.equal(detail.erased, { at: '2026-11-20T12:00:00Z', receipt: 1 });
  for (const word of ['Secret', 'Ann', 'C1', 'Called', 'Bad']) assert.not.ok(JSON.stringify(detail).includes(word), word);
  const file = await server.send('GET', '/api/erasures/1');
  assert.match(file.headers.get('content-disposition') ?? '', 'silverlining-erasure-1.txt');
  assert.match(await file.text(), /Cases changed: {3}2\n/);
  for (const path of ['/api/cases/9/erasure', '/api/cases/x/erasure', '/api/erasures/7'])
    assert.is((await server.send('GET', path)).status, 404);
});

privacy('is saved whole, for programs and for people, each time with a line of the trail', async () => {
  const { cases, exported_at } = await get<CustomerExport>('/api/cases/2/customer.json');
  assert.equal([exported_at, cases.map((one) => one.source_id)], ['2026-11-20T12:00:00Z', ['A-1', 'A-2']]);
  const [first] = cases;
  assert.equal([first?.fields.narrative, first?.fields.customer_ref, first?.surveys[0]?.comment], ['Secret.', 'C1', 'Bad.']);
  assert.equal(first?.changes, [{ kind: 'noted', fields: { narrative: [null, 'Secret.'] } }]);
  const page = await server.send('GET', '/api/cases/2/customer.html');
  assert.match(page.headers.get('content-disposition') ?? '', 'silverlining-customer-2.html');
  const html = await page.text();
  for (const word of ['&lt;b&gt;Ann&lt;/b&gt;', 'Secret.', 'Called.', 'comment: Bad.']) assert.ok(html.includes(word), word);
  assert.not.ok(html.includes('somebody else') || html.includes('<b>Ann'));
  assert.equal(await trail('customer_exported'), ['case 2: 2 cases', 'case 2: 2 cases']);
  assert.is((await server.send('GET', '/api/cases/2/customer.xml')).status, 404);
});

privacy('is saved with the number of each case beside it, and with nothing a case of somebody else says', async () => {
  const narrative = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
  const said = { kind: 'complaint' as const, received_at: '2026-03-01', narrative };
  await loadRecords(server.store, [
    { ...said, source_id: 'B-1', customer_ref: 'C7', title: 'Of somebody else' },
    { ...said, source_id: 'B-2', customer_ref: 'C8', received_at: '2026-03-02', title: 'Of theirs' },
  ]);
  const { cases } = await get<CustomerExport>('/api/cases/5/customer.json');
  assert.equal(
    cases.map(({ source_id, links }) => [source_id, links]),
    [['B-2', [{ case_id: 4, is: 'likely', reason: 'text', at: null }]]],
  );
  const html = await (await server.send('GET', '/api/cases/5/customer.html')).text();
  assert.match(html, /Likely the same as case 4<\/th><td>found by: text<\/td>/);
  for (const text of [html, JSON.stringify(cases)])
    assert.equal([text.includes('Of theirs'), text.includes('Of somebody else')], [true, false]);
});

privacy('is for administrators and quality managers who see all rows', async () => {
  for (const role of ['quality_manager', 'trainer', 'executive', 'staff']) await addUser(server.store, { name: role, role, now, by: 1 });
  await loadRecords(server.store, [{ source_id: 'A-4', kind: 'complaint', received_at: '2026-02-05', team: 'North' }]);
  const statuses = async (name: string) => {
    const cookie = await signIn(server.store, now, name);
    const asked = ['/api/cases/1/erasure', '/api/cases/1/customer.json'].map((path) => server.send('GET', path, undefined, { cookie }));
    return [...(await Promise.all(asked)), await server.send('POST', '/api/cases/9/erasure', { confirm: '9' }, { cookie })].map(({ status }) => status); // prettier-ignore
  };
  assert.equal(await statuses('quality_manager'), [200, 200, 404]);
  for (const name of ['trainer', 'executive', 'staff']) assert.equal(await statuses(name), [403, 403, 403], name);
  await changeUser(server.store, 'quality_manager', { scope: { team: ['North'] } }, { by: 1, now });
  assert.equal(await statuses('quality_manager'), [403, 403, 403]);
});

privacy('of a case that was entered here stays erased while the case is handled to its end', async () => {
  const entry = { kind: 'complaint', received_at: '2026-11-09T14:30:00Z', issue: 'late', narrative: 'Typed secret.', customer_ref: 'C9' };
  const key = randomUUID();
  const entered = await server.send('PUT', `/api/entries/${key}`, entry);
  assert.is(entered.status, 201, await entered.clone().text());
  const { case_id: id } = (await entered.json()) as { case_id: number };
  const deed = async (body: Record<string, unknown>) => {
    const { events } = await get<CaseDetail>(`/api/cases/${id}`);
    const response = await server.send('POST', `/api/cases/${id}/events`, { version: events.length, ...body });
    assert.is(response.status, 201, await response.clone().text());
  };
  await deed({ action: 'note', note: 'Said secret.' });
  await deed({ action: 'reclassify', issue: 'fee', note: 'Why secret.' });
  await deed({ action: 'resolve', outcome: 'upheld', resolution_note: 'Paid secret.' });
  await deed({ action: 'reopen', note: 'Again secret.' });
  assert.is((await server.send('POST', `/api/cases/${id}/erasure`, { confirm: String(id) })).status, 201);
  await deed({ action: 'note', note: 'New secret.' });
  await deed({ action: 'resolve', outcome: 'not upheld', resolution_note: 'Last secret.' });
  const detail = await get<CaseDetail>(`/api/cases/${id}`);
  assert.equal([detail.fields.issue, detail.fields.outcome, detail.events.length], ['fee', 'not upheld', 7]);
  assert.equal(
    detail.events.map(({ recorded_at }) => recorded_at),
    [null, ...Array<string>(6).fill('2026-11-20T12:00:00Z')],
  );
  const html = await (await server.send('GET', `/api/cases/${id}/customer.html`)).text();
  assert.match(html, '2026-11-20T12:00:00Z noted</th><td>recorded at: 2026-11-20T12:00:00Z');
  assert.not.ok(JSON.stringify(detail).includes('secret'));
  assert.is((await server.send('PUT', `/api/entries/${key}`, entry)).status, 409);
  assert.not.ok(JSON.stringify(await get<CaseDetail>(`/api/cases/${id}`)).includes('secret'));
});

privacy('takes their files with the rest, and takes no more of them', async () => {
  const entry = { kind: 'complaint', received_at: '2026-11-09T14:30:00Z', issue: 'late', narrative: 'Late.' };
  const entered = await server.send('PUT', `/api/entries/${randomUUID()}`, entry);
  const { case_id: id } = (await entered.json()) as { case_id: number };
  const upload = (version: number) =>
    fetch(`${server.url}/api/cases/${id}/evidence`, {
      method: 'POST',
      body: new Uint8Array(samples.png),
      headers: {
        cookie: server.cookie, 'content-type': 'application/octet-stream', 'x-file-name': 'secret.png', 'x-file-note': 'A secret',
        'x-case-version': String(version),
      }, // prettier-ignore
    });
  assert.is((await upload(1)).status, 201);
  const [added] = (await get<CustomerExport>(`/api/cases/${id}/customer.json`)).cases[0]?.evidence ?? [];
  assert.equal([added?.name, added?.type, added?.bytes, added?.note], ['secret.png', 'PNG', samples.png.length, 'A secret']);
  const html = await (await server.send('GET', `/api/cases/${id}/customer.html`)).text();
  assert.match(html, /<h3>Files<\/h3>.*secret\.png.*type: PNG\nbytes: \d+\nnote: A secret\nadded: 2026-11-20T12:00:00Z/s);
  const files = openEvidenceFiles(evidenceFolder(server.deps.configFile.dataDir));
  const { hash } = (await server.store.reader<EvidenceRow>('case_evidence').first()) ?? { hash: '' };
  await (await files.open(hash)).close();
  assert.is((await server.send('POST', `/api/cases/${id}/erasure`, { confirm: String(id) })).status, 201);
  assert.match(await files.open(hash).then(String, String), 'is gone');
  assert.is((await server.send('GET', `/api/cases/${id}/evidence/1`)).status, 404);
  const { evidence, events } = await get<CaseDetail>(`/api/cases/${id}`);
  assert.equal(
    evidence.map(({ name, note, removed }) => [name, note, removed?.by, removed?.reason]),
    [['(erased)', '', 'erasure', '']],
  );
  assert.equal(events.map(({ kind, to }) => [kind, to]).at(-1), ['evidence added', null]);
  const refused = await upload(2);
  assert.is(refused.status, 400);
  assert.match(await refused.text(), 'the case was erased, and no file can be added to it');
});

privacy('of a case whose customer was asked keeps the scores, and neither comment, address nor link', async () => {
  const contact = 'ada@example.org';
  const entry = { kind: 'complaint', received_at: '2026-11-09T14:30:00Z', issue: 'late', narrative: 'Late.', contact };
  const enter = async () => {
    const { case_id } = (await (await server.send('PUT', `/api/entries/${randomUUID()}`, entry)).json()) as { case_id: number };
    const resolve = { action: 'resolve', version: 1, outcome: 'upheld', resolution_note: 'Paid.' };
    assert.is((await server.send('POST', `/api/cases/${case_id}/events`, resolve)).status, 201);
    return case_id;
  };
  const ask = async (id: number) => (await (await server.send('POST', `/api/cases/${id}/survey`, { channel: 'link', version: 2 })).json()) as SurveyAskedJson;
  const form = { cookie: '', 'content-type': 'application/x-www-form-urlencoded', origin: 'null' };
  const answer = (url: string | null) =>
    server.send('POST', '/survey', new URLSearchParams({ token: url?.split('token=')[1] ?? '', score: '2', comment: 'Said by Ada.' }).toString(), form);
  const answered = await enter();
  assert.is((await answer((await ask(answered)).url)).status, 200);
  const waiting = await enter();
  const { url } = await ask(waiting);
  const { store } = server;
  const mail = { digest_id: 0, kind: 'survey', round: 1, message_id: 'm', attempts: 0, next_at: now, said: `no mailbox ${contact}`, asked_by: 'admin', asked_at: now } as const;
  await store.writer<DigestDeliveryRow>('digest_delivery').insert({ ...mail, issue_id: 'survey:2', address: contact, state: 'queued' });
  for (const id of [answered, waiting]) assert.is((await server.send('POST', `/api/cases/${id}/erasure`, { confirm: String(id) })).status, 201);
  assert.ok((await answer(url)).status >= 400);
  const sent = await store.reader<DigestDeliveryRow>('digest_delivery').first();
  assert.equal([sent?.address, sent?.state, sent?.said], ['(erased)', 'stopped', null]);
  const note = { action: 'note', version: 4, note: 'More.' };
  assert.is((await server.send('POST', `/api/cases/${answered}/events`, note)).status, 201);
  const { surveys } = await get<CaseDetail>(`/api/cases/${answered}`);
  assert.equal([surveys[0]?.score, surveys[0]?.comment], [2, null]);
  for (const table of ['case_event', 'survey_fact', 'survey_invitation', 'digest_delivery', 'case_text'])
    assert.not.ok(/Ada|ada@/.test(JSON.stringify(await store.reader(table).select('*'))), table);
}); // prettier-ignore

privacy.run();
