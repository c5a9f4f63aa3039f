import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { proportionTrend } from '../../../queries/stats/proportion-trend.ts';
import { assertNear } from './finite.ts';

const trends = suite('proportionTrend');
const of10 = (...successes: number[]) => successes.map((x) => ({ successes: x, n: 10 }));

trends('weighs each group by its score', () => {
  const { slope, chiSquare } = proportionTrend(of10(0, 5, 10)); // 10 of covariance, spread 20, variance 1/4
  assertNear(slope, 0.5);
  assertNear(chiSquare, 20);
});

trends('finds none where shares are equal', () => {
  assert.equal(proportionTrend(of10(3, 3)), { slope: 0, chiSquare: 0, df: 1, p: 1 });
});

trends('tells nothing from one group, no cases, or where all or none succeed', () => {
  const nothing = { slope: null, chiSquare: null, df: 1, p: null };
  assert.equal(proportionTrend([]), nothing);
  assert.equal(proportionTrend(of10(4)), nothing);
  assert.equal(proportionTrend([...of10(4), { successes: 0, n: 0 }]), nothing);
  assert.equal(proportionTrend(of10(4, 5), [2, 2]), nothing);
  assert.equal(proportionTrend(of10(0, 0)), { ...nothing, slope: 0 });
  assert.equal(proportionTrend(of10(10, 10)), { ...nothing, slope: 0 });
});

trends.run();
