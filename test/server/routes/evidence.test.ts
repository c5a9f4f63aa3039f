import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evidenceFolder, openEvidenceFiles } from '../../../etl/evidence-files.ts';
import { mostEvidenceBytes } from '../../../etl/evidence.ts';
import { sweepEvidence } from '../../../etl/load-evidence.ts';
import type { EvidenceRow } from '../../../etl/store/tables.ts';
import type { EvidenceAnswer } from '../../../queries/model/evidence.ts';
import type { CaseChangedJson } from '../../../queries/model/handling.ts';
import type { CaseDetail } from '../../../queries/model/wire.ts';
import { changeUser } from '../../../server/auth/change-user.ts';
import { addUser } from '../../../server/auth/users.ts';
import { samples } from '../../support/evidence.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';
import { refuseChange } from '../../support/test-store.ts';

const evidence = suite('evidence of a case');
let server: TestServer;
let now = 0;
evidence.before.each(async () => {
  now = Date.parse('2026-11-09T15:00:00Z') / 1000;
  server = await startServer({ now: () => now });
});
evidence.after.each(() => server.close());

const folder = () => evidenceFolder(server.deps.configFile.dataDir);
/** Everything that lies in the folder of evidence. */
const files = () =>
  existsSync(folder())
    ? readdirSync(folder(), { recursive: true })
        .map(String)
        // What is gone since it was listed is no file.
        .filter((name) => statSync(path.join(folder(), name), { throwIfNoEntry: false })?.isFile())
    : [];
const placeOf = (bytes: Buffer) => {
  const hash = createHash('sha256').update(bytes).digest('hex');
  return path.join(hash.slice(0, 2), hash.slice(2, 4), `${hash}.evidence`);
};

async function enter(more: Record<string, unknown> = {}): Promise<number> {
  const entry = {
    kind: 'complaint',
    received_at: '2026-11-09T14:30:00Z',
    issue: 'late delivery',
    narrative: 'It came a week late.',
    ...more,
  };
  const response = await server.send('PUT', `/api/entries/${randomUUID()}`, entry);
  return ((await response.json()) as { case_id: number }).case_id;
}
const detail = async (id: number, cookie = server.cookie) =>
  (await (await server.send('GET', `/api/cases/${id}`, undefined, { cookie })).json()) as CaseDetail;
interface Given {
  name?: string;
  note?: string;
  version?: number;
  headers?: Record<string, string>;
}
async function upload(
  id: number | string,
  bytes: Buffer,
  { name = 'photo.png', note = 'The parcel, open', version = 1, headers = {} }: Given = {},
) {
  return fetch(`${server.url}/api/cases/${id}/evidence`, {
    method: 'POST',
    body: new Uint8Array(bytes),
    headers: {
      cookie: server.cookie, 'content-type': 'application/octet-stream', 'x-file-name': encodeURIComponent(name),
      'x-file-note': encodeURIComponent(note), 'x-case-version': String(version), ...headers,
    }, // prettier-ignore
  });
}
async function added(id: number, bytes: Buffer, given: Given = {}): Promise<EvidenceAnswer> {
  const response = await upload(id, bytes, { version: (await detail(id)).events.length, ...given });
  assert.is(response.status, 201, response.status === 201 ? '' : await response.clone().text());
  return (await response.json()) as EvidenceAnswer;
}
const problem = async (response: Response) => {
  const { problems } = (await response.json()) as { problems: { field: string; message: string }[] };
  return `${response.status} ${problems.map(({ field, message }) => `${field}: ${message}`).join('; ')}`;
};
const remove = (id: number, no: number, body: Record<string, unknown>, cookie = server.cookie) =>
  server.send('POST', `/api/cases/${id}/evidence/${no}/removal`, body, { cookie });
const audits = async () =>
  (await server.store.reader<{ action: string; target: string }>('audit_event').whereLike('action', 'evidence%').orderBy('audit_id').select('action', 'target')).map(({ action, target }) => `${action} ${target}`); // prettier-ignore

