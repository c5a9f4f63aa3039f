import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Extract, ReadContext, Reader } from '../../etl/connector.ts';
import { BadInput, SourceFailed } from '../../etl/errors.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunOptions, type RunReport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import type { PipelineRunRow, SourceStateRow } from '../../etl/store/tables.ts';
import { tempStore } from '../support/store.ts';

const pulling = suite('a pull');
let temp: Awaited<ReturnType<typeof tempStore>>;
let store: Store;
let clock: number;
pulling.before.each(async () => {
  temp = await tempStore();
  store = temp.store;
  clock = Date.UTC(2026, 0) / 1000;
});
pulling.after.each(() => temp.close());

const mapOf = (rest = '', key = 'id') =>
  readMap(
    `source: desk\nzone: UTC\ndate: iso\nkey: ${key}\nfields:\n  kind: { constant: complaint }\n  received_at: received\n  issue: issue\n  narrative: { column: text, optional: true }\n${rest}`,
    'desk.yaml',
  );
const folding = mapOf('fold:\n  row_key: version\n  order: version\n  take: last_given\n');

type Row = Record<string, string>;
/** One page: its rows, and whatever else an extract says. */
type Page = Partial<Omit<Extract, 'rows'>> & { rows?: Row[]; fails?: Error };

/** Pages of a source that is read on: the cursor is the number of pages taken. Columns are those of the rows so far. */
function sourceOf(pages: Page[], seen: { since?: string | null; context?: ReadContext } = {}): Reader<null> {
  return {
    name: 'pages',
    description: 'Pages of a test',
    async *read(_, since, context) {
      Object.assign(seen, { since, context });
      await context.pause(0, context.signal);
      const columns = new Set<string>();
      let line = 0;
      for (const [i, { rows = [], fails, ...page }] of pages.entries()) {
        if (i < Number(since ?? 0)) continue;
        if (fails) throw fails;
        for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
        const values = rows.map((row) => ({ ...Object.fromEntries([...columns].map((name) => [name, ''])), ...row }));
        const list = values.map((value) => ({ line: ++line, values: value }));
        yield { header: [...columns], broken: [], cursor: String(i + 1), bytes: 100 * (i + 1), ...page, rows: list };
      }
    },
  };
}
const pull = (pages: Page[] | Reader<null>, more: Partial<RunOptions<null>> = {}): Promise<RunReport> =>
  runImport({
    store, map: mapOf(), connector: Array.isArray(pages) ? sourceOf(pages) : pages, options: null, startedBy: 'schedule', input: null,
    now: () => clock, log: () => undefined, since: 'cursor', through: 'run_start', ...more,
  }); // prettier-ignore
const counts = ({ read, inserted, updated, unchanged, rejected, removed }: RunReport) => [
  read,
  inserted,
  updated,
  unchanged,
  rejected,
  removed,
];
const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => assert.unreachable() as never,
    (error: Error) => error,
  );
const state = async () => (await store.reader<SourceStateRow>('source_state').first()) as SourceStateRow;
const lastRun = async () => (await store.reader<PipelineRunRow>('pipeline_run').orderBy('run_id', 'desc').first()) as PipelineRunRow;
const issues = async () => {
  const rows = await store
    .reader('case_fact')
    .join('label', (on) => on.on('label.code', 'case_fact.issue').andOnVal('label.dimension', 'issue'))
    .orderBy('source_id')
    .select<{ source_id: string; name: string }[]>('source_id', 'label.name');
  return Object.fromEntries(rows.map((row) => [row.source_id, row.name]));
};
const row = (id: string, issue = 'late', more: Row = {}): Row => ({ id, received: '2024-03-01', issue, ...more });

pulling('goes on where the last one ended, and is known until it began', async () => {
  const seen: { since?: string | null } = {};
  const first = [{ rows: [row('A')] }, { rows: [row('B')] }];
  assert.equal(counts(await pull(sourceOf(first, seen))), [2, 2, 0, 0, 0, 0]);
  assert.is(seen.since, null);
  assert.is((await state()).through_at, clock);
  clock += 3600;
  assert.equal(counts(await pull(sourceOf([...first, { rows: [row('C')] }], seen))), [1, 1, 0, 0, 0, 0]);
  assert.is(seen.since, '2');
  assert.is((await state()).through_at, clock);
});

