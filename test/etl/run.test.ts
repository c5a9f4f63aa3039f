import { spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv, type CsvRead } from '../../etl/connectors/csv.ts';
import type { Reader } from '../../etl/connector.ts';
import { BadInput, SourceFailed } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunOptions, type RunProgress } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { tempStore } from '../support/store.ts';
import { draws, rowsOf } from '../support/test-store.ts';

const running = suite('runImport');
let temp: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
running.before.each(async () => {
  temp = await tempStore();
  store = temp.store;
});
running.after.each(() => temp.close());

const plain = readMap(
  `
source: desk
zone: Europe/Vienna
currency: EUR
date: iso
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  resolved_at: resolved
  due_at: due
  issue: issue
`,
  'plain.yaml',
);
const folding = readMap(
  `
source: scattered
zone: UTC
date: iso
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  issue: issue
fold:
  take: first
`,
  'folding.yaml',
);
const { fold } = folding;
if (!fold) throw new Error('the map folds');
const now = Date.UTC(2026, 0) / 1000;
const header = 'id,received,resolved,due,issue';
const importText = (text: string, more: Partial<RunOptions<CsvRead>> = {}) =>
  runImport<CsvRead>({
    store, map: plain, connector: csv, options: { file: Readable.from([Buffer.from(text)]) }, startedBy: 'command', input: 'desk.csv', now: () => now, log: () => undefined, ...more,
  }); // prettier-ignore
const counts = ({ read, inserted, updated, unchanged, rejected, flagged }: RunProgress) => ({
  read,
  inserted,
  updated,
  unchanged,
  rejected,
  flagged,
});
const failure = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable() as never;
};
const row = async (table: string) => (await store.reader(table).first()) as Record<string, unknown>;

running('loads a file, notes the run and until when the source is known', async () => {
  const progress: RunProgress[] = [];
  const report = await importText(`${header}\nA,2024-03-01,2024-03-05T10:00:00Z,2024-09-01,late\nB,2024-03-04,,,rude\n`, {
    onProgress: (p) => progress.push(p),
  });
  assert.equal(counts(report), { read: 2, inserted: 2, updated: 0, unchanged: 0, rejected: 0, flagged: 0 });
  assert.equal(progress.at(-1)?.inserted, 2);
  const run = await row('pipeline_run');
  assert.equal(
    [run.state, run.started_by, run.input, run.read, run.inserted, run.bytes, run.finished_at],
    ['done', 'command', 'desk.csv', 2, 2, report.bytes, now],
  );
  const state = await row('source_state');
  assert.equal(
    [state.name, state.connector, state.zone, state.through_at, state.locked_by],
    ['desk', 'csv', 'Europe/Vienna', Date.UTC(2024, 2, 5, 10) / 1000, null],
  );
  assert.equal(JSON.parse(String(state.fields)), ['due_at', 'issue', 'kind', 'received_at', 'resolved_at', 'source_id']);
});

running('changes nothing the second time', async () => {
  const text = `${header}\nA,2024-03-01,,,late\nB,2024-03-04,,,rude\n`;
  await importText(text);
  const before = await store.reader('case_fact').select();
  assert.equal(counts(await importText(text)), { read: 2, inserted: 0, updated: 0, unchanged: 2, rejected: 0, flagged: 0 });
  assert.equal(await store.reader('case_fact').select(), before);
});

running('keeps rejected rows with line, column and reason, and loads the others', async () => {
  const report = await importText(
    `${header}\nA,yesterday,,,late\n,2024-03-01,,,late\nB,2024-03-01,soon,,late\nC,2024-03-01\nD,2024-03-05,2024-03-01,,late\n`,
  );
  assert.equal(counts(report), { read: 5, inserted: 2, updated: 0, unchanged: 0, rejected: 3, flagged: 2 });
  const rejected = (await store.reader('rejected_record').orderBy('line').select()) as Record<string, unknown>[];
  assert.equal(
    rejected.map((r) => r.line),
    [2, 3, 5],
  );
  assert.equal([rejected[0]?.input, rejected[0]?.column_no, rejected[0]?.field], ['desk.csv', 2, 'received']);
  assert.match(String(rejected[0]?.raw), 'yesterday');
  const flags = (await store.reader('case_flag').orderBy('case_id').select()) as Record<string, unknown>[];
  assert.equal(
    flags.map((f) => [f.rule, f.value, f.input, f.line]),
    [
      ['malformed_value', 'soon', 'desk.csv', 4],
      ['time_order', '2024-03-01', 'desk.csv', 6],
    ],
  );
});

running('keeps what is rejected once, however often the same is read', async () => {
  const text = `${header}\nA,yesterday,,,late\nB,2024-03-01,,,late\nB,2024-03-01,,,rude\nA,yesterday,,,late\nC,2024-03-01\n`;
  const states = () => store.reader('rejected_record').orderBy('reject_id').select('reject_id', 'run_id', 'line', 'settled_at');
  for (const runId of [1, 2, 3]) {
    assert.is((await importText(text)).rejected, 4);
    assert.equal(
      (await states()).map((r: { run_id: number; line: number; settled_at: null }) => [r.run_id, r.line, r.settled_at]),
      [2, 5, 6, 4].map((line) => [runId, line, null]),
    );
  }
});

