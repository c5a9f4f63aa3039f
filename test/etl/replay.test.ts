import { mkdir } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { changeProblems, replayRejected, whyNotOfRow, whyNotOfSource } from '../../etl/replay.ts';
import { runSource } from '../../etl/run-source.ts';
import type { CaseFactRow, PipelineRunRow, RejectedRecordRow, SourceStateRow } from '../../etl/store/tables.ts';
import { openWorkplace, type Workplace } from '../support/workplace.ts';

const map =
  'source: shop\nzone: UTC\ndate: YYYY-MM-DD\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n';
// One case per id: the rows of an id are folded in the order of the file, amounts added.
const foldMap =
  'source: till\nzone: UTC\ndate: YYYY-MM-DD\ncurrency: EUR\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  redress_amount: paid\nfold:\n  take: first_given\n  fields: { redress_amount: sum }\n';

const replay = suite('replay');
let work: Workplace;
replay.before.each(async () => {
  work = await openWorkplace();
  await work.write('shop.yaml', map);
  await work.write('till.yaml', foldMap);
});
replay.after.each(() => work.close());

const rejects = () => work.store.reader<RejectedRecordRow>('rejected_record').orderBy('reject_id');
const cases = () => work.store.reader<CaseFactRow>('case_fact').orderBy('source_id');
const source = async (name: string): Promise<SourceStateRow> => {
  const found = await work.store.reader<SourceStateRow>('source_state').where({ name }).first();
  if (!found) throw new Error(`there is no source ${name}`);
  return found;
};
const again = async (name: string, ids: number[], changes: Record<number, Record<string, string>> = {}) => {
  const changed = new Map(Object.entries(changes).map(([id, values]) => [Number(id), values]));
  return replayRejected(work.deps, { source: await source(name), rejectIds: ids, changes: changed, startedBy: 'admin' });
};

replay('loads corrected rows as a run of their source and settles them with it', async () => {
  await work.write('a.csv', 'id,received,issue\n1,2026-01-05,late\n2,2026-02-30,late\n3,,broken\n');
  const first = await work.load('a.csv', 'shop.yaml');
  assert.is(first.rejected, 2);
  const [second, third] = await rejects();
  const report = await again('shop', [second!.reject_id, third!.reject_id], {
    [second!.reject_id]: { received: '2026-02-28' },
    [third!.reject_id]: { received: '2026-03-01', issue: 'damaged' },
  });
  assert.equal([report.read, report.inserted, report.rejected], [2, 2, 0]);
  assert.equal(
    (await cases()).map((c) => [c.source_id, c.received_on]),
    [
      ['1', '2026-01-05'],
      ['2', '2026-02-28'],
      ['3', '2026-03-01'],
    ],
  );
  for (const row of await rejects()) {
    assert.equal([row.settlement, row.settled_by, row.settled_run], ['replayed', 'admin', report.runId]);
    assert.ok(row.settled_at);
  }
  const run = await work.store.reader<PipelineRunRow>('pipeline_run').where({ run_id: report.runId }).first();
  assert.equal([run?.started_by, run?.input, run?.state], ['admin', `2 rejected rows of run ${first.runId} (a.csv)`, 'done']);
  assert.equal([run?.total, run?.total_unit, run?.warning], [2, 'rows', null]);
});

replay('keeps a row that is rejected again as a new rejected row of the new run', async () => {
  await work.write('a.csv', 'id,received,issue\n2,2026-02-30,late\n');
  await work.load('a.csv', 'shop.yaml');
  const report = await again('shop', [1], { 1: { received: '2026-02-31' } });
  assert.equal([report.read, report.rejected], [1, 1]);
  const [old, fresh] = await rejects();
  assert.equal([old?.settled_run, fresh?.run_id, fresh?.line, fresh?.settled_at], [report.runId, report.runId, 2, null]);
  assert.match(fresh?.reason ?? '', '2026-02-31');
});

