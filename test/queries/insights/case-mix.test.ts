import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { expectedOfMix, poolStrata } from '../../../queries/insights/case-mix.ts';
import { assertNear } from '../stats/finite.ts';

const mix = suite('expectedOfMix');

mix('expects of each member what its peers had in the same kinds of cases', () => {
  const totals = expectedOfMix([
    { member: 'A', stratum: [1], n: 20, events: 4 },
    { member: 'A', stratum: [2], n: 20, events: 2 },
    { member: 'B', stratum: [1], n: 40, events: 4 },
    { member: 'B', stratum: [2], n: 30, events: 6 },
  ]);
  // A: 20 × 4/40 + 20 × 6/30; B: 40 × 4/20 + 30 × 2/20.
  assert.equal([totals.get('A')?.n, totals.get('A')?.observed], [40, 6]);
  assertNear(totals.get('A')?.expected ?? null, 6);
  assert.equal([totals.get('B')?.n, totals.get('B')?.observed], [70, 10]);
  assertNear(totals.get('B')?.expected ?? null, 11);
});

mix('takes the hard cases somebody has for what they are', () => {
  // Both do equally well in each kind; B has more of the hard one, and a worse rate.
  const totals = expectedOfMix([
    { member: 'A', stratum: [1], n: 90, events: 9 },
    { member: 'A', stratum: [2], n: 20, events: 10 },
    { member: 'B', stratum: [1], n: 20, events: 2 },
    { member: 'B', stratum: [2], n: 90, events: 45 },
  ]);
  assertNear(totals.get('A')?.expected ?? null, 19);
  assertNear(totals.get('B')?.expected ?? null, 47);
});

mix('says nothing about work that only one member does', () => {
  const totals = expectedOfMix([
    { member: 'A', stratum: [1], n: 50, events: 10 },
    { member: 'B', stratum: [2], n: 50, events: 40 },
  ]);
  assertNear(totals.get('A')?.expected ?? null, 10);
  assertNear(totals.get('B')?.expected ?? null, 40);
});

mix('puts kinds with few cases together, the last part first, and what is left in one', () => {
  const pools = poolStrata(
    [
      { stratum: [1, 1], n: 40 },
      { stratum: [1, 2], n: 20 },
      { stratum: [1, 3], n: 15 },
      { stratum: [2, 1], n: 5 },
      { stratum: [3, 1], n: 6 },
    ],
    30,
  );
  assert.equal(pools, ['2:1,1', '1:1', '1:1', '0:', '0:']);
});

mix.run();
