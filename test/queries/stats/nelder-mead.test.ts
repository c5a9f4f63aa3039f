import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { minimise } from '../../../queries/stats/nelder-mead.ts';
import { assertNear } from './finite.ts';

const search = suite('minimise');

search("finds the end of Rosenbrock's curved valley", () => {
  const { at, value } = minimise(([x = 0, y = 0]) => (1 - x) ** 2 + 100 * (y - x ** 2) ** 2, [-1.2, 1]);
  assertNear(at[0], 1, 1e-6);
  assertNear(at[1], 1, 1e-6);
  assert.ok(value < 1e-12);
});

search('keeps off where the function has no value', () => {
  const { at } = minimise(([x = 0]) => (x < 2 ? Infinity : x), [5]);
  assertNear(at[0], 2, 1e-6);
});

search.run();
