import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { csv } from '../../etl/connectors/csv.ts';
import { sql } from '../../etl/connectors/sql.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunReport } from '../../etl/run.ts';
import { openStore, type Store } from '../../etl/store/open.ts';
import { makeTicketDatabase, recoveryMaps, ticketLines, type RecoveryKind } from './recovery-data.ts';
import { pictureOf } from './recovery-picture.ts';

const childScript = fileURLToPath(new URL('recovery-child.ts', import.meta.url));
// Small batches: a run has many moments between which it can be killed.
const batchSize = 200;

/** A folder with the input of one kind of run, and what an undisturbed run makes of it. */
export interface Recovery {
  kind: RecoveryKind;
  dir: string;
  /** Milliseconds from the beginning of the undisturbed run to its end. */
  duration: number;
  /** Everything the undisturbed run left in its store; see {@link pictureOf}. */
  expected: Record<string, string[]>;
  close: () => void;
}

/** Makes the input of a kind of run and lets a process of its own read it to its end. */
export async function prepareRecovery(kind: RecoveryKind): Promise<Recovery> {
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-kill-'));
  if (kind === 'pull') await makeTicketDatabase(path.join(dir, 'desk.sqlite'));
  else writeFileSync(path.join(dir, 'cases.csv'), ticketLines(kind).join('\n'));
  const data = await newStore(dir, 'whole');
  const child = startChild(kind, dir, data);
  await child.begun;
  const begun = performance.now();
  const { signal, code } = await child.ended;
  if (code !== 0) throw new Error(`the undisturbed run ended with ${signal ?? code}`);
  const duration = performance.now() - begun;
  const expected = await withStore(data, (store) => pictureOf(store));
  return { kind, dir, duration, expected, close: () => rmSync(dir, { recursive: true, force: true }) };
}

/** What a run that was killed, and the one after it, came to. */
export interface Killed {
  /** Rows the killed run had committed. */
  readBefore: number;
  report: RunReport;
  picture: Record<string, string[]>;
  /** Answer of SQLite's check of the whole file. */
  integrity: string;
  running: number;
  locked: number;
}

/**
 * Kills the process of a run at a random moment between its first statement and its end, and runs again.
 * @returns null when the run was over before the signal came: nothing was tried then
 */
export async function killOnce({ kind, dir, duration }: Recovery): Promise<Killed | null> {
  const data = await newStore(dir, randomUUID());
  try {
    const child = startChild(kind, dir, data);
    await child.begun;
    await pause(Math.random() * duration);
    child.kill();
    const { signal } = await child.ended;
    if (signal !== 'SIGKILL') return null;
    return await withStore(data, async (store) => {
      const readBefore = await one(store, 'select coalesce(sum(read), 0) from pipeline_run');
      const report = await importKind(kind, dir, store);
      return {
        readBefore: Number(readBefore),
        report,
        picture: await pictureOf(store),
        integrity: String(await one(store, 'pragma integrity_check')),
        running: Number(await one(store, `select count(*) from pipeline_run where state = 'running'`)),
        locked: Number(await one(store, 'select count(*) from source_state where locked_by is not null')),
      };
    });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** One run of a kind: of a CSV file from its start, or of a table from where the run before it ended. */
export function importKind(kind: RecoveryKind, dir: string, store: Store): Promise<RunReport> {
  const map = readMap(recoveryMaps[kind], `${kind}.yaml`);
  const common = { store, map, startedBy: 'command', now: () => Math.floor(Date.now() / 1000), log: () => undefined, batchSize };
  if (kind !== 'pull') return runImport({ ...common, connector: csv, options: { file: path.join(dir, 'cases.csv') }, input: 'cases.csv' });
  const options = sql.options.parse({
    file: path.join(dir, 'desk.sqlite'),
    table: 'ticket',
    key: 'id',
    watermark: 'updated_at',
    overlap: 0,
    batch_rows: 150,
  });
  return runImport({ ...common, connector: sql, options, input: null, since: 'cursor', through: 'run_start' });
}

function startChild(kind: RecoveryKind, dir: string, data: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', childScript, kind, dir, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code, signal }));
  });
  const begun = Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), ended]);
  return { begun, ended, kill: () => child.kill('SIGKILL') };
}

/** An empty store; customers have the same hashes in all of them. */
async function newStore(dir: string, name: string): Promise<string> {
  const data = path.join(dir, name);
  mkdirSync(data);
  await withStore(data, (store) => store.writer('setting').insert({ name: 'customer_secret', value: 'the same in every store' }));
  return data;
}

async function withStore<T>(dataDir: string, work: (store: Store) => PromiseLike<T>): Promise<T> {
  const store = await openStore({ dataDir });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function one(store: Store, sql: string): Promise<unknown> {
  const rows = await store.reader.raw<Record<string, unknown>[]>(sql);
  return Object.values(rows[0] ?? {})[0];
}
