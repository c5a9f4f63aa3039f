import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { derive } from '../../etl/derive.ts';
import { loadBatch } from '../../etl/load.ts';
import { loadEntry } from '../../etl/load-entry.ts';
import type { CaseRecord } from '../../etl/record.ts';
import type { Store } from '../../etl/store/open.ts';
import { customerSecret } from '../../etl/store/settings.ts';
import { describeSource } from '../../etl/store/sources.ts';
import { textSql } from '../../queries/sql/conditions.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { draws, engine, rowsOf } from '../support/test-store.ts';

const loading = suite('load');
let temp: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
loading.before.each(async () => {
  temp = await tempStore();
  store = temp.store;
});
loading.after.each(() => temp.close());

const late: CaseRecord = {
  source_id: 'A-1',
  kind: 'complaint',
  received_at: '2024-03-01',
  issue: 'late',
  sub_issue: 'very',
  product: 'parcel',
  narrative: 'It came late',
};
const facts = () => store.reader('case_fact').orderBy('source_id').select();
const one = async (): Promise<Record<string, unknown>> => (await facts())[0] as Record<string, unknown>;
const count = async (table: string) => Number((await store.reader(table).count({ n: '*' }))[0]?.n);
const found = async (words: string) => {
  const terms = words.split(' ').map((word) => ({ words: [word], isPrefix: false }));
  const { sql, values } = textSql(terms, engine);
  return store.reader('case_fact as f').whereRaw(sql, values).orderBy('case_id').pluck<number[]>('case_id');
};

/** Loads one batch and tells what became of each record. */
async function load(records: CaseRecord[], now = Date.UTC(2100, 0) / 1000): Promise<string[]> {
  const code = await describeSource(store, { name: 'crm', connector: 'test', map: null, zone: 'UTC', fields: [] });
  const context = { zone: 'UTC', currency: 'EUR', now, customerSecret: await customerSecret(store) };
  const cases = records.map((r) => derive(r, [], context));
  return (await loadBatch(store, { source: { name: 'crm', code }, runId: null, input: null, now, cases, rejects: [] })).outcomes;
}

loading('gives new cases running numbers and their shard', async () => {
  assert.equal(await load([late, { ...late, source_id: 'A-2' }]), ['inserted', 'inserted']);
  assert.equal(
    (await facts()).map((r: { case_id: number; shard_key: number }) => [r.case_id, r.shard_key]),
    [
      [1, 31986],
      [2, 26027],
    ],
  );
});

loading('leaves an unchanged case alone', async () => {
  await load([late]);
  const before = await one();
  assert.equal(await load([late]), ['unchanged']);
  assert.equal(await one(), before);
});

loading('rewrites a changed case under its number, and what it no longer says is gone', async () => {
  await load([
    {
      ...late,
      channel: 'phone',
      customer_ref: 'C1',
      more_issues: [{ issue: 'rude' }],
      raw: { issue: 'LATE' },
      events: [{ kind: 'received', at: '2024-03-01' }],
    },
  ]);
  assert.equal(await load([{ ...late, narrative: 'It never came', resolved_at: '2024-03-04' }]), ['updated']);
  const row = await one();
  assert.is(row.case_id, 1);
  assert.is(row.channel, 0);
  assert.is(row.customer_key, null);
  assert.is(row.resolution_minutes, 3 * 1440);
  assert.ok(Number(row.change_seq) > 1);
  assert.equal(await Promise.all(['case_issue', 'case_text', 'case_raw', 'case_event'].map(count)), [1, 1, 0, 0]);
  assert.equal(await found('late'), []);
  assert.equal(await found('never came'), [1]);
});

loading('reopens a case: its end is cleared, its first resolution stays', async () => {
  await load([{ ...late, resolved_at: '2024-03-04' }]);
  await load([{ ...late, first_resolved_at: '2024-03-04', first_reopened_at: '2024-03-06', reopen_count: 1, status: 'open' }]);
  const row = await one();
  assert.equal(
    [row.resolved_on, row.ended_at, row.resolution_minutes, row.first_resolved_on, row.reopen_count, row.is_reopened_in_30_days],
    [null, null, null, '2024-03-04', 1, 1],
  );
});

