import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { npsDifference } from '../../../queries/stats/nps-difference.ts';
import { assertNear } from './finite.ts';

const change = suite('npsDifference');
const all = { promoters: 10, passives: 0, detractors: 0 };

change('adds the variances of both', () => {
  const half = { promoters: 5, passives: 0, detractors: 5 }; // variance 1 of ±1, over 10
  const { difference, stdErr, z } = npsDifference(all, half);
  assert.is(difference, 100);
  assertNear(stdErr, 100 / Math.sqrt(10));
  assertNear(z, Math.sqrt(10));
});

change('has no test where nothing varies', () => {
  assert.equal(npsDifference(all, all), { difference: 0, stdErr: 0, z: null, p: null, lower: 0, upper: 0 });
});

change('says nothing without answers', () => {
  const none = { promoters: 0, passives: 0, detractors: 0 };
  assert.equal(npsDifference(all, none), { difference: null, stdErr: null, z: null, p: null, lower: null, upper: null });
});

change.run();
