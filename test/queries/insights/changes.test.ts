import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeOf } from '../../../queries/insights/changes.ts';
import { measureOf } from '../../../queries/model/measures.ts';
import { assertNear } from '../stats/finite.ts';

const changes = suite('changes against before');
const received = measureOf('received');
const count = (value: number) => ({ value });

changes('of counts are ratios with their exact interval', () => {
  // R: poisson.test(c(1200, 1000)), and the same at 99.73%, which leaves 1 out: beyond chance.
  const up = changeOf(received, count(1200), count(1000));
  assertNear(up.value, 1.2);
  assert.ok(Math.abs((up.low ?? 0) - 1.1023) < 5e-4 && Math.abs((up.high ?? 0) - 1.3066) < 5e-4, JSON.stringify(up));
  assert.is(up.verdict, 'more than before');
  assert.is(changeOf(received, count(1000), count(1200)).verdict, 'less than before');
  assert.is(changeOf(received, count(1060), count(1000)).verdict, 'within chance');
});

changes('are called so beyond three standard errors only', () => {
  // 1,100 against 1,000: two standard errors of √2100 are 91.7, three are 137.5.
  const some = changeOf(received, count(1100), count(1000));
  assert.ok((some.low ?? 0) > 1);
  assert.is(some.verdict, 'within chance');
});

changes('of counts are by the day where windows are not as long as one another', () => {
  // A month of 31 days against one of 28.
  const { value, verdict } = changeOf(received, count(3100), count(2800), 31 / 28);
  assertNear(value, 1);
  assert.is(verdict, 'within chance');
});

changes('from nothing have no ratio, but a least one', () => {
  const { value, low, high, verdict } = changeOf(received, count(12), undefined);
  assert.equal([value, high, verdict], [null, null, 'more than before']);
  // 0.025^(1 / 12) of all, at least, against the rest.
  const share = 0.025 ** (1 / 12);
  assertNear(low, share / (1 - share));
  assert.equal(changeOf(received, undefined, undefined), { value: null, low: null, high: null, verdict: null });
});

changes('of rates of events allow for events in bunches', () => {
  const rate = measureOf('handovers_per_case');
  // 150 against 100 on 1,000 cases each; one by one, and all of them in fives.
  const figure = (events: number, each: number) => ({ value: events / 1000, n: 1000, sums: [1000, events, events * each] });
  const single = changeOf(rate, figure(150, 1), figure(100, 1));
  const bunched = changeOf(rate, figure(150, 5), figure(100, 5));
  assertNear(single.value, 1.5);
  assertNear(bunched.value, 1.5);
  assert.equal([single.verdict, bunched.verdict], ['more than before', 'within chance']);
  assert.ok((bunched.low ?? 1) < (single.low ?? 0));
});

changes('of shares and scores are differences, told of ten or more', () => {
  const csat = measureOf('csat_rate');
  const { value, low, high, verdict } = changeOf(csat, { value: 0.7, n: 80 }, { value: 0.6, n: 80 });
  // 56 of 80 against 48 of 80.
  assertNear(value, 0.1);
  assert.ok((low ?? 0) < 0 && 0.2 < (high ?? 0), JSON.stringify([low, high]));
  assert.is(verdict, 'within chance');
  assert.is(changeOf(csat, { value: 0.9, n: 800 }, { value: 0.6, n: 800 }).verdict, 'more than before');
  assert.is(changeOf(csat, { value: 1, n: 9 }, { value: 0, n: 900 }).verdict, null);
  const nps = measureOf('nps');
  // 60 promoters and 20 detractors of 100 against 40 and 40: variances 0.8 − 0.16 and 0.8 of one answer, so 1.96 · 100 √(1.44 / 100) = 23.5 about 40.
  const score = changeOf(nps, { value: 40, n: 100, sums: [100, 60, 20] }, { value: 0, n: 100, sums: [100, 40, 40] });
  assertNear(score.value, 40);
  assert.ok(Math.abs((score.low ?? 0) - 16.48) < 0.01 && Math.abs((score.high ?? 0) - 63.52) < 0.01, JSON.stringify(score));
  assert.is(score.verdict, 'more than before');
});

changes('are not told of stocks, sums and durations', () => {
  for (const name of ['open', 'redress_amount', 'resolution_days_p50', 'csat_mean'] as const)
    assert.equal(changeOf(measureOf(name), { value: 9, n: 90 }, { value: 3, n: 90 }).verdict, null, name);
});

changes.run();
