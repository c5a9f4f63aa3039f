import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { csv } from '../../etl/connectors/csv.ts';
import { runImport } from '../../etl/run.ts';
import type { Store } from '../../etl/store/open.ts';
import { writeExport } from '../../fixtures/generator/export.ts';
import { answer } from '../../queries/answer.ts';
import { readMeta } from '../../queries/meta.ts';
import type { DigestChart, DigestContent, DigestTile } from '../../queries/model/digest.ts';
import { describeReading } from '../../queries/model/reading.ts';
import { reportQuery, reports } from '../../queries/model/reports.ts';
import { openingView } from '../../queries/model/view.ts';
import type { Value } from '../../queries/model/wire.ts';
import { findMap } from '../../server/commands/maps.ts';
import { openTestStore, removeTestStore } from './test-store.ts';

const until = '2026-11-15';
const now = (): number => Date.parse(`${until}T20:00:00Z`) / 1000;

/** The charts a digest has unless told. */
export const sampleReports = ['recurring_issues', 'resolution_time', 'satisfaction'];

/** A digest of October 2026 over so many cases of the demo company: its charts are answered, its words are made up. */
export async function sampleDigest(names: readonly string[] = sampleReports, size = 4000): Promise<DigestContent> {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-digest-'));
  await writeExport({ seed: 1, until, plant: 'all', size }, folder);
  const store = await openTestStore(path.join(folder, 'store'));
  try {
    const map = findMap('demo');
    const options = { ...map.input, file: path.join(folder, 'cases.csv') };
    await runImport({ store, map, connector: csv, options, startedBy: 'command', input: 'cases.csv', now, log: () => undefined });
    return await digestOver(store, names);
  } finally {
    await store.close();
    await removeTestStore(path.join(folder, 'store'));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same over a store that is there. */
export async function digestOver(store: Store, names: readonly string[] = sampleReports): Promise<DigestContent> {
  const deps = { reader: store.reader, organisation: { name: 'Northwind Utilities', zone: 'Europe/Berlin', currency: 'EUR' }, now };
  const known = await readMeta(deps);
  const view = { ...openingView(), period: { from: '2025-11-01', to: '2026-10-31' } };
  const asked = names.map((name) => {
    const report = reports.find((one) => one.name === name);
    if (!report) throw new Error(`there is no report named ${name}`);
    return { report, query: reportQuery(report, view, known) };
  });
  const { tables, asOf } = await answer(
    deps,
    asked.map(({ query }) => query),
  );
  const charts = asked.flatMap(({ report, query }, i): DigestChart[] => {
    const table = tables[i];
    if (!table) return [];
    const sentence = describeReading(report, table, query.grain, 'EUR');
    return [{ report: report.name, title: report.title, question: report.question, sentence, table, grain: query.grain }];
  });
  const waits = charts.find(({ report }) => report === 'resolution_time')?.table.rows ?? [];
  return { ...words, asOf, charts, tiles: tilesOf(waits.map((row) => row.resolution_days_p50 ?? null)) };
}

function tilesOf(waits: Value[]): DigestTile[] {
  const values = waits.map((value) => (typeof value === 'number' ? value : null));
  const limits = values.map(() => ({ low: 4.1, high: 7.2 }));
  const spark = { values, limits, isLastPartial: false };
  const made = [31, 29, 34, 30, 28, 33, 35, 31, 36, 38, 37, 47];
  const counted = { values: made, limits: made.map(() => ({ low: 22, high: 42 })), isLastPartial: false };
  const rates = made.map((value) => 0.5 + value / 100);
  const usual = { verdict: 'common_cause', words: 'as usual', hint: 'within its typical range' } as const;
  const none = { low: null, high: null, target: null, change: '', last: '' };
  return [
    {
      ...none, measure: 'received', title: 'Received', value: 1204, n: 1204, text: '1\u202f204', basis: ['complaints'], change: '13% more than before, beyond chance',
      standing: { verdict: 'concern', words: 'Concern', hint: 'above its typical range' }, last: '1\u202f066 in the digest of September 2026', spark: counted,
    },
    {
      ...none, measure: 'resolution_days_p50', title: 'Half resolved within', value: 6.1, n: 1204, low: 5.8, high: 6.5, text: '6.1 days',
      basis: ['n 1\u202f204', 'likely 5.8 to 6.5 days'], change: '\u22120.4 days, could be chance', standing: usual,
      target: { value: 7, words: 'target at most 7 days: met', assurance: 'reached in most months' }, last: '6.5 days in the digest of September 2026', spark,
    },
    {
      ...none, measure: 'on_time_rate', title: 'Resolved on time', value: 0.78, n: 980, low: 0.76, high: 0.8, text: '78%', basis: ['n 980', 'likely 76 to 80%'],
      change: '+4 points, more than chance', standing: { verdict: 'improvement', words: 'Improvement', hint: 'above its typical range' },
      target: { value: 0.8, words: 'target at least 80%: not met', assurance: 'at this level it is reached by luck only' },
      last: '74% in the digest of September 2026', spark: { values: rates, limits: rates.map(() => null), isLastPartial: false },
    },
    {
      ...none, measure: 'open', title: 'Open', value: 312, n: 312, text: '312', basis: ['at the end of October 2026'], change: '\u221212 (\u22124%)',
      standing: usual, last: '324 in the digest of September 2026', spark: { ...counted, isLastPartial: true },
    },
    {
      ...none, measure: 'overdue', title: 'Overdue', value: 41, n: 41, text: '41', basis: ['at the end of October 2026'], change: 'no change', standing: usual,
      last: '41 in the digest of September 2026', spark: counted,
    },
    {
      ...none, measure: 'csat_rate', title: 'Satisfied', value: null, n: 3, text: '\u2013', basis: ['fewer than 5 answered: too few to tell'],
      standing: null, spark: { values: [null, null, null, 0.6, 0.62, null], limits: [], isLastPartial: false },
    },
  ]; // prettier-ignore
}

const words: Omit<DigestContent, 'charts' | 'tiles' | 'asOf'> = {
  form: 1,
  name: 'Executive digest',
  organisation: 'Northwind Utilities',
  period: { step: 'month', from: '2026-10-01', to: '2026-10-31', text: 'October 2026' },
  audience: 'complaints \u00b7 region North',
  where: { kind: ['complaint'] },
  asOfText: '15 November 2026, 21:00',
  zone: 'Europe/Berlin',
  currency: 'EUR',
  headline: [
    'Complaints rose to 1\u202f204, 13% more than in September and above their typical range; most of the rise is billing.',
    'Attention goes to billing after the price change: 212 complaints against 96 to 151 expected, and half of them wait longer than 9 days.',
    'Please decide whether the second line gets three more people until the end of January.',
  ],
  signals: [
    {
      verdict: 'concern', word: 'Concern', sentence: '\u201cBilling\u201d rose above the typical range: 212 in October 2026 against 96 to 151.',
      rule: 'above its typical range, made of the 12 months before',
    },
    {
      verdict: 'improvement', word: 'Improvement', sentence: 'Resolved on time has been above its usual level for seven months.',
      rule: 'one of seven or more in a row above its usual level',
    },
    {
      verdict: 'high', word: 'Higher than usual', sentence: 'Redress paid rose to 18.4k \u20ac, which is neither good nor bad by itself.',
      rule: 'near the upper end of its typical range, as two of three neighbours are',
    },
  ],
  steady: 'As usual: half resolved within, open, overdue, and 14 of 15 issues.',
  sections: [
    {
      name: 'issues', title: 'Which issues count most?', sentence: 'Four of 15 issues make 80% of what customers complain about.',
      table: {
        columns: [{ label: 'Issue', isNumber: false }, { label: 'Cases', isNumber: true }, { label: 'Share', isNumber: true }, { label: 'Against before', isNumber: true }],
        rows: [
          ['Billing', '212', '18%', '+61'], ['Late delivery', '188', '16%', '\u22124'], ['Damaged goods', '160', '13%', '+2'], ['Staff behaviour', '97', '8%', '\u221211'],
          ['Online account locked after update', '64', '5%', '+9'], ['Wrong item', '52', '4%', '0'],
        ],
      },
      note: 'A case that names two issues counts in both.',
    },
    {
      name: 'vulnerable', title: 'Are vulnerable customers served as well?', sentence: 'They wait as long as others, within what chance allows.',
      table: {
        columns: [{ label: 'Customers', isNumber: false }, { label: 'Half resolved within', isNumber: true }, { label: 'Upheld', isNumber: true }],
        rows: [['Vulnerable', '6.4 days', '41%'], ['Others', '6.0 days', '38%']],
      },
      note: '',
    },
    {
      name: 'root_causes', title: 'Why did it go wrong?', sentence: 'A root cause is known of 64% of what was closed.',
      table: {
        columns: [{ label: 'Root cause', isNumber: false }, { label: 'Cases', isNumber: true }],
        rows: [['Process', '140'], ['System fault', '96'], ['Communication', '71'], ['Training', '33']],
      },
      note: 'Fewer than 5 are put together.',
    },
    { name: 'escalation', title: 'What went further?', sentence: '12 cases went to an outside body; 18\u202f400 \u20ac were paid.', table: null, note: '' },
    { name: 'compliments', title: 'What do customers praise?', sentence: 'No compliments are recorded.', table: null, note: '' },
  ],
  notes: [
    'Known until 15 November 2026, 21:00 (Europe/Berlin).',
    '36% of closed cases have no root cause.',
    'Cases received in the last two weeks are too young to tell how long they take.',
    'One in four of those asked answered.',
  ],
  path: '/?from=2026-10-01&to=2026-10-31&region=North',
}; // prettier-ignore
