import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { meanInterval } from '../../../queries/stats/mean-interval.ts';

const interval = suite('meanInterval');
const near = (value: number | null, expected: number) => assert.ok(value !== null && Math.abs(value - expected) < 1e-4, `${value}`);

interval('takes Student’s interval out of sums', () => {
  // 1, 2, 3, 4, 5: s² = 2.5, standard error 0.7071, t(4) at 97.5% = 2.7764 (printed tables).
  const { mean, lower, upper } = meanInterval({ n: 5, sum: 15, squares: 55 });
  assert.is(mean, 3);
  near(lower, 3 - 2.7764 * 0.70711);
  near(upper, 3 + 2.7764 * 0.70711);
});

interval('nears the normal interval with many', () => {
  // 500 times 2 and 500 times 4: s² = 1000/999.
  near(meanInterval({ n: 1000, sum: 3000, squares: 10_000 }).upper, 3 + 1.96234 * Math.sqrt(1000 / 999 / 1000));
});

interval('has no limits for one value, and nothing for none', () => {
  assert.equal(meanInterval({ n: 1, sum: 4, squares: 16 }), { mean: 4, lower: null, upper: null });
  assert.equal(meanInterval({ n: 0, sum: 0, squares: 0 }), { mean: null, lower: null, upper: null });
});

interval('is a point where all are equal', () => {
  assert.equal(meanInterval({ n: 3, sum: 15, squares: 75 }), { mean: 5, lower: 5, upper: 5 });
});

interval.run();
