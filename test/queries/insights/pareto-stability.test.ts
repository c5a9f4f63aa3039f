import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { placing, type Weighed } from '../../../queries/insights/pareto-stability.ts';

const stability = suite('stability of the vital few');

const counts = (values: Record<string, number>): Weighed[] =>
  Object.entries(values).map(([member, value]) => ({ member, value, variance: value }));

stability('are the fewest that make four fifths, with what could change places by chance', () => {
  // 100 − 90 = 10 is within 1.96 √190 = 27.0; 90 − 40 = 50 beyond 1.96 √130 = 22.3; 40 − 10 = 30 beyond 1.96 √50 = 13.9.
  const { placed, vital, share } = placing(counts({ D: 10, A: 100, C: 40, B: 90 }));
  assert.equal(vital, ['A', 'B', 'C']);
  assert.is(share, 230 / 240);
  assert.equal(
    [...placed].map(([member, { isVital, swapsWith }]) => [member, isVital, swapsWith]),
    [
      ['A', true, 'B'],
      ['B', true, 'A'],
      ['C', true, null],
      ['D', false, null],
    ],
  );
  assert.equal(placed.get('B'), { share: 90 / 240, cumulative: 190 / 240, isVital: true, swapsWith: 'A' });
});

stability('says of the last of them and the first after them when the border is open, and nothing of the rest', () => {
  // 80 of 100 close the list; 12 − 8 = 4 is within 1.96 √20 = 8.8, and so is every pair of the tail.
  const { placed } = placing(counts({ A: 70, B: 12, C: 8, D: 6, E: 4 }));
  assert.equal(
    [...placed.values()].map(({ swapsWith }) => swapsWith),
    [null, 'C', 'B', null, null],
  );
});

stability('takes the spread of a sum from its squares', () => {
  // Two sums of money, 1000 and 700: of many small amounts the difference stands, of two large ones it does not.
  const swaps = (variance: number) =>
    placing([
      { member: 'A', value: 1000, variance },
      { member: 'B', value: 700, variance },
    ]).placed.get('A')?.swapsWith;
  assert.is(swaps(10_000), null); // 300 > 1.96 √20,000 = 277.2
  assert.is(swaps(12_000), 'B'); // 300 ≤ 1.96 √24,000 = 303.6
});

stability('have nothing to say where there is nothing', () => {
  assert.equal(placing(counts({ A: 0 })), { placed: new Map(), vital: [], share: null });
});

stability.run();
