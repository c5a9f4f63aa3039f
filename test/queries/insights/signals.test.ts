import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeSeries, type SeriesPoint } from '../../../queries/insights/signals.ts';
import { measureOf } from '../../../queries/model/measures.ts';

const judged = suite('judgeSeries');
const counts = (values: (number | null)[]): SeriesPoint[] => values.map((value) => ({ value, n: null, isWhole: true }));
const shares = (cells: [hits: number, n: number][]): SeriesPoint[] => cells.map(([hits, n]) => ({ value: hits / n, n, isWhole: true }));
const received = measureOf('received');
const onTime = measureOf('on_time_rate');

// 20 and 24 in turn: mean 22, every range 4, so limits at 22 ± 2.66 × 4.
const even = Array.from({ length: 24 }, (_, i) => (i % 2 ? 24 : 20));

judged('takes the limits of counts from the periods before those shown', () => {
  const found = judgeSeries(received, counts([...even, 33, 32]), 24, null);
  assert.is(found?.method, 'xmr');
  assert.equal(found?.baseline, { from: 0, to: 24 });
  assert.is(found?.points[24]?.centre, 22);
  assert.ok(Math.abs((found?.points[24]?.high ?? 0) - 32.64) < 1e-9);
  assert.ok(Math.abs((found?.points[24]?.low ?? 0) - 11.36) < 1e-9);
  assert.equal(
    found?.points.slice(24).map((p) => p.signal),
    ['above_limits', null],
  );
});

judged('keeps limits as they are when later periods come', () => {
  const before = judgeSeries(received, counts([...even, 33]), 24, null);
  const after = judgeSeries(received, counts([...even, 33, 90, 95, 99]), 24, null);
  assert.equal(after?.points.slice(0, 25), before?.points);
});

judged('uses the first 24 periods where too few lie before those shown', () => {
  const found = judgeSeries(received, counts([...even, 40]), 3, null);
  assert.equal(found?.baseline, { from: 0, to: 24 });
  assert.is(found?.points[24]?.signal, 'above_limits');
});

judged('says nothing with fewer than twelve known periods, or none that differ', () => {
  assert.is(judgeSeries(received, counts(even.slice(0, 11)), 0, null), null);
  assert.is(judgeSeries(received, counts(new Array<number>(24).fill(7)), 0, null), null);
  assert.is(judgeSeries(received, counts([...even.slice(0, 11), ...new Array<null>(10).fill(null)]), 0, null), null);
});

judged('leaves a part of a period out of the limits of counts, and does not judge it', () => {
  const series = counts([...even, 3]).map((point, i) => ({ ...point, isWhole: i < 24 }));
  assert.is(judgeSeries(received, series, 12, null)?.points[24]?.signal, null);
});

judged('names a run of seven above the usual level, and cuts no limit below nought', () => {
  const small = [0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 0, 4, 3, 3, 3, 3, 3, 3, 3];
  const found = judgeSeries(received, counts(small), 12, null);
  assert.is(found?.points[0]?.low, 0);
  assert.equal(
    found?.points.slice(12).map((p) => p.signal),
    new Array<string>(7).fill('run_above'),
  );
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
  const found = judgeSeries(onTime, shares([...cells, [95, 100]]), 24, null);
  assert.is(found?.method, 'p_prime');
  const centre = 240 / 500;
  assert.ok(Math.abs((found?.points[0]?.centre ?? 0) - centre) < 1e-9);
  const z = [0.6, 0.45].map((share, i) => (share - centre) / Math.sqrt((centre * (1 - centre)) / [100, 400][i]!));
  assert.ok(Math.abs((found?.sigmaZ ?? 0) - Math.abs(z[0]! - z[1]!) / 1.128) < 1e-9);
});

judged('does not narrow the limits of shares that vary by less than chance', () => {
  const cells = Array.from({ length: 24 }, (_, i): [number, number] => (i % 2 ? [51, 100] : [99, 200]));
  const found = judgeSeries(onTime, shares(cells), 0, null);
  assert.is(found?.method, 'p');
  const centre = 150 / 300;
  assert.ok(Math.abs((found?.points[1]?.high ?? 0) - (centre + 3 * Math.sqrt((centre * (1 - centre)) / 100))) < 1e-9);
});

