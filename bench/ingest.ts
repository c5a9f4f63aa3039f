import { execFileSync, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { sharedData } from '../test/support/shared-data.ts';
import { median, type BenchReport } from './report.ts';

interface Imported {
  read: number;
  inserted: number;
  rejected: number;
  seconds: number;
  rowsPerSecond: number;
  growth: number;
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** The map of {@link generatedLines}. */
export const plainMap = `
source: bench
zone: UTC
date: iso
key: id
fields:
  kind: { constant: complaint }
  received_at: received
  resolved_at: resolved
  channel: channel
  product: product
  issue: issue
  severity: severity
  team: team
  agent: agent
  outcome: outcome
  region: region
`;

/**
 * Imports files as the command does (map, validation, derivation, upsert) beside the shell's own `.import` of the same file into
 * a bare table: rows per second, our share of its rate, and how far memory grows. The Washington file where it is present, and a
 * generated one of `rows` rows.
 */
export async function benchIngest({ rows }: { rows: number }): Promise<BenchReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-bench-'));
  try {
    const files = [];
    const washington = sharedData('wa-ag-consumer-complaints/complaint_by_practice_2013-2018.csv.gz');
    if (washington) {
      const file = path.join(folder, 'washington.csv');
      await pipeline(createReadStream(washington), createGunzip(), createWriteStream(file));
      files.push({ name: 'washington (folded)', map: here('../fixtures/maps/wa-ag.yaml'), file });
    }
    const map = path.join(folder, 'bench.yaml');
    writeFileSync(map, plainMap);
    const generated = { name: `generated, ${rows} rows`, map, file: path.join(folder, 'generated.csv') };
    await pipeline(Readable.from(generatedLines(rows)), createWriteStream(generated.file));
    files.push(generated);

    const results = files.map(({ name, map, file }) => {
      const shell = [shellImport(folder, file)];
      const ours = child<Imported>('import', map, file, folder);
      shell.push(shellImport(folder, file));
      const shellSeconds = median(shell.filter((s) => s !== null));
      const shellRate = ours.read / shellSeconds;
      return { file: name, ...ours, shellRowsPerSecond: shellRate, ratio: ours.rowsPerSecond / shellRate, growthMb: ours.growth / 1e6 };
    });
    const stages = child<Record<string, number>>('profile', generated.map, generated.file, folder);
    return {
      title: 'Ingest: rows per second beside sqlite3 .import (goal: 0.4 of its rate on the generated file; memory growth under 300 MB)',
      lines: [
        ...results.map(
          (r) =>
            `${r.file.padEnd(26)} ${show(r.rowsPerSecond)} rows/s, .import ${show(r.shellRowsPerSecond)}, ratio ${r.ratio.toFixed(3)}, memory +${r.growthMb.toFixed(0)} MB, ${r.inserted} cases, ${r.rejected} rejected`,
        ),
        `processor time per generated row: ${Object.entries(stages)
          .map(([stage, us]) => `${stage} ${us.toFixed(1)} µs`)
          .join(', ')}`,
      ],
      figures: { files: results, stages, ratios: { ingest_import: results.at(-1)?.ratio ?? null } },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function child<T>(mode: 'import' | 'profile', map: string, file: string, folder: string): T {
  const args = ['--import', 'tsx', here('ingest-child.ts'), mode, map, file, folder];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as T;
}

/** Seconds of the shell's import, or null where there is no sqlite3 shell. */
function shellImport(folder: string, file: string): number | null {
  const database = path.join(folder, 'shell.sqlite');
  const start = performance.now();
  const { error, status } = spawnSync('sqlite3', [database, '.mode csv', `.import ${file} plain`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seconds = (performance.now() - start) / 1000;
  rmSync(database, { force: true });
  return error || status !== 0 ? null : seconds;
}

/** Three years of cases in order of receipt, the same for the same number of rows: 11 columns, no long text. */
export function* generatedLines(rows: number): Generator<string> {
  let seed = 20_251_122;
  const below = (n: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % n;
  };
  const of = (list: readonly string[]): string => list[below(list.length)] ?? '';
  const time = (instant: number): string => `${new Date(instant * 1000).toISOString().slice(0, 19)}Z`;
  yield 'id,received,resolved,channel,product,issue,severity,team,agent,outcome,region\n';
  for (let i = 0; i < rows;) {
    let block = '';
    for (const end = Math.min(rows, i + 1000); i < end; i++) {
      const received = 1_640_995_200 + Math.floor((i * 94_608_000) / rows);
      const resolved = below(10) < 9 ? time(received + below(5_000_000)) : '';
      block += `CASE-${String(i).padStart(8, '0')},${time(received)},${resolved},${of(channels)},Product ${below(12)},Issue number ${below(40)},${of(severities)},Team ${below(12)},Agent ${below(120)},${of(outcomes)},Region ${below(20)}\n`;
    }
    yield block;
  }
}
const channels = ['phone', 'web', 'email', 'letter', 'branch', 'chat', 'social', 'app'];
const severities = ['critical', 'high', 'medium', 'low'];
const outcomes = ['upheld', 'partly upheld', 'not upheld', ''];

function show(rate: number): string {
  return Number.isFinite(rate) ? Math.round(rate).toLocaleString('en') : 'not run';
}
