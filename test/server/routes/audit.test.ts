import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { AuditPageJson } from '../../../queries/model/audit-trail.ts';
import { audit } from '../../../server/auth/audit.ts';
import { addUser } from '../../../server/auth/users.ts';
import { loadRecords } from '../../support/store.ts';
import { signIn, startServer, type TestServer } from '../../support/server.ts';

const trail = suite('audit trail');
const now = 1_800_000_000; // 2027-01-15 08:00 UTC
let server: TestServer;
trail.before.each(async () => {
  server = await startServer({ now: () => now, organisation: { name: 'Test', zone: 'Europe/Vienna', currency: 'EUR' } });
  await server.store.writer('audit_event').delete();
});
trail.after.each(() => server.close());

const day = 86_400;
async function note(target: string, at = now, userId: number | null = 1): Promise<void> {
  await audit(server.store.writer, { at, userId, action: 'case_handled', target });
}
async function page(search = ''): Promise<AuditPageJson> {
  const response = await server.send('GET', `/api/people/audit?${search}`);
  assert.is(response.status, 200, await response.clone().text());
  return (await response.json()) as AuditPageJson;
}
const targets = async (search: string) => (await page(search)).lines.map(({ target }) => target);

trail('is read newest first and paged by key, so that lines written meanwhile move nothing', async () => {
  for (let i = 1; i <= 250; i++) await note(`case ${i}`);
  const first = await page();
  assert.is(first.lines.length, 100);
  assert.equal(
    [first.lines[0]?.target, first.lines[0]?.who, first.lines[0]?.what],
    ['case 250', 'admin', 'Something was done with a case'],
  );
  await note('case 251');
  const second = await page(`before=${first.next}`);
  assert.equal([second.lines[0]?.target, second.lines.at(-1)?.target], ['case 150', 'case 51']);
  const last = await page(`before=${second.next}`);
  assert.equal([last.lines.length, last.next], [50, null]);
});

trail('is searched by person, action, target, local days and words', async () => {
  await addUser(server.store, { name: 'anna', role: 'staff', now, by: 1 });
  await server.store.writer('audit_event').delete();
  await note('case 1: resolve', now - 3 * day);
  await note('case 12: resolve 100%', now, 2);
  await note('case 1', Date.UTC(2027, 0, 13, 22, 59, 59) / 1000); // 23:59:59 of the 13th in Vienna
  await note('case 2', Date.UTC(2027, 0, 13, 23, 0, 0) / 1000, null);
  await audit(server.store.writer, { at: now, userId: 1, action: 'signed_in', target: 'admin' });
  assert.equal(await targets('who=anna'), ['case 12: resolve 100%']);
  assert.equal(await targets(`who=${encodeURIComponent('(nobody signed in)')}`), ['case 2']);
  assert.equal(await targets('action=signed_in'), ['admin']);
  assert.equal(await targets('target=case+1'), ['case 1']);
  assert.equal(await targets('since=2027-01-13&until=2027-01-13'), ['case 1']);
  assert.equal(await targets('since=2027-01-14&until=2027-01-14'), ['case 2']);
  assert.equal(await targets('words=RESOLVE+something'), ['case 12: resolve 100%', 'case 1: resolve']);
  assert.equal(await targets('words=100%25'), ['case 12: resolve 100%']);
  assert.equal(await targets('words=_'), []);
  for (const [search, field] of [
    ['since=2027-02-30', 'since'],
    ['action=sgned_in', 'action'],
    ['before=x', 'before'],
    ['who=a%00', 'who'],
    ['target=%00b', 'target'],
    ['words=a%00b', 'words'],
    ['who=a&who=b', 'who'],
  ] as const) {
    const response = await server.send('GET', `/api/people/audit?${search}`);
    const { problems } = (await response.json()) as { problems: { field: string }[] };
    assert.equal([response.status, problems[0]?.field], [400, field]);
    if (field !== 'before') assert.is((await server.send('GET', `/api/people/audit.csv?${search}`)).status, 400, search);
  }
});

trail('is saved as CSV with cells no spreadsheet runs, which is itself a line of it', async () => {
  for (let i = 0; i < 1001; i++) await note('=1+1');
  const response = await server.send('GET', '/api/people/audit.csv?action=case_handled');
  const lines = (await response.text()).trim().split('\r\n');
  assert.is(lines[0], 'at,who,action,what,target');
  assert.is(lines.length, 1002);
  assert.is(lines[1], "2027-01-15T08:00:00Z,admin,case_handled,Something was done with a case,'=1+1");
  assert.match(response.headers.get('content-disposition') ?? '', 'silverlining-audit.csv');
  assert.equal(await targets('action=audit_exported'), ['the audit trail']);
});

trail('has one line for a case that is opened, which says whether the customer was seen or texts alone', async () => {
  await loadRecords(server.store, [
    { source_id: 'c', kind: 'complaint', received_at: '2025-01-05', contact: 'x@example.org', narrative: 'Text.' },
    { source_id: 't', kind: 'complaint', received_at: '2025-01-05', narrative: 'Text.' },
    { source_id: 'n', kind: 'complaint', received_at: '2025-01-05' },
  ]);
  for (const id of [1, 2, 3]) assert.is((await server.send('GET', `/api/cases/${id}`)).status, 200);
  const { lines } = await page();
  assert.equal(
    lines.map(({ action, target }) => `${action} ${target}`),
    ['text_viewed case 2', 'contact_viewed case 1'],
  );
});

trail('is for administrators alone', async () => {
  await addUser(server.store, { name: 'quality', role: 'quality_manager', now, by: 1 });
  const cookie = await signIn(server.store, now, 'quality');
  for (const path of ['/api/people/audit', '/api/people/audit.csv'])
    assert.is((await server.send('GET', path, undefined, { cookie })).status, 403);
});

trail.run();
