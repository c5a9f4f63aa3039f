import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { binomialTest } from '../../../queries/stats/binomial-test.ts';
import { assertNear } from './finite.ts';

const exact = suite('binomialTest');

exact('adds up all outcomes that are no likelier than the one seen', () => {
  assert.is(binomialTest(5, 10, 0.5), 1);
  assertNear(binomialTest(1, 10, 0.5), 22 / 1024); // 0, 1, 9 and 10 of 10
  assertNear(binomialTest(9, 10, 0.5), 22 / 1024);
  assertNear(binomialTest(3, 3, 0.75), 1); // 2 of 3 is as likely: 27/64 each
  assertNear(binomialTest(1, 3, 0.75), 10 / 64);
});

exact.run();
