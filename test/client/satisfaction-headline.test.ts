import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { satisfactionBeside } from '../../client/satisfaction-headline.ts';
import type { Row } from '../../queries/model/wire.ts';

const beside = suite('what else those who answered say');
const told = (row: Row) =>
  satisfactionBeside({
    columns: [],
    rows: [row],
    windows: { current: { from: '2026-01-01', to: '2026-12-31' } },
    notes: [],
    asOf: '2026-12-31T00:00:00Z',
  });
const nps: Row = {
  nps: 12, nps_n: 90, nps_low: -2, nps_high: 26, nps_before: 30, nps_before_n: 80,
  nps_change: -18, nps_change_low: -38, nps_change_high: 2, nps_change_verdict: 'within chance',
}; // prettier-ignore

beside('is the score and the ease, each with what is likely and whether it changed', () => {
  assert.is(
    told({ ...nps, ces_rate: 0.61, ces_rate_n: 70, ces_rate_low: 0.49, ces_rate_high: 0.72 }),
    'Their net promoter score is +12 (likely −2 to +26), no clear change from before (likely −38 to +2 points); 61% found it easy (likely 49% to 72%).',
  );
  assert.is(
    told({ ...nps, nps_change_low: -31, nps_change_high: -5, nps_change_verdict: 'less than before' }),
    'Their net promoter score is +12 (likely −2 to +26), 18 points lower than before (likely −31 to −5 points).',
  );
  assert.is(
    told({ ...nps, nps_change_low: -36, nps_change_high: -1 }),
    'Their net promoter score is +12 (likely −2 to +26), perhaps lower than before (likely −36 to −1 points).',
  );
});

beside('is nothing of what rests on too few, and compares with no few', () => {
  assert.is(told({ ...nps, nps_n: 9 }), '');
  assert.is(told({ ...nps, nps_before_n: 9 }), 'Their net promoter score is +12 (likely −2 to +26), too few to compare.');
  assert.is(told({}), '');
});

beside.run();