pulling('that ends before the end of the source leaves until when it is known as it was', async () => {
  const began = clock;
  await pull([{ rows: [row('A')] }]);
  clock += 3600;
  const pages: Page[] = [{}, { rows: [row('B')] }, { isPartial: true, notice: 'there is more' }];
  await pull(pages);
  assert.equal([(await state()).through_at, (await state()).notice, (await lastRun()).state], [began, 'there is more', 'done']);
  clock += 3600;
  await pull([...pages, { rows: [row('C')] }]);
  assert.equal([(await state()).through_at, (await state()).notice], [clock, null]);
});

pulling('leaves its place alone when a file of the source is imported, and forgets it for another connector', async () => {
  const seen: { since?: string | null } = {};
  await pull([{ rows: [row('A')] }]);
  await pull([{ rows: [row('B')] }], { since: 'start', through: 'content', input: 'more.csv', connectorName: 'csv' });
  await pull(sourceOf([{}, { rows: [row('C')] }], seen));
  assert.is(seen.since, '1');
  await pull({ ...sourceOf([{ rows: [row('C')] }], seen), name: 'other' });
  assert.is(seen.since, null);
});

pulling('begins at the start when it is asked to, and goes on from its end afterwards', async () => {
  const seen: { since?: string | null } = {};
  await pull([{ rows: [row('A')] }]);
  assert.equal(counts(await pull(sourceOf([{ rows: [row('A', 'rude')] }], seen), { isFromStart: true })), [1, 0, 1, 0, 0, 0]);
  assert.is(seen.since, null);
  await pull(sourceOf([], seen));
  assert.is(seen.since, '1');
});

pulling('that breaks off keeps what it read, and never goes past it', async () => {
  const dead = new SourceFailed('desk', 'the line went dead', { retriable: true });
  const pages: Page[] = [{ rows: [row('A')] }, { rows: [row('B')] }, { fails: dead }, { rows: [row('D')] }];
  const { message } = await failure(pull(pages));
  assert.is(message, 'the line went dead; the first 2 rows are loaded, and the next run goes on from there');
  assert.equal([(await lastRun()).state, (await lastRun()).inserted, (await state()).through_at], ['failed', 2, null]);
  pages[2] = { rows: [row('C')] };
  assert.equal(counts(await pull(pages)), [2, 2, 0, 0, 0, 0]);
});

for (const batchSize of [1, 2, 3000]) {
  pulling(`lets a later row of a key replace an earlier one, in batches of ${batchSize}`, async () => {
    const pages = [{ rows: [row('A'), row('B'), row('A', 'rude')] }, { rows: [row('A', 'lost'), row('B')] }];
    assert.equal(counts(await pull(pages, { batchSize })), [5, 2, 2, 1, 0, 0]);
    assert.equal(await issues(), { A: 'lost', B: 'late' });
    assert.equal(await store.reader('case_fact').orderBy('case_id').pluck('case_id'), [1, 2]);
    assert.is((await store.reader('case_issue').select()).length, 2);
    assert.equal(counts(await pull([{}, {}, ...pages], { batchSize })), [5, 0, 3 - Number(batchSize > 2), 2 + Number(batchSize > 2), 0, 0]);
  });
}

pulling('takes up columns as they come and binds the map to them', async () => {
  const pages = [{ rows: [row('A')] }, { rows: [row('B', 'rude', { text: 'It was rude' })] }];
  await pull(pages, { batchSize: 1 });
  assert.equal(JSON.parse((await state()).columns), ['id', 'received', 'issue', 'text']);
  assert.equal(await store.reader('case_text').pluck('narrative'), ['It was rude']);
  assert.ok((JSON.parse((await state()).fields) as string[]).includes('narrative'));
  const seen: { context?: ReadContext } = {};
  await pull(sourceOf([], seen));
  assert.equal(seen.context?.knownColumns, ['id', 'received', 'issue', 'text']);
});

pulling('of nothing at all is a run like any other, also the first', async () => {
  assert.equal(counts(await pull([{}])), [0, 0, 0, 0, 0, 0]);
  assert.equal([(await lastRun()).state, (await state()).through_at], ['done', clock]);
});

pulling('refuses a source without a column the map needs, and names what is near', async () => {
  const error = await failure(pull([{ rows: [{ id: 'A', recieved: '2024-03-01', issue: 'late' }] }]));
  assert.instance(error, BadInput);
  assert.match(error.message, 'the source has no column "received" (did you mean "recieved"?); it has id, recieved, issue');
  assert.is((await state()).cursor, null);
});

