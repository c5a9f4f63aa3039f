import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changeColumns, toldChange } from '../../../queries/model/change.ts';
import type { MeasureName } from '../../../queries/model/measures.ts';
import type { Row } from '../../../queries/model/wire.ts';

const told = suite('changes in words');
const row = (
  name: MeasureName,
  [now, before]: [number, number],
  [change, low, high]: (number | null)[],
  verdict = 'within chance',
): Row => ({
  [name]: now,
  [`${name}_before`]: before,
  [`${name}_change`]: change ?? null,
  [`${name}_change_low`]: low ?? null,
  [`${name}_change_high`]: high ?? null,
  [`${name}_change_verdict`]: verdict,
});
const words = (name: MeasureName, values: [number, number], parts: (number | null)[]) => {
  const { size, likely } = toldChange(row(name, values, parts), name) ?? {};
  return [size, likely];
};

told('are percentages of counts and rates, times where there are many more', () => {
  assert.equal(words('received', [113, 100], [1.13, 1.08, 1.19]), ['+13%', '+8 to +19%']);
  assert.equal(words('received', [97, 100], [0.97, 0.9, 1.05]), ['−3%', '−10 to +5%']);
  assert.equal(words('received', [340, 100], [3.4, 2.7, 4.2]), ['3.4 times', '2.7 to 4.2 times']);
  assert.equal(words('received', [25, 10], [2.5, 1.2, 5.8]), ['+150%', '1.2 to 5.8 times']);
  assert.equal(words('received', [12, 0], [null, 2.8, null]), ['', 'at least +180%']);
  assert.equal(words('handovers_per_case', [0.3, 0.2], [1.5, 1.2, 1.9]), ['+50%', '+20 to +90%']);
});

told('are points of shares and scores', () => {
  assert.equal(words('csat_rate', [0.7, 0.67], [0.03, -0.01, 0.07]), ['+3 points', '−1 to +7 points']);
  assert.equal(words('csat_rate', [0.7, 0.69], [0.01, 0, 0.02]), ['+1 point', '0 to +2 points']);
  assert.equal(words('nps', [40, 46], [-6, -15.2, 3.1]), ['−6 points', '−15 to +3 points']);
});

told('say whether the windows are as long as one another', () => {
  assert.is(toldChange(row('received', [310, 280], [1, 0.85, 1.18]), 'received')?.isEven, false);
  assert.is(toldChange(row('received', [310, 280], [310 / 280, 0.94, 1.3]), 'received')?.isEven, true);
});

told('name no interval of a handful, and the side on which all of it lies', () => {
  assert.equal(words('received', [1, 1], [1, 0.01, 78.5]), ['0%', '']);
  const side = (low: number, high: number | null) => toldChange(row('received', [60, 50], [1.2, low, high]), 'received')?.side;
  assert.equal([side(1.01, 1.4), side(0.9, 1.5), side(0.5, 0.9), side(1.1, null)], ['more', null, 'less', 'more']);
});

told('are nothing where the table says nothing', () => {
  assert.is(toldChange({ received: 3, received_before: 2 }, 'received'), null);
  assert.is(toldChange(row('received', [0, 0], [null, null, null]), 'received'), null);
  assert.equal(changeColumns('open'), []);
  assert.equal(
    changeColumns('nps').map(({ name, unit, type }) => [name, unit, type]),
    [
      ['nps_change', 'points', 'number'],
      ['nps_change_low', 'points', 'number'],
      ['nps_change_high', 'points', 'number'],
      ['nps_change_verdict', null, 'label'],
    ],
  );
});

told.run();
