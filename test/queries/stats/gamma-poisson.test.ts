import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fitGammaPoisson, shrinkRate } from '../../../queries/stats/gamma-poisson.ts';
import { assertFinite, assertNear } from './finite.ts';

const shrunken = suite('gamma-Poisson shrinkage');
const unit = fc.record({ count: fc.nat(60), exposure: fc.integer({ min: 0, max: 2000 }).map((n) => n / 10) });

shrunken('adds the prior to what was seen', () => {
  const { raw, mean, lower, upper, aboveMean } = shrinkRate({ count: 0, exposure: 1 }, { alpha: 1, beta: 1, mean: 1 }, 0.95);
  assert.equal([raw, mean], [0, 0.5]);
  assertNear(lower, -Math.log(0.975) / 2); // shape 1 and rate 2: the exponential
  assertNear(upper, -Math.log(0.025) / 2);
  assertNear(aboveMean, Math.exp(-2));
});

shrunken('pools units that differ by no more than chance', () => {
  const pooled = (mean: number) => ({ alpha: null, beta: null, mean });
  assert.equal(fitGammaPoisson([{ count: 4, exposure: 2 }]), pooled(2));
  assert.equal(fitGammaPoisson([1, 2, 3].map((count) => ({ count, exposure: 10 * count }))), pooled(0.1));
  assert.equal(fitGammaPoisson([{ count: 0, exposure: 3 }]), pooled(0));
  assert.is(fitGammaPoisson([{ count: 0, exposure: 0 }]), null);
  assert.equal(shrinkRate({ count: 3, exposure: 0 }, pooled(0.1)), { raw: null, mean: 0.1, lower: 0.1, upper: 0.1, aboveMean: null });
});

shrunken('shrinks those with little exposure most', () => {
  const prior = fitGammaPoisson([1, 40, 3, 90, 10].map((count) => ({ count, exposure: 20 })));
  assert.ok(prior?.alpha);
  const off = (exposure: number) => Math.abs(shrinkRate({ count: 2 * exposure, exposure }, prior).mean - 2);
  assert.ok(off(1) > off(10) && off(10) > off(100));
});

shrunken('lies between the rate of the unit and that of its peers, within its interval', () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 12 }), (units) => {
      const prior = fitGammaPoisson(units);
      if (!prior) return;
      for (const each of units.filter(({ exposure }) => exposure > 0)) {
        const { raw, mean, lower, upper, aboveMean } = shrinkRate(each, prior);
        assertFinite([mean, lower, upper, aboveMean]);
        const [low, high] = [Math.min(raw ?? prior.mean, prior.mean), Math.max(raw ?? prior.mean, prior.mean)];
        assert.ok(low * (1 - 1e-9) <= mean && mean <= high * (1 + 1e-9));
        assert.ok(0 <= lower && lower <= upper);
      }
    }),
    { numRuns: 60 },
  );
});

shrunken.run();
