import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decideLink, LinkChanged, type LinkDecision } from '../../etl/case-links.ts';
import { deriveContextOf } from '../../etl/derive-context.ts';
import { derive } from '../../etl/derive.ts';
import { BadInput } from '../../etl/errors.ts';
import { loadBatch } from '../../etl/load.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { describeSource } from '../../etl/store/sources.ts';
import type { CaseFactRow, CaseLinkRow } from '../../etl/store/tables.ts';
import { loadRecords, tempStore } from '../support/store.ts';

const links = suite('links between cases');
let temp: Awaited<ReturnType<typeof tempStore>>;
links.before.each(async () => void (temp = await tempStore()));
links.after.each(() => temp.close());

const letter = Array.from({ length: 60 }, (_, i) => `word${i}`).join(' ');
const at = (day: string) => Date.parse(`${day}T09:00:00Z`) / 1000;
const record = (source_id: string, day: string, more: Partial<CaseRecord> = {}): CaseRecord => ({
  source_id,
  kind: 'complaint',
  received_at: at(day),
  ...more,
});
const load = (records: CaseRecord[], source = 'test') => loadRecords(temp.store, records, { source });
/** Every pair by the keys of its cases, the later first. */
async function pairs(): Promise<string[]> {
  const facts = await temp.store.reader<CaseFactRow>('case_fact').select('case_id', 'source_id');
  const key = new Map(facts.map(({ case_id, source_id }) => [case_id, source_id]));
  const rows = await temp.store.reader<CaseLinkRow>('case_link');
  return rows
    .map((row) => `${key.get(row.case_id)} ${key.get(row.other_id)} ${row.state} ${row.reason}${row.score === null ? '' : ` ${row.score}`}`)
    .sort();
}
const idOf = async (source_id: string) =>
  (await temp.store.reader<CaseFactRow>('case_fact').where({ source_id }).first('case_id'))?.case_id ?? 0;
async function decide(one: string, two: string, was: LinkDecision['was'], is: LinkDecision['is']): Promise<unknown> {
  const caseIds = [await idOf(one), await idOf(two)] as const;
  const options = { by: 'admin', now: at('2026-05-01'), isSeen: () => true, after: () => Promise.resolve() };
  return decideLink(temp.store, { caseIds, was, is }, options).catch((error: unknown) => {
    if (error instanceof BadInput) return error.problems[0]?.message;
    if (error instanceof LinkChanged) return error.message;
    throw error;
  });
}
const marked = async () =>
  (await temp.store.reader<CaseFactRow>('case_fact').where({ is_duplicate: 1 }).orderBy('source_id').pluck<string[]>('source_id')).join(
    ' ',
  );

links('are found between cases of one customer on one issue within 30 days, next to one another, in whatever order they come', async () => {
  const of = (id: string, day: string, more: Partial<CaseRecord> = {}) => record(id, day, { customer_ref: 'C1', issue: 'late', ...more });
  await load([of('c', '2026-03-20'), of('far', '2026-05-30')]);
  await load([of('a', '2026-03-01'), of('b', '2026-03-05'), of('other', '2026-03-06', { issue: 'lost' })]);
  await load([of('none', '2026-03-07', { customer_ref: 'C2' })], 'elsewhere');
  assert.equal(await pairs(), ['b a likely customer', 'c b likely customer']);
  await load([of('d', '2026-03-21')], 'elsewhere');
  assert.equal(await pairs(), ['b a likely customer', 'c b likely customer', 'd c likely customer']);
});

links('are found between near-identical texts within 90 days, over batches and sources, with how much they have in common', async () => {
  await load([record('a', '2026-01-01', { narrative: letter }), record('old', '2025-06-01', { narrative: letter })]);
  await load(
    [record('b', '2026-02-01', { narrative: `${letter} and more`, title: 'A title', resolution_note: 'A note of its own.' })],
    'mail',
  );
  await load([record('other', '2026-02-01', { narrative: letter.replaceAll('word', 'other') }), record('short', '2026-02-01', { narrative: 'It came late.' }), record('short2', '2026-02-01', { narrative: 'It came late.' })]); // prettier-ignore
  // 56 runs of five words of 58 are in both.
  assert.equal(await pairs(), ['b a likely text 966']);
});

links('say both where customer, issue and text are the same', async () => {
  const same = { customer_ref: 'C1', issue: 'late', narrative: letter };
  await load([record('a', '2026-01-01', same), record('b', '2026-01-02', same)]);
  assert.equal(await pairs(), ['b a likely both 1000']);
});

links('stay few where very many texts are the same', async () => {
  const many = Array.from({ length: 300 }, (_, i) => record(`t${i}`, '2026-01-01', { narrative: letter }));
  await loadRecords(temp.store, many, { batchSize: 50 });
  const rows = await temp.store.reader<CaseLinkRow>('case_link');
  assert.ok(rows.length > 0 && rows.length <= 900, `${rows.length} pairs`);
  const bands = await temp.store.reader('case_band');
  assert.is(bands.length, 3 * 16);
});

