import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv } from '../../etl/connectors/csv.ts';
import { BadInput } from '../../etl/errors.ts';
import { applyLabelChange, previewLabelChange, undoLabelChange } from '../../etl/label-change.ts';
import { readMap } from '../../etl/map.ts';
import { runImport } from '../../etl/run.ts';
import { countUnmapped, listLabelChanges, listUnmapped } from '../../server/label-changes.ts';
import { tempStore } from '../support/store.ts';

const labels = suite('label changes');
const map = readMap(
  `
source: shop
key: No
fields:
  kind: { constant: complaint }
  received_at: Date
  customer_ref: Customer
  issue: { column: Reason, values: { late: Late delivery } }
  sub_issue: Detail
  severity: { column: Weight, values: { 1: high } }
  team: Team
surveys:
  - { kind: csat, scale: 1-5, score: Score, answered_at: Date }
`,
  'map.yaml',
);
const rows = [
  'K1,2024-01-01,anna,late,parcel,1,North,4',
  'K2,2024-01-20,anna,Late parcel,parcel,heavy,North,5',
  'K3,2024-02-01,ben,Late parcel,,heavy,South,',
  'K4,2024-02-02,ben,Broken,,1,South,',
];
let temp: Awaited<ReturnType<typeof tempStore>>;
let folder: string;
labels.before.each(async () => {
  temp = await tempStore();
  folder = mkdtempSync(path.join(tmpdir(), 'silverlining-labels-'));
  await load(rows);
});
labels.after.each(async () => {
  await temp.close();
  rmSync(folder, { recursive: true, force: true });
});

async function load(lines: string[]): Promise<void> {
  const file = path.join(folder, 'cases.csv');
  writeFileSync(file, `No,Date,Customer,Reason,Detail,Weight,Team,Score\n${lines.join('\n')}\n`);
  const now = () => Date.UTC(2024, 5, 1) / 1000;
  await runImport({ store: temp.store, map, connector: csv, options: { file }, startedBy: 'command', input: 'cases.csv', now, log: () => undefined }); // prettier-ignore
}
const who = { name: 'quinn', now: Date.UTC(2024, 5, 2) / 1000 };
const change = { source: 'shop', dimension: 'issue', raw: 'Late parcel', to: 'Late delivery' };
const shown = async (): Promise<Record<string, unknown>> => {
  const rows: unknown = await temp.store
    .reader('case_fact')
    .leftJoin('label as i', (on) => on.on('i.code', 'case_fact.issue').onVal('i.dimension', 'issue'))
    .leftJoin('label as s', (on) => on.on('s.code', 'case_fact.sub_issue').onVal('s.dimension', 'sub_issue'))
    .select('source_id', 'i.name as issue', 's.name as sub', 'is_repeat', 'severity');
  const found = rows as Record<string, unknown>[];
  return Object.fromEntries(
    found.map(({ source_id, issue, sub, is_repeat, severity }) => [String(source_id), [issue, sub, severity, is_repeat]]),
  );
};
const seen = async () =>
  (await listUnmapped(temp.store.reader, { source: null, page: 1 })).rows.map((row) => [row.dimension, row.raw, row.current, row.cases]);

labels('list what the map does not: kept under its own name, or on no fixed list', async () => {
  assert.equal(await seen(), [
    ['issue', 'Late parcel', 'Late parcel', 2],
    ['severity', 'heavy', '(none)', 2],
    ['issue', 'Broken', 'Broken', 1],
  ]);
  const [first] = (await listUnmapped(temp.store.reader, { source: 'shop', page: 1 })).rows;
  assert.equal([first?.first_on, first?.last_on, first?.suggestions.includes('Late delivery')], ['2024-01-20', '2024-02-01', true]);
  assert.equal([...(await countUnmapped(temp.store.reader)).values()], [3]);
});

labels('say beforehand how many cases move and where from', async () => {
  assert.equal(await previewLabelChange(temp.store.reader, change), {
    cases: 2,
    surveys: 1,
    from: [{ name: 'Late parcel', cases: 2 }],
    to: 'Late delivery',
    isNew: false,
  });
  assert.is((await previewLabelChange(temp.store.reader, { ...change, to: 'Something new' })).isNew, true);
});

