import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { poissonRate } from '../../../queries/stats/poisson-rate.ts';
import { assertFinite, assertNear } from './finite.ts';

const rates = suite('poissonRate');

rates('has an upper limit where nothing was seen', () => {
  const { rate, lower, upper } = poissonRate(0, 10);
  assert.equal([rate, lower], [0, 0]);
  assertNear(upper, -Math.log(0.025) / 10);
});

rates('is none without exposure', () => {
  for (const exposure of [null, 0]) assert.equal(poissonRate(3, exposure), { rate: null, lower: null, upper: null });
});

rates('lies within its interval, and a narrower one within a wider', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.double({ min: 0.01, max: 1e6, noNaN: true }), (count, exposure) => {
      const narrow = poissonRate(count, exposure, 0.9);
      const wide = poissonRate(count, exposure, 0.998);
      assertFinite(wide);
      const order = [wide.lower, narrow.lower, narrow.rate, narrow.upper, wide.upper].map(Number);
      assert.equal(
        order,
        order.toSorted((a, b) => a - b),
      );
    }),
  );
});

rates.run();
