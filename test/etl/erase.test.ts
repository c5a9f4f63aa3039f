// time limit: 180 s
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv, type CsvRead } from '../../etl/connectors/csv.ts';
import { eraseCustomer, planErasure, type Customer } from '../../etl/erase.ts';
import { evidenceFolder, openEvidenceFiles } from '../../etl/evidence-files.ts';
import { readMap } from '../../etl/map.ts';
import type { CaseRecord } from '../../etl/record.ts';
import { runImport, type RunReport } from '../../etl/run.ts';
import type { CaseFactRow, CaseLinkRow, DigestDeliveryRow, ErasureRow, EvidenceRow, SurveyInvitationRow } from '../../etl/store/tables.ts';
import { answer } from '../../queries/answer.ts';
import { measures, type MeasureName } from '../../queries/model/measures.ts';
import { parseQuery } from '../../queries/model/query.ts';
import { randomCases } from '../queries/random-cases.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { draws } from '../support/test-store.ts';

const erasing = suite('erasing a customer');
let temp: Awaited<ReturnType<typeof tempStore>>;
erasing.before.each(async () => void (temp = await tempStore()));
erasing.after.each(() => temp.close());

const now = Date.UTC(2026, 0) / 1000;
const evidence = () => openEvidenceFiles(evidenceFolder(temp.dir));
const erase = (customer: Customer) => eraseCustomer(temp.store, customer, { by: 'ann', now, evidence: evidence() });

/** Gives a case words that occur nowhere else. */
function told(record: CaseRecord, i: number, revision = ''): CaseRecord {
  const word = (what: string) => `qz${i}${revision}${what}vxj`;
  return {
    ...record,
    ...(record.customer_ref && { customer_ref: `${record.customer_ref}-reference` }),
    title: word('title'), narrative: `Then ${word('narrative')} happened, and I want it to be put right within a week at most.`, resolution_note: word('resolution'),
    remedy_sought: word('remedy'), customer_name: word('name'), contact: `${word('contact')}@example.org`,
    events: [
      { kind: 'noted', at: record.received_at, actor: word('name'), from: word('from'), to: word('to'), note: word('note') },
      { kind: 'evidence added', at: record.received_at, actor: 'agent 7', to: `${word('file')}.txt`, note: word('shows') },
      { kind: 'evidence removed', at: record.received_at, actor: 'agent 7', from: `${word('file')}.txt`, note: word('why') },
      { kind: 'resolved', at: record.received_at, actor: 'agent 7', changes: { outcome: [null, 'upheld'], resolution_note: [null, word('changed')] } },
    ],
    surveys: record.surveys?.map((survey, n) => ({ ...survey, source_id: `${record.source_id}/${n}`, comment: word(`comment${n}`) })),
  }; // prettier-ignore
}

/** Puts into the store what people here add to cases; every word of it that is not counted begins with the word of its case. */
async function addToCases(wordOf: (fact: CaseFactRow) => string): Promise<void> {
  const { writer } = temp.store;
  const cases = await facts();
  for (const [i, fact] of cases.entries()) {
    const { case_id, shard_key, source, source_id } = fact;
    const word = (what: string) => wordOf(fact).replace('vxj', `${what}vxj`);
    const file = async (evidence_no: number, bytes: string, removed: Partial<EvidenceRow> = {}) => {
      const received = await evidence().receive(Readable.from([Buffer.from(bytes)]));
      await evidence().keep(received);
      await writer<EvidenceRow>('case_evidence').insert({
        case_id, shard_key, evidence_no, hash: received.hash, name: `${word('called')}.txt`, type: 'text', bytes: received.bytes, note: word('shown'),
        added_by: 'bo', added_at: now, ...removed,
      });
    };
    await file(1, `It says ${word('inside')} here.`);
    await file(2, sharedBytes);
    await file(3, `Gone: ${word('removed')}.`, { removed_by: 'bo', removed_at: now, removal_reason: word('because') });
    await writer('case_local').insert({ source, source_id, field: 'theme', label: 'price', said: 0, set_by: 'bo', set_at: now });
    await writer('attribution_contest').insert({ source, source_id, agent: 'agent 7', reason: word('contest'), contested_by: 'agent 7', contested_at: now, state: 'declined', decision: word('decided'), decided_by: 'bo', decided_at: now });
    const invitation = { case_id, survey: 'csat', question: 'How was it?', message: 'We closed it.', asked_at: now, expires_at: now + 9 };
    const [asked] = await writer<SurveyInvitationRow>('survey_invitation').insert(invitation).returning('invitation_id');
    const mail = { digest_id: 0, kind: 'survey', round: 1, message_id: 'm', attempts: 0, next_at: now, asked_by: 'bo', asked_at: now, state: 'queued' } as const;
    await writer<DigestDeliveryRow>('digest_delivery').insert({ ...mail, issue_id: `survey:${asked?.invitation_id}`, address: `${word('mail')}@example.org`, said: word('said') });
    const other = cases[i - 1];
    const link = { case_id, shard_key, other_id: other?.case_id, other_shard_key: other?.shard_key, reason: 'customer', is_own_duplicate: 0 } as const;
    const isDecided = i % 2 === 0;
    if (other)
      await writer<CaseLinkRow>('case_link')
        .insert({ ...link, state: isDecided ? 'related' : 'likely', decided_by: isDecided ? 'bo' : null, decided_at: isDecided ? now : null })
        .onConflict(['case_id', 'other_id', 'shard_key'])
        .merge();
  }
} // prettier-ignore
const sharedBytes = 'The same leaflet.';

