import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pChart } from '../../../queries/stats/p-chart.ts';
import { assertFinite, assertNear } from './finite.ts';

const shares = suite('pChart');

shares('pools its centre and widens its limits by σ_z when asked', () => {
  const plain = pChart([1, 3], [10, 10]);
  const sigma = Math.sqrt((0.2 * 0.8) / 10);
  assert.is(plain.centre, 0.2);
  assertNear(plain.sigmaZ, 0.2 / sigma / 1.128);
  assertNear(plain.points[0]?.upper, 0.2 + 3 * sigma);
  assert.is(plain.points[0]?.lower, 0);
  assertNear(pChart([1, 3], [10, 10], { isLaney: true }).points[1]?.upper, 0.2 + (3 * 0.2) / 1.128);
});

shares('knows nothing of a point without cases, and pools over the others', () => {
  const chart = pChart([1, 0, 3], [10, 0, 10]);
  assert.is(chart.centre, 0.2);
  assert.is(chart.sigmaZ, null); // no two neighbours
  assert.equal(chart.points[1], { value: null, centre: 0.2, sigma: null, lower: null, upper: null });
  assert.equal(pChart([], []), { centre: null, sigmaZ: null, points: [] });
});

shares('has limits at 0 and 1 where all are, but no σ_z', () => {
  for (const [count, share] of [
    [0, 0],
    [5, 1],
  ] as const) {
    const chart = pChart([count, count], [5, 5]);
    assert.equal(chart.points[0], { value: share, centre: share, sigma: 0, lower: share, upper: share });
    assert.is(chart.sigmaZ, null);
    assert.is(pChart([count, count], [5, 5], { isLaney: true }).points[0]?.upper, null);
  }
});

shares('keeps limits of a frozen baseline when points are added, within 0 and 1', () => {
  const points = fc.array(
    fc.nat(50).chain((n) => fc.record({ n: fc.constant(n), count: fc.nat(n) })),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(points, points, fc.boolean(), (before, after, isLaney) => {
      const options = { isLaney, baseline: { from: 0, to: before.length } };
      const chartOf = (list: typeof before) =>
        pChart(
          list.map(({ count }) => count),
          list.map(({ n }) => n),
          options,
        );
      const late = chartOf([...before, ...after]);
      assert.equal(late.points.slice(0, before.length), chartOf(before).points);
      assertFinite(late);
      for (const { centre, lower, upper } of late.points)
        if (centre !== null && lower !== null && upper !== null) assert.ok(0 <= lower && lower <= centre && centre <= upper && upper <= 1);
    }),
  );
});

shares.run();
