// one run: fills its store with statements of SQLite, and threads know of no store
import { openSync, closeSync, readSync, writeSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { factDays, factsKnownAt, fillFacts } from '../../bench/engine-facts.ts';
import { openBudget } from '../../queries/budget.ts';
import { blocksOf, openClaims, take, takeAll, type Block } from '../../queries/cube/blocks.ts';
import { chunkOf, chunkRows } from '../../queries/cube/chunk.ts';
import { tableOf, type Facts } from '../../queries/cube/facts.ts';
import type { Job } from '../../queries/cube/job.ts';
import { mergeRows } from '../../queries/cube/merge.ts';
import { openPass } from '../../queries/cube/pass.ts';
import { readFacts } from '../../queries/cube/read.ts';
import { tallyFacts } from '../../queries/cube/run.ts';
import { loadFacts, saveFacts, UnreadableSnapshot } from '../../queries/cube/snapshot.ts';
import type { FoundCases } from '../../queries/cube/tests.ts';
import { Thread, ThreadLost } from '../../queries/cube/thread-handle.ts';
import { openThreads } from '../../queries/cube/threads.ts';
import { talliesOf, type Tally } from '../../queries/model/tally.ts';
import { planStatements, type Statement, type StatementRow } from '../../queries/sql/statements.ts';
import { tempStore } from '../support/store.ts';
import { plainRows } from '../support/tally-rows.ts';

const threads = suite('threads of the cube');
const tallies: Tally[] = (['received', 'resolution_days_p50', 'csat_rate', 'mentions'] as const).flatMap((name) =>
  talliesOf(name, {
    ...factDays, grain: 'month', by: ['product'], keep: null, filter: { members: {}, not: { agent: [5] }, text: [], range: {} },
    through: { sources: [{ source: 1, at: factsKnownAt }], isAll: true }, business: null, currency: 'EUR',
  }),
); // prettier-ignore
const room = { sums: 1_048_576, bins: 8_388_608 };
const found = { text: null, score: null };

let temp: Awaited<ReturnType<typeof tempStore>>;
let facts: Facts;
let change = 0;
threads.before(async () => {
  temp = await tempStore();
  await fillFacts(temp.store, 2 * chunkRows + 1000);
  ({ facts, change } = await readFacts(temp.store.reader, new AbortController().signal));
});
threads.after(() => temp.close());

/** How many full chunks there are. */
const fullChunks = ({ tally: { fact } }: Statement): number => Math.floor(facts.shared()[tableOf[fact]].count / chunkRows);

/** A pass of which one thread has the full chunks for itself. */
function jobOf(statement: Statement, part: Partial<Job> = {}): Job {
  const blocks = Array.from({ length: fullChunks(statement) }, (_, i): Block => [i, i + 1]);
  return { is: 'job', id: 1, version: facts.version, statements: [statement], found, room, mostGroups: 400_000, blocks, claims: openClaims(blocks.length), who: 1, of: 2, ...part }; // prettier-ignore
}

function rowsHere(statement: Statement, within = room): StatementRow[] {
  const pass = openPass(facts, [statement], { found, room: within, budget: openBudget() });
  for (let index = 0; index < fullChunks(statement); index++) pass.over(index);
  return pass.rows()[0] ?? [];
}

const silent = () => undefined;

async function withThread(over: Facts, work: (ask: (job: Job) => Promise<StatementRow[][] | null>) => Promise<void>): Promise<void> {
  const given = { is: 'facts', tables: over.shared() } as const;
  const thread = new Thread(silent);
  try {
    await work((job) => thread.begin(over, given, job));
  } finally {
    await thread.close();
  }
}

const texts = (rows: readonly StatementRow[]) => rows.map((row) => JSON.stringify({ ...row, bins: row.bins && [...Array.from(row.bins)] })).sort(); // prettier-ignore

threads('add up what this one would, also after rows are gone', () =>
  withThread(facts, async (ask) => {
    const statements = planStatements(tallies, false);
    for (const within of [room, { sums: 0, bins: 0 }]) {
      for (const [i, statement] of statements.entries()) {
        const [there] = (await ask(jobOf(statement, { id: i, room: within }))) ?? [];
        assert.is((there?.length ?? 0) > 0, fullChunks(statement) > 0);
        assert.equal(texts(there ?? []), texts(rowsHere(statement, within)), JSON.stringify(statement.tally));
      }
      facts.cases.remove(70_007);
      facts.issues.removeOfCases(new Set([70_007]));
      facts.surveys.removeOfCases(new Set([70_007]));
      facts.changed();
    }
  }),
);

threads('give one with another what one gives alone, whatever the filter and the groups', async () => {
  const shared = openThreads({ count: 2, fewestChunks: 1 }, silent);
  const some = new Set(Array.from({ length: 5000 }, (_, i) => i * 13));
  const [first] = tallies;
  if (!first) throw new Error('no tally');
  const scored: Tally = { ...first, filter: { ...first.filter, range: { score: [1, 3] } } };
  const worded: Tally = {
    ...first,
    by: ['wait_band', 'age_band'],
    filter: { ...first.filter, text: [{ words: ['lost'], isPrefix: false }] },
  };
  const asked: [Tally[], FoundCases][] = [
    [tallies.filter(({ fact }) => fact === 'case'), found],
    [tallies.filter(({ fact }) => fact === 'case_issue'), found],
    [[worded], { text: some, score: null }],
    [[scored], { text: null, score: some }],
  ]; // prettier-ignore
  try {
    for (const [list, cases] of asked) {
      const statements = planStatements(list, false);
      const [together, alone] = [0, 1].map(() => openPass(facts, statements, { found: cases, room, budget: openBudget() }));
      if (!together || !alone) throw new Error('no pass');
      const pass = shared.share(facts, { pass: together, statements, found: cases, room, budget: openBudget() });
      if (!pass) throw new Error('not shared');
      // Nothing is taken here before somebody else has taken something.
      while ((await pass.rows()).length === 0) await pause(2);
      for (const index of pass.chunks()) together.over(index);
      const others = await pass.rows();
      const { chunks } = facts.view(list[0]?.fact ?? 'case');
      for (let index = 0; index < chunks; index++) alone.over(index);
      const [own, all] = [together.rows(), alone.rows()];
      for (const [i, statement] of statements.entries()) {
        assert.equal(
          texts(mergeRows([own[i] ?? [], ...others.map((rows) => rows[i] ?? [])])),
          texts(all[i] ?? []),
          JSON.stringify(statement),
        );
        assert.ok(all[i]?.length);
      }
    }
  } finally {
    await shared.close();
  }
  const statements = planStatements(tallies, false);
  const budget = openBudget();
  assert.is(
    shared.share(facts, { pass: { mostGroups: 1 }, statements, found, room, budget }),
    null,
    'nothing is shared once they are closed',
  );
});

threads('do with what is given to them anew after they were to forget, and are not asked where groups are many', async () => {
  const shared = openThreads({ count: 1, fewestChunks: 1 }, silent);
  const means = { texts: new Map(), budget: openBudget(), threads: shared };
  try {
    const alone = await tallyFacts(facts, tallies, { ...means, threads: null });
    for (const what of ['all', 'unasked', 'all'] as const) {
      facts.changed();
      assert.equal((await tallyFacts(facts, tallies, means)).map(plainRows), alone.map(plainRows)); // prettier-ignore
      shared.forget(what);
    }
    const statements = planStatements(tallies, false);
    assert.is(shared.share(facts, { pass: { mostGroups: 1e6 }, statements, found, room, budget: openBudget() }), null);
  } finally {
    await shared.close();
  }
});

threads('have nothing to do once everything is taken, and say when there are too many groups', () =>
  withThread(facts, async (ask) => {
    const [statement] = planStatements(tallies, false);
    if (!statement) throw new Error('no statement');
    const job = jobOf(statement);
    takeAll(job.claims);
    assert.equal(await ask(job), [[]]);
    assert.is(await ask(jobOf(statement, { id: 2, mostGroups: 3 })), null);
    assert.is((await ask(jobOf(statement, { id: 3 })))?.length, 1);
  }),
);

threads('that end are lost, and columns that are damaged are told apart from it', async () => {
  const [statement] = planStatements(tallies, false);
  if (!statement) throw new Error('no statement');
  const thread = new Thread(silent);
  const lost = thread.begin(facts, { is: 'facts', tables: facts.shared() }, jobOf(statement));
  await thread.close();
  assert.instance(await lost.catch((error: unknown) => error), ThreadLost);
  assert.not(thread.isIdle);

  const folder = path.join(temp.dir, 'kept');
  await saveFacts(folder, facts, { store: 'this one', change });
  const file = path.join(folder, 'case_fact.arrow');
  damage(file, statSync(file).size);
  const loaded = loadFacts(folder, 'this one');
  if (!loaded) throw new Error('nothing was kept');
  await withThread(loaded.facts, async (ask) => {
    const all = planStatements(tallies, false).map((one, i) => () => ask(jobOf(one, { id: i })));
    const errors: unknown[] = [];
    for (const one of all) await one().catch((error: unknown) => errors.push(error));
    assert.ok(errors.length > 0);
    for (const error of errors) assert.instance(error, UnreadableSnapshot);
  });
  loaded.close();
});

/** Turns bits over, all along the first chunk. */
function damage(file: string, bytes: number): void {
  const handle = openSync(file, 'r+');
  const byte = Buffer.alloc(1);
  for (let at = 100_000; at < bytes / 3; at += 20_000) {
    readSync(handle, byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 255;
    writeSync(handle, byte, 0, 1, at);
  }
  closeSync(handle);
}

threads('take every block once, whoever comes first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 4 }), { maxLength: 60 }), (count, of, turns) => {
      const blocks = Array.from({ length: count }, (_, i): Block => [i, i + 1]);
      const claims = openClaims(count);
      const takers = Array.from({ length: of }, (_, who) => take(blocks, claims, who, of));
      const taken: number[] = [];
      const next = (who: number) => {
        const step = takers[who]?.next();
        if (step && !step.done) taken.push(step.value[0]);
      };
      for (const turn of turns) next(turn % of);
      for (let who = 0; who < of; who++) for (let i = 0; i <= count; i++) next(who);
      assert.equal(taken.sort((a, b) => a - b), blocks.map(([from]) => from)); // prettier-ignore
    }),
  ); // prettier-ignore
});

