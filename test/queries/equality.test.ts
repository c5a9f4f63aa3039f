// time limit: 600 s
// one run: holds SQLite and PostgreSQL against each other itself
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { openStore, type Store } from '../../etl/store/open.ts';
import { answer } from '../../queries/answer.ts';
import { readCatalog } from '../../queries/catalog.ts';
import { openCube, type Cube } from '../../queries/cube/cube.ts';
import { sqlExecutor, type Executor } from '../../queries/executor.ts';
import type { Query } from '../../queries/model/query.ts';
import { copyDatabase, newDatabases } from '../support/databases.ts';
import { equalitySeed } from '../support/equality-seed.ts';
import { startPostgresql } from '../support/postgresql.ts';
import { tempStore } from '../support/store.ts';
import { plainRows } from '../support/tally-rows.ts';
import { historyCurrency, loadFirst, loadLater, markDuplicates } from './history-store.ts';
import { judgedQueries, namedQuery, type DrawnQuery } from './random-queries.ts';
import { histories, historyNow, type History } from './random-histories.ts';

const equality = suite('one answer from SQLite, PostgreSQL and memory');
const asked = { histories: 44, queries: 50, before: 10, request: 5 } as const;

/** One way to answer: what executes tallies, over which store. */
interface Engine {
  name: string;
  store: Store;
  executor: () => Promise<Executor>;
}

/** What an engine made of a request: every tally it was asked for with its integers, and the finished tables; or what it refused. */
type Told = { tallies: unknown[]; tables: unknown } | { problems: unknown };

async function told({ store, executor }: Engine, queries: readonly Query[]): Promise<Told> {
  const tallies: unknown[] = [];
  const own = await executor();
  const recording: Executor = {
    name: own.name,
    async tally(wanted, budget) {
      const rows = await own.tally(wanted, budget);
      wanted.forEach((tally, i) => tallies.push({ tally, rows: plainRows(rows[i] ?? []) }));
      return rows;
    },
  };
  const deps = {
    reader: store.reader,
    organisation: { name: 'test', zone: null, currency: historyCurrency },
    now: () => historyNow,
    cube: { executor: () => Promise.resolve(recording) },
    // A busy machine is no disagreement.
    bounds: { timeout: 300_000 },
  };
  try {
    const { tables, asOf } = await answer(deps, queries);
    return { tallies, tables: { tables, asOf } };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { problems: error.problems };
  }
}

/** Whether the engines differ over a request. */
async function differ(engines: readonly Engine[], queries: readonly Query[]): Promise<boolean> {
  const answers = await Promise.all(engines.map((engine) => told(engine, queries)));
  return answers.some((other) => !isDeepStrictEqual(other, answers[0]));
}

/** Fails with the shortest request over which the engines still differ, and with what each makes of it. */
async function blame(engines: readonly Engine[], queries: readonly Query[]): Promise<never> {
  let shortest = queries;
  for (let isShorter = true; isShorter;) {
    isShorter = false;
    for (const shorter of shorterThan(shortest))
      if (await differ(engines, shorter)) {
        [shortest, isShorter] = [shorter, true];
        break;
      }
  }
  const [first, ...others] = await Promise.all(engines.map((engine) => told(engine, shortest)));
  others.forEach((other, i) =>
    assert.equal(other, first, `${engines[i + 1]?.name} is not ${engines[0]?.name}: ${JSON.stringify(shortest)}`),
  );
  throw new Error(`an answer that is not always the same: ${JSON.stringify(queries)}`);
}