evidence('keeps a file once by its hash, tells it in the history, and gives it back as it was, to be saved only', async () => {
  const [id, other] = [await enter(), await enter()];
  const name = '../../Paket "offen"\r\nX: y\u202e Größe.png';
  assert.equal(await added(id, samples.png, { name }), { case_id: id, no: 1, version: 2 });
  await added(other, samples.png);
  assert.equal(files(), [placeOf(samples.png)], 'the same bytes lie there once');
  assert.is(statSync(path.join(folder(), placeOf(samples.png))).mode & 0o777, 0o600);

  const { evidence: list, events } = await detail(id);
  const shown = 'Paket offenX y Größe.png';
  assert.equal(list, [
    { no: 1, name: shown, type: 'PNG', bytes: samples.png.length, note: 'The parcel, open', by: 'admin', at: '2026-11-09T15:00:00Z', removed: null },
  ]); // prettier-ignore
  const { kind, actor, to, note } = events[1]!; // it has two
  assert.equal([kind, actor, to, note], ['evidence added', 'admin', shown, 'The parcel, open']);

  const response = await server.send('GET', `/api/cases/${id}/evidence/1`);
  assert.equal(Buffer.from(await response.arrayBuffer()), samples.png);
  const header = (key: string) => response.headers.get(key);
  assert.is(header('content-type'), 'image/png');
  assert.is(header('content-disposition'), `attachment; filename="Paket offenX y Gr??e.png"; filename*=UTF-8''Paket%20offenX%20y%20Gr%C3%B6%C3%9Fe.png`); // prettier-ignore
  assert.is(header('x-content-type-options'), 'nosniff');
  assert.is(header('content-security-policy'), "default-src 'none'; frame-ancestors 'none'; sandbox");
  assert.is(header('cache-control'), 'private, no-store, no-transform');
  assert.equal(await audits(), [
    `evidence_added case ${id}, evidence 1`,
    `evidence_added case ${other}, evidence 1`,
    `evidence_downloaded case ${id}, evidence 1`,
  ]);
});

