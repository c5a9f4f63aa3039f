import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { widerViews } from '../../client/widen.ts';
import { emptyWhere } from '../../queries/model/query.ts';
import { openingView } from '../../queries/model/view.ts';

const widening = suite('ways to see more');

widening('take off the search first, then one filter each, then the period', () => {
  const where = { ...emptyWhere(), members: { kind: ['complaint'], channel: ['web', 'fax', 'phone'] }, text: 'hold' };
  const ways = widerViews({ ...openingView(), where });
  assert.equal(
    ways.map((way) => way.label),
    ['Take off the search “hold”', 'Take off kind: complaint', 'Take off channel: web or fax', 'Look at the whole time'],
  );
  assert.equal(ways[1]?.change, { where: { ...where, members: { channel: ['web', 'fax', 'phone'] } } });
  assert.equal(ways[3]?.change, { period: 'all' });
});

widening('take off what is left out, too', () => {
  const where = { ...emptyWhere(), not: { issue: ['Billing'] } };
  const [first] = widerViews({ ...openingView(), where });
  assert.equal(first, { label: 'Take off issue: not Billing', change: { where: emptyWhere() } });
});

widening('offer no longer time than everything', () => {
  assert.equal(widerViews({ ...openingView(), where: emptyWhere(), period: 'all' }), []);
});

widening.run();
