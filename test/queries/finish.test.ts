import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { emptyFigure, figuresOf } from '../../queries/finish.ts';
import { measureOf, type MeasureName } from '../../queries/model/measures.ts';
import type { TallyRow } from '../../queries/model/tally.ts';
import { currentWindow } from '../../queries/windows.ts';

const finishing = suite('finish');
const months = currentWindow({ from: '2024-01-01', to: '2024-03-31', grain: 'month' }, { date: '2024-12-31', isOver: true });
const row = (bucket: string, sums: number[], bins: number[] | null = null): TallyRow => ({ bucket, keys: [], bins, sums });

finishing('cumulates a stock from what was there before', async () => {
  const entered = [row('', [10, 0]), row('2024-01-01', [5, 0]), row('2024-03-01', [2, 1])];
  const left = [row('', [4]), row('2024-02-01', [6])];
  const { byMember, unknownEnds } = await figuresOf('open', [entered, left], months, 100);
  assert.equal(
    byMember.get('')?.map((f) => f.value),
    [11, 5, 7],
  );
  assert.is(unknownEnds, 1);
});

finishing('adds up rows of the same bucket and divides last', async () => {
  const { byMember } = await figuresOf('csat_rate', [[row('2024-01-01', [6, 3]), row('2024-01-01', [4, 4])]], months, 100);
  const [january, february] = byMember.get('') ?? [];
  assert.is(january?.value, 0.7);
  assert.is(january?.n, 10);
  // Wilson, 7 of 10 at 95 %: 0.3968 to 0.8922.
  assert.ok(Math.abs((january?.low ?? 0) - 0.3968) < 0.0001 && Math.abs((january?.high ?? 0) - 0.8922) < 0.0001);
  assert.is(february, undefined);
});

finishing('widens the interval of events that come in bunches on single cases', async () => {
  // Of four cases one has all four: as uncertain as one event, whose exact limits are 0.0253 and 5.5716, times four.
  const { byMember } = await figuresOf('handovers_per_case', [[row('2024-01-01', [4, 4, 16])]], months, 100);
  const [january] = byMember.get('') ?? [];
  assert.equal([january?.value, january?.n], [1, 4]);
  assert.ok(Math.abs((january?.low ?? 0) - 0.0253178) < 1e-6 && Math.abs((january?.high ?? 0) - 5.571643) < 1e-5, JSON.stringify(january));
  assert.equal(emptyFigure(measureOf('handovers_per_case')).value, null);
});

finishing('keeps cases at risk through the hour of their age', async () => {
  // Four cases: ends after 60 and 120 minutes; two open at an age of 1 hour, at risk for an end at 60 and gone before one at 120.
  // Survival: 3/4 at 60, then nobody but the last is at risk: 0 at 120.
  const { byMember } = await figuresOf('acknowledgement_hours_p50', [[row('2024-01-01', [4, 0, 0], [60, 1, 120, 1, -2, 2])]], months, 100);
  const [january] = byMember.get('') ?? [];
  assert.equal([january?.value, january?.n, january?.followedDays], [2, 4, 120 / 1440]);
});

finishing('says for how long a cohort was followed that has not reached its percentile', async () => {
  const { byMember, impossible, unknownEnds } = await figuresOf(
    'resolution_days_p90',
    [[row('2024-01-01', [13, 2, 1], [1440, 4, -49, 6])]],
    months,
    100,
  );
  const [january] = byMember.get('') ?? [];
  assert.equal([january?.value, january?.n, january?.followedDays], [null, 10, 2]);
  assert.equal([impossible, unknownEnds], [2, 1]);
});

finishing('takes type 7 of those resolved for the figure that leaves open cases out', async () => {
  const { byMember } = await figuresOf(
    'resolution_days_closed_p50',
    [[row('2024-01-01', [5, 0, 0], [1440, 1, 2880, 1, -100, 3])]],
    months,
    100,
  );
  assert.equal(byMember.get('')?.[0], { value: 1.5, n: 2, followedDays: 2 });
});

finishing('reads what share is still open at an age, counting the young as long as they waited', async () => {
  // Four cases: ends after 1 and 3 days, one open at an age of 2 days, one at 10. Survival: 3/4 from day 1; of the two left one ends on day 3: 3/8.
  const rows = [[row('2024-01-01', [4, 0, 0], [1440, 1, 4320, 1, -49, 1, -241, 1])]];
  const at = async (name: MeasureName) => (await figuresOf(name, rows, months, 100)).byMember.get('')?.[0];
  const values = await Promise.all((['open_after_1_day', 'open_after_2_days', 'open_after_3_days', 'open_after_7_days'] as const).map(at));
  assert.equal(
    values.map((figure) => figure?.value),
    [0.75, 0.75, 0.375, 0.375],
  );
  // log–log at 3 of 4, as R's survfit: 0.1279 to 0.9605.
  assert.ok(Math.abs((values[0]?.low ?? 0) - 0.1279) < 0.0001 && Math.abs((values[0]?.high ?? 0) - 0.9605) < 0.0001);
  assert.equal(await at('open_after_14_days'), { value: null, n: 4, low: null, high: null, followedDays: 10 });
  const all = [[row('2024-01-01', [2, 0, 0], [60, 2])]];
  // All have ended: that is known at any age.
  assert.equal((await figuresOf('open_after_365_days', all, months, 100)).byMember.get('')?.[0]?.value, 0);
  const young = [[row('2024-01-01', [2, 0, 0], [2880, 2])]];
  assert.equal((await figuresOf('open_after_1_day', young, months, 100)).byMember.get('')?.[0], {
    n: 2,
    followedDays: 2,
    value: 1,
    low: 1,
    high: 1,
  });
});

finishing('gives money in major units, and scores and promoters by their own rules', async () => {
  assert.equal((await figuresOf('redress_amount', [[row('2024-01-01', [1250, 2, 80])]], months, 100)).byMember.get('')?.[0], {
    value: 12.5,
    n: 2,
    variance: 80,
  });
  assert.is((await figuresOf('nps', [[row('2024-01-01', [100, 60, 15])]], months, 100)).byMember.get('')?.[0]?.value, 45);
});

finishing('takes the mean of scores with its interval, which ends where the scores do', async () => {
  // 5, 4, 4, 4: all reach 2, 3 and 4, one reaches 5. s² = 0.25, t(3) = 3.1824: 4.25 ± 0.7956.
  const { byMember } = await figuresOf('csat_mean', [[row('2024-01-01', [4, 17, 4, 4, 4, 1])]], months, 100);
  const [january] = byMember.get('') ?? [];
  assert.equal([january?.value, january?.n, january?.high], [4.25, 4, 5]);
  assert.ok(Math.abs((january?.low ?? 0) - 3.4544) < 0.0001);
});

finishing('knows what is nought and what is unknown', () => {
  assert.is(emptyFigure(measureOf('received')).value, 0);
  assert.is(emptyFigure(measureOf('open')).value, 0);
  assert.is(emptyFigure(measureOf('nps')).value, null);
  assert.equal(emptyFigure(measureOf('resolution_days_p50')), { value: null, n: 0, low: null, high: null, followedDays: null });
});

finishing.run();
