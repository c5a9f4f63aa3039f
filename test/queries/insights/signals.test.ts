import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Span } from '../../../queries/insights/baseline.ts';
import { judgeSeries, type Judged, type SeriesPoint } from '../../../queries/insights/signals.ts';
import type { Measure } from '../../../queries/model/measure.ts';
import { measureOf } from '../../../queries/model/measures.ts';

const judged = suite('judgeSeries');
const counts = (values: (number | null)[]): SeriesPoint[] => values.map((value) => ({ value, n: null, isWhole: true }));
const shares = (cells: [hits: number, n: number][]): SeriesPoint[] => cells.map(([hits, n]) => ({ value: hits / n, n, isWhole: true }));
const span = (given: Partial<Span> & Pick<Span, 'baseline'>): Span => ({
  from: 0,
  to: 99,
  seen: { from: 0, to: 99 },
  rebase: null,
  ...given,
});
/** All points judged by limits of the first so many. */
const judge = (measure: Measure, series: SeriesPoint[], count: number, year: number | null = null): Judged =>
  judgeSeries(measure, series, [span({ to: series.length, baseline: { from: 0, to: count } })], year);
const signalsIn = (found: Judged, from: number, to?: number) => found.points.slice(from, to).map((point) => point.signal);
const received = measureOf('received');
const onTime = measureOf('on_time_rate');

// 20 and 24 in turn: mean 22, every range 4, so limits at 22 ± 2.66 × 4.
const even = Array.from({ length: 24 }, (_, i) => (i % 2 ? 24 : 20));

judged('takes the limits of counts from the baseline', () => {
  const found = judge(received, counts([...even, 33, 32]), 24);
  assert.is(found.spans[0]?.method, 'xmr');
  assert.is(found.points[24]?.centre, 22);
  assert.ok(Math.abs((found.points[24]?.high ?? 0) - 32.64) < 1e-9);
  assert.ok(Math.abs((found.points[24]?.low ?? 0) - 11.36) < 1e-9);
  assert.equal(signalsIn(found, 24), ['above_limits', null]);
});

judged('keeps limits as they are when later periods come', () => {
  const before = judge(received, counts([...even, 33]), 24);
  const after = judge(received, counts([...even, 33, 90, 95, 99]), 24);
  assert.equal(after.points.slice(0, 25), before.points);
});

judged('judges the points of each span by limits of its own, and what lies in none not at all', () => {
  const high = even.map((value) => value + 100);
  const spans = [
    span({ from: 0, to: 20, baseline: { from: 0, to: 20 }, seen: { from: 0, to: 24 } }),
    span({ from: 24, to: 48, baseline: { from: 24, to: 48 }, seen: { from: 24, to: 48 }, rebase: 0 }),
  ];
  const { points } = judgeSeries(received, counts([...even, ...high]), spans, 12);
  assert.equal(
    [0, 19, 20, 23, 24, 47].map((i) => points[i]?.centre),
    [22, 22, null, null, 122, 122],
  );
  assert.equal(
    points.map((point) => point.signal).filter((signal) => signal !== null),
    [],
  );
});

judged('lets no run go on where limits begin anew by decision', () => {
  // Four below the new level before the decision and four after it: no seven in a row.
  const series = counts([...even.slice(0, 20), 10, 10, 10, 10, 18, 18, 18, 18, 30, 20, 30, 20, 30, 20, 30, 20, 30, 20]);
  const seen = { from: 24, to: series.length };
  const spans = [span({ from: 24, to: series.length, baseline: seen, seen, rebase: 0 })];
  assert.is(judgeSeries(received, series, spans, null).points[24]?.signal, null);
  const wide = [{ ...spans[0]!, seen: { from: 0, to: series.length } }];
  assert.is(judgeSeries(received, series, wide, null).points[24]?.signal, 'run_below');
});

judged('says nothing where the baseline does not vary', () => {
  const found = judge(received, counts([...new Array<number>(24).fill(7), 9]), 24);
  assert.equal(found.spans, []);
  assert.equal(found.points[24], { centre: null, low: null, high: null, signal: null });
});

judged('knows no typical range of a burst after a silence', () => {
  const silence = new Array<number>(14).fill(0);
  assert.equal(judge(received, counts([...silence, 10, 1768, 147, 20]), 18).spans, []);
  // A level that changed is judged all the same: its range says that it did.
  const risen = counts([...even.slice(0, 12), ...even.map((n) => n + 100)]);
  const found = judgeSeries(received, risen, [span({ to: risen.length, baseline: { from: 6, to: 30 } })], null);
  assert.is(found.points[0]?.signal, 'below_limits');
  const few = counts([0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0]);
  assert.is(judge(received, few, 12).spans.length, 1, 'few now and then are usual');
});

judged('leaves a part of a period out of the limits of counts, and does not judge it', () => {
  const series = counts([...even, 3]).map((point, i) => ({ ...point, isWhole: i < 24 }));
  assert.is(judge(received, series, 25).points[24]?.signal, null);
  assert.is(judge(received, series, 25).points[24]?.centre, 22);
});

judged('names a run of seven above the usual level, and cuts no limit below nought', () => {
  const small = [0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 3, 3, 3, 3, 3, 3, 3];
  const found = judge(received, counts(small), 12);
  assert.is(found.points[0]?.low, 0);
  assert.equal(signalsIn(found, 12), new Array<string>(7).fill('run_above'));
});

