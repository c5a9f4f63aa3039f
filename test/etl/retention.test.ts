import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../etl/config.ts';
import { BadInput } from '../../etl/errors.ts';
import { evidenceFolder, openEvidenceFiles } from '../../etl/evidence-files.ts';
import { dateBefore, eraseDue, retentionDue, type RetentionRule } from '../../etl/retention.ts';
import type { CaseRecord } from '../../etl/record.ts';
import type { CaseFactRow, EvidenceRow } from '../../etl/store/tables.ts';
import { tickRetention } from '../../server/retention.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const retaining = suite('retention');
let temp: Awaited<ReturnType<typeof tempStore>>;
retaining.before.each(async () => void (temp = await tempStore()));
retaining.after.each(() => temp.close());

const now = Date.UTC(2026, 5, 30, 12) / 1000;
const rules: RetentionRule[] = [{ kind: 'complaint', keep: '6 years' }];
const when = { now, zone: 'UTC' };
const evidence = () => openEvidenceFiles(evidenceFolder(temp.dir));
const ended = (source_id: string, resolved_at: string | undefined, more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id, kind: 'complaint', received_at: '2018-01-05', customer_ref: 'a', narrative: `text ${source_id}`, ...(resolved_at && { resolved_at }), ...more,
}); // prettier-ignore
const texts = () => temp.store.reader<{ narrative: string }>('case_text').orderBy('case_id').pluck('narrative');
const keys = async () => (await temp.store.reader<CaseFactRow>('case_fact').orderBy('case_id')).map((fact) => fact.customer_key);

retaining('counts back whole days, months and years, to the last day of a shorter month', () => {
  for (const [keep, today, before] of [
    ['90 days', '2026-03-01', '2025-12-01'],
    ['1 month', '2026-03-31', '2026-02-28'],
    ['18 months', '2026-06-30', '2024-12-30'],
    ['6 years', '2024-02-29', '2018-02-28'],
    ['12 months', '2026-01-15', '2025-01-15'],
  ] as const)
    assert.is(dateBefore(keep, today), before, `${keep} before ${today}`);
});

retaining('erases what ended long enough ago, of its kind, and nothing that is open', async () => {
  await loadRecords(temp.store, [
    ended('1', '2020-06-30'),
    ended('2', '2020-07-01'),
    ended('3', undefined),
    ended('4', '2019-01-01', { kind: 'compliment' }),
    ended('5', '2019-01-01', { customer_ref: 'b' }),
  ]);
  const [a] = await keys();
  assert.equal(await retentionDue(temp.store.reader, rules, when), [{ ...rules[0], ended_until: '2020-06-30', cases: 2 }]);
  const receipts = await eraseDue(temp.store, rules, { ...when, by: 'ann', evidence: evidence() });
  assert.equal(receipts.map(({ reason, cases }) => [reason, cases]), [['age', 2]]);
  assert.equal(await texts(), ['text 2', 'text 3', 'text 4']);
  // The hash stays until the last of a customer's cases is erased.
  const left = await keys();
  assert.equal(left.slice(0, 4), [a, a, a, a]);
  assert.equal([left[4] === a, left[4] === null], [false, false]);
  assert.equal(await eraseDue(temp.store, rules, { ...when, by: 'ann', evidence: evidence() }), []);
  await loadRecords(temp.store, [ended('1', '2020-06-30'), ended('5', '2019-01-01', { customer_ref: 'b' })]);
  assert.equal(await texts(), ['text 2', 'text 3', 'text 4']);
  assert.equal(await keys(), left);
}); // prettier-ignore

retaining('takes the bytes of files of what is due, and of nothing else', async () => {
  await loadRecords(temp.store, [ended('1', '2020-06-30'), ended('2', undefined)]);
  const files = evidence();
  const hashes: string[] = [];
  for (const { case_id, shard_key } of await temp.store.reader<CaseFactRow>('case_fact').orderBy('case_id')) {
    const received = await files.receive(Readable.from([Buffer.from(`of case ${case_id}`)]));
    await files.keep(received);
    hashes.push(received.hash);
    const row = { case_id, shard_key, evidence_no: 1, hash: received.hash, name: 'a.txt', type: 'text', bytes: received.bytes, note: 'it' };
    await temp.store.writer<EvidenceRow>('case_evidence').insert({ ...row, added_by: 'bo', added_at: now });
  }
  await eraseDue(temp.store, rules, { ...when, by: 'ann', evidence: files });
  const opened = await Promise.all(
    hashes.map((hash) =>
      files.open(hash).then(
        (handle) => handle.close().then(() => 'whole'),
        (error: Error) => error.name,
      ),
    ),
  );
  assert.equal(opened, ['EvidenceDamaged', 'whole']);
});

retaining('is done in batches with one receipt', async () => {
  await loadRecords(temp.store, Array.from({ length: 1100 }, (_, i) => ended(`${i}`, '2019-01-01', { customer_ref: `c${i}` }))); // prettier-ignore
  const [receipt, ...more] = await eraseDue(temp.store, rules, { ...when, by: 'ann', evidence: evidence() });
  assert.equal([receipt?.cases, more.length, (await texts()).length], [1100, 0, 0]);
});

retaining('runs once a night, and not at all where it is not configured', async () => {
  const log = () => undefined;
  const organisation = { name: 'Test', zone: null, currency: null };
  await loadRecords(temp.store, [ended('1', '2020-06-30'), ended('2', '2020-07-01')]);
  const tick = (at: number, retention?: RetentionRule[]) =>
    tickRetention({
      store: temp.store,
      config: { organisation, ...(retention && { retention }) },
      evidence: evidence(),
      log,
      now: () => at,
    });
  await tick(now);
  assert.is((await texts()).length, 2);
  await tick(now, rules);
  await tick(now + 14 * 3600, rules); // 02:00 of the next day
  assert.equal(await texts(), ['text 2']);
  await tick(now + 15 * 3600, rules);
  assert.equal(await texts(), []);
  const lines = await temp.store.reader<{ action: string; target: string }>('audit_event').pluck('target');
  assert.equal(lines, ['erasure 1: 1 case', 'erasure 2: 1 case']);
});

retaining('is configured by kind, each once, and is off without', () => {
  const place = { where: 'silverlining.yaml', folder: '/' };
  assert.is(readConfig('organisation: { name: x }', place).retention, undefined);
  assert.equal(readConfig('retention: [{ kind: complaint, keep: 6 years }]', place).retention, rules);
  const wrong = (text: string) => {
    try {
      readConfig(text, place);
      return [];
    } catch (error) {
      return (error as BadInput).problems.map(({ field }) => field);
    }
  };
  assert.equal(wrong('retention: [{ kind: complaint, keep: 6 yrs }, { kind: nothing, keep: 0 days }]'), ['retention[0].keep', 'retention[1].kind', 'retention[1].keep']); // prettier-ignore
  assert.equal(wrong('retention: [{ kind: complaint, keep: 6 years }, { kind: complaint, keep: 1 year }]'), ['retention']);
});

retaining.run();