replay('lets a row that is rejected again as it was wait on, once', async () => {
  await work.write('a.csv', 'id,received,issue\n2,2026-02-30,late\n3,2026-02-30,late\n3,2026-02-30,late\n');
  await work.load('a.csv', 'shop.yaml');
  const report = await again('shop', [1, 3]);
  assert.equal([report.read, report.rejected], [2, 2]);
  assert.equal(
    (await rejects()).map((row) => [row.reject_id, row.run_id, row.line, row.settlement]),
    [
      [1, report.runId, 2, null],
      [2, report.runId - 1, 3, null],
      [3, report.runId, 4, null],
    ],
  );
});

replay('of several rows of one key the one that was rejected last holds, whichever was rejected first', async () => {
  const csv = (day: string, issue: string) => `id,received,issue\n9,${day}.01.2026,${issue}\n`;
  const load = async (text: string) => {
    await work.write('a.csv', text);
    assert.is((await work.load('a.csv', 'shop.yaml')).rejected, 1);
  };
  await load(csv('06', 'newest'));
  await load(csv('05', 'older'));
  await load(csv('06', 'newest')); // the row of the first run came again
  assert.equal(
    (await rejects()).map((row) => row.run_id),
    [3, 2],
  );
  await work.write('shop.yaml', map.replace('YYYY-MM-DD', 'DD.MM.YYYY'));
  const report = await again('shop', [1, 2]);
  assert.equal([report.read, report.rejected, report.inserted, report.updated], [2, 0, 1, 1]);
  assert.equal(
    (await cases()).map((c) => [c.source_id, c.received_on]),
    [['9', '2026-01-06']],
  );
  assert.equal(
    (await rejects()).map((row) => row.settlement),
    ['replayed', 'replayed'],
  );
});

const load = async (lines: string, mapName = 'shop.yaml') => {
  await work.write('a.csv', lines);
  return work.load('a.csv', mapName);
};
const states = async () => (await rejects()).map((row) => [row.reject_id, row.settlement, row.settled_run]);
const issues = async () => (await cases()).map((c) => [c.source_id, c.received_on]);

replay('never puts back what a row said before its source was mended', async () => {
  await load('id,received,issue\n7,2026-02-30,old\n8,2026-02-30,old\n');
  const mended = await load('id,received,issue\n7,2026-03-01,new\n');
  assert.equal(await states(), [
    [1, 'superseded', mended.runId],
    [2, null, null],
  ]);
  const [row] = await rejects();
  assert.match(whyNotOfRow({ ...row!, hasColumns: true }) ?? '', `a later row took its place, in run ${mended.runId}`);
  const report = await again('shop', [1, 2], { 1: { received: '2026-02-28' }, 2: { received: '2026-02-28' } });
  assert.equal([report.read, report.inserted, report.updated], [1, 1, 0]);
  assert.is(report.warning, '1 row was left out, since a later row took its place');
  const run = await work.store.reader<PipelineRunRow>('pipeline_run').where({ run_id: report.runId }).first();
  assert.is(run?.warning, report.warning);
  assert.equal(await issues(), [
    ['7', '2026-03-01'],
    ['8', '2026-02-28'],
  ]);
  assert.equal((await states())[0], [1, 'superseded', mended.runId]);
});

replay('a row that is replayed supersedes older ones of its key and no later ones', async () => {
  for (const day of ['2026-02-30', '2026-02-31', '2026-04-31']) await load(`id,received,issue\n7,${day},late\n`);
  const second = await again('shop', [2], { 2: { received: '2026-02-28' } });
  assert.equal(await states(), [
    [1, 'superseded', second.runId],
    [2, 'replayed', second.runId],
    [3, null, null],
  ]);
  const third = await again('shop', [3], { 3: { received: '2026-04-30' } });
  assert.equal((await states())[2], [3, 'replayed', third.runId]);
  assert.equal(await issues(), [['7', '2026-04-30']]);
});

