import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { limitsBegin, spansOf, type Known } from '../../../queries/insights/baseline.ts';
import { addBuckets } from '../../../queries/model/buckets.ts';
import type { Grain } from '../../../queries/model/buckets.ts';

const baseline = suite('spansOf');

/** A series of so many periods from a date on, every value 5 but for those given. */
function known(grain: Grain, from: string, length: number, over: Partial<Known> = {}): Known {
  const positions = Array.from({ length }, (_, i) => i);
  const periods = positions.map((i) => addBuckets(grain, from, i));
  return {
    grain,
    periods,
    begins: periods.map((period) => limitsBegin(grain, period)),
    values: positions.map(() => 5),
    isWhole: positions.map(() => true),
    isCounted: true,
    ...over,
  };
}

/** Which limits hold: from a period to before another, made of the periods from one to another. */
function told(series: Known, rebases: string[] = []): string[] {
  const at = (position: number) => (series.periods[position] ?? 'end').slice(0, 10);
  return spansOf(series, rebases).spans.map(
    ({ from, to, baseline: b, rebase }) =>
      `${at(from)} to ${at(to)} by ${at(b.from)} to ${at(b.to - 1)}${rebase === null ? '' : `, decision ${rebase}`}`,
  );
}

baseline('judges each year by the two before it, and the first by the first 24 months', () => {
  assert.equal(told(known('month', '2022-01-01', 59)), [
    '2022-01-01 to 2024-01-01 by 2022-01-01 to 2023-12-01',
    '2024-01-01 to 2025-01-01 by 2022-01-01 to 2023-12-01',
    '2025-01-01 to 2026-01-01 by 2023-01-01 to 2024-12-01',
    '2026-01-01 to end by 2024-01-01 to 2025-12-01',
  ]);
});

baseline('gives a period the same limits in whatever window it is looked at', () => {
  const from = (start: string, length: number) => told(known('month', start, length)).find((one) => one.startsWith('2025-01-01'));
  assert.is(from('2023-01-01', 24 + 12), '2025-01-01 to end by 2023-01-01 to 2024-12-01');
  assert.is(from('2020-01-01', 60 + 12), '2025-01-01 to end by 2023-01-01 to 2024-12-01');
  assert.is(from('2020-01-01', 60 + 20), '2025-01-01 to 2026-01-01 by 2023-01-01 to 2024-12-01');
});

baseline('judges weeks of a year by the 52 before it', () => {
  const [, , third] = told(known('week', '2024-01-01', 110));
  assert.is(third, '2026-01-05 to end by 2025-01-06 to 2025-12-29');
});

baseline('makes limits of years once', () => {
  assert.equal(told(known('year', '1990-01-01', 30)), ['1990-01-01 to end by 1990-01-01 to 2013-01-01']);
});

baseline('has none with fewer than twelve known periods', () => {
  assert.equal(told(known('month', '2026-01-01', 11)), []);
  const gaps = known('month', '2026-01-01', 24, { values: Array.from({ length: 24 }, (_, i) => (i < 11 ? 5 : null)), isCounted: false });
  assert.equal(told(gaps), []);
  assert.is(told(known('month', '2026-01-01', 12)).length, 1);
});

baseline('leaves out what is not whole, and what lies before the first case', () => {
  const isWhole = Array.from({ length: 30 }, (_, i) => i > 0 && i < 29);
  assert.equal(told(known('month', '2024-01-01', 30, { isWhole })).slice(0, 1), ['2024-01-01 to end by 2024-02-01 to 2026-01-01']);
  // It comes up in March: that month may be a part of one.
  const values = Array.from({ length: 30 }, (_, i) => (i < 2 ? 0 : 5));
  const came = known('month', '2024-01-01', 30, { values });
  assert.is(told(came)[0], '2024-01-01 to end by 2024-04-01 to 2026-03-01');
  assert.is(spansOf(came, []).spans[0]?.seen.from, 3);
  // A duration is unknown without cases, and has no such beginning.
  assert.is(
    told(known('month', '2024-01-01', 30, { values, isCounted: false }))[0],
    '2024-01-01 to 2026-01-01 by 2024-01-01 to 2025-12-01',
  );
});

baseline('begins anew where a person decided so, and stays until the next decision', () => {
  const series = known('month', '2022-01-01', 59);
  assert.equal(told(series, ['2024-03-01']).slice(1), [
    '2024-01-01 to 2024-03-01 by 2022-01-01 to 2023-12-01',
    '2024-03-01 to end by 2024-03-01 to 2026-02-01, decision 0',
  ]);
  assert.equal(told(series, ['2022-01-01', '2025-06-15']), [
    '2022-01-01 to 2025-07-01 by 2022-01-01 to 2023-12-01, decision 0',
    '2025-07-01 to end by 2025-07-01 to 2026-11-01, decision 1',
  ]);
  assert.equal(
    spansOf(series, ['2024-03-01']).spans.map((span) => span.seen),
    [0, 0, 1].map((one) => (one ? { from: 26, to: 59 } : { from: 0, to: 26 })),
  );
});

baseline('leaves what came after a decision out of the limits before it, unless too little is left', () => {
  const series = known('month', '2024-01-01', 36);
  assert.is(told(series, ['2025-07-01'])[0], '2024-01-01 to 2025-07-01 by 2024-01-01 to 2025-06-01');
  assert.is(told(series, ['2024-12-01'])[0], '2024-01-01 to 2024-12-01 by 2024-01-01 to 2025-12-01');
});

baseline('goes on with the old limits while fewer than twelve periods are known from a decision on', () => {
  const series = known('month', '2022-01-01', 59);
  const { spans, waiting } = spansOf(series, ['2026-03-01']);
  assert.equal(waiting, { rebase: 0, missing: 3 });
  assert.equal(
    spans.map((span) => span.rebase),
    [null, null, null, null],
  );
  assert.equal(spansOf(series, ['2027-03-01']).waiting, { rebase: 0, missing: 12 });
  // The decision before goes on until the last one can be followed.
  const two = spansOf(series, ['2023-01-01', '2026-03-01']);
  assert.equal([two.spans.at(-1)?.rebase, two.waiting], [0, { rebase: 1, missing: 3 }]);
  // One that another follows within a year is never followed.
  assert.equal(spansOf(series, ['2024-01-01', '2024-06-01']).waiting, null);
  assert.is(told(series, ['2024-01-01', '2024-06-01']).at(-2), '2024-01-01 to 2024-06-01 by 2022-01-01 to 2023-12-01');
});

baseline.run();