function shorterThan(queries: readonly Query[]): Query[][] {
  if (queries.length > 1) return queries.map((query) => [query]);
  return queries.flatMap((query) => {
    const { measures, by, where } = query;
    const without = <T extends object>(given: T, key: string) => Object.fromEntries(Object.entries(given).filter(([name]) => name !== key));
    const simpler: Query[] = [
      ...(measures.length > 1 ? measures.map((name) => ({ ...query, measures: [name], order: null })) : []),
      ...by.map((name) => ({ ...query, by: by.filter((other) => other !== name), order: null, limit: by.length > 1 ? query.limit : null })),
      ...Object.keys(where.members).map((name) => ({ ...query, where: { ...where, members: without(where.members, name) } })),
      ...Object.keys(where.not).map((name) => ({ ...query, where: { ...where, not: without(where.not, name) } })),
      ...Object.keys(where.range).map((name) => ({ ...query, where: { ...where, range: without(where.range, name) } })),
      ...(where.text ? [{ ...query, where: { ...where, text: '' } }] : []),
      ...(['compare', 'order', 'limit', 'asOf', 'grain'] as const).flatMap((key) => (query[key] === null ? [] : [{ ...query, [key]: null, ...(key === 'grain' && { order: null }) }])),
      ...(['signals', 'pareto', 'fair'] as const).flatMap((key) => (query[key] ? [{ ...query, [key]: false }] : [])),
      ...(query.against ? [{ ...query, against: null }] : []),
      ...(query.time === 'business' ? [{ ...query, time: 'elapsed' as const }] : []),
    ]; // prettier-ignore
    return simpler.map((one) => [one]);
  });
}

async function compare(engines: readonly Engine[], drawn: readonly DrawnQuery[]): Promise<void> {
  const [first] = engines;
  if (!first) return;
  const catalog = await readCatalog(first.store.reader);
  const queries = drawn.map((one) => namedQuery(one, catalog));
  for (let at = 0; at < queries.length; at += asked.request) {
    const request = queries.slice(at, at + asked.request);
    if (await differ(engines, request)) await blame(engines, request);
  }
}

/** What cannot be followed is read anew. */
async function executorOf(cube: Cube): Promise<Executor> {
  if (!(await cube.executor())) await cube.fill();
  const executor = await cube.executor();
  if (!executor) throw new Error('the facts are not in memory');
  return executor;
}

equality('holds for random queries over random histories', async () => {
  const server = await startPostgresql();
  const databases = await newDatabases(server.url);
  const temp = await tempStore();
  let queries = 0;
  const askAll = async (history: History, drawn: readonly DrawnQuery[]) => {
    const sqlite = await tempStore();
    const copy = `${databases.model}_copy`;
    const postgresql = await openStore({ dataDir: temp.dir, databaseUrl: await copyDatabase(server.url, databases.model, copy) });
    const cube = openCube({ reader: sqlite.store.reader, log: () => undefined });
    const engines: Engine[] = [
      { name: 'SQL on SQLite', store: sqlite.store, executor: () => Promise.resolve(sqlExecutor(sqlite.store.reader)) },
      { name: 'SQL on PostgreSQL', store: postgresql, executor: () => Promise.resolve(sqlExecutor(postgresql.reader)) },
      { name: 'the cube', store: sqlite.store, executor: () => executorOf(cube) },
    ];
    try {
      await Promise.all([loadFirst(sqlite.store, history), loadFirst(postgresql, history)]);
      await cube.fill();
      await compare(engines, drawn.slice(0, asked.before));
      await Promise.all([markDuplicates(sqlite.store, history), markDuplicates(postgresql, history)]);
      await Promise.all([loadLater(sqlite.store, history), loadLater(postgresql, history)]);
      await compare(engines, drawn.slice(asked.before));
      queries += drawn.length;
    } finally {
      await cube.close();
      await Promise.all([sqlite.close(), postgresql.close()]);
      await databases.drop(copy);
    }
  };
  const request = fc.noShrink(fc.array(judgedQueries, { minLength: asked.queries, maxLength: asked.queries }));
  const seed = equalitySeed();
  try {
    // A run that fails is made smaller for some minutes, and told before the time of the file is over.
    await fc.assert(fc.asyncProperty(histories, request, askAll), {
      numRuns: asked.histories,
      seed,
      // Of a failure that was made smaller: only that.
      ...(process.env.EQUALITY_PATH ? { path: process.env.EQUALITY_PATH, endOnFailure: true } : {}),
      interruptAfterTimeLimit: 300_000,
      markInterruptAsFailure: true,
      includeErrorInReport: true,
    });
    assert.ok(queries >= 2000, `only ${queries} queries were asked`);
  } catch (error) {
    throw new Error(`draw the same again with EQUALITY_SEED=${seed}\n${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  } finally {
    await temp.close();
    await databases.close();
    await server.stop();
  }
});

equality.run();
