import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { funnelOverdispersion, overdispersedLimits } from '../../../queries/stats/funnel-overdispersion.ts';
import { zOf } from '../../../queries/stats/wilson.ts';
import { assertFinite, assertNear } from './finite.ts';

const spread = suite('funnelOverdispersion');
const nothing = { z: null, zTrimmed: null, zAdjusted: null };

spread('measures the spread beyond chance on the transformed scale', () => {
  const { target, phi, tau2, units } = funnelOverdispersion(
    [
      { numerator: 0, denominator: 100 },
      { numerator: 100, denominator: 100 },
    ],
    'share',
    0,
  );
  const z = (Math.PI / 4) * 20; // asin √½ is π/4, the error 1/20
  assert.is(target, 0.5);
  assertNear(units[0]?.z, -z);
  assertNear(phi, z ** 2);
  assertNear(tau2, (2 * z ** 2 - 1) / (800 - 400));
  assertNear(units[1]?.zAdjusted, Math.PI / 4 / Math.sqrt(1 / 400 + tau2));
});

spread('adds nothing where units are alike, or where there is one', () => {
  assert.equal(funnelOverdispersion([{ numerator: 4, denominator: 16 }], 'ratio'), {
    target: 1,
    phi: 16,
    tau2: 0,
    units: [{ z: -4, zTrimmed: -4, zAdjusted: -4 }],
  });
  const alike = funnelOverdispersion(new Array(5).fill({ numerator: 2, denominator: 20 }), 'share');
  assert.equal([alike.phi, alike.tau2], [0, 0]);
});

spread('knows nothing of a unit without a denominator, and no target without units', () => {
  assert.equal(funnelOverdispersion([], 'share'), { target: null, phi: null, tau2: 0, units: [] });
  assert.equal(funnelOverdispersion([{ numerator: 0, denominator: 0 }], 'ratio').units, [nothing]);
  assert.equal(overdispersedLimits(10, { target: null, tau2: 0 }, 'share', 0.95), { lower: null, upper: null });
});

spread('puts a unit outside its limits where its z is', () => {
  const unit = fc.integer({ min: 1, max: 400 }).chain((n) => fc.record({ denominator: fc.constant(n), numerator: fc.nat(n) }));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 20 }), fc.constantFrom('share', 'ratio'), (units, kind) => {
      const found = funnelOverdispersion(units, kind);
      assertFinite(found);
      units.forEach(({ numerator, denominator }, i) => {
        const { lower, upper } = overdispersedLimits(denominator, found, kind, 0.95);
        const z = found.units[i]?.zAdjusted ?? 0;
        const y = numerator / denominator;
        if (Math.abs(Math.abs(z) - zOf(0.95)) < 1e-9) return;
        assert.is(y < Number(lower) || y > Number(upper), Math.abs(z) > zOf(0.95));
      });
    }),
  );
});

spread.run();
