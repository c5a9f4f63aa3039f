import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { uChart } from '../../../queries/stats/u-chart.ts';
import { assertNear } from './finite.ts';

const rates = suite('uChart');

rates('pools its centre and takes limits from the exposure of each point', () => {
  const chart = uChart([4, 9, 0], [1, 1, 4], { baseline: { from: 0, to: 2 } });
  assert.is(chart.centre, 6.5);
  assertNear(chart.sigmaZ, 5 / Math.sqrt(6.5) / 1.128);
  assertNear(chart.points[0]?.upper, 6.5 + 3 * Math.sqrt(6.5));
  assert.is(chart.points[0]?.lower, 0);
  assertNear(chart.points[2]?.lower, 6.5 - (3 * Math.sqrt(6.5)) / 2);
});

rates('knows nothing without exposure, and no σ_z without events', () => {
  assert.equal(uChart([3], [null]), {
    centre: null,
    sigmaZ: null,
    points: [{ value: null, centre: null, sigma: null, lower: null, upper: null }],
  });
  const none = uChart([0, 0], [5, 5]);
  assert.equal([none.centre, none.sigmaZ, none.points[0]?.upper], [0, null, 0]);
});

rates.run();
