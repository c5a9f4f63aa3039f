import { Readable } from 'node:stream';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv, type CsvRead } from '../../etl/connectors/csv.ts';
import type { Reader } from '../../etl/connector.ts';
import { SourceFailed } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunOptions, type RunReport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { tempStore } from '../support/store.ts';
import { draws, rowsOf } from '../support/test-store.ts';

const folding = suite('folded rows in the store');
let temp: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
folding.before.each(async () => {
  temp = await tempStore();
  store = temp.store;
});
folding.after.each(() => temp.close());

const now = Date.UTC(2026, 0) / 1000;
const mapOf = (fold: string | null, fields = '') =>
  readMap(
    `source: desk
zone: UTC
date: iso
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  issue: issue
  resolved_at: resolved
${fields}${fold === null ? '' : `fold:\n  ${fold}\n`}`,
    'desk.yaml',
  );
const header = 'id,received,issue,resolved,version';
const textOf = (lines: readonly string[]) => [header, ...lines, ''].join('\n');
const load = (lines: readonly string[], more: Partial<RunOptions<CsvRead>>): Promise<RunReport> =>
  runImport<CsvRead>({
    store, map: mapOf('take: last'), connector: csv, options: { file: Readable.from([Buffer.from(textOf(lines))]) }, startedBy: 'command',
    input: 'a.csv', now: () => now, log: () => undefined, ...more,
  }); // prettier-ignore
const counts = ({ read, inserted, updated, unchanged, rejected }: RunReport) => [read, inserted, updated, unchanged, rejected];
/** The issue of each case by its key. */
async function issues(): Promise<Record<string, string>> {
  const rows = await store
    .reader('case_fact')
    .join('label', (on) => on.on('label.code', 'case_fact.issue').andOnVal('label.dimension', 'issue'))
    .orderBy('source_id')
    .select<{ source_id: string; name: string }[]>('source_id', 'label.name');
  return Object.fromEntries(rows.map((row) => [row.source_id, row.name]));
}
const rejected = () =>
  store
    .reader('rejected_record')
    .orderBy('reject_id')
    .select<Record<string, unknown>[]>('run_id', 'input', 'line', 'column_no', 'field', 'raw');
const size = async (table: string) => Number((await store.reader(table).count<{ n: number }[]>({ n: '*' }))[0]?.n);

folding('an order column decides over batches and files, wherever its rows stand', async () => {
  const map = mapOf('order: version\n  take: last');
  const first = [
    'A,2024-03-01,third,,3',
    'B,2024-03-01,second,,2',
    'A,2024-03-01,first,,1',
    'B,2024-03-01,first,,1',
    'A,2024-03-01,second,,2',
  ];
  await load(first, { map, batchSize: 2 });
  assert.equal(await issues(), { A: 'third', B: 'second' });
  await load(['B,2024-03-01,third,,3', 'A,2024-03-01,zeroth,,0'], { map, batchSize: 1 });
  assert.equal(await issues(), { A: 'third', B: 'third' });
});

folding('between rows of equal order the later file holds, and in a file the later line', async () => {
  const map = mapOf('order: version\n  take: last');
  await load(['A,2024-03-01,x,,0', 'A,2024-03-01,one,,1', 'A,2024-03-01,two,,1'], { map });
  assert.equal(await issues(), { A: 'two' });
  await load(['A,2024-03-01,three,,1'], { map });
  assert.equal(await issues(), { A: 'three' });
});

folding('without an order column a later file comes after an earlier one, and the same file again changes nothing', async () => {
  const older = ['B,2024-03-01,b,,', 'C,2024-03-01,c,,', 'A,2024-03-01,old,,'];
  const newer = ['A,2024-03-01,new,,'];
  await load(older, {});
  assert.equal(counts(await load(newer, { input: 'b.csv' })), [1, 0, 1, 0, 0]);
  assert.equal(await issues(), { A: 'new', B: 'b', C: 'c' });
  for (const [lines, expected] of [
    [older, [3, 0, 0, 3, 0]],
    [newer, [1, 0, 0, 1, 0]],
  ] as const)
    // prettier-ignore
    assert.equal(counts(await load(lines, {})), expected);
  assert.equal(await issues(), { A: 'new', B: 'b', C: 'c' });
});

folding('an input with two rows of one key leaves the same order of rows each time it is read', async () => {
  const map = mapOf('row_key: version\n  take: last');
  const lines = ['A,2024-03-01,one,,1', 'A,2024-03-01,one anew,,1', 'A,2024-03-01,two,,2', 'B,2024-03-01,one,,1'];
  for (const batchSize of [1, 2, 4000, 1]) {
    await load(lines, { map, batchSize });
    assert.equal(await issues(), { A: 'two', B: 'one' });
    const places = await store.reader('source_row').orderBy(['source_id', 'row_key']).select<Record<string, number>[]>('delivery', 'line');
    assert.equal(
      places.map((row) => [row.delivery, row.line]),
      [
        [1, 3],
        [1, 4],
        [1, 5],
      ],
    );
  }
});