loading('numbers labels densely per dimension, and those below another within it', async () => {
  await load([
    late,
    { ...late, source_id: 'A-2', issue: 'rude', sub_issue: 'very' },
    { ...late, source_id: 'A-3', issue: 'late', sub_issue: 'lost' },
  ]);
  const rows = await store
    .reader('label')
    .whereIn('dimension', ['issue', 'sub_issue'])
    .orderBy(['dimension', 'code'])
    .select('dimension', 'code', 'parent', 'name');
  assert.equal(
    rows.map((r: { dimension: string; code: number; parent: number; name: string }) => [r.dimension, r.code, r.parent, r.name]),
    [
      ['issue', 1, 0, 'late'],
      ['issue', 2, 0, 'rude'],
      ['sub_issue', 1, 1, 'very'],
      ['sub_issue', 2, 2, 'very'],
      ['sub_issue', 3, 1, 'lost'],
    ],
  );
});

loading('keeps the codes of labels another process has written', async () => {
  await load([late]);
  // As a second process would: labels and their counter in one transaction.
  await store.writer.transaction(async (trx) => {
    await trx('label').insert({ dimension: 'issue', code: 2, name: 'rude' });
    await trx('change_counter').where({ name: 'label' }).increment('value', 1);
  });
  await load([
    { ...late, source_id: 'A-2', issue: 'rude', sub_issue: undefined },
    { ...late, source_id: 'A-3', issue: 'lost' },
  ]);
  assert.equal(
    (await facts()).map((r: { issue: number }) => r.issue),
    [1, 2, 3],
  );
});

loading('forgets the codes of a transaction that did not commit', async () => {
  const code = await describeSource(store, { name: 'crm', connector: 'test', map: null, zone: 'UTC', fields: [] });
  const context = { zone: 'UTC', currency: null, now: 4e9, customerSecret: 'x' };
  const batch = {
    source: { name: 'crm', code },
    runId: null,
    input: null,
    now: 4e9,
    cases: [derive({ ...late, issue: 'never' }, [], context)],
    rejects: [],
  };
  try {
    await loadBatch(store, { ...batch, after: () => Promise.reject(new Error('stop')) });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'stop');
  }
  assert.is(await count('case_fact'), 0);
  await load([late]);
  assert.equal(await store.reader('label').where({ dimension: 'issue' }).select('code', 'name'), [{ code: 1, name: 'late' }]);
});

loading('marks a repeat within 90 days of an earlier case of the customer on the same issue, in whatever order they come', async () => {
  const at = (source_id: string, received_at: string, more: Partial<CaseRecord> = {}): CaseRecord => ({
    ...late,
    source_id,
    received_at,
    customer_ref: 'C1',
    ...more,
  });
  await load([at('e', '2024-10-01'), at('c', '2024-03-31')]);
  await load([at('a', '2024-01-01'), at('b', '2024-03-31', { issue: 'rude' }), at('d', '2024-07-01')]);
  await load([at('f', '2024-10-02', { customer_ref: 'C2' }), at('g', '2024-10-01', { duplicate: true })]);
  // a to c: 90 days. c to d: 92 days. d to e: 92 days. g is of the instant of e.
  assert.equal(
    (await facts()).map((r: { source_id: string; is_repeat: number }) => `${r.source_id}${r.is_repeat}`),
    ['a0', 'b0', 'c1', 'd0', 'e0', 'f0', 'g0'],
  );
});

loading('takes a repeat back when the earlier case turns out to be a duplicate', async () => {
  const first: CaseRecord = { ...late, customer_ref: 'C1' };
  await load([first, { ...first, source_id: 'A-2', received_at: '2024-03-10' }]);
  assert.equal(
    (await facts()).map((r: { is_repeat: number }) => r.is_repeat),
    [0, 1],
  );
  await load([{ ...first, duplicate: true }]);
  const rows = await facts();
  assert.equal(
    rows.map((r: { is_repeat: number }) => r.is_repeat),
    [0, 0],
  );
  assert.is((rows[1] as { change_seq: number }).change_seq, (rows[0] as { change_seq: number }).change_seq);
});

