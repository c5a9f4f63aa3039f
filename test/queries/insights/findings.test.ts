import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findingQueries, findingsOf } from '../../../queries/insights/findings.ts';
import { addBuckets } from '../../../queries/model/buckets.ts';
import { parseQuery } from '../../../queries/model/query.ts';
import type { Row, TableJson } from '../../../queries/model/wire.ts';
import type { SignalName } from '../../../queries/model/signal.ts';

const findings = suite('findings');

/** A judged table of cases by issue and month: usual level 100, typical 70 to 130; the last value of each issue with its signal. */
function byIssue(issues: Record<string, { values: number[]; signal: SignalName | null }>): { table: TableJson; grain: 'month' } {
  const names = Object.keys(issues);
  const rows = Object.entries(issues).flatMap(([issue, { values, signal }]) =>
    values.map((received, i): Row => ({
      issue,
      period: addBuckets('month', '2026-01-01', i),
      complete: 1,
      received,
      received_centre: 100,
      received_limit_low: 70,
      received_limit_high: 130,
      received_signal: i === values.length - 1 ? signal : null,
    })),
  );
  const key = { unit: null, role: 'key', measure: null } as const;
  return {
    grain: 'month',
    table: {
      columns: [
        { ...key, name: 'issue', label: 'Issue', type: 'label' },
        { name: 'received', label: 'Cases received', unit: 'cases', type: 'integer', role: 'value', measure: 'received' },
      ],
      rows,
      windows: { current: { from: '2026-01-01', to: '2026-03-31' } },
      notes: [],
      limits: names.map((issue) => ({
        measure: 'received',
        key: { issue },
        method: 'xmr',
        sigmaZ: null,
        from: '2024-01-01',
        to: '2025-12-01',
        periods: 24,
        since: '2026-01-01',
      })),
      asOf: '2026-03-31T22:00:00Z',
    },
  };
}

const steady = { values: [98, 103, 100], signal: null };

findings('tells what rose above its typical range, with its figures', () => {
  const { findings: told, judged } = findingsOf([
    byIssue({ Billing: { values: [101, 99, 160], signal: 'above_limits' }, Delivery: steady }),
  ]);
  assert.is(judged, 2);
  assert.equal(
    told.map((f) => [f.verdict, f.sentence, f.key, f.period]),
    [['concern', '“Billing” rose above the typical range: 160 in March 2026 against 70 to 130.', { issue: 'Billing' }, '2026-03-01']],
  );
  assert.match(told[0]?.rule ?? '', /above its typical range.*24 months, January 2024 to December 2025/);
});

findings('tells of a run by its average', () => {
  const { findings: told } = findingsOf([
    byIssue({
      Billing: { values: [82, 79, 79, 80, 81, 80, 79], signal: 'run_below' },
      A: { ...steady, values: new Array<number>(7).fill(100) },
    }),
  ]);
  assert.equal(
    told.map((f) => [f.verdict, f.sentence]),
    [['improvement', '“Billing” stayed below the usual level for 7 months: 80 on average, usually 100.']],
  );
});

findings('tells nothing of one issue where all others rose as much', () => {
  const all = { values: [101, 99, 136], signal: 'above_limits' as const };
  assert.equal(findingsOf([byIssue({ Billing: all, Delivery: all, Metering: all })]).findings, []);
});

findings('tells nothing of the season, of what lies near a limit, or of what was news once', () => {
  const { findings: told } = findingsOf([
    byIssue({
      Heating: { values: [100, 100, 160], signal: 'seasonal' },
      Delivery: { values: [100, 100, 126], signal: 'near_upper' },
      Metering: { values: [100, 160, 100], signal: null },
    }),
  ]);
  assert.equal(told, []);
});

findings('asks for more where many series are looked at', () => {
  // 28 above 100 where counts of 128 vary by 11.3: 2.4 standard errors, p = 0.03, enough for one of one, too little for one of forty.
  const odd = { values: [100, 100, 128], signal: 'above_limits' as const };
  const many = Object.fromEntries(Array.from({ length: 39 }, (_, i) => [`issue ${i}`, steady]));
  assert.is(findingsOf([byIssue({ Billing: odd })]).findings.length, 1);
  assert.is(findingsOf([byIssue({ Billing: odd, ...many })]).findings.length, 0);
});

findings('leaves a place for what got better beside many concerns', () => {
  const worse = Object.fromEntries(
    Array.from({ length: 7 }, (_, i) => [`issue ${i}`, { values: [100, 100, 180 + i], signal: 'above_limits' as const }]),
  );
  const { findings: told } = findingsOf([
    byIssue({
      ...worse,
      Fixed: { values: [100, 100, 30], signal: 'below_limits' },
      ...Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${i}`, steady])),
    }),
  ]);
  assert.is(told.length, 5);
  assert.is(told.at(-1)?.key.issue, 'Fixed');
});

findings('looks at days by weeks, and beside months at the last thirteen weeks', () => {
  const grains = (grain: string) =>
    findingQueries(parseQuery({ measures: ['received'], from: '2026-01-01', to: '2026-11-22', grain })).map((q) => q.grain);
  assert.equal(grains('day'), ['week', 'week', 'week']);
  assert.equal(grains('month'), ['month', 'month', 'month', 'week']);
  const weeks = findingQueries(parseQuery({ measures: ['received'], from: '2026-01-01', to: '2026-11-22', grain: 'month' })).at(-1);
  assert.equal([weeks?.from, weeks?.to], ['2026-08-24', '2026-11-22']);
});

findings.run();
