import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore, type Store } from '../etl/store/open.ts';
import { answer } from '../queries/answer.ts';
import { openCube } from '../queries/cube/cube.ts';
import { loadFacts, storeIdentity } from '../queries/cube/snapshot.ts';
import type { QueryDeps } from '../queries/prepare.ts';
import { integersOfRows, openDuckdb, type Duckdb } from './engine-duckdb.ts';
import { factsKnownAt, fillFacts } from './engine-facts.ts';
import { floorIntegers, floorPass } from './engine-floor.ts';
import { differenceOf, integersOfTable, panels, type Integers } from './engine-panels.ts';
import { overPostgresql } from './engine-postgresql.ts';
import { ratiosOf, reportOf, type Found } from './engine-report.ts';
import { timed, type Taken } from './engine-timing.ts';
import type { BenchReport } from './report.ts';

const often = { runs: 9, most: 60_000 };
/** A statement of a store takes minutes over ten million rows. */
const slow = { runs: 5, most: 40_000 };
/** Rows up to which PostgreSQL is filled and asked: beyond it copying takes longer than everything else. */
const mostCopied = 2_000_000;
const kaplanMeier = 'resolution by Kaplan–Meier';
const single = 'best single statement';

/**
 * The nine panels of the design over generated cases, by every system that can answer them: the cube, our SQL on SQLite and PostgreSQL, DuckDB a
 * statement a panel and in one statement, and a loop written for nothing else. All have to give the same whole numbers before they are timed.
 * @param store a folder for the cases, which are made there the first time and used the next; absent: they are made and removed again
 */
export async function benchEngine({ rows, store: keptIn }: { rows: number; store?: string | undefined }): Promise<BenchReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-bench-'));
  const dataDir = keptIn ?? path.join(folder, 'store');
  const snapshotDir = path.join(dataDir, 'cube');
  const store = await openStore({ dataDir });
  try {
    const begun = performance.now();
    await haveFacts(store, rows);
    const filled = performance.now() - begun;
    const bytes = statSync(path.join(dataDir, 'silverlining.sqlite')).size;
    const { expected, ...cube } = await timeCube(store, snapshotDir);
    const start = startFrom(dataDir, snapshotDir);
    const floor = await timeFloor(store, snapshotDir, expected);
    const duckdb = await timeDuckdb(store, folder, expected);
    const sqlite = await timeSql(store, expected);
    const copied =
      rows <= mostCopied ? overPostgresql(store.reader, rows, path.join(folder, 'postgresql'), (s) => timeSql(s, expected)) : null;
    const postgresql = await copied;
    const found: Found = { rows, filled, bytes, cube, start, floor, duckdb, sqlite, postgresql };
    return reportOf(found, ratiosOf(found));
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function haveFacts(store: Store, rows: number): Promise<void> {
  const found = await store.reader('case_fact').count({ n: '*' }).first<{ n: number }>();
  if (found.n === rows) return;
  if (found.n > 0) throw new Error(`the store has ${found.n} cases, not ${rows}; name another folder`);
  await fillFacts(store, rows);
}

function depsOf(store: Store): QueryDeps {
  const organisation = { name: 'bench', zone: null, currency: 'EUR' };
  return { reader: store.reader, organisation, now: () => factsKnownAt, bounds: { timeout: 3_600_000 } };
}

/** What the panels show by an engine, its tables made whole. */
async function ask(deps: QueryDeps, engine: 'cube' | 'sql', which = panels): Promise<Integers[]> {
  const { tables, engine: by } = await answer(deps, which.map((panel) => panel.query)); // prettier-ignore
  if (by !== engine) throw new Error(`answered by ${by}, not ${engine}`);
  return which.map((panel, i) => integersOfTable(panel, tables[i]));
}

function compare(system: string, expected: readonly Integers[], found: readonly Integers[]): void {
  for (const [i, panel] of panels.entries()) {
    const difference = differenceOf(panel.name, expected[i] ?? {}, found[i] ?? {});
    if (difference) throw new Error(`${system} differs from the cube: ${difference}`);
  }
}

async function timeCube(store: Store, snapshotDir: string): Promise<Found['cube'] & { expected: Integers[] }> {
  const cube = openCube({ reader: store.reader, log: () => undefined, mostBytes: Infinity, snapshotDir });
  try {
    const begun = performance.now();
    await cube.fill();
    const filled = performance.now() - begun;
    const deps = { ...depsOf(store), cube };
    const queries = panels.map((panel) => panel.query);
    const together = await timed(() => answer(deps, queries), often);
    // What a filter leaves is kept: who leaves out one agent more each time asks with one that is not.
    let left = 0;
    const otherFilter = () => {
      left += 1;
      return queries.map((query) => ({ ...query, where: { ...query.where, not: { agent: [`agent ${left}`] } } }));
    };
    const anew = await timed(() => answer(deps, otherFilter()), often);
    const expected = await ask(deps, 'cube');
    const apart: Taken[] = [];
    for (const { query } of panels) apart.push(await timed(() => answer(deps, [query]), often));
    return { filled, together, anew, apart, expected };
  } finally {
    await cube.close();
  }
}

/** A process of its own from the start to the first answer to all panels, off the files kept. */
function startFrom(dataDir: string, snapshotDir: string): Found['start'] {
  const script = fileURLToPath(new URL('engine-start.ts', import.meta.url));
  const said = execFileSync(process.execPath, ['--import', 'tsx', script, dataDir, snapshotDir], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(said) as Found['start']; // written by the script as this
}

async function timeFloor(store: Store, snapshotDir: string, expected: readonly Integers[]): Promise<Taken> {
  const loaded = loadFacts(snapshotDir, await storeIdentity(store.reader));
  if (!loaded) throw new Error('the facts were not kept');
  try {
    compare('the plain pass', expected, floorIntegers(floorPass(loaded.facts)));
    return await timed(() => floorPass(loaded.facts), often);
  } finally {
    loaded.close();
  }
}

async function timeDuckdb(store: Store, folder: string, expected: readonly Integers[]): Promise<Found['duckdb']> {
  const begun = performance.now();
  const duckdb = await openDuckdb(store.reader, folder, cpus().length);
  try {
    const loaded = performance.now() - begun;
    compare('DuckDB', expected, await integersOf(duckdb));
    const times: Record<string, Taken> = {};
    for (const name of duckdb.names) times[name] = await timed(() => duckdb.run(name), often);
    const { [kaplanMeier]: km, [single]: best, ...apart } = times;
    if (!km || !best) throw new Error('duckdb.sql lacks a statement');
    return { version: duckdb.version, loaded, apart: panels.map(({ name }) => apart[name] ?? km), kaplanMeier: km, best };
  } finally {
    duckdb.close();
  }
}

/** Its own quantiles are of the cases resolved alone; the Kaplan–Meier variant gives ours. */
async function integersOf(duckdb: Duckdb): Promise<Integers[]> {
  const found: Integers[] = [];
  for (const { name, query } of panels) {
    const rows = await duckdb.run(name.startsWith('resolution') ? kaplanMeier : name);
    found.push(integersOfRows(rows, query.by.length + (query.grain ? 1 : 0)));
  }
  return found;
}

async function timeSql(store: Store, expected: readonly Integers[]): Promise<Taken[]> {
  const deps = depsOf(store);
  const found: Integers[] = [];
  const times: Taken[] = [];
  for (const panel of panels) {
    times.push(
      await timed(async () => {
        const [integers = {}] = await ask(deps, 'sql', [panel]);
        found[times.length] ??= integers;
      }, slow),
    );
  }
  compare(store.engine, expected, found);
  return times;
}
