import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as fc from 'fast-check';
import { foldSmall } from '../../../queries/digest/fold.ts';
import { isTooFew } from '../../../queries/small-groups.ts';

const fold = suite('groups that are too small');
const rows = (counts: Record<string, number>) => Object.entries(counts).map(([team, received]) => ({ team, received }));
const folded = (counts: Record<string, number>, most: number) => {
  const { named, rest } = foldSmall(rows(counts), { dimension: 'team', measure: 'received', most });
  return [named.map(({ team, received }) => [team, received]), rest];
};

for (const [what, counts, expected, most = 10] of [
  [
    'tells groups of five and more',
    { a: 9, b: 5 },
    [
      [
        ['a', 9],
        ['b', 5],
      ],
      null,
    ],
  ],
  ['puts two small ones together', { a: 9, b: 4, c: 3 }, [[['a', 9]], { members: 2, total: 7 }]],
  ['takes the next smallest where one is alone', { a: 9, b: 7, c: 4 }, [[['a', 9]], { members: 2, total: 11 }]],
  ['takes the next smallest where both together are few', { a: 9, b: 7, c: 2, d: 1 }, [[['a', 9]], { members: 3, total: 10 }]],
  ['tells none where nothing is left to take', { a: 4 }, [[], { members: 1, total: 4 }]],
  ['puts those beyond the most together', { a: 9, b: 8, c: 7 }, [[['a', 9]], { members: 2, total: 15 }], 1],
  ['leaves out who has none', { a: 9, b: 0 }, [[['a', 9]], null]],
  ['counts what a limit left over', { a: 9, '(other)': 40, b: 3 }, [[['a', 9]], { members: 1, total: 43 }]],
] as [string, Record<string, number>, unknown, number?][])
  // prettier-ignore
  fold(what, () => assert.equal(folded(counts, most), expected));

fold('never lets a small group be worked out from the total, whatever the groups', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 12 }), fc.integer({ min: 1, max: 6 }), (counts, most) => {
      const given = Object.fromEntries(counts.map((count, i) => [`g${i}`, count]));
      const { named, rest } = foldSmall(rows(given), { dimension: 'team', measure: 'received', most });
      const total = counts.reduce((sum, count) => sum + count, 0);
      assert.is(named.reduce((sum, row) => sum + Number(row.received), 0) + (rest?.total ?? 0), total);
      assert.not.ok(named.some((row) => isTooFew(row.received)));
      // What is put together is several groups, or all there are.
      if (rest && counts.some(isTooFew) && named.length)
        assert.ok(rest.members > 1 && !isTooFew(rest.total), JSON.stringify({ counts, rest }));
    }),
  );
});

fold.run();
