import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gapsIn } from '../../queries/sync-gaps.ts';

const gaps = suite('gaps of a source');

// 1 January 2024 is a Monday.
const first = '2024-01-01';
const days = (count: number, of: (day: number) => number): number[] => Array.from({ length: count }, (_, day) => of(day));

gaps('are days without cases where at least twenty would be usual', () => {
  const steady = days(60, (day) => (day >= 40 && day < 43 ? 0 : 8));
  assert.equal(gapsIn(steady, first), [{ from: '2024-02-10', to: '2024-02-12', expected: 24 }]);
  assert.equal(
    gapsIn(
      days(60, (day) => (day >= 40 && day < 42 ? 0 : 8)),
      first,
    ),
    [],
  ); // 16 would be usual
  assert.equal(
    gapsIn(
      days(60, (day) => (day === 40 ? 0 : 25)),
      first,
    ),
    [{ from: '2024-02-10', to: '2024-02-10', expected: 25 }],
  );
});

gaps('are no weekends of an office, however busy its week', () => {
  assert.equal(
    gapsIn(
      days(90, (day) => (day % 7 >= 5 ? 0 : 200)),
      first,
    ),
    [],
  );
  const silent = days(90, (day) => (day % 7 >= 5 || day === 42 ? 0 : 200)); // 42: a Monday, after a weekend
  assert.equal(gapsIn(silent, first), [{ from: '2024-02-10', to: '2024-02-12', expected: 200 }]);
});

gaps('are none before a source begins, nor while three weeks are not known', () => {
  assert.equal(
    gapsIn(
      days(60, (day) => (day < 30 ? 0 : 50)),
      first,
    ),
    [],
  );
  assert.equal(
    gapsIn(
      days(60, (day) => (day === 15 ? 0 : 50)),
      first,
    ),
    [],
  );
  assert.equal(gapsIn([], first), []);
});

gaps('may last to the end', () => {
  assert.equal(
    gapsIn(
      days(60, (day) => (day < 50 ? 10 : 0)),
      first,
    ),
    [{ from: '2024-02-20', to: '2024-02-29', expected: 100 }],
  );
});

gaps.run();
