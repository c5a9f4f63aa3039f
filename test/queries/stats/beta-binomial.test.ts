import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fitBetaBinomial, momentBetaBinomial, shrinkShare } from '../../../queries/stats/beta-binomial.ts';
import { assertFinite, assertNear } from './finite.ts';

const shrunken = suite('beta-binomial shrinkage');
const unit = fc.nat(300).chain((n) => fc.record({ n: fc.constant(n), successes: fc.nat(n) }));

shrunken('adds the prior to what was seen', () => {
  const { raw, mean, aboveMean } = shrinkShare({ successes: 1, n: 1 }, { alpha: 1, beta: 1, mean: 0.5 }, 0.9);
  assert.equal([raw, mean], [1, 2 / 3]);
  assertNear(aboveMean, 1 - 0.5 ** 2); // Beta(2, 1) has the distribution function x²
});

shrunken('pools units that differ by no more than chance', () => {
  const pooled = (mean: number) => ({ alpha: null, beta: null, mean });
  assert.equal(fitBetaBinomial([{ successes: 5, n: 10 }]), pooled(0.5));
  assert.equal(fitBetaBinomial([10, 20, 30].map((n) => ({ successes: n / 10, n }))), pooled(0.1));
  assert.equal(fitBetaBinomial([3, 9].map((n) => ({ successes: 0, n }))), pooled(0));
  assert.equal(fitBetaBinomial([3, 9].map((n) => ({ successes: n, n }))), pooled(1));
  assert.is(fitBetaBinomial([{ successes: 0, n: 0 }]), null);
  assert.equal(shrinkShare({ successes: 3, n: 10 }, pooled(0.1)), { raw: 0.3, mean: 0.1, lower: 0.1, upper: 0.1, aboveMean: null });
});

shrunken('has no moments without variance', () => {
  assert.equal(momentBetaBinomial([]), null);
  assert.equal(momentBetaBinomial([{ successes: 1, n: 2 }]), { alpha: null, beta: null, mean: 0.5, sd: null });
  assert.equal(momentBetaBinomial([2, 4].map((n) => ({ successes: n / 2, n }))), { alpha: null, beta: null, mean: 0.5, sd: 0 });
});

shrunken('lies between the share of the unit and that of its peers, within its interval', () => {
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 12 }), (units) => {
      const prior = fitBetaBinomial(units);
      if (!prior) return;
      for (const each of units) {
        const { raw, mean, lower, upper, aboveMean } = shrinkShare(each, prior);
        assertFinite([mean, lower, upper, aboveMean]);
        const [low, high] = [Math.min(raw ?? prior.mean, prior.mean), Math.max(raw ?? prior.mean, prior.mean)];
        assert.ok(low - 1e-9 <= mean && mean <= high + 1e-9);
        assert.ok(0 <= lower && lower <= upper && upper <= 1);
      }
    }),
    { numRuns: 60 },
  );
});

shrunken.run();
