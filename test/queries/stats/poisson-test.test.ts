import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { poissonTest } from '../../../queries/stats/poisson-test.ts';
import { assertNear } from './finite.ts';

const tests = suite('poissonTest');

tests('is twice the smaller tail', () => {
  // P(X = 0) = e⁻³; P(X ≥ 7) with 3 expected, summed by hand: 0.0335.
  assertNear(poissonTest(0, 3), 2 * Math.exp(-3));
  assert.ok(Math.abs(poissonTest(7, 3) - 0.067) < 0.0002, String(poissonTest(7, 3)));
  assert.is(poissonTest(3, 3), 1);
});

tests('falls the further a count lies from what is expected, also between whole counts', () => {
  for (const expected of [0.5, 4, 20, 300]) {
    for (const side of [1, -1]) {
      const away = [0, 0.5, 1, 1.5, 2, 2.5].map((errors) => Math.max(0, expected + side * errors * Math.sqrt(expected)));
      const tails = away.map((count) => poissonTest(count, expected));
      assert.equal(tails, tails.toSorted((a, b) => b - a), `${expected} ${tails.join()}`); // prettier-ignore
    }
  }
});

tests.run();
