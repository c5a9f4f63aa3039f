import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type View,
  grainFor,
  isOpeningEmpty,
  openingView,
  resolvePeriod,
  viewFromSearch,
  viewQuery,
  viewToSearch,
} from '../../../queries/model/view.ts';

const views = suite('view');

views('opens on complaints of the last twelve months and needs no address for it', () => {
  assert.equal(viewFromSearch(''), { view: openingView(), problems: [] });
  assert.is(viewToSearch(openingView()), '');
});

views('comes back from its own address', () => {
  const view: View = {
    period: { from: '2018-01-01', to: '2018-06-30' },
    grain: 'week',
    where: {
      members: { kind: ['compliment'], product: ['Mortgage, other', 'Card'] },
      not: { channel: ['web'] },
      text: '"hold time"',
      range: { resolution_days: [8, null] },
    },
    compare: null,
    asOf: '2018-09-01',
  };
  const search = viewToSearch(view);
  assert.is(
    search,
    'from=2018-01-01&to=2018-06-30&grain=week&compare=none&kind=compliment&product=Mortgage%2C+other&product=Card&not_channel=web&resolution_days=8..&text=%22hold+time%22&as_of=2018-09-01',
  );
  assert.equal(viewFromSearch(search), { view, problems: [] });
});

views('can take the opening filter off', () => {
  const { view } = viewFromSearch('kind=any');
  assert.equal(view.where.members, {});
  assert.is(viewToSearch(view), 'kind=any');
});

views('reports what it does not know and keeps the rest', () => {
  const { view, problems } = viewFromSearch('perod=last_year&grain=weekly&from=2018-01-01&resolution_days=9..2&team=A');
  assert.equal(
    problems.map((p) => p.field),
    ['perod', 'grain', 'from', 'where.range.resolution_days'],
  );
  assert.equal(view.where.members, { kind: ['complaint'], team: ['A'] });
});

views('counts periods back from the day of T', () => {
  const at = (period: View['period']) => resolvePeriod(period, { today: '2026-11-22', earliest: '2024-03-05', latest: '2026-11-20' });
  assert.equal(at('last_28_days'), { from: '2026-10-26', to: '2026-11-22' });
  assert.equal(at('last_12_months'), { from: '2025-12-01', to: '2026-11-30' });
  assert.equal(at('last_month'), { from: '2026-10-01', to: '2026-10-31' });
  assert.equal(at('this_quarter'), { from: '2026-10-01', to: '2026-12-31' });
  assert.equal(at('last_year'), { from: '2025-01-01', to: '2025-12-31' });
  assert.equal(at('all'), { from: '2024-03-05', to: '2026-11-20' });
});

views('knows when the period a screen opens with lies after the last case', () => {
  const known = { today: '2019-10-31', earliest: '2011-07-01' };
  assert.is(isOpeningEmpty({ ...known, latest: '2011-12-31' }), true);
  assert.is(isOpeningEmpty({ ...known, latest: '2018-11-01' }), false); // the twelve months to October 2019 begin on that day
  assert.is(isOpeningEmpty({ ...known, earliest: null, latest: null }), false);
});

views('compares everything with nothing', () => {
  const known = { today: '2026-11-22', earliest: '2024-03-05', latest: '2026-11-20' };
  const compared = (period: View['period']) => viewQuery({ ...openingView(), period }, known, { measures: ['received'] }).compare;
  assert.equal([compared('last_year'), compared('all')], ['previous_period', null]);
});

views('draws a period in a readable number of steps', () => {
  assert.equal(
    [
      grainFor('2026-11-01', '2026-11-28'),
      grainFor('2026-01-01', '2026-03-31'),
      grainFor('2026-01-01', '2026-12-31'),
      grainFor('2000-01-01', '2026-12-31'),
    ],
    ['day', 'week', 'month', 'year'],
  );
});

views.run();