replay('a row rejected again in a replay stays as old as it was', async () => {
  await load('id,received,issue\n7,2026-02-30,late\n');
  await load('id,received,issue\n7,2026-02-31,late\n');
  const report = await again('shop', [1, 2], { 1: { received: '2026-02-29' }, 2: { received: '2026-02-28' } });
  assert.equal([report.rejected, report.inserted], [1, 1]);
  assert.equal(await states(), [
    [1, 'replayed', report.runId],
    [2, 'replayed', report.runId],
    [3, 'superseded', report.runId],
  ]);
});

replay('a dismissed row is superseded like one that waits', async () => {
  await load('id,received,issue\n7,2026-02-30,old\n');
  await work.store.writer('rejected_record').update({ settlement: 'dismissed', settled_at: 1, settled_by: 'admin' });
  const { runId } = await load('id,received,issue\n7,2026-03-01,new\n');
  assert.equal(await states(), [[1, 'superseded', runId]]);
});

replay('of a folding map a row is superseded by its own row key only', async () => {
  await work.write('till.yaml', `${foldMap}  row_key: entry\n  order: entry\n`);
  await load('id,entry,received,paid\n1,1,2026-02-30,10.00\n1,x,2026-01-02,2.50\n', 'till.yaml');
  assert.equal(
    (await rejects()).map((row) => [row.source_id, row.row_key, row.line]),
    [
      ['1', 'x', 3],
      ['1', '1', 2],
    ],
  );
  const other = await load('id,entry,received,paid\n1,0,2026-01-01,1.00\n', 'till.yaml');
  assert.equal([other.inserted, other.rejected], [1, 0]); // there is a case, but the rejected rows are not it
  assert.equal(
    (await states()).map(([, settlement]) => settlement),
    [null, null],
  );
  const { runId } = await load('id,entry,received,paid\n1,1,2026-02-28,10.00\n', 'till.yaml');
  assert.equal(await states(), [
    [1, null, null],
    [2, 'superseded', runId],
  ]);
});

replay('changes neither the place to go on from nor what the source is called and read with', async () => {
  await work.write('a.csv', 'id,received,issue\n2,2026-02-30,late\n');
  await work.load('a.csv', 'shop.yaml');
  const code = (await source('shop')).source;
  await work.store.writer('source_state').where({ source: code }).update({ cursor: 'csv 17', connector: 'csv' });
  const before = await source('shop');
  await again('shop', [1], { 1: { received: '2026-02-28' } });
  const after = await source('shop');
  assert.equal([after.cursor, after.connector, after.map, after.zone], [before.cursor, before.connector, before.map, before.zone]);
  assert.is(after.locked_by, null);
});

replay('reads rows as they were with a map that has been mended', async () => {
  await work.write('a.csv', 'id,received,issue\n1,05.01.2026,late\n2,06.01.2026,late\n');
  assert.is((await work.load('a.csv', 'shop.yaml')).rejected, 2);
  await work.write('shop.yaml', map.replace('YYYY-MM-DD', 'DD.MM.YYYY'));
  assert.is((await again('shop', [1, 2])).inserted, 2);
});

replay('puts a corrected row of a folding map in the place of the one it corrects', async () => {
  // No case can be made of id 1: its only row with a date has one that does not exist.
  await work.write('a.csv', 'id,received,paid\n1,2026-02-30,10.00\n1,,2.50\n2,2026-01-01,1.00\n');
  assert.is((await work.load('a.csv', 'till.yaml')).rejected, 1);
  const landed = () =>
    work.store.reader<{ body: string; line: number; delivery: number }>('source_row').where('source_id', '1').orderBy('line');
  const before = await landed();
  const report = await again('till', [1], { 1: { received: '2026-02-28' } });
  assert.equal([report.read, report.inserted, report.rejected], [1, 1, 0]);
  const [one] = await cases();
  assert.equal([one?.received_on, one?.redress_minor], ['2026-02-28', 1250]); // 10.00 once, and 2.50
  const after = await landed();
  assert.equal(
    after.map((row) => [row.delivery, row.line]),
    before.map((row) => [row.delivery, row.line]),
  );
});

