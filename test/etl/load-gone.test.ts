import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv, type CsvRead } from '../../etl/connectors/csv.ts';
import { EvidenceDamaged, evidenceFolder, openEvidenceFiles } from '../../etl/evidence-files.ts';
import { loadBatch } from '../../etl/load.ts';
import { sweepEvidence } from '../../etl/load-evidence.ts';
import { readMap } from '../../etl/map.ts';
import { runImport } from '../../etl/run.ts';
import { describeSource } from '../../etl/store/sources.ts';
import type { CaseFactRow, DigestDeliveryRow, EvidenceRow, SurveyInvitationRow } from '../../etl/store/tables.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const leaving = suite('cases that are gone');
let temp: Awaited<ReturnType<typeof tempStore>>;
leaving.before.each(async () => void (temp = await tempStore()));
leaving.after.each(() => temp.close());

const now = Date.UTC(2026, 4) / 1000;
const letter = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
const evidence = () => openEvidenceFiles(evidenceFolder(temp.dir));
const facts = () => temp.store.reader<CaseFactRow>('case_fact').orderBy('case_id');

/** What people here say of a case and keep with it; each in its own table. */
async function addTo({ case_id, shard_key, source, source_id }: CaseFactRow, bytes: string): Promise<string> {
  const { writer } = temp.store;
  await writer('case_local').insert({ source, source_id, field: 'theme', label: 'price', said: 0, set_by: 'bo', set_at: now });
  await writer('attribution_contest').insert({ source, source_id, agent: 'agent 7', reason: 'not mine', contested_by: 'agent 7', contested_at: now, state: 'open' });
  const invitation = { case_id, survey: 'csat', question: 'How was it?', message: '', asked_at: now, expires_at: now + 9 };
  const [asked] = await writer<SurveyInvitationRow>('survey_invitation').insert(invitation).returning('invitation_id');
  const mail = { digest_id: 0, kind: 'survey', round: 1, message_id: 'm', attempts: 0, next_at: now, asked_by: 'bo', asked_at: now, state: 'queued' } as const;
  await writer<DigestDeliveryRow>('digest_delivery').insert({ ...mail, issue_id: `survey:${asked?.invitation_id}`, address: `${source_id}@example.org` });
  const received = await evidence().receive(Readable.from([Buffer.from(bytes)]));
  await evidence().keep(received);
  const { hash } = received;
  const row = { case_id, shard_key, evidence_no: 1, hash, name: `${source_id}.txt`, type: 'text', bytes: received.bytes, note: 'it', added_by: 'bo', added_at: now };
  await writer<EvidenceRow>('case_evidence').insert(row);
  return hash;
} // prettier-ignore

const tables = ['case_local', 'attribution_contest', 'survey_invitation', 'case_evidence', 'case_band', 'case_link', 'case_text'] as const;
const counts = async () => {
  const all: [string, number][] = [];
  for (const table of tables) all.push([table, (await temp.store.reader(table).select('*')).length]);
  return Object.fromEntries(all) as Record<(typeof tables)[number], number>;
};

leaving('for good leave nothing of what was said, asked and kept here, and others as they were', async () => {
  const { store } = temp;
  const complaint = (source_id: string, narrative: string) => ({ source_id, kind: 'complaint' as const, received_at: now, narrative });
  await loadRecords(store, [complaint('stays', letter.replaceAll('word', 'term'))]);
  const [stays] = await facts();
  if (!stays) throw new Error('the case was not loaded');
  const hashes = [await addTo(stays, 'of what stays')];
  const before = await counts();
  await loadRecords(store, [complaint('goes', letter), complaint('goes too', letter)]);
  for (const fact of (await facts()).slice(1)) hashes.push(await addTo(fact, `of ${fact.source_id}`));
  assert.is((await counts()).case_link, 1);

  const code = await describeSource(store, { name: 'test', connector: 'test', map: null, zone: 'UTC', fields: [] });
  const batch = { source: { name: 'test', code }, runId: null, input: null, now, cases: [], rejects: [] };
  await loadBatch(store, { ...batch, gone: ['goes', 'goes too', 'never was'] });
  // A file's row stays until its bytes are gone, with no word in it.
  const waiting = await store.reader<EvidenceRow>('case_evidence').whereNotNull('removed_at');
  assert.equal(waiting.map(({ name, note, removed_by }) => [name, note, removed_by]), [['(gone)', '', 'source'], ['(gone)', '', 'source']]); // prettier-ignore
  await sweepEvidence(store, evidence(), now);
  assert.equal(await counts(), before);
  const mails = await store.reader<DigestDeliveryRow>('digest_delivery').orderBy('issue_id');
  assert.equal(mails.map(({ address, state }) => [address, state]), [['stays@example.org', 'queued'], ['(erased)', 'stopped'], ['(erased)', 'stopped']]); // prettier-ignore
  const [kept = '', ...gone] = hashes;
  await (await evidence().open(kept)).close();
  for (const hash of gone)
    assert.ok(
      await evidence()
        .open(hash)
        .then(() => false, (error: unknown) => error instanceof EvidenceDamaged), // prettier-ignore
    );
});

leaving('until their rows can be read again keep what was said of them here', async () => {
  const map = readMap(
    'source: desk\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\nfold:\n  take: last\n',
    'desk.yaml',
  );
  const run = (line: string) =>
    runImport<CsvRead>({
      store: temp.store, map, connector: csv, startedBy: 'command', input: 'a.csv', now: () => now, log: () => undefined,
      options: { file: Readable.from([Buffer.from(`id,received\n${line}\n`)]) },
    }); // prettier-ignore
  await run('1,2026-01-01');
  const [fact] = await facts();
  if (!fact) throw new Error('the case was not loaded');
  await addTo(fact, 'a file');
  await run('1,2026-13-01');
  assert.equal(await facts(), []);
  const { case_local, attribution_contest, survey_invitation, case_evidence } = await counts();
  assert.equal([case_local, attribution_contest, survey_invitation, case_evidence], [1, 1, 1, 1]);
});

leaving.run();
