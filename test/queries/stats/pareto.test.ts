import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pareto } from '../../../queries/stats/pareto.ts';
import { assertNear } from './finite.ts';

const cumulated = suite('pareto');

cumulated('sorts, cumulates and names the vital few; the one that reaches the threshold closes them', () => {
  assert.equal(
    pareto([
      ['fee', 1],
      ['late', 6],
      ['rude', 2],
      ['lost', 1],
    ]),
    {
      total: 10,
      rows: [
        { category: 'late', count: 6, share: 0.6, cumulative: 0.6 },
        { category: 'rude', count: 2, share: 0.2, cumulative: 0.8 },
        { category: 'fee', count: 1, share: 0.1, cumulative: 0.9 },
        { category: 'lost', count: 1, share: 0.1, cumulative: 1 },
      ],
      vitalFew: ['late', 'rude'],
    },
  );
});

cumulated('puts last what belongs last', () => {
  const { rows } = pareto(
    [
      ['(other)', 9],
      ['late', 1],
    ],
    { last: ['(other)'] },
  );
  assert.equal(
    rows.map((row) => row.category),
    ['late', '(other)'],
  );
});

cumulated('knows no share of nothing', () => {
  assert.equal(pareto([]), { total: 0, rows: [], vitalFew: [] });
  assert.equal(pareto([['late', 0]]), {
    total: 0,
    rows: [{ category: 'late', count: 0, share: null, cumulative: null }],
    vitalFew: [],
  });
});

cumulated('ends at 1 and never falls', () => {
  const counts = fc.array(fc.tuple(fc.string(), fc.double({ min: 0, max: 1e6, noNaN: true })), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(counts, (given) => {
      const { rows, total } = pareto(given);
      if (total === 0) return;
      assertNear(rows.at(-1)?.cumulative, 1, 0);
      rows.forEach((row, i) => assert.ok((row.cumulative ?? 0) >= (rows[i - 1]?.cumulative ?? 0)));
    }),
  );
});

cumulated.run();
