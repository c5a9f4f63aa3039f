import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { indirectStandardisation } from '../../../queries/stats/indirect-standardisation.ts';
import { assertNear } from './finite.ts';

const standardised = suite('indirectStandardisation');

standardised('compares what was seen with what peers would have had', () => {
  const { observed, expected, ratio } = indirectStandardisation([
    { observed: 3, exposure: 100, standardRate: 0.01 },
    { observed: 0, exposure: 50, standardRate: 0.02 },
  ]);
  assert.equal([observed, expected, ratio], [3, 2, 1.5]);
});

standardised('has an upper limit where nothing was seen, and no ratio where nothing is expected', () => {
  const { ratio, lower, upper } = indirectStandardisation([{ observed: 0, exposure: 100, standardRate: 0.02 }]);
  assert.equal([ratio, lower], [0, 0]);
  assertNear(upper, -Math.log(0.025) / 2);
  const nothing = { observed: 0, expected: 0, ratio: null, lower: null, upper: null };
  assert.equal(indirectStandardisation([]), nothing);
  assert.equal(indirectStandardisation([{ observed: 2, exposure: 0, standardRate: 0.02 }]), { ...nothing, observed: 2 });
});

standardised.run();
