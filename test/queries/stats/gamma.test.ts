import { suite } from 'uvu';
import { gammaCdf, gammaQuantile } from '../../../queries/stats/gamma.ts';
import { assertNear } from './finite.ts';

const gamma = suite('gamma distribution');

gamma('of shape 1 is the exponential', () => {
  assertNear(gammaQuantile(0.975, 1, 2), -Math.log(0.025) / 2);
  assertNear(gammaCdf(3, 1, 2), 1 - Math.exp(-6));
});

gamma('is right on both sides of the mean for large shapes', () => {
  // Computed with scipy 1.17, chi2.ppf and gamma.cdf.
  assertNear(2 * gammaQuantile(0.5, 2001 / 2, 1), 2000.3333728341727);
  assertNear(2 * gammaQuantile(0.975, 142_118 / 2, 1), 143_164.82404904);
  assertNear(2 * gammaQuantile(0.999, 20_000_000 / 2, 1), 20_019_550.045);
  assertNear(gammaCdf(1009.4868329805051, 1000, 1), 0.6215633923057016);
  assertNear(gammaCdf(999_500, 1_000_000, 1), 0.30862555689081533);
});

gamma('finds its quantiles again', () => {
  for (const shape of [0.3, 1, 7, 99, 100, 101, 5000, 3e5])
    for (const p of [0.001, 0.025, 0.4, 0.6, 0.975, 0.999]) assertNear(gammaCdf(gammaQuantile(p, shape, 0.7), shape, 0.7), p);
});

gamma.run();
