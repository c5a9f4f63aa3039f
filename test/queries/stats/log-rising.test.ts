import { suite } from 'uvu';
import { logRising } from '../../../queries/stats/log-rising.ts';
import { assertNear } from './finite.ts';

const rising = suite('logRising');

rising('is the logarithm of a (a + 1) … (a + x − 1), for small and large a', () => {
  assertNear(logRising(1, 4), Math.log(24));
  assertNear(logRising(3, 0), 0);
  assertNear(logRising(20, 2), Math.log(20 * 21), 1e-12);
  assertNear(logRising(1e9, 2), Math.log(1e9) + Math.log(1e9 + 1), 1e-12);
});

rising.run();
