import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawRow } from '../../etl/connector.ts';
import { csv } from '../../etl/connectors/csv.ts';
import { addDecimals } from '../../etl/fold.ts';
import { bindMap, readMap, type BoundMap } from '../../etl/map.ts';
import type { CaseRecord, Flag } from '../../etl/record.ts';
import { timeReader } from '../../etl/date-format.ts';
import { sharedData, sharedTests } from '../support/shared-data.ts';

const test = suite('the maps over the real files');

interface Mapped {
  bound: BoundMap;
  records: CaseRecord[];
  flags: Flag[];
  rejected: number;
  broken: number[];
}

async function mapFile(name: string, file: string): Promise<Mapped> {
  const map = readMap(readFileSync(fileURLToPath(new URL(`../../fixtures/maps/${name}.yaml`, import.meta.url)), 'utf8'), name);
  let bound: BoundMap | null = null;
  const broken: number[] = [];
  const cases = new Map<string, RawRow[]>();
  for await (const extract of csv.read({ file: sharedData(file) ?? '', ...map.input }, null)) {
    bound ??= bindMap(map, extract.header);
    broken.push(...extract.broken.map((row) => row.line));
    for (const row of extract.rows) {
      const found = bound.keyOf(row);
      const key = 'key' in found ? found.key : '';
      const rows = cases.get(key);
      if (rows) rows.push(row);
      else cases.set(key, [row]);
    }
  }
  if (!bound) throw new Error('no header');
  const mapped: Mapped = { bound, records: [], flags: [], rejected: 0, broken };
  const order = (row: RawRow) => bound.ordinal(row) ?? row.line;
  for (const rows of cases.values()) {
    const parsed = bound.record(rows.sort((a, b) => order(a) - order(b) || a.line - b.line));
    if (!parsed.ok) mapped.rejected++;
    else {
      mapped.records.push(parsed.record);
      mapped.flags.push(...parsed.flags);
    }
  }
  return mapped;
}

function countBy<T>(items: T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

/** By linear interpolation between the order statistics (type 7). */
function quantile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const low = sorted[Math.floor(at)] ?? NaN;
  return low + (at % 1) * ((sorted[Math.ceil(at)] ?? low) - low);
}

const seconds = (record: CaseRecord) => Number(record.resolved_at) - Number(record.received_at);
const clean = ({ flags, rejected, broken }: Mapped) => ({ flags: flags.length, rejected, broken: broken.length });