threads('keep the rows of a case together where cases are counted', () => {
  const ids = [[1, 1, 2], [2, 2, 2], [2, 3, 4], [5, 5, 5], [6, 7, 7], [7, 8, 8]]; // prettier-ignore
  const column = { chunk: (index: number) => chunkOf(Float64Array.from(ids[index] ?? [])), bounds: () => ({ least: 1, most: 8 }) };
  const view = { chunks: ids.length, rowsIn: () => 3, column: () => column };
  assert.equal(blocksOf(view, 6, true), [[0, 3], [3, 4], [4, 6]]); // prettier-ignore
  // The last full chunk begins a case that goes on in one that is not.
  assert.equal(blocksOf(view, 5, true), [[0, 3], [3, 4]]); // prettier-ignore
  assert.equal(blocksOf(view, 2, false), [[0, 1], [1, 2]]); // prettier-ignore
});

threads('put rows together that several have of the same group, bins in the order of time', () => {
  const bin = fc.oneof(fc.nat({ max: 200 }), fc.integer({ min: -4, max: -1 }));
  const minutes = (value: number) => (value < 0 ? (-1 - value) * 60 + 59.5 : value);
  const bins = fc.uniqueArray(bin, { maxLength: 12 }).map((list) => Int32Array.from(list.sort((a, b) => minutes(a) - minutes(b)).flatMap((value, i) => [value, i + 1]))); // prettier-ignore
  const row = fc.record({ date: fc.constantFrom('', '2026-01-01'), keys: fc.tuple(fc.nat({ max: 2 })).map((keys): number[] => [...keys]), bins, sums: fc.array(fc.nat({ max: 9 }), { minLength: 2, maxLength: 2 }) }); // prettier-ignore
  const part = fc.uniqueArray(row, { selector: ({ date, keys }) => `${date} ${keys.join()}`, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const merged = mergeRows(parts);
      const asTallies = (rows: readonly StatementRow[]) => plainRows(rows.map(({ date, ...rest }) => ({ bucket: date, ...rest }))); // prettier-ignore
      assert.equal(asTallies(merged), asTallies(parts.flat()));
      assert.is(new Set(merged.map(({ date, keys }) => `${date} ${keys.join()}`)).size, merged.length);
      for (const { bins: list } of merged) {
        const order = Array.from({ length: (list?.length ?? 0) / 2 }, (_, i) => minutes(list?.[2 * i] ?? 0));
        assert.ok(order.every((at, i) => i === 0 || at > (order[i - 1] ?? 0))); // prettier-ignore
      }
    }),
  );
});

threads.run();
