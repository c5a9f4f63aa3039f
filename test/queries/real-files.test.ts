import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { csv } from '../../etl/connectors/csv.ts';
import { readMap } from '../../etl/map.ts';
import { runImport, type RunReport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { answer } from '../../queries/answer.ts';
import type { QueryDeps } from '../../queries/prepare.ts';
import { parseQuery } from '../../queries/model/query.ts';
import type { Row, TableJson } from '../../queries/model/wire.ts';
import { sharedData, sharedTests } from '../support/shared-data.ts';
import { tempStore } from '../support/store.ts';

// The figures stand in data/FACTS.md of the shared folder, computed from the files with independent tools.
const files = {
  'wa-ag': 'wa-ag-consumer-complaints/complaint_by_practice_2013-2018.csv.gz',
  'boston-311': 'boston-311-2011/311_service_requests_2011.csv.gz',
  'nyc-mediated': 'nyc-dca-mediated-complaints/consumer_services_mediated_complaints_2015-2016.csv.gz',
  'uci-incidents': 'uci-incident-event-log/incident_event_log_part.csv.gz',
  cfpb: 'cfpb-ccdb-2023/complaints_2023_truncated_1MiB.csv.gz',
} as const;
type MapName = keyof typeof files;

const real = suite('real files');
const now = (): number => Date.UTC(2026, 0, 1) / 1000;

async function withFile(map: MapName, work: (deps: QueryDeps, report: RunReport, store: Store) => Promise<void>): Promise<void> {
  const temp = await tempStore();
  const { store } = temp;
  try {
    const report = await importFile(store, map);
    await work({ reader: store.reader, organisation: { name: 'test', zone: null, currency: null }, now }, report, store);
  } finally {
    await temp.close();
  }
}

async function importFile(store: Store, name: MapName): Promise<RunReport> {
  const file = sharedData(files[name]);
  if (!file) throw new Error(`${files[name]} is absent`);
  const where = fileURLToPath(new URL(`../../fixtures/maps/${name}.yaml`, import.meta.url));
  const map = readMap(readFileSync(where, 'utf8'), name);
  return runImport({
    store,
    map,
    connector: csv,
    options: { file, ...map.input },
    startedBy: 'command',
    input: path.basename(file),
    now,
    log: () => undefined,
  });
}

async function ask(deps: QueryDeps, query: Record<string, unknown>): Promise<TableJson> {
  const { tables } = await answer(deps, [parseQuery(query)]);
  if (!tables[0]) throw new Error('no table');
  return tables[0];
}

async function row(deps: QueryDeps, query: Record<string, unknown>): Promise<Row> {
  const table = await ask(deps, query);
  assert.is(table.rows.length, 1);
  return table.rows[0] ?? {};
}

function near(got: unknown, expected: number, tolerance: number): void {
  assert.ok(typeof got === 'number' && Math.abs(got - expected) <= tolerance, `got ${String(got)}, expected ${expected} ± ${tolerance}`);
}

sharedTests(real, {
  'Washington: complaints, redress, mentions, no end times': () =>
    withFile('wa-ag', async (deps) => {
      const all = { from: '2013-01-01', to: '2018-12-31' };
      const years = await ask(deps, { measures: ['received'], grain: 'year', ...all });
      assert.equal(
        years.rows.map((r) => r.received),
        [18434, 17164, 17272, 17124, 17255, 16655],
      );
      const whole = await row(deps, { measures: ['received', 'redress_amount', 'resolution_days_p50'], ...all });
      assert.is(whole.received, 103904);
      near(whole.redress_amount, 16881204.69, 0.001);
      assert.is(whole.redress_amount_n, 12356);
      assert.is(whole.resolution_days_p50, null);
      const { notes } = await ask(deps, { measures: ['resolution_days_p50'], ...all });
      assert.ok(notes.some((n) => n.message === 'no end times in this source' && n.measure === 'resolution_days_p50'));
      const breach = await row(deps, {
        measures: ['received', 'mentions'],
        from: '2017-09-01',
        to: '2017-09-30',
        where: { issue: ['Data Breach'] },
      });
      assert.equal([breach.received, breach.mentions], [257, 264]);
      const companies = await ask(deps, { measures: ['received'], by: ['company'], from: '2017-09-01', to: '2017-09-30', limit: 3 });
      assert.ok(companies.rows.some((r) => String(r.company).startsWith('Equifax')));
      assert.is(
        companies.rows.reduce((sum, r) => sum + Number(r.received), 0),
        (await row(deps, { measures: ['received'], from: '2017-09-01', to: '2017-09-30' })).received,
      );
    }),

  'Boston: time to resolve that counts open cases, open stock, on time': () =>
    withFile('boston-311', async (deps) => {
      const half = { from: '2011-07-01', to: '2011-12-31' };
      const months = await ask(deps, { measures: ['received'], grain: 'month', ...half });
      assert.equal([months.rows[0]?.received, months.rows[5]?.received], [9854, 8337]);
      const times = await row(deps, {
        measures: ['received', 'resolution_days_p50', 'resolution_days_p75', 'resolution_days_p90', 'resolution_days_closed_p50', 'open'],
        ...half,
      });
      assert.is(times.received, 58251);
      near(times.resolution_days_p50, 1.148, 0.0005);
      near(times.resolution_days_p75, 16.92, 0.005);
      near(times.resolution_days_p90, 293.96, 0.005);
      assert.is(times.resolution_days_p50_n, 58251);
      near(times.resolution_days_closed_p50, 0.92, 0.01);
      assert.is(times.resolution_days_closed_p50_n, 54570);
      assert.is(times.open, 9879);
      assert.is((await row(deps, { measures: ['open'], from: '2011-07-01', to: '2030-12-31' })).open, 3681);
      const due = await row(deps, { measures: ['on_time_rate'], from: '2011-07-01', to: '2019-10-31' });
      near(due.on_time_rate, 0.7528, 0.00005);
      near(due.on_time_rate_low, 0.7489, 0.00005);
      near(due.on_time_rate_high, 0.7567, 0.00005);
      assert.is(due.on_time_rate_n, 47252);
    }),

  'New York: satisfaction with its interval, asking not recorded, impossible times flagged': () =>
    withFile('nyc-mediated', async (deps, report, store) => {
      const table = await ask(deps, { measures: ['csat_rate', 'response_rate'], from: '2014-01-01', to: '2016-12-31' });
      const only = table.rows[0];
      near(only?.csat_rate, 0.6341, 0.00005);
      near(only?.csat_rate_low, 0.6188, 0.00005);
      near(only?.csat_rate_high, 0.6492, 0.00005);
      assert.is(only?.csat_rate_n, 3832);
      assert.is(only?.response_rate, null);
      assert.ok(table.notes.some((n) => n.measure === 'response_rate' && n.message === 'asking is not recorded'));
      assert.is(report.rejected, 0);
      assert.is((await store.reader('case_flag').where({ rule: 'time_order' })).length, 4);
    }),

  'incident log: cases folded from events': () =>
    withFile('uci-incidents', async (deps) => {
      const all = await row(deps, {
        measures: ['received', 'reopened', 'resolution_days_closed_p50'],
        from: '2016-01-01',
        to: '2017-12-31',
      });
      assert.equal([all.received, all.reopened, all.resolution_days_closed_p50_n], [20769, 234, 19351]);
      near(all.resolution_days_closed_p50, 1.025, 0.0005);
      // 20 511 changes of hands on the cases resolved, with squares of 74 704 in all: variance 2.58 times the mean.
      const handed = await row(deps, { measures: ['handovers_per_case'], from: '2016-01-01', to: '2017-12-31' });
      assert.is(handed.handovers_per_case_n, 19351);
      near(handed.handovers_per_case, 20511 / 19351, 1e-9);
      const half = (1.96 * Math.sqrt(20511 * 2.582)) / 19351;
      near(handed.handovers_per_case_high, 20511 / 19351 + half, 0.0005);
    }),

  'CFPB: one broken last record': () =>
    withFile('cfpb', async (deps, report, store) => {
      assert.is((await row(deps, { measures: ['received'], from: '2011-01-01', to: '2025-12-31' })).received, 2067);
      const all = { from: '2011-01-01', to: '2025-12-31' };
      const top = async (by: string) =>
        (await ask(deps, { measures: ['received'], by: [by], ...all, limit: 3 })).rows.map((r) => [r[by], r.received]);
      assert.equal(await top('issue'), [
        ['Incorrect information on your report', 714],
        ['Improper use of your report', 468],
        ["Problem with a credit reporting company's investigation into an existing problem", 457],
        ['(other)', 428],
      ]);
      assert.equal(
        (await top('company')).map(([, n]) => n),
        [571, 521, 490, 485],
      );
      assert.equal((await top('channel')).slice(0, 3), [
        ['Web', 2000],
        ['Phone', 41],
        ['Referral', 17],
      ]);
      // When it was handed to the company is told; when that answered is not.
      const reply = await ask(deps, { measures: ['first_response_hours_p50'], ...all });
      assert.is(reply.rows[0]?.first_response_hours_p50, null);
      assert.ok(reply.notes.some((n) => n.message === 'first responses are not recorded in this source'));
      assert.is(report.rejected, 1);
      assert.equal(await store.reader('rejected_record').select<{ line: number }[]>('line'), [{ line: 3302 }]);
    }),
});

real.run();
