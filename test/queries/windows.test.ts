import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseQuery } from '../../queries/model/query.ts';
import { comparedDates, currentWindow, stretchesOf, windowBefore, type Known } from '../../queries/windows.ts';

const windows = suite('windows');

function plan(query: Record<string, unknown>, today: Known) {
  const parsed = parseQuery({ measures: ['received'], ...query });
  const current = currentWindow(parsed, today);
  const before = windowBefore(parsed, current, today);
  return { current, before, dates: before && comparedDates(parsed, before) };
}
const spans = (stretches: readonly { from: string; to: string }[] | undefined) => stretches?.map((s) => `${s.from}..${s.to}`);

windows('cuts the first and last bucket and marks them', () => {
  const { current } = plan({ from: '2024-01-10', to: '2024-03-05', grain: 'month' }, { date: '2024-12-31', isOver: true });
  assert.equal(current.stretches, [
    { period: '2024-01-01', from: '2024-01-10', to: '2024-01-31', isComplete: false },
    { period: '2024-02-01', from: '2024-02-01', to: '2024-02-29', isComplete: true },
    { period: '2024-03-01', from: '2024-03-01', to: '2024-03-05', isComplete: false },
  ]);
});

windows('ends with the bucket that holds T', () => {
  const year = { from: '2024-01-01', to: '2024-12-31', grain: 'quarter' };
  assert.equal(
    plan(year, { date: '2024-05-15', isOver: false }).current.stretches.map((s) => s.isComplete),
    [true, false],
  );
  assert.equal(
    plan(year, { date: '2024-06-30', isOver: true }).current.stretches.map((s) => s.isComplete),
    [true, true],
  );
  assert.equal(
    plan(year, { date: '2024-06-30', isOver: false }).current.stretches.map((s) => s.isComplete),
    [true, false],
  );
  assert.equal(plan(year, { date: '2023-06-30', isOver: true }).current.stretches, []);
});

windows(
  'calls a bucket complete when every source known on its first date is known to its end, and cuts where the first of them ends',
  () => {
    const sources = [
      { date: '2024-02-10', isOver: true },
      { date: '2024-03-20', isOver: false },
      { date: '2024-03-31', isOver: true },
    ];
    const { current, before } = plan(
      { from: '2024-01-01', to: '2024-03-31', grain: 'month', compare: 'previous_period' },
      { date: '2024-03-31', isOver: true, sources },
    );
    assert.equal(
      current.stretches.map((s) => s.isComplete),
      [true, false, false],
    );
    // February is known of all to the 10th: ten days of November. March of those that reach it to the 20th.
    assert.equal(spans(before?.stretches), ['2023-10-01..2023-10-31', '2023-11-01..2023-11-10', '2023-12-01..2023-12-20']);
    assert.is(before?.grain, 'day');
    const whole = plan({ from: '2024-02-15', to: '2024-02-29', compare: 'previous_year' }, { date: '2024-03-31', isOver: true, sources });
    assert.equal([whole.current.stretches[0]?.isComplete, spans(whole.before?.stretches)], [true, ['2023-02-15..2023-02-28']]);
  },
);

windows('compares whole buckets with as many whole buckets before', () => {
  const { before, dates } = plan(
    { from: '2024-02-01', to: '2024-03-31', grain: 'month', compare: 'previous_period' },
    { date: '2024-12-31', isOver: true },
  );
  assert.equal(spans(before?.stretches), ['2023-12-01..2023-12-31', '2024-01-01..2024-01-31']);
  assert.equal(dates, { from: '2023-12-01', to: '2024-01-31' });
  assert.is(before?.grain, 'month');
});

windows('compares a part of a bucket with as many elapsed days', () => {
  const { before, dates } = plan(
    { from: '2024-02-01', to: '2024-03-31', grain: 'month', compare: 'previous_period' },
    { date: '2024-03-10', isOver: false },
  );
  assert.equal(spans(before?.stretches), ['2023-12-01..2023-12-31', '2024-01-01..2024-01-10']);
  assert.equal(dates, { from: '2023-12-01', to: '2024-01-31' });
});

windows('never lets the elapsed days reach past the window before', () => {
  // 30 days of March have gone; February has no more than 29.
  const march = { from: '2024-03-01', to: '2024-03-31', grain: 'month', compare: 'previous_period' };
  assert.equal(spans(plan(march, { date: '2024-03-30', isOver: false }).before?.stretches), ['2024-02-01..2024-02-29']);
});

windows('shifts by days where the dates lie on no edges, and counts by day where buckets do not fit', () => {
  const { before } = plan(
    { from: '2024-03-05', to: '2024-04-10', grain: 'month', compare: 'previous_period' },
    { date: '2024-12-31', isOver: true },
  );
  // 37 days: 5 March to 10 April against 28 January to 4 March.
  assert.equal(spans(before?.stretches), ['2024-01-28..2024-02-23', '2024-02-24..2024-03-04']);
  assert.is(before?.grain, 'day');
});

windows('compares with the same dates of the year before, weeks with those 364 days before', () => {
  const leap = plan({ from: '2024-02-01', to: '2024-02-29', compare: 'previous_year' }, { date: '2024-12-31', isOver: true });
  assert.equal(leap.dates, { from: '2023-02-01', to: '2023-02-28' });
  const weeks = plan(
    { from: '2024-03-04', to: '2024-03-17', grain: 'week', compare: 'previous_year' },
    { date: '2024-12-31', isOver: true },
  );
  assert.equal(spans(weeks.before?.stretches), ['2023-03-06..2023-03-12', '2023-03-13..2023-03-19']);
});

windows('finds the stretch of a tallied bucket', () => {
  const { current } = plan({ from: '2024-01-10', to: '2024-03-05', grain: 'month' }, { date: '2024-12-31', isOver: true });
  const positions = stretchesOf(current);
  assert.equal([positions('2024-01-01'), positions('2024-03-01'), positions('2024-04-01')], [[0], [2], []]);
  const span = (from: string, to: string) => ({ period: from, from, to, isComplete: true });
  const overlapping = [span('2024-01-01', '2024-01-31'), span('2024-01-10', '2024-01-12'), span('2024-01-20', '2024-02-05')];
  const found = stretchesOf({ from: '2024-01-01', to: '2024-02-05', grain: 'day', stretches: overlapping });
  assert.equal([found('2024-01-11'), found('2024-01-15'), found('2024-01-25'), found('2024-02-05')], [[0, 1], [0], [0, 2], [2]]);
});

windows.run();
