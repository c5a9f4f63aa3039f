import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sparkShape } from '../../../queries/model/sparkline.ts';

const sparkline = suite('sparkShape');

sparkline('runs from left to right between the lowest and the highest value', () => {
  const { line, rest, last, bands } = sparkShape({ values: [0, 10, 5], isLastPartial: false });
  assert.is(line, 'M4.0 20.0L48.0 4.0L92.0 12.0');
  assert.is(rest, '');
  assert.equal(last, { x: 92, y: 12 });
  assert.equal(bands, []);
});

sparkline('breaks where a value is unknown, and dots the way to a part of a period', () => {
  const { line, rest, last } = sparkShape({ values: [0, null, 10, 10, 5], isLastPartial: true });
  assert.is(line, 'M4.0 20.0M48.0 4.0L70.0 4.0');
  assert.is(rest, 'M70.0 4.0L92.0 12.0');
  assert.equal(last, { x: 92, y: 12 });
});

sparkline('shows limits whole, a step a value', () => {
  const { bands, last } = sparkShape({ values: [5, 5], limits: [null, { low: 0, high: 10 }], isLastPartial: false });
  assert.equal(bands, [{ at: 1, path: 'M48.0 4.0H136.0V20.0H48.0Z' }]);
  assert.equal(last, { x: 92, y: 12 });
});

sparkline('has no line through one value and no point where none is known', () => {
  assert.equal(sparkShape({ values: [null, 3], isLastPartial: false }), { bands: [], line: '', rest: '', last: { x: 92, y: 12 } });
  assert.equal(sparkShape({ values: [null], isLastPartial: false }), { bands: [], line: '', rest: '', last: null });
});

sparkline.run();