/** Whether a word stands in the bytes of a file of the folder of evidence. */
function isInFolder(word: string): boolean {
  const folder = evidenceFolder(temp.dir);
  if (!existsSync(folder)) return false;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.some(({ name, parentPath }) => `${name} ${readFileSync(path.join(parentPath, name), 'latin1')}`.includes(word));
}
const wordsOf = (records: readonly CaseRecord[]) => [
  ...new Set(JSON.stringify(records).match(/qz\w+vxj/g) ?? []),
  ...records.flatMap(({ customer_ref }) => customer_ref ?? []),
];

/** Everything in the store that holds one of the words, as `table: word`; search indexes are read as bytes. */
async function found(words: readonly string[]): Promise<string[]> {
  const { store } = temp;
  const tables = await (store.engine === 'sqlite'
    ? store.reader('sqlite_master').where({ type: 'table' }).pluck<string[]>('name')
    : store.reader('information_schema.tables').where({ table_schema: 'public' }).pluck<string[]>('table_name'));
  assert.ok(tables.length > 30);
  const hits: string[] = [];
  for (const table of tables) {
    const rows = await store.reader(table).select<Record<string, unknown>[]>();
    const text = rows.flatMap((row) => Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)))); // prettier-ignore
    const all = text.join('\n').toLowerCase();
    for (const word of words) if (all.includes(word.toLowerCase())) hits.push(`${table}: ${word}`);
  }
  return hits;
}

async function figures(): Promise<unknown> {
  const deps = { reader: temp.store.reader, organisation: { name: 'test', zone: null, currency: 'EUR' }, now: () => now };
  const queries = (Object.keys(measures) as MeasureName[]).flatMap((measure) =>
    [{ by: ['issue'], grain: 'month' }, { by: ['issue', 'outcome'] }].map((rest) =>
      parseQuery({ measures: [measure], from: '2024-01-01', to: '2024-12-31', ...rest }),
    ),
  );
  return (await answer(deps, queries)).tables;
}
const facts = () => temp.store.reader<CaseFactRow>('case_fact').orderBy('case_id');