pulling('warns when a column the map needs is not given any more, and goes on with the others', async () => {
  await pull([{ rows: [row('A')] }]);
  const report = await pull([{}, { rows: [{ id: 'B', received: '2024-03-01', text: 'x' }] }]);
  assert.equal(counts(report), [1, 1, 0, 0, 0, 0]);
  assert.match(report.warning ?? '', /^the columns have changed: the source has no column "issue"/);
  assert.is((await lastRun()).warning, report.warning);
  assert.is((await pull([{}, {}, { rows: [row('C')] }])).warning, null);
});

pulling('keeps the keys made of the whole row when a column is added that says nothing', async () => {
  const map = mapOf('', 'row_hash');
  await pull([{ rows: [row('A'), row('B')] }], { map });
  const report = await pull([{}, { rows: [row('A', 'late', { text: '' }), row('B', 'late', { text: 'new' })] }], { map });
  assert.equal(counts(report), [2, 1, 0, 1, 0, 0]);
});

pulling('takes out what the source says is gone, after the rows that came with it', async () => {
  const survey = 'surveys:\n  - { kind: csat, scale: 1-5, answered_at: received, score: { column: score, optional: true } }\n';
  const map = mapOf(survey);
  const pages = [
    { rows: [row('A', 'late', { score: '4' }), row('B')] },
    { rows: [row('C')], gone: ['A', 'C', 'unknown'] },
    { rows: [row('D')] },
  ];
  assert.equal(counts(await pull(pages, { map })), [4, 4, 0, 0, 0, 2]);
  assert.equal(await issues(), { B: 'late', D: 'late' });
  assert.equal(await store.reader('case_gone').orderBy('case_id').pluck('case_id'), [1, 3]);
  assert.is((await store.reader('survey_fact').select()).length, 0);
  assert.is((await lastRun()).removed, 2);
  assert.equal(counts(await pull([{}, {}, {}, { gone: ['B'] }, { rows: [row('A')] }], { map })), [1, 1, 0, 0, 0, 1]);
  assert.equal(await issues(), { A: 'late', D: 'late' });
});

pulling('of folded rows takes the rows of what is gone out too', async () => {
  const of = (id: string, version: string, issue: string) => row(id, issue, { version });
  await pull([{ rows: [of('A', '1', 'late'), of('B', '1', 'late')] }], { map: folding });
  const report = await pull([{}, { rows: [of('A', '2', 'rude'), of('B', '2', 'rude')], gone: ['B'] }], { map: folding });
  assert.equal(counts(report), [2, 0, 1, 0, 0, 1]);
  assert.equal(await issues(), { A: 'rude' });
  assert.equal(await store.reader('source_row').orderBy('row_key').pluck('source_id'), ['A', 'A']);
  await pull([{}, {}, { rows: [of('B', '3', 'lost')] }], { map: folding });
  assert.equal(await issues(), { A: 'rude', B: 'lost' });
});

pulling('of folded rows that was cut leaves its cases to the next one, also when that finds nothing new', async () => {
  const of = (id: string, version: string) => row(id, `issue ${version}`, { version });
  const dead = new SourceFailed('desk', 'the line went dead', { retriable: true });
  const pages: Page[] = [{ rows: [of('A', '1')] }, { rows: [of('B', '1'), of('A', '2')] }, { fails: dead }];
  assert.match((await failure(pull(pages, { map: folding }))).message, 'the first 3 rows are kept and become cases with the next run');
  assert.equal(await issues(), {});
  assert.equal(counts(await pull(pages.slice(0, 2), { map: folding })), [0, 2, 0, 0, 0, 0]);
  assert.equal(await issues(), { A: 'issue 2', B: 'issue 1' });
  // Nor when the source yields nothing whatever.
  await failure(pull([{}, {}, { rows: [of('C', '1')] }, { fails: dead }], { map: folding }));
  await pull(sourceOf([]), { map: folding });
  assert.equal(Object.keys(await issues()), ['A', 'B', 'C']);
});