judged('uses individuals for shares of even sizes', () => {
  assert.is(
    judgeSeries(onTime, shares(Array.from({ length: 12 }, (_, i): [number, number] => [40 + (i % 3), 100])), 0, null)?.method,
    'xmr',
  );
});

judged('widens the limits of rates where sizes differ and they vary by more than chance', () => {
  // Pooled rate 600 / 500 = 1.2, of which one case can have several; z as of a u chart, and every range the same.
  const cells = Array.from({ length: 24 }, (_, i): [number, number] => (i % 2 ? [440, 400] : [160, 100]));
  const found = judgeSeries(measureOf('handovers_per_case'), shares([...cells, [600, 400]]), 24, null);
  assert.is(found?.method, 'u_prime');
  const z = [(1.6 - 1.2) / Math.sqrt(1.2 / 100), (1.1 - 1.2) / Math.sqrt(1.2 / 400)];
  const sigmaZ = (z[0]! - z[1]!) / 1.128;
  assert.ok(Math.abs((found?.sigmaZ ?? 0) - sigmaZ) < 1e-9);
  assert.ok(Math.abs((found?.points[24]?.high ?? 0) - (1.2 + 3 * sigmaZ * Math.sqrt(1.2 / 400))) < 1e-9);
});

judged('does not narrow the limits of rates, and takes individuals where sizes are even', () => {
  const rate = measureOf('handovers_per_case');
  const calm = judgeSeries(
    rate,
    shares(Array.from({ length: 24 }, (_, i): [number, number] => (i % 2 ? [121, 100] : [239, 200]))),
    0,
    null,
  );
  assert.is(calm?.method, 'u');
  assert.ok(Math.abs((calm?.points[1]?.high ?? 0) - (1.2 + 3 * Math.sqrt(1.2 / 100))) < 1e-9);
  assert.is(judgeSeries(rate, shares(Array.from({ length: 12 }, (_, i): [number, number] => [40 + (i % 3), 100])), 0, null)?.method, 'xmr');
});

judged('judges a stock by the spread of its past and by its limits alone', () => {
  const stock = [...even.slice(0, 12), 23, 23, 23, 23, 23, 23, 23, 40];
  const found = judgeSeries(measureOf('open'), counts(stock), 12, null);
  assert.is(found?.method, 'spread');
  // Mean 22, deviations of 2: standard deviation √(12 × 4 / 11).
  assert.ok(Math.abs((found?.points[0]?.high ?? 0) - (22 + 3 * Math.sqrt(48 / 11))) < 1e-9);
  assert.equal(
    found?.points.slice(12).map((p) => p.signal),
    [null, null, null, null, null, null, null, 'above_limits'],
  );
});

judged('calls a swing of the season by its name, and not one of its own', () => {
  // Winters of 60 among summers of 10, the same every year; in the third summer one month is high.
  const year = [60, 60, 60, 10, 12, 10, 12, 10, 12, 10, 60, 60];
  const series = [...year, ...year, ...year];
  series[30] = 90;
  const found = judgeSeries(received, counts(series), 24, 12)?.points.map((p) => p.signal) ?? [];
  assert.ok(found.slice(24).includes('seasonal'), 'the swing breaks a rule');
  assert.is(found[30], 'above_limits');
  assert.equal(
    found.slice(24).filter((signal, i) => signal !== null && signal !== 'seasonal' && i !== 6),
    [],
  );
});

judged('takes a level that stays, and a larger second peak, for no season', () => {
  const stepped = [...even, ...even].map((value, i) => (i >= 14 ? value + 40 : value));
  const step =
    judgeSeries(received, counts(stepped), 36, 12)
      ?.points.slice(36)
      .map((p) => p.signal) ?? [];
  assert.not(step.includes('seasonal'));
  const year = [20, 24, 20, 24, 20, 24, 20, 24, 20, 24, 20, 24];
  const peaks = [...year, ...year, ...year];
  peaks[20] = 50;
  peaks[32] = 90;
  assert.is(judgeSeries(received, counts(peaks), 24, 12)?.points[32]?.signal, 'above_limits');
});

judged.run();