erasing('leaves none of their words in any table, all figures as they were, and others untouched', async () => {
  await fc.assert(
    fc.asyncProperty(randomCases, async (drawn) => {
      await temp.close();
      temp = await tempStore();
      const records = drawn.map((record, i) => told(record, i));
      await loadRecords(temp.store, records, { currency: 'EUR' });
      const theirs = records.filter(({ customer_ref }) => customer_ref === 'a-reference');
      const others = records.filter((record) => !theirs.includes(record));
      for (const { source_id } of theirs.flatMap(({ surveys }) => surveys ?? []))
        await temp.store.writer('follow_up').insert({
          source: (await facts())[0]?.source, source_id, state: 'closed', note: 'qzfollowupvxj', changed_by: 'ann', changed_at: now,
        }); // prettier-ignore
      const added = (record: CaseRecord) => `qz${records.indexOf(record)}addedvxj`;
      await addToCases(({ source_id }) => `qz${records.findIndex((record) => record.source_id === source_id)}addedvxj`);
      const decided = () => temp.store.reader<CaseLinkRow>('case_link').whereNot({ state: 'likely' }).orderBy('case_id');
      const said = await decided();
      const standing = async () => (await found(wordsOf(others))).filter((hit) => !hit.startsWith('case_search')); // its words share beginnings
      const kept = await standing();
      const before = await figures();
      const receipt = await erase({ reference: ' A-reference' });
      if (theirs.length === 0) return void assert.is(receipt, null);
      assert.is(receipt?.cases, theirs.length);
      const gone = [...wordsOf(theirs), 'qzfollowupvxj', ...theirs.map((record) => added(record).replace('vxj', ''))];
      assert.equal(await found(gone), []);
      assert.equal(await standing(), kept);
      assert.equal(await figures(), before);
      const ids = (await facts())
        .filter(({ source_id }) => theirs.some((record) => record.source_id === source_id))
        .map((fact) => fact.case_id);
      assert.equal(gone.filter(isInFolder), []);
      for (const record of others) assert.ok(isInFolder(added(record).replace('vxj', 'insidevxj')));
      assert.is(isInFolder(sharedBytes), others.length > 0);
      const files = await temp.store.reader<EvidenceRow>('case_evidence').whereIn('case_id', ids).orderBy(['case_id', 'evidence_no']);
      assert.equal(
        files.map(({ name, note, removed_by, removed_at, removal_reason }) => [name, note, removed_by, removed_at, removal_reason]),
        ids.flatMap(() => ['erasure', 'erasure', 'bo'].map((by) => ['(erased)', '', by, now, ''])),
      );
      const bands = () => temp.store.reader('case_band').whereIn('case_id', ids);
      assert.equal(await bands(), []);
      assert.equal(await temp.store.reader('case_link').whereIn('case_id', ids).where({ state: 'likely' }), []);
      assert.equal(await decided(), said);

      // The same rows, then changed ones, and a new case of the same customer.
      await loadRecords(temp.store, records, { currency: 'EUR' });
      assert.equal(await found(gone), []);
      assert.equal(await figures(), before);
      const seq = (await facts()).map((fact) => fact.change_seq);
      await loadRecords(temp.store, records, { currency: 'EUR' });
      assert.equal(
        (await facts()).map((fact) => fact.change_seq),
        seq,
      );
      const changed = theirs.map((record, i) => told({ ...record, customer_ref: 'a' }, i, 'again'));
      await loadRecords(temp.store, changed, { currency: 'EUR' });
      await loadRecords(temp.store, [told({ source_id: 'new', kind: 'complaint', received_at: now, customer_ref: 'a' }, 999)]);
      assert.equal(await bands(), []);
      assert.equal(await found([...gone, ...wordsOf(changed), 'qz999titlevxj', 'qz999narrativevxj', 'qz999namevxj']), []);
      assert.is((await facts()).length, records.length + 1);
    }),
    { numRuns: draws(10), endOnFailure: true },
  );
});

erasing('writes zeros over what stood in the file of SQLite, its log and its search index', async () => {
  const records = [1, 2, 3].map((i) =>
    told({ source_id: `${i}`, kind: 'complaint', received_at: now, customer_ref: i < 3 ? 'a' : 'b' }, i),
  );
  await loadRecords(temp.store, records);
  if (temp.store.engine !== 'sqlite') return;
  const bytes = () =>
    ['', '-wal'].map((end) => path.join(temp.dir, `silverlining.sqlite${end}`)).filter((file) => existsSync(file)).map((file) => readFileSync(file, 'latin1')).join(''); // prettier-ignore
  assert.ok(bytes().includes('qz1narrativevxj'));
  await erase({ caseId: 1 });
  const file = bytes();
  // Words of the index are stored without what they share with the one before.
  for (const { source_id: i, customer_ref } of records)
    for (const what of ['title', 'narrative', 'name', 'contact', 'note', 'changed', 'resolutionvxj'])
      assert.is(file.includes(`${i}${what}`), customer_ref === 'b-reference', `${i} ${what}`);
});

const map = (fold: string) =>
  readMap(
    `source: desk\nzone: UTC\ndate: iso\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  customer_ref: customer\n  narrative: text\n  resolved_at: resolved\n${fold}`,
    'desk.yaml',
  );
const run = (fold: string, lines: readonly string[], batchSize?: number): Promise<RunReport> =>
  runImport<CsvRead>({
    store: temp.store, map: map(fold), connector: csv, startedBy: 'command', input: 'a.csv', now: () => now, log: () => undefined,
    options: { file: Readable.from([Buffer.from(['id,received,customer,text,resolved', ...lines, ''].join('\n'))]) },
    ...(batchSize !== undefined && { batchSize }),
  }); // prettier-ignore
const counts = ({ inserted, updated, unchanged, rejected }: RunReport) => [inserted, updated, unchanged, rejected];

