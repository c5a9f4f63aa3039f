import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csv } from '../etl/connectors/csv.ts';
import { BadInput, SourceFailed } from '../etl/errors.ts';
import { localDate } from '../etl/local-time.ts';
import type { Log } from '../etl/log.ts';
import type { RecordMap } from '../etl/map.ts';
import { runImport, type RunProgress, type RunReport } from '../etl/run.ts';
import type { Store } from '../etl/store/open.ts';
import { projectDir } from './project-dir.ts';

/** Name of the source that holds the demo data. */
export const demoSource = 'demo';
const seed = 1;
const untilSetting = 'demo_until';

export interface DemoOptions {
  store: Store;
  map: RecordMap;
  now: () => number;
  log: Log;
  say: (line: string) => void;
  /** Told how far the load is; `size` is the length of the file in bytes. */
  onProgress: (progress: RunProgress, size: number) => void;
  /** Ends the work; what is loaded stays. */
  signal: AbortSignal;
}

/** Whether the demo data is to be loaded: the store holds no case, or a load of it was cut short. */
export async function needsDemo(store: Store): Promise<boolean> {
  const state = await store.reader<{ source: number; name: string }>('source_state').where({ name: demoSource }).first('source');
  if (!state) return (await store.reader('case_fact').first('case_id')) === undefined;
  return (await store.reader('pipeline_run').where({ source: state.source, state: 'done' }).first('run_id')) === undefined;
}

/**
 * Makes three years of an imagined company up to today and loads them as any other file. A load that was cut short goes on
 * with the same data, also on another day.
 */
export async function loadDemo(options: DemoOptions): Promise<RunReport> {
  const { store, map, now, log, say, onProgress, signal } = options;
  const until = await firstUntil(store, lastFullDay(now(), map.zone));
  const folder = await mkdtemp(path.join(tmpdir(), 'silverlining-demo-'));
  try {
    say('Making the demo data…');
    await generate(folder, until, signal);
    const file = await dataFile(folder);
    const { size } = await stat(file);
    say('Loading the demo data…');
    const input = path.basename(file);
    return await runImport({
      store, map, connector: csv, options: { ...map.input, file }, source: demoSource, mapName: demoSource, startedBy: 'start', input, now, log,
      onProgress(progress) {
        signal.throwIfAborted();
        onProgress(progress, size);
      },
    }); // prettier-ignore
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The data of a day end at five in the afternoon: earlier than that, today's would lie in the future. */
function lastFullDay(now: number, zone: string): string {
  return localDate(now - 17 * 3600, zone);
}

async function firstUntil(store: Store, day: string): Promise<string> {
  await store.writer('setting').insert({ name: untilSetting, value: day }).onConflict('name').ignore();
  const row = await store.writer<{ name: string; value: string }>('setting').where({ name: untilSetting }).first('value');
  return row?.value ?? day;
}

// The generator stands above us and is run, not imported.
async function generate(folder: string, until: string, signal: AbortSignal): Promise<void> {
  const args = ['--import', 'tsx', 'fixtures/generate.ts', '--seed', String(seed), '--until', until, '--plant', 'all', '--out', folder];
  const child = spawn(process.execPath, args, { cwd: projectDir, stdio: ['ignore', 'ignore', 'pipe'], signal });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0)
    throw new SourceFailed(demoSource, `the demo data could not be made: ${said.trim() || `exit code ${code}`}`, { retriable: true });
}

async function dataFile(folder: string): Promise<string> {
  const files = (await readdir(folder)).filter((file) => /\.csv(\.gz)?$/.test(file));
  const [file] = files;
  if (file === undefined || files.length > 1)
    throw new BadInput([{ field: demoSource, message: `expected one CSV file of the generator, found ${files.length}` }]);
  return path.join(folder, file);
}
