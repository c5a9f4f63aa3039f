import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { beyondLimit } from '../../../queries/stats/control-chart.ts';
import { xmr } from '../../../queries/stats/xmr.ts';
import { assertFinite, assertNear } from './finite.ts';

const individuals = suite('xmr');

individuals('takes its limits from the mean moving range', () => {
  const chart = xmr([1, 3, 2]); // ranges 2 and 1
  assert.is(chart.centre, 2);
  assert.is(chart.meanMovingRange, 1.5);
  assert.equal(chart.movingRanges, [null, 2, 1]);
  assertNear(chart.points[0]?.lower, 2 - 2.66 * 1.5);
  assertNear(chart.points[2]?.upper, 2 + 2.66 * 1.5);
  assertNear(chart.movingRangeUpper, 3.267 * 1.5);
});

individuals('knows no limits from one point, and no centre from none', () => {
  assert.equal(xmr([4]).points, [{ value: 4, centre: 4, sigma: null, lower: null, upper: null }]);
  assert.equal(xmr([]), { centre: null, meanMovingRange: null, movingRangeUpper: null, movingRanges: [], points: [] });
});

individuals('lies on its limits where nothing varies, screened or not', () => {
  for (const isScreened of [false, true]) {
    const { points } = xmr(new Array<number>(10).fill(0.1), { isScreened });
    assert.equal(points[0], { value: 0.1, centre: 0.1, sigma: 0, lower: 0.1, upper: 0.1 });
    assert.is(points.findIndex(beyondLimit), -1);
  }
});

individuals('bridges no gap: an unknown point has no range on either side', () => {
  const chart = xmr([1, null, 9, 10]);
  assert.equal(chart.movingRanges, [null, null, null, 1]);
  assert.is(chart.meanMovingRange, 1);
  assertNear(chart.centre, 20 / 3);
});

individuals('keeps limits of a frozen baseline when points are added, and shows no number that is none', () => {
  const values = fc.array(fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true })), { maxLength: 30 });
  fc.assert(
    fc.property(values, values, fc.boolean(), (before, after, isScreened) => {
      const baseline = { from: 0, to: before.length };
      const early = xmr(before, { baseline, isScreened });
      const late = xmr([...before, ...after], { baseline, isScreened });
      assert.equal(late.points.slice(0, before.length), early.points);
      assert.is(late.centre, early.centre);
      assertFinite(late);
    }),
  );
});

individuals.run();
