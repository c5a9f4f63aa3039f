import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EntryTaken, loadEntry } from '../../etl/load-entry.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { tempStore } from '../support/store.ts';

const entering = suite('loadEntry');
let temp: Awaited<ReturnType<typeof tempStore>>;
entering.before.each(async () => void (temp = await tempStore()));
entering.after.each(() => temp.close());

const record: CaseRecord = { source_id: '', kind: 'complaint', received_at: '2026-01-05', issue: 'late delivery', narrative: 'Late.' };
const options = { zone: 'UTC', currency: 'EUR', now: Date.UTC(2026, 1) / 1000, fields: ['kind', 'received_at'] };
const stored = () => temp.store.reader('case_fact').leftJoin('case_text', 'case_text.case_id', 'case_fact.case_id').select('narrative');

entering('leaves a case as it was when something else comes under its key, and tells which case it is', async () => {
  await loadEntry(temp.store, record, 'key-1', options);
  const { caseId } = await loadEntry(temp.store, record, 'key-2', options);
  const other = loadEntry(temp.store, { ...record, narrative: 'Lost.' }, 'key-2', options);
  assert.is(
    await other.then(
      () => 0,
      (error: unknown) => (error instanceof EntryTaken ? error.caseId : -1),
    ),
    caseId,
  );
  assert.equal(await stored(), [{ narrative: 'Late.' }, { narrative: 'Late.' }]);
});

entering('does what belongs to a new case once, also when it is sent twice at the same moment', async () => {
  const noted: number[] = [];
  const after = (_: unknown, caseId: number) => Promise.resolve(void noted.push(caseId));
  const both = await Promise.all([1, 2].map(() => loadEntry(temp.store, record, 'key-1', { ...options, after })));
  assert.equal(
    both.sort((a, b) => Number(b.isNew) - Number(a.isNew)),
    [
      { caseId: 1, isNew: true },
      { caseId: 1, isNew: false },
    ],
  );
  assert.equal(noted, [1]);
});

entering('enters nothing when what belongs to it fails', async () => {
  const after = () => Promise.reject(new Error('disk full'));
  await loadEntry(temp.store, record, 'key-1', { ...options, after }).catch(() => undefined);
  assert.equal(await stored(), []);
});

entering.run();
