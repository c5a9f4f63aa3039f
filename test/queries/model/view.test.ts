import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type View,
  grainFor,
  isBeyondData,
  isOpeningEmpty,
  knownOf,
  openingView,
  resolvePeriod,
  viewFromSearch,
  viewQuery,
  viewToSearch,
  viewWithout,
} from '../../../queries/model/view.ts';
import { parseQuery } from '../../../queries/model/query.ts';

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
    time: 'business',
    closedOnly: true,
    weight: 'redress',
  };
  const search = viewToSearch(view);
  assert.is(
    search,
    'from=2018-01-01&to=2018-06-30&grain=week&compare=none&kind=compliment&product=Mortgage%2C+other&product=Card&not_channel=web&resolution_days=8..&text=%22hold+time%22&as_of=2018-09-01&time=business&closed_only=shown&weight=redress',
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

views('survives a hostile value of every part of the address, and asks for a period that a query allows', () => {
  const known = { today: '2026-11-22', earliest: '2024-03-05', latest: '2026-11-20' };
  const keys = [
    'period', 'from', 'to', 'grain', 'compare', 'as_of', 'text', 'kind', 'not_kind', 'issue', 'resolution_days', 'open_age_days', 'score',
    '__proto__', 'constructor', 'not_constructor', 'toString', '',
  ]; // prettier-ignore
  const values = [
    'constructor', 'toString', '__proto__', 'hasOwnProperty', '5', 'March 2026', '2026-02-30', '0000-01-01', '9999-12-31', '-1', 'NaN', '', ' ', '%',
    'null', '1e999..', '..', '8..2', '"', '\u0000', '2026-11-09T25:00:00Z', '2026-11-09T10:00:00', '+010000-01-01', '🙂', 'x'.repeat(3000),
  ]; // prettier-ignore
  for (const key of keys) {
    for (const value of values) {
      const search = new URLSearchParams([[key, value]]).toString();
      const { view } = viewFromSearch(search);
      const query = viewQuery(view, knownOf(view, known), { measures: ['received'] });
      assert.equal(viewFromSearch(viewToSearch(view)), { view, problems: [] }, search);
      const { grain, compare } = query;
      for (const period of [query.from, query.to]) assert.match(period, /^\d{4}-\d\d-\d\d$/, search);
      assert.not.throws(
        () => parseQuery({ measures: ['received'], from: query.from, to: query.to, grain, compare, asOf: query.asOf }),
        search,
      );
    }
  }
});

views('reports what is no period and no as-of, and keeps the opening ones', () => {
  const bad = ['period=constructor', 'period=toString', 'as_of=5', 'as_of=March+2026', 'as_of=9999-12-31', 'from=0001-01-01&to=9999-12-31', 'from=1700-01-01&to=2000-01-01', 'period=all&period=last_year']; // prettier-ignore
  for (const search of bad.slice(0, -1)) {
    const { view, problems } = viewFromSearch(search);
    assert.equal(view, openingView(), search);
    assert.is(problems.length, 1, search);
  }
  assert.is(viewFromSearch('period=all&period=last_year').view.period, 'all');
  assert.match(viewFromSearch('period=all&period=last_year').problems[0]?.message ?? '', /more than once/);
  assert.match(viewFromSearch('from=1700-01-01&to=2000-01-01').problems[0]?.message ?? '', /at most 200 years/);
  assert.is(viewFromSearch('as_of=2026-11-09T14:30:00%2B01:00').view.asOf, '2026-11-09T14:30:00+01:00');
});

views('knows no more after the data end, and less before', () => {
  const known = { today: '2026-11-22', earliest: '2024-03-05', latest: '2026-11-20' };
  const at = (asOf: string | null) => ({ ...openingView(), asOf });
  assert.equal(
    ['2999-01-01', '2026-11-22', '2026-03-01', '2026-03-01T10:00:00Z', null].map((asOf) => knownOf(at(asOf), known).today),
    ['2026-11-22', '2026-11-22', '2026-03-01', '2026-03-01', '2026-11-22'],
  );
  assert.equal(
    ['2999-01-01', '2026-11-22', null].map((asOf) => isBeyondData(at(asOf), known)),
    [true, false, false],
  );
});

views('takes off what the server refused and nothing else', () => {
  const { view } = viewFromSearch('issue=Billing&issue=Bilingg&not_channel=fox&text=%25&as_of=2026-01-01&period=last_year&grain=day');
  const without = (field: string, message = '') => viewToSearch(viewWithout(view, [{ field, message }]));
  assert.is(
    without('queries[0].where.issue', 'unknown member "Bilingg" (did you mean "Billing"?)'),
    'period=last_year&grain=day&issue=Billing&not_channel=fox&text=%25&as_of=2026-01-01',
  );
  assert.is(
    without('where.not.channel', 'unknown member "fox"'),
    'period=last_year&grain=day&issue=Billing&issue=Bilingg&text=%25&as_of=2026-01-01',
  );
  assert.is(without('queries[3].where.text'), 'period=last_year&grain=day&issue=Billing&issue=Bilingg&not_channel=fox&as_of=2026-01-01');
  assert.is(without('query.from'), 'issue=Billing&issue=Bilingg&not_channel=fox&text=%25&as_of=2026-01-01');
  assert.is(without('asOf'), 'period=last_year&grain=day&issue=Billing&issue=Bilingg&not_channel=fox&text=%25');
  assert.is(without('measures'), viewToSearch(view));
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

views('never asks for more years than a query allows', () => {
  const all = resolvePeriod('all', { today: '2026-11-22', earliest: '0021-03-05', latest: '2026-11-20' });
  assert.equal(all, { from: '1826-11-21', to: '2026-11-20' });
  assert.not.throws(() => parseQuery({ measures: ['received'], ...all }));
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
