import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeWindow, elapsedWindows } from '../../../queries/model/describe.ts';

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
