import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dispersionOf, poissonRate } from '../../../queries/stats/poisson-rate.ts';
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

rates('counts events that come in bunches as so many fewer', () => {
  const single = poissonRate(20, 100);
  const bunched = poissonRate(80, 100, 0.95, 4);
  assertNear(bunched.rate, 0.8);
  assertNear(bunched.lower, Number(single.lower) * 4);
  assertNear(bunched.upper, Number(single.upper) * 4);
});

rates('tells how far events come in bunches', () => {
  // 0, 0, 0 and 4: mean 1, variance (3 × 1 + 9) / 3 = 4.
  assertNear(dispersionOf([{ n: 4, events: 4, squares: 16 }]), 4);
  // One each varies by less than chance, and chance is the least.
  assert.is(dispersionOf([{ n: 4, events: 4, squares: 4 }]), 1);
  // Two groups that are each as even as can be do not bunch for lying apart.
  assert.is(dispersionOf([{ n: 4, events: 4, squares: 4 }, { n: 4, events: 40, squares: 400 }]), 1); // prettier-ignore
  for (const none of [{ n: 1, events: 5, squares: 25 }, { n: 9, events: 0, squares: 0 }]) assert.is(dispersionOf([none]), 1); // prettier-ignore
});

rates.run();