evidence('serves a text that holds markup as plain text, and a mail as a mail', async () => {
  const id = await enter();
  await added(id, Buffer.from('He wrote <script>alert(1)</script>'), { name: 'page.weird' });
  await added(id, samples.eml, { name: 'mail.eml' });
  const text = await server.send('GET', `/api/cases/${id}/evidence/1`);
  assert.is(text.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.match(text.headers.get('content-disposition') ?? '', /^attachment; filename="?page.weird.txt"?$/);
  assert.is((await server.send('GET', `/api/cases/${id}/evidence/2`)).headers.get('content-type'), 'message/rfc822');
});

evidence('refuses what is not accepted, and leaves nothing of it', async () => {
  const id = await enter();
  const refused = async (bytes: Buffer, given: Given = {}) => problem(await upload(id, bytes, given));
  assert.match(await refused(Buffer.from('<svg onload="alert(1)"/>'), { name: 'a.png' }), /^400 file: the file is a web page, a drawing/);
  assert.match(await refused(samples.exe), /^400 file: the file is of type EXE; accepted are PDF, pictures/);
  assert.match(await refused(samples.docm, { name: 'a.docx' }), /^400 file: the file is an Office file with macros/);
  assert.match(await refused(Buffer.alloc(0)), /^400 file: the file holds nothing: it has 0 bytes/);
  assert.is(await refused(samples.png, { note: ' ' }), '400 note: say what it shows');
  assert.is(await refused(samples.png, { note: 'x'.repeat(501) }), '400 note: has 501 characters; at most 500 fit');
  assert.is(await refused(samples.png, { name: '' }), '400 file: the header x-file-name is missing: what the file is called');
  assert.match(await refused(samples.png, { headers: { 'x-file-name': '%ff' } }), /^400 : the header x-file-name cannot be read/);
  assert.match(await refused(samples.png, { headers: { 'content-type': 'image/png' } }), /^400 : the body is not a file/);
  assert.match(await refused(samples.png, { headers: { 'x-case-version': 'x' } }), /^400 version: must be the number of events/);
  assert.match(await refused(samples.png, { headers: { origin: 'https://evil.example' } }), /^403 : this came from another site/);
  assert.match(await refused(samples.png, { headers: { 'sec-fetch-site': 'cross-site' } }), /^403 : this came from another site/);
  assert.match(await refused(Buffer.alloc(mostEvidenceBytes + 1)), /^400 file: the file is larger than 25 MB/);
  assert.equal(files(), []);
  assert.equal(await server.store.reader('case_evidence'), []);
  assert.is((await detail(id)).events.length, 1);
  assert.equal(await audits(), []);
});

/** An upload whose bytes are sent by hand, without their number told beforehand. */
function open(id: number): ClientRequest {
  const sent = request(`${server.url}/api/cases/${id}/evidence`, {
    method: 'POST',
    headers: {
      cookie: server.cookie, 'content-type': 'application/octet-stream', 'x-file-name': 'a.txt', 'x-file-note': 'words', 'x-case-version': '1',
    }, // prettier-ignore
  });
  sent.on('error', () => undefined);
  return sent;
}
/** Waits until something is true, looking again with every turn of the loop. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve));
}

evidence('stops reading a file that turns out too large, answers, and leaves nothing', async () => {
  const sent = open(await enter());
  const answered = once(sent, 'response');
  const piece = Buffer.alloc(1_000_000, 'a');
  for (let i = 0; i < 27; i++) sent.write(piece);
  sent.end();
  const [response] = (await answered) as [NodeJS.ReadableStream & { statusCode: number }];
  assert.is(response.statusCode, 400);
  response.resume();
  assert.equal(files(), []);
});

evidence('leaves nothing of an upload that breaks off', async () => {
  const sent = open(await enter());
  sent.write(Buffer.alloc(1_000_000, 'a'));
  await until(() => files().length === 1);
  sent.destroy();
  await until(() => files().length === 0);
  assert.equal(await server.store.reader('case_evidence'), []);
});

evidence('keeps no bytes where the store does not take the row, and those of another row all the same', async () => {
  const id = await enter();
  const allow = await refuseChange(server.store, 'insert', 'audit_event');
  assert.is((await upload(id, samples.png)).status, 500);
  assert.equal(files(), []);
  await allow();
  await added(id, samples.png);
  const again = await refuseChange(server.store, 'insert', 'audit_event');
  assert.is((await upload(id, samples.png, { version: 2 })).status, 500);
  await again();
  assert.equal(files(), [placeOf(samples.png)]);
  assert.is((await detail(id)).evidence.length, 1);
});

evidence('tells what somebody else did meanwhile, and adds nothing then', async () => {
  const id = await enter();
  await added(id, samples.png, { note: 'The label' });
  const response = await upload(id, samples.gif, { version: 1 });
  assert.is(response.status, 409);
  const { current } = (await response.json()) as { current: CaseChangedJson };
  assert.equal([current.version, current.since.map(({ note }) => note)], [2, ['The label']]);
  assert.equal(files(), [placeOf(samples.png)]);
});

evidence('holds two uploads of one moment to one version: one is kept, the other told', async () => {
  const id = await enter();
  const statuses = await Promise.all([samples.png, samples.gif].map(async (bytes) => (await upload(id, bytes)).status));
  assert.equal(statuses.sort(), [201, 409]);
  assert.is(files().length, 1);
});

evidence('takes 50 files a case, not counting those that were removed', async () => {
  const id = await enter();
  await added(id, samples.png);
  const [row] = await server.store.writer<EvidenceRow>('case_evidence');
  const more = Array.from({ length: 49 }, (_, i) => ({ ...row!, evidence_no: i + 2 })); // the one that was added
  await server.store.writer.batchInsert('case_evidence', more, 20);
  assert.is(
    await problem(await upload(id, samples.gif, { version: 2 })),
    '400 file: the case has 50 files, and no more fit; remove one first',
  );
  assert.is((await remove(id, 1, { version: 2, reason: 'Twice' })).status, 200);
  assert.is((await added(id, samples.gif)).no, 51);
});

evidence('removes a file with a reason: the row stays, the bytes only while another case has them', async () => {
  const [id, other] = [await enter(), await enter()];
  await added(id, samples.png);
  await added(other, samples.png);
  assert.is(await problem(await remove(id, 1, { version: 2, reason: ' ' })), '400 reason: say why it is removed');
  assert.is((await remove(id, 1, { version: 1, reason: 'Shows a face' })).status, 409);
  now += 60;
  assert.is((await remove(id, 1, { version: 2, reason: 'Shows a face' })).status, 200);
  const { evidence: list, events } = await detail(id);
  assert.equal(list[0]?.removed, { by: 'admin', at: '2026-11-09T15:01:00Z', reason: 'Shows a face' });
  const { kind, from, note } = events[2]!; // it has three
  assert.equal([kind, from, note], ['evidence removed', 'photo.png', 'Shows a face']);
  assert.is(await problem(await server.send('GET', `/api/cases/${id}/evidence/1`)), `404 : evidence 1 of case ${id} was removed; the case says by whom and why`); // prettier-ignore
  assert.equal(files(), [placeOf(samples.png)]);
  assert.is(await problem(await remove(id, 1, { version: 3, reason: 'Again' })), `400 : evidence 1 of case ${id} was removed before`);

  assert.is((await remove(other, 1, { version: 2, reason: 'Shows a face' })).status, 200);
  assert.equal(files(), []);
  assert.is(await problem(await remove(other, 2, { version: 3, reason: 'x' })), `404 : there is no evidence 2 of a case ${other}`);
  assert.is((await audits()).at(-1), `evidence_removed case ${other}, evidence 1`);
});

evidence('does not send a file that is gone or has other bytes, and says so in the log; sent again it is whole', async () => {
  const id = await enter();
  await added(id, samples.png);
  writeFileSync(path.join(folder(), placeOf(samples.png)), 'other');
  const get = () => server.send('GET', `/api/cases/${id}/evidence/1`);
  assert.match(await problem(await get()), /^503 : the file in the folder of evidence holds other bytes than were stored; it is not sent/);
  assert.equal(
    server.logged.filter(({ event }) => event === 'evidence_damaged').map(({ fields }) => fields.case_id),
    [id],
  );
  await added(id, samples.png);
  assert.is((await get()).status, 200);
  await openEvidenceFiles(folder()).remove(createHash('sha256').update(samples.png).digest('hex'));
  assert.match(await problem(await get()), /^503 : the file in the folder of evidence is gone/);
});

evidence('shows files only to who sees the case, its texts and its customer', async () => {
  await enter({ team: 'Team South' });
  const id = await enter({ team: 'Team North', agent: 'A9' });
  await added(id, samples.png);
  const statusFor = async (role: 'executive' | 'trainer' | 'staff' | 'quality_manager', change: Parameters<typeof changeUser>[2] = {}) => {
    await addUser(server.store, { name: role, role, now });
    await changeUser(server.store, role, change, { now, by: null });
    const cookie = await signIn(server.store, now, role);
    const version = (await detail(id)).events.length;
    const statuses = [
      (await server.send('GET', `/api/cases/${id}/evidence/1`, undefined, { cookie })).status,
      (await upload(id, samples.gif, { version, headers: { cookie } })).status,
      (await remove(id, 1, { version: 99, reason: 'x' }, cookie)).status,
    ];
    return [...statuses, (await detail(id, cookie)).evidence?.length ?? null];
  };
  assert.equal(await statusFor('executive'), [403, 403, 403, 0]);
  assert.equal(await statusFor('trainer'), [403, 403, 403, 0], 'files show who a customer is');
  assert.equal(await statusFor('staff', { agent: 'A9' }), [200, 201, 403, 2]);
  assert.equal(await statusFor('quality_manager'), [200, 201, 400, 3]);
  await changeUser(server.store, 'quality_manager', { scope: { team: ['Team South'] } }, { now, by: null });
  const cookie = await signIn(server.store, now, 'quality_manager');
  assert.is((await server.send('GET', `/api/cases/${id}/evidence/1`, undefined, { cookie })).status, 404);
  assert.is((await server.send('GET', `/api/cases/${id}/evidence/1`, undefined, { cookie: '' })).status, 401);
});

evidence('takes no file for a case of a source, nor for none', async () => {
  await loadRecords(server.store, [{ source_id: 'HD-1', kind: 'complaint', received_at: now - 100 }], { source: 'help-desk' });
  const { case_id } = (await server.store.reader<{ case_id: number }>('case_fact').first('case_id'))!; // it was loaded
  assert.match(await problem(await upload(case_id, samples.png)), /^409 : this case is owned by help-desk/);
  assert.is((await upload(999, samples.png)).status, 404);
  assert.is((await upload('x', samples.png)).status, 404);
  assert.is((await server.send('GET', '/api/cases/1/evidence/..%2f1')).status, 404);
  assert.equal(files(), []);
});

evidence('takes away what a process that died has left, and nothing else', async () => {
  const id = await enter();
  await added(id, samples.png);
  await added(id, samples.gif);
  assert.is((await remove(id, 2, { version: 3, reason: 'Twice' })).status, 200);
  const [left, fresh] = [path.join(folder(), placeOf(samples.gif)), path.join(folder(), 'incoming', 'half')];
  writeFileSync(left, samples.gif);
  writeFileSync(fresh, 'half');
  const store = openEvidenceFiles(folder());
  await sweepEvidence(server.store, store, Date.now() / 1000);
  assert.equal(files().sort(), [placeOf(samples.png), path.join('incoming', 'half')].sort(), 'an upload may still be going on');
  await sweepEvidence(server.store, store, Date.now() / 1000 + 2 * 86_400);
  assert.equal(files(), [placeOf(samples.png)]);
});

evidence.run();
