import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { benjaminiHochberg } from '../../../queries/stats/benjamini-hochberg.ts';
import { assertNear } from './finite.ts';

const adjusted = suite('benjaminiHochberg');

adjusted('multiplies by how many there are over the rank, monotone from the top', () => {
  const [a, b, c] = benjaminiHochberg([0.01, 0.04, 0.03]); // 0.03 × 3 / 2 lies above the next, 0.04
  [a, b, c].forEach((value, i) => assertNear(value, [0.03, 0.04, 0.04][i] ?? NaN));
});

adjusted('leaves out what has no p-value', () => {
  assert.equal(benjaminiHochberg([null, 0.2, null]), [null, 0.2, null]);
  assert.equal(benjaminiHochberg([]), []);
});

adjusted('keeps the order of the p-values, lies between each and 1, and rejects as the step-up rule does', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }), (p) => {
      const order = p.map((value, i) => ({ value, to: benjaminiHochberg(p)[i] ?? NaN })).sort((a, b) => a.value - b.value);
      order.forEach(({ value, to }, i) => assert.ok(to >= value - 1e-15 && to <= 1 && to >= (order[i - 1]?.to ?? 0)));
      const q = 0.1;
      const reach = order.findLastIndex(({ value }, i) => (value * p.length) / (i + 1) <= q);
      assert.is(order.filter(({ to }) => to <= q).length, reach + 1);
    }),
  );
});

adjusted.run();