loading('copies the codes of the case on to its surveys and keeps them in step', async () => {
  const asked: CaseRecord = {
    ...late,
    agent: 'a1',
    surveys: [
      { kind: 'csat', scale: '1-5', asked_at: '2024-03-05' },
      { kind: 'nps', scale: '0-10', score: 10, answered_at: '2024-03-06', agent: 'a2' },
    ],
  };
  await load([asked]);
  await load([
    {
      ...asked,
      issue: 'rude',
      resolved_at: '2024-03-04',
      surveys: [{ kind: 'csat', scale: '1-5', asked_at: '2024-03-05', answered_at: '2024-03-07', score: 2 }],
    },
  ]);
  const surveys = (await store.reader('survey_fact').select()) as Record<string, unknown>[];
  assert.is(surveys.length, 1);
  const { survey_id, case_id, source_id, issue, is_satisfied, agent, agent_credited, resolution_minutes, answered_on } = surveys[0] ?? {};
  assert.equal(
    [survey_id, case_id, source_id, issue, is_satisfied, agent, resolution_minutes, answered_on],
    [1, 1, 'A-1/csat', 2, 0, 1, 3 * 1440, '2024-03-07'],
  );
  assert.is(agent_credited, 0, 'it names nobody, and is about whoever the case is counted for');
});

loading('keeps flags and rejected rows with their reasons', async () => {
  const code = await describeSource(store, { name: 'crm', connector: 'test', map: null, zone: 'UTC', fields: [] });
  const context = { zone: 'UTC', currency: null, now: 4e9, customerSecret: 'x' };
  await loadBatch(store, {
    source: { name: 'crm', code }, runId: 7, input: 'a.csv', now: 4e9, cases: [derive({ ...late, closed_at: '2024-02-01' }, [], context)],
    rejects: [{ line: 3, column: 2, field: 'Date', reason: 'no date', raw: 'ä'.repeat(40_000) }],
  }); // prettier-ignore
  const flag = (await store.reader('case_flag').first()) as Record<string, unknown>;
  assert.equal(
    [flag.case_id, flag.flag_no, flag.rule, flag.field, flag.value, flag.run_id],
    [1, 1, 'time_order', 'closed_at', '2024-02-01', 7],
  );
  const reject = (await store.reader('rejected_record').first()) as Record<string, unknown>;
  assert.equal(
    [reject.run_id, reject.input, reject.line, reject.column_no, reject.field, reject.reason],
    [7, 'a.csv', 3, 2, 'Date', 'no date'],
  );
  assert.is(Buffer.byteLength(String(reject.raw)), 65_536);
});

loading('stores text no database takes as it is', async () => {
  await load([{ ...late, narrative: 'a\u0000b \\u0000 \ud800 "q" 😀' }]);
  assert.is(((await store.reader('case_text').first()) as { narrative: string }).narrative, 'a\ufffdb \\u0000 \ufffd "q" 😀');
});

loading('makes one case of an entry that is sent twice, and knows its source until now', async () => {
  const options = { zone: 'Europe/Vienna', currency: 'EUR', now: Date.UTC(2026, 0) / 1000, fields: ['kind', 'received_at'] };
  assert.equal(await loadEntry(store, late, 'key-1', options), { caseId: 1, isNew: true });
  assert.equal(await loadEntry(store, late, 'key-1', options), { caseId: 1, isNew: false });
  assert.is(await count('case_fact'), 1);
  const state = (await store.reader('source_state').first()) as Record<string, unknown>;
  assert.equal([state.name, state.is_live, state.through_at, state.zone], ['entry', 1, null, 'Europe/Vienna']);
});

loading('never lowers until when a source is known', async () => {
  await loadRecords(store, [late], { throughAt: 2000 });
  await loadRecords(store, [{ ...late, source_id: 'A-2' }], { throughAt: 1000 });
  assert.is(((await store.reader('source_state').first()) as { through_at: number }).through_at, 2000);
});