links('are not found again once dismissed, nor for a case its source calls a duplicate', async () => {
  const same = { customer_ref: 'C1', issue: 'late', narrative: letter };
  await load([record('a', '2026-01-01', same), record('b', '2026-01-02', same), record('own', '2026-01-03', { ...same, duplicate: true })]);
  assert.is(await decide('a', 'b', 'likely', 'dismissed'), true);
  await load([record('b', '2026-01-02', { ...same, product: 'Parcel' })]);
  assert.equal(await pairs(), ['b a dismissed both 1000']);
});

links('mark the later case as a duplicate, which stays when it is loaded again, and is taken back to what its source says', async () => {
  const same = { customer_ref: 'C1', issue: 'late', surveys: [{ kind: 'csat', scale: '1-5', score: 4, answered_at: at('2026-01-09') }] } satisfies Partial<CaseRecord>; // prettier-ignore
  await load([
    record('a', '2026-01-01', same),
    record('b', '2026-01-02', same),
    record('c', '2026-01-03', { customer_ref: 'C1', issue: 'late' }),
  ]);
  assert.is(await decide('b', 'a', 'likely', 'duplicate'), true);
  assert.is(await marked(), 'b');
  const surveys = await temp.store.reader('survey_fact').where({ is_duplicate: 1 }).pluck('case_id');
  assert.equal(surveys, [await idOf('b')]);
  await load([record('b', '2026-01-02', { ...same, product: 'Parcel' })]);
  assert.is(await marked(), 'b');
  assert.is(await decide('a', 'b', 'duplicate', 'likely'), true);
  assert.is(await marked(), '');

  assert.is(await decide('a', 'b', 'likely', 'duplicate'), true);
  await load([record('b', '2026-01-02', { ...same, duplicate: true })]);
  assert.is(await decide('a', 'b', 'duplicate', 'related'), true);
  assert.is(await marked(), 'b', 'its source has said so meanwhile');
});

links('are refused where they cannot be, and where somebody else has decided meanwhile', async () => {
  await load([record('a', '2026-01-01'), record('b', '2026-01-02'), record('c', '2026-01-03'), record('own', '2026-01-04', { duplicate: true })]); // prettier-ignore
  const [b, c] = [await idOf('b'), await idOf('c')];
  assert.is(await decide('b', 'c', 'likely', 'duplicate'), 'the two cases are nothing to one another');
  assert.is(await decide('b', 'c', null, 'duplicate'), true);
  assert.is(await decide('c', 'a', null, 'duplicate'), `case ${c} is marked as a duplicate of case ${b} already; take that back first`);
  assert.is(await decide('b', 'own', null, 'duplicate'), `case ${await idOf('own')} is marked as a duplicate by its source already`);
  assert.is(await decide('b', 'b', null, 'related'), 'are one and the same case; expected two');
  assert.is(await decide('b', 'missing', null, 'related'), false);
  assert.is(await decide('b', 'c', 'duplicate', 'likely'), true);
  assert.equal(await pairs(), [], 'nothing but what was said was known of them');
});

links('stand once for two cases, also when their times are corrected and they are found the other way round', async () => {
  const of = (id: string, day: string) => record(id, day, { customer_ref: 'C1', issue: 'late' });
  await load([of('a', '2026-03-01'), of('b', '2026-03-05')]);
  assert.is(await decide('a', 'b', 'likely', 'dismissed'), true);
  await load([of('b', '2026-02-27')]);
  assert.equal(await pairs(), ['b a dismissed customer'], 'it is not asked about again');
  assert.is(await decide('a', 'b', 'dismissed', 'related'), true);
  await load([of('b', '2026-02-26')]);
  assert.equal(await pairs(), ['b a related customer']);
  assert.is(await decide('b', 'a', 'related', 'likely'), true);
  assert.equal(await pairs(), ['b a likely customer']);
});

links('make no circle in which no case counts, also where their times have changed since', async () => {
  await load([record('a', '2026-01-01'), record('b', '2026-01-02'), record('c', '2026-01-03')]);
  assert.is(await decide('b', 'a', null, 'duplicate'), true);
  assert.is(await decide('c', 'b', null, 'duplicate'), true);
  await load([record('a', '2026-02-01')]);
  assert.is(await decide('a', 'c', null, 'duplicate'), `case ${await idOf('c')} is itself a duplicate of case ${await idOf('a')}`);
  assert.is(await marked(), 'b c');
});

links('go with a case that is gone, and its duplicate counts again', async () => {
  await load([record('a', '2026-01-01'), record('b', '2026-01-02')]);
  assert.is(await decide('b', 'a', null, 'duplicate'), true);
  const { store } = temp;
  const code = await describeSource(store, { name: 'test', connector: 'test', map: null, zone: 'UTC', fields: [] });
  await loadBatch(store, { source: { name: 'test', code }, runId: null, input: null, now: 0, cases: [], rejects: [], gone: ['a'] });
  assert.is(await marked(), '');
  assert.equal(await pairs(), []);
  const context = await deriveContextOf(store, { source: code, now: at('2100-01-01') });
  const cases = [derive(record('b', '2026-01-05'), [], context)];
  await loadBatch(store, { source: { name: 'test', code }, runId: null, input: null, now: 0, cases, rejects: [] });
  assert.is(await marked(), '');
});

links.run();