labels('move the cases there are with what hangs on them, and those to come', async () => {
  const done = await applyLabelChange(temp.store, change, who);
  assert.is(done.cases, 2);
  assert.equal(await shown(), {
    K1: ['Late delivery', 'parcel', 2, 0],
    // Nineteen days after the customer's first case on what is now the same issue.
    K2: ['Late delivery', 'parcel', 0, 1],
    K3: ['Late delivery', null, 0, 0],
    K4: ['Broken', null, 2, 0],
  });
  const issues: unknown = await temp.store.reader('case_fact')
    .join('case_issue', 'case_issue.case_id', 'case_fact.case_id')
    .join('survey_fact', 'survey_fact.case_id', 'case_fact.case_id')
    .where('case_fact.source_id', 'K2')
    .first('case_fact.issue as fact', 'case_issue.issue as primary', 'survey_fact.issue as survey', 'survey_fact.sub_issue as sub', 'case_fact.sub_issue as fact_sub'); // prettier-ignore
  const { fact, primary, survey, sub, fact_sub } = issues as Record<string, number>;
  assert.equal([primary, survey, sub], [fact, fact, fact_sub]);
  await load([...rows, 'K5,2024-03-01,carl,Late parcel,parcel,1,North,']);
  assert.equal((await shown()).K5, ['Late delivery', 'parcel', 2, 0]);
  assert.equal((await seen()).length, 2);
});

labels('are undone exactly, for the cases that came since too', async () => {
  const before = await shown();
  const done = await applyLabelChange(temp.store, change, who);
  await load([...rows, 'K5,2024-03-01,carl,Late parcel,parcel,1,North,', 'K1,2024-01-01,anna,late,parcel,1,West,4']);
  assert.equal(await undoLabelChange(temp.store, done.changeId, who), { cases: 3 });
  assert.equal(await shown(), { ...before, K5: ['Late parcel', 'parcel', 2, 0] });
  const again = await undoLabelChange(temp.store, done.changeId, who).catch((error: unknown) => error);
  assert.instance(again, BadInput);
  const [row] = (await listLabelChanges(temp.store.reader, { page: 1 })).rows;
  assert.equal([row?.from, row?.to, row?.cases, row?.undone_by], ['Late parcel', 'Late delivery', 2, 'quinn']);
});

labels('of a value the map lists leave the values beside it alone, and the change before holds after an undo', async () => {
  await applyLabelChange(temp.store, { ...change, raw: 'late', to: 'Slow' }, who);
  const second = await applyLabelChange(temp.store, { ...change, raw: 'late', to: 'Slower' }, who);
  assert.equal([(await shown()).K1, (await shown()).K2], [['Slower', 'parcel', 2, 0], ['Late parcel', 'parcel', 0, 0]]); // prettier-ignore
  await undoLabelChange(temp.store, second.changeId, who);
  assert.equal((await shown()).K1, ['Slow', 'parcel', 2, 0]);
});

labels('give a value that is on no fixed list its place there', async () => {
  await applyLabelChange(temp.store, { ...change, dimension: 'severity', raw: 'heavy', to: 'critical' }, who);
  assert.equal([(await shown()).K2, (await shown()).K3], [['Late parcel', 'parcel', 1, 0], ['Late parcel', null, 1, 0]]); // prettier-ignore
});

labels('keep a value under its own name, which ends its waiting', async () => {
  assert.is((await applyLabelChange(temp.store, { ...change, to: 'Late parcel' }, who)).cases, 0);
  assert.equal((await seen()).length, 2);
});

labels('say what is wrong with one that cannot be', async () => {
  const refusal = async (over: Partial<typeof change>): Promise<string> => {
    const error = await applyLabelChange(temp.store, { ...change, ...over }, who).catch((e: unknown) => e);
    assert.instance(error, BadInput);
    return (error as BadInput).message;
  };
  assert.match(await refusal({ source: 'shopp' }), 'did you mean "shop"');
  assert.match(await refusal({ dimension: 'status' }), 'not changed one by one');
  assert.match(await refusal({ raw: 'Never said' }), 'no case of "shop" says "Never said"');
  assert.match(await refusal({ to: '(other)' }), 'figures use themselves');
  assert.match(await refusal({ dimension: 'severity', raw: 'heavy', to: 'heavier' }), 'not one of critical');
});

labels.run();