sharedTests(test, {
  'Washington: complaints by year, redress of the first row, issues by complaint and by mention': async () => {
    const mapped = await mapFile('wa-ag', 'wa-ag-consumer-complaints/complaint_by_practice_2013-2018.csv.gz');
    const { records, bound } = mapped;
    assert.equal(clean(mapped), { flags: 0, rejected: 0, broken: 0 });
    assert.is(records.length, 103_904);
    assert.equal(
      countBy(records, (record) => String(record.received_at).slice(0, 4)),
      { 2013: 18_434, 2014: 17_164, 2015: 17_272, 2016: 17_124, 2017: 17_255, 2018: 16_655 },
    );
    const paid = records.flatMap((record) => (Number(record.redress_amount ?? 0) > 0 ? [record.redress_amount ?? ''] : []));
    assert.equal([paid.length, addDecimals(paid)], [12_356, '16881204.69']);
    const september = records.filter((record) => String(record.received_at).startsWith('2017-09'));
    assert.is(september.filter((record) => record.issue === 'Data Breach').length, 257);
    assert.is(
      september.filter((record) => record.issue === 'Data Breach' || record.more_issues?.some(({ issue }) => issue === 'Data Breach'))
        .length,
      264,
    );
    assert.equal(
      countBy(records, (record) => record.status ?? ''),
      { closed: 91_802, new: 11_576, open: 526 },
    );
    assert.not.ok(
      bound.fields.some((field) => ['resolved_at', 'closed_at', 'withdrawn_at'].includes(field)),
      'the file has no end times',
    );
    assert.not.ok(records.some((record) => record.company?.startsWith('Unknown')));
    const companies = countBy(records, (record) => record.company ?? '');
    assert.equal([companies.Navient, companies['Equifax Office of Consumer Affairs']], [564, 487]);
    assert.is(records.filter((record) => record.title === 'IRS Phishing').length, 1_625);
  },

  'Boston: received, closed, open and due by New York time': async () => {
    const mapped = await mapFile('boston-311', 'boston-311-2011/311_service_requests_2011.csv.gz');
    const { records } = mapped;
    assert.equal(clean(mapped), { flags: 0, rejected: 0, broken: 0 });
    const local = timeReader('iso', 'America/New_York');
    const before = (limit: string) => records.filter((record) => Number(record.received_at) < Number(local(limit))).length;
    assert.equal(
      [before('2011-08-01T00:00') - before('2011-07-01T00:00'), before('2012-01-01T00:00') - before('2011-12-01T00:00'), records.length],
      [9_854, 8_337, 58_251],
    );
    const ended = records.filter((record) => record.resolved_at !== undefined);
    const days = ended.map((record) => Math.floor(seconds(record) / 60) / 1_440);
    assert.is(ended.length, 54_570);
    assert.ok(Math.abs(quantile(days, 0.5) - 0.92) < 0.01, String(quantile(days, 0.5)));
    assert.is(Math.min(...days), 0);
    assert.is(
      records.filter((record) => record.resolved_at === undefined || Number(record.resolved_at) >= Number(local('2012-01-01T00:00')))
        .length,
      9_879,
    );
    assert.is(records.length - ended.length, 3_681);
    // By the times themselves: the publisher's flag gives 75.55 %.
    const due = records.filter((record) => record.due_at !== undefined && Number(record.due_at) < Number(local('2019-11-01T00:00')));
    const onTime = due.filter((record) => record.resolved_at !== undefined && Number(record.resolved_at) <= Number(record.due_at)).length;
    assert.is(due.length, 47_252);
    assert.ok(Math.abs(onTime / due.length - 0.7528) < 0.0001, String(onTime));
    assert.is(countBy(records, (record) => record.channel ?? '')['Constituent Call'], 28_136);
    assert.is(countBy(records, (record) => record.issue ?? '')['Schedule a Bulk Item Pickup'], 12_445);
  },

  'New York: a Yes or No is an answer on the closing date': async () => {
    const mapped = await mapFile('nyc-mediated', 'nyc-dca-mediated-complaints/consumer_services_mediated_complaints_2015-2016.csv.gz');
    const { records, bound } = mapped;
    assert.equal(clean(mapped), { flags: 0, rejected: 0, broken: 0 });
    assert.is(records.length, 4_495);
    const surveys = records.flatMap((record) => record.surveys ?? []);
    const satisfied = surveys.filter((survey) => survey.score === 1).length;
    assert.equal([surveys.length, satisfied], [3_832, 2_430]);
    assert.is(((100 * satisfied) / surveys.length).toFixed(2), '63.41');
    assert.ok(surveys.every((survey) => typeof survey.answered_at === 'string' && survey.asked_at === undefined));
    assert.not.ok(bound.fields.includes('surveys.asked_at'));
    assert.is(records.filter((record) => String(record.resolved_at ?? record.withdrawn_at) < String(record.received_at)).length, 4);
    const paid = records.flatMap((record) => (Number(record.redress_amount ?? 0) > 0 ? [record.redress_amount ?? ''] : []));
    assert.equal([paid.length, Math.round(Number(addDecimals(paid)))], [1_599, 2_454_354]);
    assert.equal(countBy(records, (record) => record.issue ?? '').Misrepresentation, 558);
    assert.is(records.filter((record) => record.withdrawn_at !== undefined).length, 45);
  },

  'CFPB: 2,067 complaints and one broken record on line 3,302': async () => {
    const mapped = await mapFile('cfpb', 'cfpb-ccdb-2023/complaints_2023_truncated_1MiB.csv.gz');
    const { records, broken } = mapped;
    assert.equal(clean(mapped), { flags: 0, rejected: 0, broken: 1 });
    assert.equal(broken, [3302]);
    assert.is(records.length, 2_067);
    const products = countBy(records, (record) => record.product ?? '');
    assert.is(products['Credit reporting, credit repair services, or other personal consumer reports'], 1_508);
    assert.is(records.filter((record) => record.narrative !== undefined).length, 389);
    assert.equal(
      countBy(records, (record) => record.status ?? ''),
      { closed: 1_451, open: 616 },
    );
    assert.equal(
      countBy(records, (record) => record.redress ?? ''),
      { explanation: 627, 'corrective action': 789, compensation: 33, '': 618 },
    );
    assert.equal(
      countBy(records, (record) => record.channel ?? ''),
      { Web: 2_000, Phone: 41, Referral: 17, 'Postal mail': 9 },
    );
  },

  'UCI: incidents with their history, reopened and resolved': async () => {
    const mapped = await mapFile('uci-incidents', 'uci-incident-event-log/incident_event_log_part.csv.gz');
    const { records } = mapped;
    assert.equal(clean(mapped), { flags: 0, rejected: 0, broken: 0 });
    assert.is(records.length, 20_769);
    assert.is(records.filter((record) => record.first_reopened_at !== undefined).length, 234);
    assert.is(records.filter((record) => (record.reopen_count ?? 0) > 0).length, 234);
    const resolved = records.filter((record) => record.resolved_at !== undefined);
    assert.is(resolved.length, 19_351);
    assert.is(
      quantile(
        resolved.map((record) => Math.floor(seconds(record) / 60)),
        0.5,
      ) / 1_440,
      1.025,
    );
    assert.is(records.filter((record) => (record.reassign_count ?? 0) > 0).length, 9_843);
    assert.is(Math.max(...records.map((record) => record.reassign_count ?? 0)), 27);
    assert.equal(
      countBy(records, (record) => record.severity ?? ''),
      { critical: 220, high: 337, medium: 19_554, low: 658 },
    );
    assert.equal(
      countBy(records, (record) => record.status ?? ''),
      { closed: 20_768, new: 1 },
    );
    assert.equal(countBy(records, (record) => record.team ?? '')['Group 70'], 7_369);
    assert.ok(
      records.every((record) => !record.resolved_at || !record.first_resolved_at || record.first_resolved_at <= record.resolved_at),
    );
    // The events of the priority column, counted apart from the map: 255 rises in the whole log.
    assert.is(records.flatMap((record) => record.events ?? []).filter((event) => event.kind === 'escalated').length, 255);
  },
});

test.run();
