import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ControlPoint } from '../../../queries/stats/control-chart.ts';
import { nhsRules } from '../../../queries/stats/nhs-rules.ts';

const rules = suite('nhsRules');

/** Centre 0, limits at ±3. */
const around = (values: (number | null)[]): ControlPoint[] => values.map((value) => ({ value, centre: 0, sigma: 1, lower: -3, upper: 3 }));
const marks = (values: (number | null)[]) => nhsRules(around(values)).map((signal) => (signal ? `${signal.rule} ${signal.direction}` : ''));
const repeat = (n: number, text: string) => new Array<string>(n).fill(text);

rules('marks what lies beyond a limit, not what lies on it', () => {
  assert.equal(marks([3, 3.1, -3, -3.1]), ['', 'outside_limits up', '', 'outside_limits down']);
});

rules('marks seven on one side, not six, nor seven with one on the centre or unknown', () => {
  assert.equal(marks([-1, 1, 1.5, 1, 1.5, 1, 1.5, 1, -1]), ['', ...repeat(7, 'shift up'), '']);
  assert.equal(marks([-1, 1, 1.5, 1, 1.5, 1, 1.5, -1]), repeat(8, ''));
  for (const gap of [0, null]) assert.equal(marks([1, 1.5, 1, gap, 1.5, 1, 1.5, 1]), repeat(8, ''));
});

rules('marks seven rising points, not six, nor seven with a tie', () => {
  assert.equal(marks([-1.5, -1, -0.5, 0, 0.5, 1, 1.5]), repeat(7, 'trend up'));
  assert.equal(marks([-1.5, -1, -0.5, 0, 0.5, 1]), repeat(6, ''));
  assert.equal(marks([-1.5, -1, -0.5, -0.5, 0.5, 1, 1.5]), repeat(7, ''));
});

rules('gives the turning point of two trends to the later', () => {
  const up = [-1.5, -1, -0.5, 0, 0.5, 1];
  assert.equal(marks([...up, 1.5, ...up.toReversed()]), [...repeat(6, 'trend up'), ...repeat(7, 'trend down')]);
});

rules('marks two of three near one limit, the near ones only', () => {
  assert.equal(marks([2.5, 1, 2.5, -1]), ['two_of_three up', '', 'two_of_three up', '']);
  assert.equal(marks([2.5, -1, 2.5, 1]), repeat(4, '')); // all three on one side
  assert.equal(marks([2.5, 2.5]), repeat(2, '')); // no third
  assert.equal(marks([2, 1, 2.5]), repeat(3, '')); // two thirds of the way is not beyond it
});

rules('names the first rule in order of precedence', () => {
  assert.equal(marks([1, 1, 2.5, 2.5, 1, 4, 1])[3], 'two_of_three up');
  assert.equal(marks([1, 1, 2.5, 2.5, 1, 4, 1])[5], 'outside_limits up');
  assert.equal(marks([1, 1, 2.5, 2.5, 1, 4, 1])[6], 'shift up');
});

rules('marks nothing without limits', () => {
  assert.equal(nhsRules([]), []);
  assert.equal(nhsRules([{ value: 5, centre: null, sigma: null, lower: null, upper: null }]), [null]);
});

rules('mirrored points break the mirrored rules', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 40 }), (values) => {
      const flip = { up: 'down', down: 'up' } as const;
      const mirrored = nhsRules(around(values.map((v) => -v)));
      assert.equal(
        nhsRules(around(values)),
        mirrored.map((signal) => signal && { ...signal, direction: flip[signal.direction] }),
      );
    }),
  );
});

rules.run();
