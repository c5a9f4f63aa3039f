import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { progressWords } from '../../../server/commands/run-report.ts';

const report = suite('progressWords');
const done = { read: 3000, rejected: 0, bytes: 500, seconds: 30, total: null };

report('gives pace, share and time left where the source says how much there is', () => {
  // A quarter in 30 s: three quarters take 90 s more.
  assert.equal(progressWords({ ...done, total: { count: 12_000, unit: 'rows' } }, null), {
    text: '3,000 rows, 100/s, 1 minute left',
    share: 0.25,
  });
  assert.equal(progressWords({ ...done, total: { count: 5000, unit: 'bytes' } }, null).share, 0.1);
});

report('goes by the bytes of a file', () => {
  assert.equal(progressWords({ ...done, rejected: 2 }, 1000), { text: '3,000 rows, 100/s, 30 seconds left, 2 rejected', share: 0.5 });
});

report('says only the pace where the whole is unknown, and no time left before it has one or when all is there', () => {
  assert.equal(progressWords(done, null), { text: '3,000 rows, 100/s', share: null });
  assert.equal(progressWords({ ...done, seconds: 0.5 }, 1000), { text: '3,000 rows, 6,000/s', share: 0.5 });
  assert.equal(progressWords({ ...done, read: 1, bytes: 1200 }, 1000), { text: '1 row, 0/s', share: 1 });
  assert.equal(progressWords({ ...done, total: { count: 0, unit: 'rows' } }, null).share, null);
});

report.run();