running('where a later row of a key holds, it supersedes one that was rejected before it and none after it', async () => {
  const text = `${header}\nA,yesterday,,,late\nB,2024-03-01,,,late\nA,2024-03-01,,,late\nB,yesterday,,,late\n`;
  for (const batchSize of [1, 100]) {
    await importText(text, { repeats: 'replace', batchSize });
    assert.equal(await store.reader('rejected_record').orderBy('line').select('line', 'settlement'), [
      { line: 2, settlement: 'superseded' },
      { line: 5, settlement: null },
    ]);
  }
});

running('refuses a key that comes again with other content, naming the first line, and takes the same content as unchanged', async () => {
  const text = `${header}\nA,2024-03-01,,,late\nB,2024-03-01,,,late\nA,2024-03-01,,,rude\nB,2024-03-01,,,late\n`;
  for (const inserted of [2, 0]) {
    const report = await importText(text);
    assert.equal(counts(report), { read: 4, inserted, updated: 0, unchanged: 3 - inserted, rejected: 1, flagged: 0 });
  }
  const reject = await row('rejected_record');
  assert.is(reject.line, 4);
  assert.match(String(reject.reason), 'line 2');
});

running('finds a key that comes again in a later batch', async () => {
  const lines = Array.from({ length: 6000 }, (_, i) => `K${i},2024-03-01,,,late`);
  const report = await importText([header, ...lines, 'K5,2024-03-01,,,rude', 'K6,2024-03-01,,,late', ''].join('\n'));
  assert.equal(counts(report), { read: 6002, inserted: 6000, updated: 0, unchanged: 1, rejected: 1, flagged: 0 });
  assert.match(String((await row('rejected_record')).reason), 'line 7');
});

running('is known through the end of the day it is told', async () => {
  await importText(`${header}\nA,2024-03-01,,,late\n`, { throughDate: '2024-06-30' });
  assert.is((await row('source_state')).through_at, Date.UTC(2024, 5, 30, 22) / 1000 - 1);
  await importText(`${header}\nB,2024-04-01,,,late\n`);
  assert.is((await row('source_state')).through_at, Date.UTC(2024, 5, 30, 22) / 1000 - 1);
});

running("takes the organisation's zone before the map's", async () => {
  await importText(`${header}\nA,2024-03-01T23:30:00Z,,,late\n`, { organisation: { zone: 'UTC', currency: null } });
  assert.is((await row('case_fact')).received_on, '2024-03-01');
});

running('notes a run whose header does not fit as failed and frees the source', async () => {
  const error = await failure(importText('id,when\nA,2024-03-01\n'));
  assert.instance(error, BadInput);
  assert.match(error.message, 'received');
  const run = await row('pipeline_run');
  assert.is(run.state, 'failed');
  assert.match(String(run.message), 'received');
  assert.is((await row('source_state')).locked_by, null);
});

running('loads what was read before the source failed, and goes on from there the next time', async () => {
  const lines = Array.from({ length: 7000 }, (_, i) => `K${i},2024-03-01,,,late`);
  const breaking: Reader<CsvRead> = {
    ...csv,
    async *read(options, since) {
      yield* csv.read(options, since);
      throw new SourceFailed('desk', 'the line went dead', { retriable: true });
    },
  };
  const first = `${header}\n${lines.slice(0, 4100).join('\n')}\n`;
  const { message } = await failure(importText(first, { connector: breaking }));
  const { state, inserted, message: noted } = await row('pipeline_run');
  assert.equal([state, inserted], ['failed', 4100]);
  assert.is(message, 'the line went dead; the first 4,100 rows are loaded and stay so');
  assert.is(noted, message);
  assert.is((await row('source_state')).through_at, null);
  assert.is((await importText(`${header}\n${lines.join('\n')}\n`)).inserted, 2900);
  assert.is((await row('source_state')).through_at, Date.UTC(2024, 2, 1, 22, 59, 59) / 1000);
});

running('refuses a second run of a source while one is in progress', async () => {
  let second: Promise<Error> = Promise.resolve(new Error('not tried'));
  const waiting: Reader<CsvRead> = {
    ...csv,
    async *read(options, since) {
      second = failure(importText(`${header}\n`));
      await second;
      yield* csv.read(options, since);
    },
  };
  await importText(`${header}\nA,2024-03-01,,,late\n`, { connector: waiting });
  assert.instance(await second, SourceFailed);
  assert.match((await second).message, 'in progress');
});

