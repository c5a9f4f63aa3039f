import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeLimits, describeWindow, elapsedWindows } from '../../../queries/model/describe.ts';
import type { LimitsJson } from '../../../queries/model/wire.ts';

const windows = suite('windows in words');

windows('names the year once where both ends share it', () => {
  assert.is(describeWindow({ from: '2026-01-01', to: '2026-12-31' }), '1 January to 31 December 2026');
  assert.is(describeWindow({ from: '2025-12-01', to: '2026-11-30' }), '1 December 2025 to 30 November 2026');
  assert.is(describeWindow({ from: '2026-11-22', to: '2026-11-22' }), '22 November 2026');
  assert.is(describeWindow({ from: '2026-11-02', to: '2026-11-22' }), '2 to 22 November 2026');
});

windows('ends a window that today cuts today, and the one before after as many days', () => {
  const both = { current: { from: '2025-12-01', to: '2026-11-30' }, before: { from: '2024-12-01', to: '2025-11-30' } };
  assert.equal(elapsedWindows(both, '2026-11-21'), {
    current: { from: '2025-12-01', to: '2026-11-21' },
    before: { from: '2024-12-01', to: '2025-11-21' },
  });
  assert.equal(elapsedWindows(both, '2026-11-30'), both);
  const short = { current: { from: '2026-03-01', to: '2026-03-31' }, before: { from: '2026-02-01', to: '2026-02-28' } };
  assert.equal(elapsedWindows(short, '2026-03-30').before, { from: '2026-02-01', to: '2026-02-28' });
});

windows.run();

const limits = suite('limits in words');
const made: LimitsJson = {
  measure: 'received', key: {}, method: 'spread', sigmaZ: null, from: '2024-01-01', to: '2025-12-01', periods: 24, since: '2026-01-01',
}; // prettier-ignore
const rebase = { baseline_id: 1, from: '2026-05-01', reason: 'New form', set_by: 'admin', set_at: '2026-06-01T00:00:00Z' };

limits('say what they were made of, and since when where there are several', () => {
  assert.match(describeLimits(made, 'month'), /^Its typical range comes from 24 months, January 2024 to December 2025: the mean/);
  assert.match(describeLimits(made, 'month', true), /^From January 2026 on its typical range comes from 24 months/);
});

limits('say who had them begin anew and why, and what is missing for that', () => {
  assert.match(describeLimits({ ...made, rebase }, 'month'), /\. It begins anew from 1 May 2026: “New form” \(admin\)\.$/);
  assert.match(
    describeLimits({ ...made, waiting: { ...rebase, missing: 1 } }, 'month'),
    /\(admin\)\. For that 1 more whole month must be known; until then ranges go on as without it\.$/,
  );
});

limits.run();