pulling('notes what is to be expected and what the source says of itself', async () => {
  const seen: unknown[] = [];
  const pages: Page[] = [
    { rows: [row('A')], total: { count: 2, unit: 'rows' }, notice: 'the data is five days old' },
    { rows: [row('B')] },
  ];
  await pull(pages, { batchSize: 1, onProgress: ({ total }) => void seen.push(total) });
  assert.equal(seen.at(-1), { count: 2, unit: 'rows' });
  assert.equal([(await lastRun()).total, (await lastRun()).total_unit, (await state()).notice], [2, 'rows', 'the data is five days old']);
  await pull([{}, {}, { rows: [row('C')] }]);
  assert.is((await state()).notice, null);
});

pulling('keeps broken parts before the first row', async () => {
  const broken = [{ line: 1, column: null, field: null, reason: 'it is no object', text: '7' }];
  assert.equal(counts(await pull([{ broken }, { rows: [row('A')], broken }])), [3, 1, 0, 0, 2, 0]);
  const kept = await store.reader('rejected_record').orderBy('reject_id').select('reason', 'reason_kind', 'raw', 'is_cut');
  assert.equal(kept[0], { reason: 'it is no object', reason_kind: 'it is no object', raw: '7', is_cut: 0 });
});

pulling('is stopped by its signal and keeps its place', async () => {
  const stopping = new AbortController();
  const endless: Reader<null> = {
    name: 'pages',
    description: '',
    async *read(_, since, context) {
      for (let i = Number(since ?? 0); ; i++) {
        yield {
          header: ['id', 'received', 'issue'],
          rows: [{ line: i + 1, values: row(`K${i}`) }],
          broken: [],
          cursor: String(i + 1),
          bytes: 0,
        };
        if (i === 4) {
          stopping.abort();
          await context.pause(60_000, context.signal);
        }
      }
    },
  };
  const error = await failure(pull(endless, { signal: stopping.signal }));
  assert.instance(error, SourceFailed);
  assert.match(error.message, /^the run was stopped before its end; the first 5 rows are loaded, and the next run goes on from there$/);
  assert.equal([(await lastRun()).state, (await state()).locked_by], ['failed', null]);
  assert.equal(counts(await pull([{}, {}, {}, {}, {}, { rows: [row('Z')] }])), [1, 1, 0, 0, 0, 0]);
});

pulling('keeps secrets out of what is noted, logged and thrown', async () => {
  const logged: unknown[] = [];
  const cause = new Error('GET https://desk.example/?token=s3cret');
  const fails = new SourceFailed('desk', 'https://desk.example/?token=s3cret answered 403', { retriable: false, cause });
  const redact = (text: string) => text.replaceAll('s3cret', '${TOKEN}');
  const error = await failure(pull([{ fails }], { redact, log: (event, fields) => void logged.push([event, fields]) }));
  assert.instance(error, SourceFailed);
  assert.is((error as SourceFailed).retriable, false);
  assert.is(error.message, 'https://desk.example/?token=${TOKEN} answered 403');
  assert.is((await lastRun()).message, error.message);
  for (const text of [
    String(error.stack),
    String((error.cause as Error).stack),
    String((error.cause as Error).message),
    JSON.stringify(logged),
  ])
    assert.not.match(text, 's3cret');
});

pulling('that finds suspiciously little says so', async () => {
  const many = (n: number, from = 0) => ({ rows: Array.from({ length: n }, (_, i) => row(`K${from + i}`)) });
  const pages: Page[] = [];
  const warnings: (string | null)[] = [];
  for (const n of [30, 24, 26, 25, 2, 0]) {
    pages.push(many(n, pages.length * 100));
    warnings.push((await pull(pages, { isRegular: true })).warning);
  }
  const advice = 'see whether the source still gives everything and its account may still see it';
  assert.equal(warnings, [
    null,
    null,
    null,
    null,
    `only 2 rows, where 26 rows are usual; ${advice}`,
    `no rows, where 25 rows are usual; ${advice}`,
  ]);
});

pulling('pushed records are known until now from the first case on', async () => {
  const push = { since: 'start', through: 'now', repeats: 'replace' } as const;
  await pull([{ rows: [{ id: 'A', received: 'never', issue: 'late' }] }], push);
  assert.is((await state()).is_live, 0);
  assert.equal(counts(await pull([{ rows: [row('A'), row('A', 'rude')] }], push)), [2, 1, 1, 0, 0, 0]);
  assert.equal([(await state()).is_live, (await state()).through_at, (await state()).cursor], [1, null, null]);
});

pulling.run();