folding('a row that makes the case unreadable takes it out, with all that hangs on it, however far away it stands', async () => {
  const fields = '  narrative: issue\nsurveys:\n  - { kind: csat, scale: 1-5, answered_at: resolved, score: version }\n';
  const map = mapOf('take: last', fields);
  const good = ['A,2024-03-01,late,2024-03-05,4', 'B,2024-03-01,late,2024-03-05,4'];
  assert.equal(counts(await load(good, { map })), [2, 2, 0, 0, 0]);
  assert.equal(counts(await load([...good, 'A,never,late,,'], { map, batchSize: 1, input: 'b.csv' })), [3, 0, 0, 1, 1]);
  assert.equal(await issues(), { B: 'late' });
  assert.equal(await Promise.all(['case_text', 'case_issue', 'survey_fact'].map(size)), [1, 1, 1]);
  assert.equal(await store.reader('case_gone').pluck('case_id'), [1]);
  assert.is((await rejected()).length, 1);
});

folding('a row that makes the case readable again leaves no rejection of the run behind', async () => {
  const report = await load(['A,never,late,,', 'B,2024-03-01,late,,', 'A,2024-03-01,late,,'], { batchSize: 1 });
  assert.equal(counts(report), [3, 2, 0, 0, 0]);
  assert.equal(await rejected(), []);
});

folding('rows without a case are refused each time they come, and kept once', async () => {
  const lines = ['A,never,late,,', 'B,2024-03-01,late,,'];
  assert.equal(counts(await load(lines, {})), [2, 1, 0, 0, 1]);
  assert.equal(counts(await load(lines, {})), [2, 0, 0, 1, 1]);
  assert.equal(
    (await rejected()).map((r) => [r.run_id, r.line]),
    [[2, 2]],
  );
});

folding('a rejection names the row its value stands in, and that row is the one shown', async () => {
  await load(['A,2024-03-01,late,,1', 'B,2024-03-01,late,,1', 'B,never,late,,2', 'A,2024-03-02,late,,3'], {});
  const map = mapOf('order: version\n  take: first');
  await load(['C,2024-03-01,late,,2', 'C,2024-03-02,late,,3', 'C,soon,late,,1'], { map, input: 'b.csv' });
  const [last, first] = await rejected();
  assert.equal([last?.input, last?.line, last?.column_no, last?.field], ['a.csv', 4, 2, 'received']);
  assert.match(String(last?.raw), 'never');
  assert.equal([first?.input, first?.line], ['b.csv', 4]);
  assert.match(String(first?.raw), 'soon');
});

folding('a rejection over a row of an earlier file names that file', async () => {
  const map = mapOf('take: first');
  await load(['B,2024-03-01,late,,', 'A,never,late,,'], { map, input: 'a.csv' });
  await load(['A,2024-03-01,late,,'], { map, input: 'b.csv' });
  assert.equal(
    (await rejected()).map((r) => [r.run_id, r.input, r.line]),
    [[2, 'a.csv', 3]],
  );
});

folding('a flag names the row its value stands in', async () => {
  await load(['A,2024-03-01,late,,', 'A,2024-03-01,late,soon,', 'B,2024-03-01,late,,'], {});
  const flags = await store.reader('case_flag').select<Record<string, unknown>[]>('rule', 'input', 'line', 'value');
  assert.equal(flags, [{ rule: 'malformed_value', input: 'a.csv', line: 3, value: 'soon' }]);
});

folding('rows of a file that broke off become cases with the next run', async () => {
  const breaking: Reader<CsvRead> = {
    ...csv,
    async *read(options, since) {
      yield* csv.read(options, since);
      throw new SourceFailed('desk', 'it broke off', { retriable: false });
    },
  };
  const lines = ['A,2024-03-01,late,,', 'B,2024-03-02,late,,', 'C,2024-03-03,late,,'];
  try {
    await load(lines, { connector: breaking, batchSize: 1 });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^it broke off; the first 3 rows are kept and become cases with the next run/);
  }
  const through = async () => (await store.reader('source_state').pluck<(number | null)[]>('through_at'))[0];
  assert.equal([await size('case_fact'), await through()], [0, null]);
  assert.equal(counts(await load(lines, {})), [3, 3, 0, 0, 0]);
  assert.equal([await size('case_fact'), await through()], [3, Date.UTC(2024, 2, 3, 23, 59, 59) / 1000]);
});

