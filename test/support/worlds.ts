import { createReadStream, createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { csv } from '../../etl/connectors/csv.ts';
import { runImport } from '../../etl/run.ts';
import { openStore } from '../../etl/store/open.ts';
import { writeExport } from '../../fixtures/generator/export.ts';
import { ensureClient } from '../../server/build-client.ts';
import { findMap } from '../../server/commands/maps.ts';
import { startServer, type TestServer } from './server.ts';
import { sharedData } from './shared-data.ts';

/** What every screen must stand: data of each kind that has broken one. */
export const worldNames = ['demo', 'boston', 'washington', 'one', 'none', 'long', 'forty', 'cfpb', 'newyork'] as const;
export type WorldName = (typeof worldNames)[number];
/** Those made of public files, which not every machine has. */
export const publicWorlds: readonly WorldName[] = ['boston', 'washington', 'cfpb', 'newyork'];

/** A server over a data set. */
export interface World {
  name: WorldName;
  server: TestServer;
  /** A case of it; null where there is none. */
  caseId: number | null;
  /** The issue most of its cases are about; null where there is none. */
  issue: string | null;
  close(): Promise<void>;
}

interface Source {
  map: string;
  file: string;
}

/** The day the made-up data ends, and the clock of their servers. */
const until = '2026-11-15';
const day = 86_400;

/**
 * Loads a data set through the pipeline and serves it.
 * @param size how many cases the demo has, and how many lines of the public files are read; they stand at the top of the file
 * @returns null where the data of that name is not on this machine
 */
export async function openWorld(name: WorldName, size = Infinity): Promise<World | null> {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-world-'));
  const source = await sourceOf(name, folder, size);
  const entered = enteredIn(name);
  if (!source && !entered && name !== 'none') {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  const clientDir = await ensureClient(() => undefined);
  const store = await openStore({ dataDir: path.join(folder, 'store') });
  const now = (): number => Date.parse(`${until}T20:00:00Z`) / 1000;
  if (source) {
    const map = findMap(source.map);
    const options = { ...map.input, file: source.file };
    const input = path.basename(source.file);
    await runImport({ store, map, mapName: source.map, connector: csv, options, startedBy: 'command', input, now, log: () => undefined });
  }
  const server = await startServer({ store, clientDir, now, organisation: { name: 'Test company', zone: null, currency: null } });
  if (entered) {
    const response = await server.send('PUT', '/api/entries/3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86', entered);
    if (!response.ok) throw new Error(`the case of the data set “${name}” was not entered: ${await response.text()}`);
  }
  // One that was entered, and so is handled here, where there is one.
  const first = await store
    .reader<{ case_id: number }>('case_fact')
    .orderBy('case_id', entered ? 'desc' : 'asc')
    .first('case_id');
  const issue = await store
    .reader<{ name: string }>('case_fact as f')
    .join('label as l', (join) => join.on('l.code', 'f.issue').andOnVal('l.dimension', 'issue'))
    .groupBy('l.name')
    .orderByRaw('count(*) desc')
    .first<{ name: string } | undefined>('l.name');
  return {
    name,
    server,
    caseId: first?.case_id ?? null,
    issue: issue?.name ?? null,
    async close() {
      await server.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function sourceOf(name: WorldName, folder: string, size: number): Promise<Source | null> {
  switch (name) {
    case 'demo':
      await writeExport({ seed: 1, until, plant: 'all', size: Math.min(size, 60_000) }, folder);
      return { map: 'demo', file: path.join(folder, 'cases.csv') };
    case 'boston':
      return topOf('boston-311', 'boston-311-2011/311_service_requests_2011.csv.gz', folder, size);
    case 'washington':
      return topOf('wa-ag', 'wa-ag-consumer-complaints/complaint_by_practice_2013-2018.csv.gz', folder, size);
    case 'cfpb':
      return topOf('cfpb', 'cfpb-ccdb-2023/complaints_2023_truncated_1MiB.csv.gz', folder, size);
    case 'newyork':
      return topOf('nyc-mediated', 'nyc-dca-mediated-complaints/consumer_services_mediated_complaints_2015-2016.csv.gz', folder, size);
    case 'none':
    case 'one':
      return null;
    case 'long':
      return made(
        folder,
        Array.from({ length: 120 }, (_, i) => caseLine(i, i % 3 ? longLabel(`issue ${i % 5}`) : 'Late delivery', longLabel('product'))),
      );
    case 'forty':
      return made(
        folder,
        Array.from({ length: 800 }, (_, i) => caseLine(i, `Issue number ${1 + (i % 40)}`, `Product ${i % 7}`)),
      );
  }
}

/** What is typed into the form of a data set. */
function enteredIn(name: WorldName): Record<string, string> | null {
  const received = { kind: 'complaint', received_at: `${until}T09:00:00Z`, narrative: 'It came a week late.' };
  if (name === 'one') return { ...received, issue: 'Late delivery', product: 'Parcels', channel: 'web' };
  if (name !== 'long') return null;
  return {
    ...received,
    issue: longLabel('entered issue'),
    product: longLabel('product'),
    team: longLabel('team'),
    agent: longLabel('agent'),
  };
}

/** A label of 80 characters without a place to break the longest of its words. */
function longLabel(name: string): string {
  return `Beschwerdemanagementsoftwareaktualisierung of the ${name} after `.padEnd(80, 'renewal');
}

/** A line of a file of the map `standard`, the newest first, a case a day back from the end. */
function caseLine(i: number, issue: string, product: string): string {
  const at = (days: number) => new Date(Date.parse(`${until}T09:00:00Z`) - days * day * 1000).toISOString().slice(0, 19) + 'Z';
  const wait = 1 + ((i * 7) % 30);
  const isOpen = wait > i;
  return [`W-${i}`, 'complaint', at(i), issue, product, i % 2 ? 'phone' : 'web', isOpen ? '' : at(i - wait), at(i - 20)].join(',');
}

function made(folder: string, lines: string[]): Source {
  const file = path.join(folder, 'made.csv');
  writeFileSync(file, ['source_id,kind,received_at,issue,product,channel,resolved_at,due_at', ...lines, ''].join('\n'));
  return { map: 'standard', file };
}

/** The first lines of a public file, whose records are a line each or, where the file is short, all there. */
async function topOf(map: string, name: string, folder: string, size: number): Promise<Source | null> {
  const packed = sharedData(name);
  if (!packed || size === Infinity) return packed ? { map, file: packed } : null;
  const file = path.join(folder, path.basename(name, '.gz'));
  const out = createWriteStream(file);
  const lines = createInterface({ input: createReadStream(packed).pipe(createGunzip()), crlfDelay: Infinity });
  let left = size + 1;
  for await (const line of lines) {
    if (left-- <= 0) break;
    out.write(`${line}\n`);
  }
  await new Promise((resolve) => out.end(resolve));
  return { map, file };
}
