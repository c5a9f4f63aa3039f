// Compares what we pull from a running Request Tracker 5 with what its own database says; how to run it: docs/sources.md.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../etl/config.ts';
import { runSource, type SourceDeps } from '../../etl/run-source.ts';
import type { RunReport } from '../../etl/run.ts';
import { openStore } from '../../etl/store/open.ts';
import type { SourceStateRow } from '../../etl/store/tables.ts';
import { findMap } from '../../server/commands/maps.ts';
import { compareCases, tableOf } from './request-tracker-compare.ts';
import { openDesk, work, workOn } from './request-tracker-desk.ts';
import { startLab, type Lab } from './request-tracker-lab.ts';
import { readTruth } from './request-tracker-truth.ts';

const now = (): number => Math.floor(Date.now() / 1000);
let failures = 0;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function expect(isSo: boolean, claim: string): void {
  print(`  ${isSo ? 'yes' : 'NO '}  ${claim}`);
  if (!isSo) failures += 1;
}

function counts({ read, inserted, updated, unchanged, rejected, flagged, removed }: RunReport): string {
  return `read ${read} rows: ${inserted} cases new, ${updated} changed, ${unchanged} unchanged, ${removed} removed, ${rejected} rejected, ${flagged} flagged`;
}

/** A store of its own that pulls as the person named. */
async function openPuller(lab: Lab, who: string, folder: string) {
  const dataDir = path.join(folder, who);
  const store = await openStore({ dataDir });
  const yaml = `sources:
  - name: desk
    connector: request-tracker
    url: ${lab.url}
    token: \${RT_TOKEN}
    queue: [Complaints]
    text: ${who === 'silverlining'}
    map: request-tracker
`;
  const config = readConfig(yaml, { where: 'silverlining.yaml', folder });
  const [source] = config.sources;
  if (!source) throw new Error('the configuration has no source');
  const deps: SourceDeps = { store, config, findMap, now, log: () => undefined, env: { RT_TOKEN: lab.tokens[who] } };
  return {
    store,
    async pull(): Promise<RunReport> {
      const { reports } = await runSource(deps, source, 'command');
      const [report] = reports;
      if (!report) throw new Error('nothing was run');
      return report;
    },
    async notice(): Promise<string | null> {
      const row = await store.reader<SourceStateRow>('source_state').first('notice');
      return row?.notice ?? null;
    },
  };
}

async function main(): Promise<void> {
  print('starting a Request Tracker of its own …');
  const lab = await startLab();
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-live-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const desk = openDesk(lab);
  try {
    const worked = await work(desk);
    const readers = ['silverlining', 'narrow'];
    const pullers = await Promise.all(readers.map((who) => openPuller(lab, who, folder)));
    const compareAll = async (when: string): Promise<RunReport[]> => {
      const reports: RunReport[] = [];
      const truth = await readTruth(lab.database, 'Complaints');
      for (const [i, puller] of pullers.entries()) {
        const report = await puller.pull();
        reports.push(report);
        const compared = await compareCases(puller.store, truth);
        const who = readers[i] === 'narrow' ? 'without ShowOutgoingEmail' : 'with all rights';
        print(`\n${tableOf(`${when}, reader ${who}: ${counts(report)} in ${report.seconds.toFixed(1)} s`, compared)}`);
        failures += compared.reduce((sum, { differences }) => sum + differences.length, 0);
      }
      return reports;
    };
    // Once the latest change is further from all others than the overlap with which a pull goes on, those are not read again.
    print('\nwaiting for two minutes …');
    await pause(125_000);
    await desk.comment('alice', worked.open[0] ?? 0);
    await compareAll('first pull');
    await workOn(desk, worked);
    const reports = await compareAll('second pull, after changes');
    for (const { unchanged, inserted, updated, removed } of reports)
      expect(
        unchanged < inserted + updated + removed,
        `the second pull read the tickets that changed, and ${unchanged} others of ${worked.all.length}`,
      );
    const [all] = pullers;
    const texts = all ? await all.store.reader('case_text').distinct('narrative').pluck<string[]>('narrative') : [];
    print('');
    expect(texts.join() === 'It went wrong.', 'with text: true every case has the first message of its ticket');
    await pause(1000);

    print('\nthird pull, nothing has changed');
    for (const puller of pullers) {
      const before = await fingerprint(puller.store);
      const report = await puller.pull();
      print(`  ${counts(report)}`);
      expect(report.inserted + report.updated + report.removed + report.rejected === 0, 'no case is new, changed, removed or rejected');
      expect((await fingerprint(puller.store)) === before, 'the store holds the same cases, events and surveys');
      await puller.store.close();
    }

    print('\nother readers');
    const blind = await openPuller(lab, 'blind', folder);
    const nothing = await blind.pull();
    expect(
      nothing.read === 0 && /right is missing/.test((await blind.notice()) ?? ''),
      'a reader without rights is told that rights may be missing',
    );
    await blind.store.close();
    const abroad = await openPuller(lab, 'abroad', folder);
    const refused = await abroad.pull().then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(/time zone/.test(refused), 'a reader whose zone is New York is refused, with what to do');
    await abroad.store.close();
  } finally {
    await lab.close();
    rmSync(folder, { recursive: true, force: true });
  }
  print(failures ? `\n${failures} mismatches` : '\nno mismatches');
  process.exitCode = failures ? 1 : 0;
}

/** Everything of a store that must not change when nothing did. */
async function fingerprint(store: Awaited<ReturnType<typeof openStore>>): Promise<string> {
  const cases = await store.reader('case_fact').orderBy('case_id').select();
  const events = await store.reader('case_event').orderBy(['case_id', 'event_no']).select();
  const surveys = await store.reader('survey_fact').orderBy('survey_id').select();
  const rows = await store.reader('source_row').orderBy(['source_id', 'row_key']).select();
  return JSON.stringify({ cases, events, surveys, rows });
}

await main();
