import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wilson } from '../../../queries/stats/wilson.ts';
import { assertNear } from './finite.ts';

const intervals = suite('wilson');

intervals('knows nothing of no cases', () => {
  assert.equal(wilson(0, 0), { estimate: null, lower: null, upper: null });
});

intervals('ends at 0 and at 1', () => {
  const zz = 1.959963984540054 ** 2;
  const none = wilson(0, 10);
  assert.equal([none.estimate, none.lower], [0, 0]);
  assertNear(none.upper, zz / (10 + zz));
  const all = wilson(10, 10);
  assert.equal([all.estimate, all.upper], [1, 1]);
  assertNear(all.lower, 10 / (10 + zz));
});

intervals('nests by confidence around the share', () => {
  const share = fc.integer({ min: 1, max: 500 }).chain((n) => fc.record({ n: fc.constant(n), successes: fc.nat(n) }));
  fc.assert(
    fc.property(share, ({ successes, n }) => {
      const narrow = wilson(successes, n, 0.9);
      const wide = wilson(successes, n, 0.99);
      const order = [0, wide.lower, narrow.lower, narrow.estimate, narrow.upper, wide.upper, 1].map(Number);
      assert.equal(
        order,
        order.toSorted((a, b) => a - b),
      );
    }),
  );
});

intervals.run();
