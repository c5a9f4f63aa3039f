// one run: what maps make of real files, wherever it is kept
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv } from '../../etl/connectors/csv.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunProgress } from '../../etl/run.ts';
import { sharedData, sharedTests } from '../support/shared-data.ts';
import { tempStore } from '../support/store.ts';

// Expected figures: FACTS.md of the shared data, computed from the files with other tools.
const files: { map: string; file: string; first: Partial<RunProgress>; second: Partial<RunProgress> }[] = [
  {
    map: 'nyc-mediated', file: 'nyc-dca-mediated-complaints/consumer_services_mediated_complaints_2015-2016.csv.gz',
    first: { read: 4495, inserted: 4495, updated: 0, unchanged: 0, rejected: 0, flagged: 4 },
    second: { inserted: 0, updated: 0, unchanged: 4495, rejected: 0 },
  },
  {
    map: 'cfpb', file: 'cfpb-ccdb-2023/complaints_2023_truncated_1MiB.csv.gz',
    first: { read: 2068, inserted: 2067, updated: 0, unchanged: 0, rejected: 1 },
    second: { inserted: 0, updated: 0, unchanged: 2067, rejected: 1 },
  },
  {
    map: 'boston-311', file: 'boston-311-2011/311_service_requests_2011.csv.gz',
    first: { read: 58_251, inserted: 58_251, updated: 0, unchanged: 0, rejected: 0 },
    second: { inserted: 0, updated: 0, unchanged: 58_251, rejected: 0 },
  },
  {
    map: 'uci-incidents', file: 'uci-incident-event-log/incident_event_log_part.csv.gz',
    first: { read: 119_998, inserted: 20_769, updated: 0, unchanged: 0, rejected: 0 },
    second: { inserted: 0, updated: 0, unchanged: 20_769, rejected: 0 },
  },
  {
    map: 'wa-ag', file: 'wa-ag-consumer-complaints/complaint_by_practice_2013-2018.csv.gz',
    first: { read: 176_178, inserted: 103_904, updated: 0, unchanged: 0, rejected: 0 },
    second: { inserted: 0, updated: 0, unchanged: 103_904, rejected: 0 },
  },
]; // prettier-ignore

const real = suite('real files');

function importer(map: string, file: string, store: Awaited<ReturnType<typeof tempStore>>['store']) {
  const recordMap = readMap(readFileSync(new URL(`../../fixtures/maps/${map}.yaml`, import.meta.url), 'utf8'), map);
  const now = () => Date.UTC(2026, 10, 22) / 1000;
  const options = { ...recordMap.input, file: sharedData(file) ?? '' };
  return () => runImport({ store, map: recordMap, connector: csv, options, startedBy: 'command', input: file, now, log: () => undefined });
}

sharedTests(
  real,
  Object.fromEntries(
    files.map(({ map, file, first, second }) => [
      `${map}: loads every row, and the second time changes nothing`,
      async () => {
        const { store, close } = await tempStore();
        try {
          const load = importer(map, file, store);
          const loaded = await load();
          for (const [name, expected] of Object.entries(first)) assert.is(loaded[name as keyof RunProgress], expected, name);
          const before = await store.reader('case_fact').sum({ sum: 'change_seq' }).max({ max: 'case_id' });
          const again = await load();
          for (const [name, expected] of Object.entries(second)) assert.is(again[name as keyof RunProgress], expected, name);
          assert.equal(await store.reader('case_fact').sum({ sum: 'change_seq' }).max({ max: 'case_id' }), before);
          if (map === 'cfpb') assert.equal(await store.reader('rejected_record').distinct<{ line: number }[]>('line'), [{ line: 3302 }]);
          if (map === 'nyc-mediated') assert.equal(await store.reader('case_flag').distinct('rule'), [{ rule: 'time_order' }]);
          if (map === 'uci-incidents')
            assert.equal(await store.reader('case_fact').whereNotNull('first_reopened_at').count({ n: '*' }), [{ n: 234 }]);
          if (map === 'boston-311')
            assert.equal(await store.reader('case_fact').whereNotNull('resolved_at').count({ n: '*' }), [{ n: 54_570 }]);
          if (map === 'wa-ag')
            assert.equal(await store.reader('case_fact').where('redress_minor', '>', 0).count({ n: '*' }).sum({ sum: 'redress_minor' }), [
              { n: 12_356, sum: 1_688_120_469 },
            ]);
        } finally {
          await close();
        }
      },
    ]),
  ),
);

real.run();