replay('moves a row of a folding map to another case when its key was wrong', async () => {
  await work.write('a.csv', 'id,received,paid\n1,2026-02-30,10.00\n2,2026-01-01,1.00\n');
  await work.load('a.csv', 'till.yaml');
  await again('till', [1], { 1: { id: '2', received: '2026-01-02' } });
  assert.equal(
    (await cases()).map((c) => [c.source_id, c.received_on, c.redress_minor]),
    [['2', '2026-01-02', 1100]], // the row stands before the other, as it did in its file
  );
  assert.is((await work.store.reader<{ source_id: string }>('source_row').where({ source_id: '1' })).length, 0);
});

replay('is no measure of how much a dropped file brings, and neither is a file that a person names', async () => {
  work.configure('sources: [{ name: shop, connector: folder, map: ./shop.yaml, path: ./in }]');
  await mkdir(work.at('in'));
  const [shop] = work.deps.config.sources;
  const drop = async (name: string, rows: number) => {
    const lines = Array.from({ length: rows }, (_, i) => `${name}-${i},2026-01-05,late`);
    await work.write(`in/${name}.csv`, `id,received,issue\n${name}-x,2026-02-30,late\n${lines.join('\n')}\n`);
    return (await runSource(work.deps, shop!, 'schedule')).reports[0];
  };
  for (const name of ['mon', 'tue', 'wed']) assert.is((await drop(name, 40))?.warning, null);
  for (let day = 1; day <= 10; day++) await again('shop', [1], { 1: { received: `2026-02-0${day}` } });
  for (const id of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) await load(`id,received,issue\nby hand ${id},2026-01-05,late\n`);
  assert.match((await drop('thu', 1))?.warning ?? '', 'only 2 rows, where 41 rows are usual');
  const kinds = await work.store.reader<PipelineRunRow>('pipeline_run').orderBy('run_id').pluck('kind');
  assert.equal([...new Set(kinds)], ['file', 'replay', 'import']);
});

replay('says why a row cannot be replayed', () => {
  const row = { hasColumns: true, is_cut: 0, settlement: null, settled_run: null };
  assert.is(whyNotOfRow(row), null);
  assert.match(whyNotOfRow({ ...row, settlement: 'replayed', settled_run: 7 }) ?? '', 'replayed already, in run 7');
  assert.match(whyNotOfRow({ ...row, is_cut: 1 }) ?? '', '64 KiB');
  assert.match(whyNotOfRow({ ...row, hasColumns: false }) ?? '', 'could not be split into columns');
  assert.match(whyNotOfSource(work.deps, null) ?? '', 'not known any more');
  assert.match(whyNotOfSource(work.deps, { name: 'old', map: null }) ?? '', '"old" has no map');
  assert.match(whyNotOfSource(work.deps, { name: 'old', map: work.at('gone.yaml') }) ?? '', 'name it in the configuration');
  work.configure('sources: [{ name: old, connector: push, map: ./shop.yaml }]');
  assert.is(whyNotOfSource(work.deps, { name: 'old', map: work.at('gone.yaml') }), null); // the configured map holds
});

replay('takes corrections only of columns there are', () => {
  assert.equal(changeProblems({ id: '1' }, { id: '2', late: 'x' }, ['late']), []);
  const [wrong] = changeProblems({ received: '' }, { recieved: '' }, []);
  assert.match(wrong?.message ?? '', 'did you mean "received"');
});

replay('refuses a source whose map is gone before any run begins', async () => {
  await work.write('a.csv', 'id,received,issue\n2,2026-02-30,late\n');
  await work.load('a.csv', 'shop.yaml');
  const state = { ...(await source('shop')), map: work.at('gone.yaml') };
  try {
    await replayRejected(work.deps, { source: state, rejectIds: [1], changes: new Map(), startedBy: 'admin' });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
  }
  assert.is((await work.store.reader('pipeline_run')).length, 1);
});

replay.run();
