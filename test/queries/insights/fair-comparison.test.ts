import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compareCounts, compareRates, compareShares, judgeMembers } from '../../../queries/insights/fair-comparison.ts';
import { assertNear } from '../stats/finite.ts';

const fair = suite('fair comparison');
const verdictsOf = (figures: ReturnType<typeof judgeMembers>) => figures.map((f) => f.verdict);

/** Members that are as expected. */
const usual = (count: number, n = 100, expected = 20) => Array.from({ length: count }, () => ({ n, observed: expected, expected }));

fair('says nothing of fewer than ten cases', () => {
  const [small, enough] = judgeMembers(compareShares([{ n: 9, observed: 9, expected: 2 }, ...usual(3)]));
  assert.equal(small, {
    expected: 2 / 9, limitLow: null, limitHigh: null, shrunk: null, shrunkLow: null, shrunkHigh: null, verdict: 'not enough data',
  }); // prettier-ignore
  assert.is(enough?.verdict, 'within chance');
});

fair('draws the limits of shares around what is expected, on the scale asin √share', () => {
  const [one] = judgeMembers(compareShares(usual(4)));
  // asin √0.2 = 0.46365, less and plus 3.0902 / (2 √100).
  assertNear(one?.limitLow ?? null, Math.sin(0.4636476090008061 - 0.15451161530839064) ** 2);
  assertNear(one?.limitHigh ?? null, Math.sin(0.4636476090008061 + 0.15451161530839064) ** 2);
  assertNear(one?.expected ?? null, 0.2);
  // Nobody differs, so all are taken to be alike.
  assertNear(one?.shrunk ?? null, 0.2);
});

fair('draws the limits of counts around what is expected, on the scale of square roots', () => {
  const [one] = judgeMembers(compareCounts([{ n: 100, observed: 14, expected: 6.1 }, ...usual(40, 200, 6)]));
  // (√6.1 ± 3.0902 / 2)²: 14 are still within what chance allows, 17 are not.
  assert.ok(Math.abs((one?.limitHigh ?? 0) - 16.12) < 0.005, String(one?.limitHigh));
  assert.ok(Math.abs((one?.limitLow ?? 0) - 0.855) < 0.005, String(one?.limitLow));
  assert.is(one?.verdict, 'within chance');
  const [other] = judgeMembers(compareCounts([{ n: 100, observed: 20, expected: 6.1 }, ...usual(10, 200, 6)]));
  assert.is(other?.verdict, 'more than expected');
});

fair('draws the limits of rates no narrower than the exact ones of a Poisson count, and wider where events come in bunches', () => {
  const odd = { n: 50, observed: 40, expected: 20 };
  const [one] = judgeMembers(compareRates([odd, ...usual(20, 50, 20)], 1));
  // 20 expected, over 50 cases: below (√20 − 3.0902 / 2)², which is less than the exact 8.96; above qgamma(0.999, 21), which is more than 36.2.
  assert.ok(Math.abs((one?.limitLow ?? 0) - 8.567377 / 50) < 1e-5, String(one?.limitLow));
  assert.ok(Math.abs((one?.limitHigh ?? 0) - 38.04188 / 50) < 1e-5, String(one?.limitHigh));
  assertNear(one?.expected ?? null, 0.4);
  assert.is(one?.verdict, 'more than expected');
  // As uncertain as 10 where 5 are expected: still within chance.
  const [bunched] = judgeMembers(compareRates([odd, ...usual(20, 50, 20)], 4));
  assert.is(bunched?.verdict, 'within chance');
  assert.ok((bunched?.limitLow ?? 1) < (one?.limitLow ?? 0) && (one?.limitHigh ?? 1) < (bunched?.limitHigh ?? 0));
});

fair('does not take what peers never had for news at once, nor for nothing', () => {
  const never = (observed: number) =>
    judgeMembers(compareRates([{ n: 60, observed, expected: 0 }, ...usual(8, 60, 0).map((m) => ({ ...m, observed: 0 }))], 1));
  assert.equal([never(0), never(2), never(20)].map(([one]) => one?.verdict), ['within chance', 'within chance', 'more than expected']); // prettier-ignore
  assert.is(never(0)[1]?.verdict, 'within chance');
});

fair('lets a case have several events, and says nothing of fewer than ten cases', () => {
  const [several, few] = judgeMembers(
    compareRates([{ n: 40, observed: 90, expected: 60 }, { n: 9, observed: 9, expected: 9 }, ...usual(10, 40, 60)], 1),
  );
  assert.is(several?.verdict, 'more than expected');
  assert.equal([few?.expected, few?.verdict], [1, 'not enough data']);
});

fair('tells more from fewer, whatever mix a member has', () => {
  const figures = judgeMembers(
    compareShares([{ n: 400, observed: 140, expected: 80 }, { n: 400, observed: 260, expected: 320 }, ...usual(18, 400, 80)]),
  );
  assert.equal(verdictsOf(figures).slice(0, 3), ['more than expected', 'fewer than expected', 'within chance']);
  // Drawn from 35% towards the 20% expected, but not all the way.
  const { shrunk, shrunkLow, shrunkHigh } = figures[0] ?? {};
  assert.ok(0.25 < (shrunk ?? 0) && (shrunk ?? 1) < 0.35, String(shrunk));
  assert.ok((shrunkLow ?? 1) < (shrunk ?? 0) && (shrunk ?? 1) < (shrunkHigh ?? 0));
});

fair('takes no case where a few are expected for chance', () => {
  // 0.95⁶⁰ = 0.046, though √0 lies 3.5 errors below √0.05.
  const figures = judgeMembers(compareShares([{ n: 60, observed: 0, expected: 3 }, ...usual(10, 60, 3)]));
  assert.is(figures[0]?.verdict, 'within chance');
});

fair('asks for more the more is looked at', () => {
  // 2 (√38 − √20) = 3.38 errors, a chance of 0.0007: news among 21, none among 401.
  const odd = { n: 1000, observed: 38, expected: 20 };
  const few = judgeMembers(compareCounts([odd, ...usual(20, 1000, 20)]));
  assert.is(few[0]?.verdict, 'more than expected');
  const many = judgeMembers(compareCounts([odd, ...usual(400, 1000, 20)]));
  assert.is(many[0]?.verdict, 'within chance');
});

fair('widens the limits where members differ by more than chance', () => {
  const alike = judgeMembers(compareShares(usual(20, 400, 80)));
  const spread = Array.from({ length: 20 }, (_, i) => ({ n: 400, observed: 80 + (i % 2 ? 24 : -24), expected: 80 }));
  const apart = judgeMembers(compareShares(spread));
  assert.ok((apart[0]?.limitHigh ?? 0) > (alike[0]?.limitHigh ?? 1) + 0.05);
  assert.equal(new Set(verdictsOf(apart)), new Set(['within chance']));
});

fair.run();
