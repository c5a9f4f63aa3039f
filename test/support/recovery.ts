import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { csv } from '../../etl/connectors/csv.ts';
import { sql } from '../../etl/connectors/sql.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunReport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { changeTickets, makeTicketDatabase, recoveryMaps, ticketLines, type RecoveryKind } from './recovery-data.ts';
import { pictureOf } from './recovery-picture.ts';
import { copyTestStore, engine, openTestStore, removeTestStore, rowsOf } from './test-store.ts';

const childScript = fileURLToPath(new URL('recovery-child.ts', import.meta.url));
// Small batches: a run has many moments between which it can be killed.
const batchSize = 200;
/** Rows a pull asks for at once. */
export const pageRows = 150;

/** A folder with the input of one kind of run, and what an undisturbed run makes of it. */
export interface Recovery {
  kind: RecoveryKind;
  dir: string;
  /** The store every run begins with. */
  before: string;
  /** Rows that runs before it have read. */
  readEarlier: number;
  /** Rows there are to read. */
  rows: number;
  /** Milliseconds from the beginning of the undisturbed run to its first batch, and to its end, both without start and end of its process. */
  duration: { firstBatch: number; whole: number };
  /** Everything the undisturbed run left in its store; see {@link pictureOf}. */
  expected: Record<string, string[]>;
  close: () => void;
}

/** Makes the input of a kind of run and lets a process of its own read it to its end. A pull goes on from one there was before. */
export async function prepareRecovery(kind: RecoveryKind): Promise<Recovery> {
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-kill-'));
  const before = path.join(dir, 'before');
  mkdirSync(before);
  const readEarlier = await withStore(before, async (store) => {
    // Customers have the same hashes in all stores.
    await store.writer('setting').insert({ name: 'customer_secret', value: 'the same in every store' });
    if (kind !== 'pull') return 0;
    await makeTicketDatabase(ticketFile(dir));
    return (await importKind(kind, dir, store)).read;
  });
  let rows = 2000;
  if (kind === 'pull') rows = await changeTickets(ticketFile(dir));
  else writeFileSync(path.join(dir, 'cases.csv'), ticketLines(kind).join('\n'));
  const data = await copyStore({ dir, before }, 'whole');
  const child = startChild(kind, dir, data);
  await child.said('.');
  const begun = performance.now();
  await child.said('+');
  const firstBatch = performance.now() - begun;
  await child.said('!');
  const whole = performance.now() - begun;
  const { signal, code } = await child.ended;
  if (code !== 0) throw new Error(`the undisturbed run ended with ${signal ?? code}`);
  const expected = await withStore(data, (store) => pictureOf(store));
  const close = (): void => rmSync(dir, { recursive: true, force: true });
  return { kind, dir, before, readEarlier, rows, duration: { firstBatch, whole }, expected, close };
}

/** What a run that was killed, and the one after it, came to. */
export interface Killed {
  /** Rows the killed run had committed. */
  readBefore: number;
  report: RunReport;
  picture: Record<string, string[]>;
  /** Answer of SQLite's check of the whole file; PostgreSQL has none to give. */
  integrity: string;
  running: number;
  locked: number;
}

/** When a run is killed: at a random moment of all of it, or after its first batch. */
export type Aim = 'anywhere' | 'after a batch';

/**
 * Kills the process of a run at a random moment between its first statement and its end, and runs again.
 * @returns null when the run was over before the signal came: nothing was tried then
 */
export async function killOnce(recovery: Recovery, aim: Aim): Promise<Killed | null> {
  const { kind, dir, duration, readEarlier } = recovery;
  const data = await copyStore(recovery, randomUUID());
  try {
    const child = startChild(kind, dir, data);
    await child.said(aim === 'anywhere' ? '.' : '+');
    await pause(Math.random() * (aim === 'anywhere' ? duration.whole : duration.whole - duration.firstBatch));
    child.kill();
    const { signal } = await child.ended;
    if (signal !== 'SIGKILL' || child.hasSaid('!')) return null;
    return await withStore(data, async (store) => {
      const readBefore = await one(store, 'select coalesce(sum(read), 0) from pipeline_run');
      const report = await importKind(kind, dir, store);
      return {
        readBefore: Number(readBefore) - readEarlier,
        report,
        picture: await pictureOf(store),
        integrity: engine === 'sqlite' ? String(await one(store, 'pragma integrity_check')) : 'ok',
        running: Number(await one(store, `select count(*) from pipeline_run where state = 'running'`)),
        locked: Number(await one(store, 'select count(*) from source_state where locked_by is not null')),
      };
    });
  } finally {
    await removeTestStore(data);
  }
}

/** One run of a kind: of a CSV file from its start, or of a table from where the run before it ended. */
export function importKind(kind: RecoveryKind, dir: string, store: Store, onProgress = (): unknown => undefined): Promise<RunReport> {
  const map = readMap(recoveryMaps[kind], `${kind}.yaml`);
  // One clock for all runs, so that they also know their source until the same instant.
  const now = () => Date.UTC(2026, 0) / 1000;
  const common = { store, map, startedBy: 'command', now, log: () => undefined, batchSize, onProgress: () => void onProgress() };
  if (kind !== 'pull') return runImport({ ...common, connector: csv, options: { file: path.join(dir, 'cases.csv') }, input: 'cases.csv' });
  const options = sql.options.parse({
    file: ticketFile(dir),
    table: 'ticket',
    key: 'id',
    watermark: 'updated_at',
    overlap: 0,
    batch_rows: pageRows,
  });
  return runImport({ ...common, connector: sql, options, input: null, since: 'cursor', through: 'run_start' });
}

function startChild(kind: RecoveryKind, dir: string, data: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', childScript, kind, dir, data], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  const hasSaid = (sign: string): boolean => text.includes(sign);
  const said = async (sign: string): Promise<void> => {
    while (!hasSaid(sign)) if ((await Promise.race([once(child.stdout, 'data').then(() => null), ended])) !== null) return;
  };
  return { said, hasSaid, ended, kill: () => child.kill('SIGKILL') };
}

function ticketFile(dir: string): string {
  return path.join(dir, 'desk.sqlite');
}

async function copyStore({ dir, before }: Pick<Recovery, 'dir' | 'before'>, name: string): Promise<string> {
  const data = path.join(dir, name);
  await copyTestStore(before, data);
  return data;
}

async function withStore<T>(dataDir: string, work: (store: Store) => PromiseLike<T>): Promise<T> {
  const store = await openTestStore(dataDir);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

async function one(store: Store, sql: string): Promise<unknown> {
  const rows = await rowsOf<Record<string, unknown>>(store.reader, sql);
  return Object.values(rows[0] ?? {})[0];
}