const day = fc.integer({ min: 0, max: 200 }).map((d) => new Date(Date.UTC(2024, 0, 1 + d)).toISOString().slice(0, 10));
const aRecord = fc.record(
  {
    kind: fc.constantFrom('complaint', 'compliment'),
    received_at: fc.oneof(day, fc.integer({ min: 1_700_000_000, max: 1_720_000_000 })),
    issue: fc.constantFrom('late', 'rude', 'lost'),
    product: fc.constantFrom('parcel', 'letter'),
    customer_ref: fc.constantFrom('C1', 'C2', 'C3'),
    resolved_at: day,
    duplicate: fc.boolean(),
    narrative: fc.string({ maxLength: 20 }),
    surveys: fc.array(fc.record({ kind: fc.constant('csat' as const), scale: fc.constant('1-5'), score: fc.integer({ min: 1, max: 5 }) }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: ['kind', 'received_at'] },
);
const someRecords = fc
  .array(aRecord, { minLength: 1, maxLength: 25 })
  .map((list) => list.map((r, i): CaseRecord => ({ ...r, source_id: `K${i}` })));

/** Everything the store says of the cases, with labels for codes and without the numbers that order decides. */
async function picture(of: Store): Promise<unknown> {
  const labels = new Map(
    (await of.reader<{ dimension: string; code: number; name: string }>('label').select()).map((l) => [`${l.dimension} ${l.code}`, l.name]),
  );
  const name = (row: Record<string, unknown>) => {
    for (const dimension of ['issue', 'product']) row[dimension] = labels.get(`${dimension} ${String(row[dimension])}`) ?? null;
    return row;
  };
  const ordered = ['case_id', 'survey_id', 'change_seq', 'customer_key'];
  const without = (row: Record<string, unknown>) => name(Object.fromEntries(Object.entries(row).filter(([key]) => !ordered.includes(key))));
  const rows = (table: string, columns: string) => rowsOf<Record<string, unknown>>(of.reader, `select ${columns} from ${table}`);
  const sorted = (list: Record<string, unknown>[]) => list.map((r) => JSON.stringify(without(r))).sort();
  return {
    cases: sorted(await rows('case_fact', '*')),
    surveys: sorted(await rows('survey_fact', '*')),
    texts: sorted(await rows('case_text join case_fact using (case_id)', 'source_id, narrative, search_text')),
    issues: sorted(await rows('case_issue join case_fact using (case_id)', 'source_id, position, case_issue.issue')),
  };
}

loading('comes to the same whatever the order of the records and the size of the batches, and a second load changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(someRecords, fc.integer({ min: 1, max: 30 }), fc.infiniteStream(fc.nat()), async (records, batchSize, random) => {
      const [a, b] = [await tempStore(), await tempStore()];
      try {
        await loadRecords(a.store, records);
        const shuffled = records
          .map((record) => ({ record, at: random.next().value as number }))
          .sort((x, y) => x.at - y.at)
          .map((x) => x.record);
        await loadRecords(b.store, shuffled, { batchSize });
        const expected = await picture(a.store);
        assert.equal(await picture(b.store), expected);
        await loadRecords(b.store, records, { batchSize });
        assert.equal(await picture(b.store), expected);
      } finally {
        await a.close();
        await b.close();
      }
    }),
    { numRuns: draws(15) },
  );
});

loading('comes to the same whether cases are loaded as they are or changed into it', async () => {
  await fc.assert(
    fc.asyncProperty(someRecords, someRecords, async (before, after) => {
      const [a, b] = [await tempStore(), await tempStore()];
      try {
        const all = [...after, ...before.slice(after.length)];
        await loadRecords(a.store, all);
        await loadRecords(b.store, before);
        await loadRecords(b.store, after, { batchSize: 7 });
        assert.equal(await picture(b.store), await picture(a.store));
      } finally {
        await a.close();
        await b.close();
      }
    }),
    { numRuns: draws(15) },
  );
});

loading.run();