for (const fold of ['', 'fold:\n  take: last\n'])
  erasing(`holds against runs of a source${fold && ' that folds rows'}, also where its rows are rejected`, async () => {
    const first = ['1,2025-01-01,anna,qzfirstvxj,', '2,2025-01-02,ben,qzbenvxj,', '3,2025-13-03,anna,qzwrongvxj,'];
    await run(fold, first);
    // A case of folded rows of which one cannot be read is none.
    if (!fold) await run(fold, ['1,2025-13-01,anna,qzrejectedvxj,']);
    const receipt = await erase({ reference: 'anna' });
    assert.equal([receipt?.cases, receipt?.sources, receipt?.reason], [1, '["desk"]', 'request']);
    assert.equal(await found(['qzfirstvxj', 'qzrejectedvxj']), []);
    await run(fold, first);
    assert.equal(counts(await run(fold, first)).slice(0, 2), [0, 0], 'nothing is written anew');
    await run(fold, ['1,2025-01-01,anna,qzchangedvxj,2025-02-01', '1,2025-13-01,anna,qzagainvxj,', '4,2025-01-05,Anna,qznewvxj,'], 1);
    assert.equal(await found(['qzfirstvxj', 'qzrejectedvxj', 'qzchangedvxj', 'qzagainvxj', 'qznewvxj']), []);
    assert.ok((await found(['qzbenvxj'])).length > 0);
    const rows = await facts();
    assert.equal(rows.map(({ source_id, resolved_on }) => `${source_id} ${resolved_on}`), ['1 ' + (fold ? 'null' : '2025-02-01'), '2 null', '4 null']);
    assert.is(new Set(rows.map((row) => row.customer_key)).size, 2);
  }); // prettier-ignore

erasing('takes who complains anew for a customer as any other, until they are erased again', async () => {
  const of = (id: string, received_at: number) => told({ source_id: id, kind: 'complaint', received_at, customer_ref: 'a' }, Number(id));
  await loadRecords(temp.store, [of('1', now - 100)]);
  await erase({ caseId: 1 });
  await loadRecords(temp.store, [of('2', now - 50), of('3', now + 50)]);
  assert.equal(await found(['qz2narrativevxj']), [], 'it was received before');
  assert.is.not((await found(['qz3narrativevxj'])).length, 0);
  const receipt = await eraseCustomer(temp.store, { reference: 'a-reference' }, { by: 'ann', now: now + 100, evidence: evidence() });
  assert.is(receipt?.cases, 3);
  assert.equal(await found(['qz3narrativevxj']), []);
  await loadRecords(temp.store, [of('3', now + 50), of('4', now + 60), of('5', now + 200)]);
  assert.equal(await found(['qz3narrativevxj', 'qz4narrativevxj']), []);
  const keys = (await facts()).map(({ source_id, customer_key }) => [source_id, customer_key] as const);
  assert.is(new Set(keys.filter(([id]) => id !== '5').map(([, key]) => key)).size, 1);
});

erasing('is of the one case where that names no customer, and says beforehand what it changes', async () => {
  await loadRecords(temp.store, [
    { source_id: 'x', kind: 'complaint', received_at: now, narrative: 'qzonevxj' },
    { source_id: 'y', kind: 'complaint', received_at: now, narrative: 'qztwovxj' },
  ]);
  assert.equal(await planErasure(temp.store, { caseId: 1 }), {
    caseIds: [1], open: 1, surveys: 0, rejected: 0, sources: ['test'], isNamed: false, isDone: false,
  }); // prettier-ignore
  await erase({ caseId: 1 });
  assert.is((await planErasure(temp.store, { caseId: 1 }))?.isDone, true);
  assert.equal(await found(['qzonevxj']), []);
  assert.ok((await found(['qztwovxj'])).length > 0);
  assert.is(await planErasure(temp.store, { reference: 'nobody' }), null);
  assert.is(await erase({ caseId: 99 }), null);
});

erasing('leaves nothing and no receipt where its own transaction fails', async () => {
  await loadRecords(temp.store, [{ source_id: 'x', kind: 'complaint', received_at: now, customer_ref: 'a', narrative: 'qzonevxj' }]);
  const failed = eraseCustomer(
    temp.store,
    { caseId: 1 },
    { by: 'ann', now, evidence: evidence(), after: () => Promise.reject(new Error('no audit')) },
  );
  assert.match(await failed.then(String, String), 'no audit');
  assert.ok((await found(['qzonevxj'])).length > 0);
  assert.equal(await temp.store.reader<ErasureRow>('erasure'), []);
});

erasing.run();