judged('widens the limits of shares where sizes differ and they vary by more than chance', () => {
  // Pooled share 0.5. z alternates between +2 and −2 (±10 points at n = 100, ±5 at 400), so every range is 4 and σ_z = 4 / 1.128.
  const cells = Array.from(
    { length: 24 },
    (_, i): [number, number] =>
      [
        [60, 100],
        [180, 400],
      ][i % 2] as [number, number],
  );
  const found = judge(onTime, shares([...cells, [95, 100]]), 24);
  assert.is(found.spans[0]?.method, 'p_prime');
  const centre = 240 / 500;
  assert.ok(Math.abs((found.points[0]?.centre ?? 0) - centre) < 1e-9);
  const z = [0.6, 0.45].map((share, i) => (share - centre) / Math.sqrt((centre * (1 - centre)) / [100, 400][i]!));
  assert.ok(Math.abs((found.spans[0]?.sigmaZ ?? 0) - Math.abs(z[0]! - z[1]!) / 1.128) < 1e-9);
});

judged('does not narrow the limits of shares that vary by less than chance', () => {
  const cells = Array.from({ length: 24 }, (_, i): [number, number] => (i % 2 ? [51, 100] : [99, 200]));
  const found = judge(onTime, shares(cells), 24);
  assert.is(found.spans[0]?.method, 'p');
  const centre = 150 / 300;
  assert.ok(Math.abs((found.points[1]?.high ?? 0) - (centre + 3 * Math.sqrt((centre * (1 - centre)) / 100))) < 1e-9);
});

judged('uses individuals for shares of even sizes', () => {
  const cells = Array.from({ length: 12 }, (_, i): [number, number] => [40 + (i % 3), 100]);
  assert.is(judge(onTime, shares(cells), 12).spans[0]?.method, 'xmr');
});

judged('widens the limits of rates where sizes differ and they vary by more than chance', () => {
  // Pooled rate 600 / 500 = 1.2, of which one case can have several; z as of a u chart, and every range the same.
  const cells = Array.from({ length: 24 }, (_, i): [number, number] => (i % 2 ? [440, 400] : [160, 100]));
  const found = judge(measureOf('handovers_per_case'), shares([...cells, [600, 400]]), 24);
  assert.is(found.spans[0]?.method, 'u_prime');
  const z = [(1.6 - 1.2) / Math.sqrt(1.2 / 100), (1.1 - 1.2) / Math.sqrt(1.2 / 400)];
  const sigmaZ = (z[0]! - z[1]!) / 1.128;
  assert.ok(Math.abs((found.spans[0]?.sigmaZ ?? 0) - sigmaZ) < 1e-9);
  assert.ok(Math.abs((found.points[24]?.high ?? 0) - (1.2 + 3 * sigmaZ * Math.sqrt(1.2 / 400))) < 1e-9);
});

judged('does not narrow the limits of rates, and takes individuals where sizes are even', () => {
  const rate = measureOf('handovers_per_case');
  const calm = judge(rate, shares(Array.from({ length: 24 }, (_, i): [number, number] => (i % 2 ? [121, 100] : [239, 200]))), 24);
  assert.is(calm.spans[0]?.method, 'u');
  assert.ok(Math.abs((calm.points[1]?.high ?? 0) - (1.2 + 3 * Math.sqrt(1.2 / 100))) < 1e-9);
  const even = judge(rate, shares(Array.from({ length: 12 }, (_, i): [number, number] => [40 + (i % 3), 100])), 12);
  assert.is(even.spans[0]?.method, 'xmr');
});

judged('judges a stock by the spread of its past and by its limits alone', () => {
  const stock = [...even.slice(0, 12), 23, 23, 23, 23, 23, 23, 23, 40];
  const found = judge(measureOf('open'), counts(stock), 12);
  assert.is(found.spans[0]?.method, 'spread');
  // Mean 22, deviations of 2: standard deviation √(12 × 4 / 11).
  assert.ok(Math.abs((found.points[0]?.high ?? 0) - (22 + 3 * Math.sqrt(48 / 11))) < 1e-9);
  assert.equal(signalsIn(found, 12), [null, null, null, null, null, null, null, 'above_limits']);
});

judged('calls a swing of the season by its name, and not one of its own', () => {
  // Winters of 60 among summers of 10, the same every year; in the third summer one month is high.
  const year = [60, 60, 60, 10, 12, 10, 12, 10, 12, 10, 60, 60];
  const series = [...year, ...year, ...year];
  series[30] = 90;
  const found = signalsIn(judge(received, counts(series), 24, 12), 0);
  assert.ok(found.slice(24).includes('seasonal'), 'the swing breaks a rule');
  assert.is(found[30], 'above_limits');
  assert.equal(
    found.slice(24).filter((signal, i) => signal !== null && signal !== 'seasonal' && i !== 6),
    [],
  );
});

judged('takes a level that stays, and a larger second peak, for no season', () => {
  const stepped = [...even, ...even].map((value, i) => (i >= 14 ? value + 40 : value));
  const spans = [span({ from: 36, to: 48, baseline: { from: 12, to: 36 } })];
  const step = signalsIn(judgeSeries(received, counts(stepped), spans, 12), 36);
  assert.not(step.includes('seasonal'));
  const year = [20, 24, 20, 24, 20, 24, 20, 24, 20, 24, 20, 24];
  const peaks = [...year, ...year, ...year];
  peaks[20] = 50;
  peaks[32] = 90;
  assert.is(judge(received, counts(peaks), 24, 12).points[32]?.signal, 'above_limits');
});

judged.run();