running('takes over at once from a process that is gone, and notes its run as failed', async () => {
  await importText(`${header}\n`);
  // A process that has certainly ended stands for the one that was killed.
  const gone = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => gone.on('exit', resolve));
  const { hostname } = await import('node:os');
  await store.writer('source_state').update({ locked_by: `${hostname()} ${gone.pid} x`, locked_until: now + 300 });
  await store.writer('pipeline_run').update({ state: 'running', finished_at: null });
  await importText(`${header}\nA,2024-03-01,,,late\n`);
  const runs = await store
    .reader<{ run_id: number; state: string; message: string | null }>('pipeline_run')
    .orderBy('run_id')
    .select('state', 'message');
  assert.equal(
    runs.map((r) => r.state),
    ['failed', 'done'],
  );
  assert.match(runs[0]?.message ?? '', 'interrupted');
});

running('folds rows that lie apart, and makes a case anew when a later file adds a row', async () => {
  const text = 'id,received,issue\nA,2024-03-01,late\nB,2024-03-02,lost\nA,2024-05-01,rude\n';
  assert.equal(counts(await importText(text, { map: folding })), {
    read: 3,
    inserted: 2,
    updated: 0,
    unchanged: 0,
    rejected: 0,
    flagged: 0,
  });
  assert.equal(counts(await importText(text, { map: folding })), {
    read: 3,
    inserted: 0,
    updated: 0,
    unchanged: 2,
    rejected: 0,
    flagged: 0,
  });
  const labels = await store.reader('label').where({ dimension: 'issue' }).orderBy('code').pluck<string[]>('name');
  assert.equal(labels, ['late', 'lost']);
  // The later file comes after the earlier one, whatever its lines.
  const none = await importText('id,received,issue\nB,2024-01-01,first\n', { map: folding });
  assert.equal([none.inserted, none.updated, none.unchanged], [0, 0, 1]);
  const more = await importText('id,received,issue\nB,2024-01-01,last\n', { map: { ...folding, fold: { ...fold, take: 'last' } } });
  assert.equal([more.inserted, more.updated], [0, 1]);
});

running('comes to the same with folded rows in batches of any size', async () => {
  const someRows = fc.array(
    fc.tuple(fc.constantFrom('A', 'B', 'C', 'D'), fc.integer({ min: 1, max: 28 }), fc.constantFrom('late', 'rude', 'lost')),
    { minLength: 1, maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(someRows, fc.integer({ min: 1, max: 9 }), async (rows, size) => {
      const [whole, parts] = [await tempStore(), await tempStore()];
      const text = (list: typeof rows) =>
        `id,received,issue\n${list.map(([id, day, issue]) => `${id},2024-02-${String(day).padStart(2, '0')},${issue}`).join('\n')}\n`;
      const picture = (of: Store) =>
        of
          .reader('case_fact')
          .join('label', (on) => on.on('label.code', 'case_fact.issue').andOnVal('label.dimension', 'issue'))
          .orderBy('source_id')
          .select('source_id', 'received_on', 'label.name');
      // Lines keep counting over the parts, as in one file.
      const cut: Reader<CsvRead> = {
        ...csv,
        async *read(options, since) {
          for await (const extract of csv.read(options, since))
            for (let i = 0; i < extract.rows.length; i += size) yield { ...extract, rows: extract.rows.slice(i, i + size) };
        },
      };
      try {
        await importText(text(rows), { map: folding, store: whole.store });
        const report = await importText(text(rows), { map: folding, store: parts.store, connector: cut });
        assert.is(report.inserted, new Set(rows.map(([id]) => id)).size);
        assert.equal(await picture(parts.store), await picture(whole.store));
      } finally {
        await whole.close();
        await parts.close();
      }
    }),
    { numRuns: draws(10) },
  );
});

running('loads beside another process that writes to the same store', async () => {
  const script = `
    import { openTestStore } from ${JSON.stringify(fileURLToPath(new URL('../support/test-store.ts', import.meta.url)))};
    import { loadEntry } from ${JSON.stringify(fileURLToPath(new URL('../../etl/load-entry.ts', import.meta.url)))};
    const store = await openTestStore(process.argv[1]);
    for (let i = 0; i < 20; i++) await loadEntry(store, { source_id: '', kind: 'complaint', received_at: '2024-03-01', issue: 'issue ' + i }, 'key-' + i, { zone: 'UTC', currency: 'EUR', now: ${now}, fields: [] });
    await store.close();`;
  const other = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, temp.dir], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => other.on('exit', resolve));
  for (let i = 0; i < 20; i++) await importText(`${header}\nK${i},2024-03-01,,,issue ${i}\n`);
  assert.is(await ended, 0);
  const cases = await store.reader<{ case_id: number; issue: number }>('case_fact').select('case_id', 'issue');
  assert.is(new Set(cases.map((c) => c.case_id)).size, 40);
  assert.equal(await store.reader('label').where({ dimension: 'issue' }).count({ n: '*' }), [{ n: 20 }]);
  const orphans = await rowsOf(
    store.reader,
    `select 1 from case_fact where issue not in (select code from label where dimension = 'issue')`,
  );
  assert.equal(orphans, []);
});

running.run();
