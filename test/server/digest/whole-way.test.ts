import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { simpleParser } from 'mailparser';
import type { DigestDeliveryRow } from '../../../etl/store/tables.ts';
import type { DigestDifference, DigestIssueDetail, DigestIssueJson, DigestsJson } from '../../../queries/model/digest.ts';
import type { ListPage } from '../../../queries/model/lists.ts';
import { createOutgoing } from '../../../server/digest/deliver/outgoing.ts';
import { tickDigests } from '../../../server/digest/tick.ts';
import { worldRecords, worldThrough } from '../../support/digest-world.ts';
import { startMailServer } from '../../support/mail-server.ts';
import { mailTo, testOutbox } from '../../support/outbox.ts';
import { startServer } from '../../support/server.ts';
import { loadRecords } from '../../support/store.ts';

const digests = suite('a digest');

digests('is added, made once, sent once, archived and made again the same', async () => {
  const mailServer = await startMailServer();
  const at = (text: string) => Date.parse(text) / 1000;
  let clock = at('2026-10-31T12:00:00Z');
  const server = await startServer({ now: () => clock });
  const { store } = server;
  const get = async <T>(path: string) => (await (await server.send('GET', path)).json()) as T;
  try {
    await loadRecords(store, worldRecords(), { source: 'desk', currency: 'EUR', throughAt: worldThrough });
    const added = await server.send('POST', '/api/digests', {
      name: 'Board', where: { kind: ['complaint'] }, every: 'month', on: 3, at: '07:00', zone: null, owner: 'admin', ends_on: null,
      recipients: ['ana@example.org', 'ben@example.org'],
    }); // prettier-ignore
    assert.is(added.status, 201);
    clock = at('2026-11-03T07:00:00Z');
    const { making } = server.deps.digests;
    await Promise.all([tickDigests(making), tickDigests(making)]);
    const mail = mailTo(mailServer.port);
    const outboxes = [0, 1].map(() => testOutbox({ store, mail, now: () => clock, ...createOutgoing({ ...making, env: {} }, mail.from) }));
    for (const outbox of outboxes) await outbox.tick();
    for (const outbox of outboxes) await outbox.idle();
    assert.equal([...mailServer.counts()].sort(), [['ana@example.org', 1], ['ben@example.org', 1]]); // prettier-ignore
    const states = await store.reader<DigestDeliveryRow>('digest_delivery').select('state');
    assert.equal(states.map(({ state }) => state), ['sent', 'sent']); // prettier-ignore
    const parsed = await simpleParser(mailServer.received[0]?.raw ?? '');
    assert.match(parsed.text ?? '', /“Billing” rose above/);
    assert.is(parsed.attachments.at(-1)?.contentType, 'application/pdf');

    const { digests: list } = await get<DigestsJson>('/api/digests');
    assert.equal(list[0]?.last_issue?.deliveries, { sent: 2 });
    const { rows, total } = await get<ListPage<DigestIssueJson>>('/api/digest-issues?from=2026-10-15&state=made');
    assert.is(total, 1);
    const id = rows[0]?.issue_id ?? '';
    const detail = await get<DigestIssueDetail>(`/api/digest-issues/${id}`);
    assert.ok(detail.parts.every(({ size }) => size > 100));
    const pdf = Buffer.from(await (await server.send('GET', `/api/digest-issues/${id}/parts/digest.pdf`)).arrayBuffer());
    assert.is(pdf.length, detail.parts.find(({ name }) => name === 'digest.pdf')?.size);
    assert.is((await get<DigestDifference>(`/api/digest-issues/${id}/difference`)).isSame, true);
  } finally {
    await server.close();
    await mailServer.close();
  }
});

digests.run();