folding('after a run that did not end, every case that comes says until when the source is known', async () => {
  const lines = ['A,2024-03-01,late,,', 'B,2024-03-02,late,,'];
  await load(lines, {});
  await store.writer('source_state').update({ through_at: null });
  await store.writer('pipeline_run').update({ state: 'failed' });
  assert.equal(counts(await load(lines, {})), [2, 0, 0, 2, 0]);
  assert.equal(await store.reader('source_state').pluck('through_at'), [Date.UTC(2024, 2, 2, 23, 59, 59) / 1000]);
});

/** Everything that is said of the cases and their rejected rows, labels by name, without the numbers given by the order of work. */
async function picture(of: Store, isShuffled: boolean): Promise<unknown> {
  const all = <T>(sql: string) => rowsOf<T>(of.reader, sql);
  type Row = Record<string, unknown>;
  const labels = await all<{ dimension: string; code: number; name: string }>('select dimension, code, name from label');
  const names = new Map(labels.map(({ dimension, code, name }) => [`${dimension} ${code}`, name]));
  const ids = new Map((await all<{ case_id: number; source_id: string }>('select * from case_fact')).map((c) => [c.case_id, c.source_id]));
  const unordered = ['change_seq', 'customer_key', 'run_id', ...(isShuffled ? ['line', 'input', 'reject_id'] : ['reject_id'])];
  const plainly = (row: Row) =>
    JSON.stringify(
      Object.entries(row)
        .filter(([column]) => !unordered.includes(column))
        .map(([column, value]) => [
          column,
          column === 'case_id' ? ids.get(Number(value)) : column === 'issue' ? names.get(`issue ${String(value)}`) : value,
        ]),
    );
  const tables = ['case_fact', 'case_issue', 'case_text', 'case_flag', 'rejected_record', 'source_waiting'];
  const found = await Promise.all(tables.map(async (table) => [table, (await all<Row>(`select * from ${table}`)).map(plainly).sort()]));
  return Object.fromEntries(found) as unknown;
}

const someRows = fc
  .array(
    fc.tuple(
      fc.constantFrom('A', 'B', 'C', 'D', ''),
      fc.constantFrom('2024-03-01', '2024-03-02T10:00:00Z', 'never', ''),
      fc.constantFrom('late', 'rude', 'lost'),
      fc.constantFrom('', '2024-03-04', 'soon', '2024-02-01'),
    ),
    { minLength: 1, maxLength: 25 },
  )
  // The version is unique, so that the order of a case's rows is settled.
  .map((rows) => rows.map((row, i) => [...row, i]));

const stages = [
  { name: 'folded rows', map: mapOf('order: version\n  take: last_given'), toLines: (rows: (string | number)[][]) => rows.map(String) },
  // A key of its own for each row: which of two rows with one key holds is a matter of their order.
  { name: 'plain rows', map: mapOf(null), toLines: (rows: (string | number)[][]) => rows.map(([id, ...rest], i) => String([id && `${id}${i}`, ...rest])) },
]; // prettier-ignore
for (const { name, map, toLines } of stages)
  folding(`${name} come to the same store whatever their order and the size of batches, and a second time change nothing`, async () => {
    await fc.assert(
      fc.asyncProperty(someRows, fc.integer({ min: 1, max: 9 }), fc.infiniteStream(fc.nat()), async (rows, batchSize, random) => {
        const [whole, parts, shuffled] = [await tempStore(), await tempStore(), await tempStore()];
        try {
          const lines = toLines(rows);
          const mixed = lines
            .map((line) => ({ line, at: random.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ line }) => line);
          const first = await load(lines, { map, store: whole.store });
          const cut = await load(lines, { map, batchSize, store: parts.store });
          assert.equal(counts(cut), counts(first));
          assert.equal(await picture(parts.store, false), await picture(whole.store, false));
          assert.equal(counts(await load(mixed, { map, batchSize, store: shuffled.store })), counts(cut));
          assert.equal(await picture(shuffled.store, true), await picture(whole.store, true));
          const facts = await parts.store.reader('case_fact').orderBy('case_id').select();
          const again = await load(mixed, { map, store: parts.store, batchSize: batchSize + 1 });
          assert.equal([again.inserted, again.updated, again.rejected], [0, 0, cut.rejected]);
          assert.equal(await parts.store.reader('case_fact').orderBy('case_id').select(), facts);
        } finally {
          await Promise.all([whole.close(), parts.close(), shuffled.close()]);
        }
      }),
      { numRuns: draws(12) },
    );
  });

folding.run();
