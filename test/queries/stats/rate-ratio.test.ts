import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rateRatio } from '../../../queries/stats/rate-ratio.ts';
import { assertNear } from './finite.ts';

const ratios = suite('rateRatio');

ratios('is open above where the second has no events', () => {
  const { ratio, lower, upper, p } = rateRatio({ count: 5, exposure: 10 }, { count: 0, exposure: 10 });
  assert.equal([ratio, upper], [null, null]);
  const share = 0.025 ** (1 / 5);
  assertNear(lower, share / (1 - share));
  assertNear(p, 2 * 0.5 ** 5);
});

ratios('is 0 with a limit where the first has none', () => {
  const { ratio, lower, upper } = rateRatio({ count: 0, exposure: 10 }, { count: 5, exposure: 20 });
  assert.equal([ratio, lower], [0, 0]);
  const share = 1 - 0.025 ** (1 / 5);
  assertNear(upper, (share / (1 - share)) * 2);
});

ratios('says nothing without events or exposure', () => {
  const nothing = { ratio: null, lower: null, upper: null, p: null };
  assert.equal(rateRatio({ count: 0, exposure: 1 }, { count: 0, exposure: 1 }), nothing);
  assert.equal(rateRatio({ count: 4, exposure: 0 }, { count: 1, exposure: 1 }), nothing);
  assert.equal(rateRatio({ count: 4, exposure: 1 }, { count: 1, exposure: null }), nothing);
});

ratios.run();
