import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { binomialFunnelLimits, type FunnelLimits } from '../../../queries/stats/funnel-binomial.ts';
import { poissonFunnelLimits } from '../../../queries/stats/funnel-poisson.ts';
import { assertFinite, assertNear } from './finite.ts';

const limits = suite('funnel limits');
const nothing = { lower95: null, upper95: null, lower998: null, upper998: null };

limits('of a share are interpolated between counts', () => {
  const { lower95, upper95, upper998 } = binomialFunnelLimits(1, 0.5); // F(0) = 1/2, F(1) = 1
  assert.is(lower95, 0);
  assertNear(upper95, 1 - 0.025 / 0.5);
  assertNear(upper998, 1 - 0.001 / 0.5);
});

limits('are none without cases or expected events', () => {
  assert.equal(binomialFunnelLimits(0, 0.1), nothing);
  assert.equal(poissonFunnelLimits(0), nothing);
  assert.equal(poissonFunnelLimits(10, 0), nothing);
});

limits('of a target nobody reaches are 0', () => {
  assert.equal(binomialFunnelLimits(10, 0), { lower95: 0, upper95: 0, lower998: 0, upper998: 0 });
});

limits('stand in order, the wider outside', () => {
  const isOrdered = ({ lower95, upper95, lower998, upper998 }: FunnelLimits) => {
    const order = [lower998, lower95, upper95, upper998].map(Number);
    assertFinite(order);
    assert.equal(
      order,
      order.toSorted((a, b) => a - b),
    );
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, target) =>
      isOrdered(binomialFunnelLimits(n, target)),
    ),
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e5, noNaN: true }), (expected) => {
      const found = poissonFunnelLimits(expected);
      isOrdered(found);
      assert.ok(Number(found.lower95) < 1 && Number(found.upper95) > 1);
    }),
  );
});

limits.run();
