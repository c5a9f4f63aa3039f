import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { proportionDifference } from '../../../queries/stats/proportion-difference.ts';
import { assertFinite } from './finite.ts';

const differences = suite('proportionDifference');
const share = fc.integer({ min: 1, max: 500 }).chain((n) => fc.record({ n: fc.constant(n), successes: fc.nat(n) }));

differences('stays within −1 and 1', () => {
  const { difference, upper } = proportionDifference({ successes: 10, n: 10 }, { successes: 0, n: 20 });
  assert.equal([difference, upper], [1, 1]);
});

differences('says nothing where either side has no cases', () => {
  const nothing = { difference: null, lower: null, upper: null };
  assert.equal(proportionDifference({ successes: 0, n: 0 }, { successes: 1, n: 2 }), nothing);
  assert.equal(proportionDifference({ successes: 1, n: 2 }, { successes: 0, n: 0 }), nothing);
});

differences('turns its sign when the sides change places, and nests by confidence', () => {
  fc.assert(
    fc.property(share, share, (a, b) => {
      const narrow = proportionDifference(a, b, 0.9);
      const wide = proportionDifference(a, b, 0.99);
      assertFinite(wide);
      assert.ok(Number(wide.lower) <= Number(narrow.lower) && Number(narrow.upper) <= Number(wide.upper));
      assert.ok(Number(narrow.lower) <= Number(narrow.difference) && Number(narrow.difference) <= Number(narrow.upper));
      assert.is(Number(proportionDifference(b, a, 0.9).lower) + Number(narrow.upper), 0);
    }),
  );
});

differences.run();
