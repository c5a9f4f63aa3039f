import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadBatch } from '../../etl/load.ts';
import { noteRejects, type Reject } from '../../etl/load-rejects.ts';
import type { RejectedRecordRow } from '../../etl/store/tables.ts';
import { openWorkplace, type Workplace } from '../support/workplace.ts';

const row = (line: number, raw = '{"id":"7"}', reason = '"x" is no date'): Reject => ({ line, column: 2, field: 'received', reason, raw });

const rejecting = suite('rejected rows');
let work: Workplace;
rejecting.before(async () => {
  work = await openWorkplace();
});
rejecting.before.each(() => work.store.writer('rejected_record').delete());
rejecting.after(() => work.close());

const note = (runId: number, rejects: Reject[], source = 1) =>
  work.store.writer.transaction((trx) =>
    noteRejects(trx, { source: { code: source }, runId, input: `${runId}.csv`, now: runId * 100 }, rejects),
  );
const kept = () => work.store.reader<RejectedRecordRow>('rejected_record').orderBy('reject_id');
const places = async () => (await kept()).map((r) => [r.run_id, r.input, r.line, r.rejected_at, r.seen_at]);

rejecting('adds a row that waits already not once more but moves it to the run that read it again', async () => {
  await note(1, [row(2), row(3, '{"id":"8"}')]);
  await note(2, [row(5)]);
  await note(3, [row(4), row(9, 'broken')]);
  assert.equal(await places(), [
    [3, '3.csv', 4, 100, 300],
    [1, '1.csv', 3, 100, 100],
    [3, '3.csv', 9, 300, 300],
  ]);
});

rejecting('keeps two rows of one input that say the same, and adds none when it is read again', async () => {
  await note(1, [row(2), row(3)]);
  await note(2, [row(2)]); // the same input in two batches
  await note(2, [row(3)]);
  assert.equal(await places(), [
    [2, '2.csv', 2, 100, 200],
    [2, '2.csv', 3, 100, 200],
  ]);
  await note(3, [row(2), row(3), row(4)]);
  assert.equal(
    (await kept()).map((r) => [r.run_id, r.line]),
    [
      [3, 2],
      [3, 3],
      [3, 4],
    ],
  );
});

rejecting('tells rows apart by source, content, place of the field and reason, but not by values in the reason', async () => {
  await note(1, [row(2)]);
  await note(2, [row(2)], 2);
  await note(3, [{ ...row(2), column: 3 }]);
  await note(4, [row(2, '{"id":"9"}')]);
  await note(5, [row(2, '{"id":"7"}', 'is missing')]);
  await note(6, [row(2, '{"id":"7"}', '"y" is no date')]);
  assert.equal(
    (await kept()).map((r) => [r.source, r.run_id, r.reason]),
    [
      [1, 6, '"y" is no date'],
      [2, 2, '"x" is no date'],
      [1, 3, '"x" is no date'],
      [1, 4, '"x" is no date'],
      [1, 5, 'is missing'],
    ],
  );
});

rejecting('adds a row that was replayed or dismissed anew; one that was superseded waits again', async () => {
  await note(1, [row(2), row(3), row(4)]);
  const settled = { settled_at: 150, settled_by: 'me', settled_run: 1 };
  for (const [line, settlement] of [[2, 'replayed'], [3, 'dismissed'], [4, 'superseded']] as const)
      await work.store.writer('rejected_record').where({ line }).update({ ...settled, settlement }); // prettier-ignore
  await note(2, [row(9), row(10)]);
  assert.equal(
    (await kept()).map((r) => [r.run_id, r.line, r.settlement, r.settled_at, r.settled_run]),
    [
      [1, 2, 'replayed', 150, 1],
      [1, 3, 'dismissed', 150, 1],
      [2, 9, null, null, null],
      [2, 10, null, null, null],
    ],
  );
});

rejecting('lets rows of a key its source no longer has wait no longer', async () => {
  const batch = { source: { name: 'crm', code: 1 }, input: 'a.csv', now: 100, cases: [] };
  await loadBatch(work.store, {
    ...batch,
    runId: 1,
    rejects: [
      { ...row(2), key: '7' },
      { ...row(3), key: '7', rowKey: 'a' },
      { ...row(4), key: '8' },
    ],
  });
  await loadBatch(work.store, { ...batch, runId: 2, rejects: [], gone: ['7'] });
  assert.equal(
    (await kept()).map((r) => r.settlement),
    ['superseded', 'superseded', null],
  );
});

rejecting('counts every rejected row in its run, known or not', async () => {
  const batch = { source: { name: 'crm', code: 1 }, input: 'a.csv', now: 100, cases: [] };
  assert.is((await loadBatch(work.store, { ...batch, runId: 1, rejects: [row(2), row(3)] })).rejected, 2);
  assert.is((await loadBatch(work.store, { ...batch, runId: 2, rejects: [row(2), row(3)] })).rejected, 2);
  assert.is((await kept()).length, 2);
});

rejecting.run();
