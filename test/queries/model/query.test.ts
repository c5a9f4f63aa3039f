import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../etl/errors.ts';
import { parseQuery, serialiseQuery } from '../../../queries/model/query.ts';

const queries = suite('parseQuery');
const window = { from: '2018-01-01', to: '2018-12-31' };

queries('fills in what is left out', () => {
  assert.equal(parseQuery({ measures: ['received'], ...window }), {
    measures: ['received'],
    by: [],
    grain: null,
    from: '2018-01-01',
    to: '2018-12-31',
    where: { members: {}, not: {}, text: '', range: {} },
    compare: null,
    order: null,
    limit: null,
    asOf: null,
    time: 'elapsed',
    signals: false,
    against: null,
    pareto: false,
    fair: false,
  });
});

queries('reads what members are held against, which needs members and no periods', () => {
  const ask = (more: object) => parseQuery({ measures: ['csat_rate'], ...window, against: 'whole', ...more });
  const query = ask({ by: ['issue'], order: '-csat_rate_n' });
  assert.is(query.against, 'whole');
  assert.equal(serialiseQuery(query), { measures: ['csat_rate'], by: ['issue'], ...window, order: '-csat_rate_n', against: 'whole' });
  for (const more of [{}, { by: ['issue', 'team'] }, { by: ['issue'], grain: 'month' }])
    assert.throws(
      () => ask(more),
      (error: unknown) => error instanceof BadInput && error.problems[0]?.field === 'against',
    );
});

queries('reads every part', () => {
  const query = parseQuery({
    measures: ['received', 'resolution_days_p50'],
    by: ['issue'],
    grain: 'month',
    ...window,
    where: {
      product: ['Mortgage', 'Mortgage'],
      text: ' hold time ',
      not: { channel: 'web' },
      range: { resolution_days: [8, null], score: [null, 3] },
    },
    compare: 'previous_period',
    order: '-received',
    limit: 20,
    asOf: '2019-01-31T12:00:00Z',
    time: 'business',
  });
  assert.equal(query.where, {
    members: { product: ['Mortgage'] },
    not: { channel: ['web'] },
    text: 'hold time',
    range: { resolution_days: [8, null], score: [null, 3] },
  });
  assert.equal([query.order, query.limit, query.asOf, query.time], ['-received', 20, '2019-01-31T12:00:00Z', 'business']);
});

queries('writes only what differs from the defaults, in a fixed order', () => {
  const raw = {
    limit: 2,
    to: '2018-12-31',
    by: ['issue'],
    from: '2018-01-01',
    where: { text: '', product: ['b', 'a'], channel: ['web'] },
    measures: ['open'],
    time: 'elapsed',
    against: null,
  };
  assert.is(
    JSON.stringify(serialiseQuery(parseQuery(raw))),
    '{"measures":["open"],"by":["issue"],"from":"2018-01-01","to":"2018-12-31","where":{"channel":["web"],"product":["b","a"]},"limit":2}',
  );
});

const bad: [string, unknown, string, RegExp][] = [
  ['no object', 'received', '', /must be an object/],
  ['no measures', { ...window }, 'measures', /missing/],
  ['an empty list of measures', { measures: [], ...window }, 'measures', /empty/],
  ['an unknown measure', { measures: ['recieved'], ...window }, 'measures[0]', /did you mean "received"/],
  ['signals without a grain', { measures: ['open'], ...window, signals: true }, 'signals', /needs a grain/],
  ['a flag that is none', { measures: ['open'], ...window, grain: 'month', signals: 'yes' }, 'signals', /not true or false/],
  ['a measure twice', { measures: ['open', 'open'], ...window }, 'measures[1]', /twice/],
  ['too many measures', { measures: Array.from({ length: 25 }, () => 'open'), ...window }, 'measures[1]', /twice/],
  ['an unknown dimension', { measures: ['open'], by: ['isue'], ...window }, 'by[0]', /did you mean "issue"/],
  ['four dimensions', { measures: ['open'], by: ['issue', 'team', 'agent', 'kind'], ...window }, 'by', /at most 3/],
  ['an unknown grain', { measures: ['open'], grain: 'weeks', ...window }, 'grain', /did you mean "week"/],
  ['no from', { measures: ['open'], to: '2018-01-01' }, 'from', /missing/],
  ['a date that is none', { measures: ['open'], from: '2018-02-30', to: '2018-03-01' }, 'from', /not a date/],
  ['a period backwards', { measures: ['open'], from: '2018-03-02', to: '2018-03-01' }, 'from', /after to/],
  ['an unknown key', { measures: ['open'], ...window, filter: {} }, 'filter', /unknown key/],
  [
    'an unknown dimension in where',
    { measures: ['open'], ...window, where: { produkt: ['a'] } },
    'where.produkt',
    /did you mean "product"/,
  ],
  [
    'an unknown dimension in not',
    { measures: ['open'], ...window, where: { not: { chanel: ['a'] } } },
    'where.not.chanel',
    /did you mean "channel"/,
  ],
  ['labels that are no list', { measures: ['open'], ...window, where: { product: 3 } }, 'where.product', /list of labels/],
  ['no labels', { measures: ['open'], ...window, where: { product: [] } }, 'where.product', /empty list/],
  [
    'an unknown range',
    { measures: ['open'], ...window, where: { range: { resolution: [1, 2] } } },
    'where.range.resolution',
    /unknown range/,
  ],
  ['a range of one edge', { measures: ['open'], ...window, where: { range: { score: [1] } } }, 'where.range.score', /two numbers/],
  ['an empty range', { measures: ['open'], ...window, where: { range: { score: [3, 3] } } }, 'where.range.score', /empty/],
  ['text that is none', { measures: ['open'], ...window, where: { text: 3 } }, 'where.text', /must be text/],
  ['an unknown comparison', { measures: ['open'], ...window, compare: 'last_year' }, 'compare', /previous_year/],
  ['an order by what is not asked', { measures: ['open'], ...window, order: '-received' }, 'order', /one of open/],
  ['an order by period without grain', { measures: ['open'], ...window, order: 'period' }, 'order', /one of open/],
  ['a limit without by', { measures: ['open'], ...window, limit: 3 }, 'limit', /needs a dimension/],
  ['a limit of nought', { measures: ['open'], by: ['issue'], ...window, limit: 0 }, 'limit', /from 1 to 1000/],
  ['an as-of without zone', { measures: ['open'], ...window, asOf: '2018-01-01T10:00' }, 'asOf', /2026-11-09T14:30:00Z/],
  ['an unknown time', { measures: ['open'], ...window, time: 'work' }, 'time', /elapsed, business/],
  ['mentions without an issue', { measures: ['mentions'], ...window }, 'measures', /issue or sub_issue/],
  ['the vital few over time', { measures: ['received'], by: ['issue'], grain: 'month', ...window, pareto: true }, 'pareto', /no grain/],
  ['the vital few of a rate', { measures: ['csat_rate'], by: ['issue'], ...window, pareto: true }, 'pareto', /do not overlap/],
];
for (const [name, raw, field, message] of bad) {
  queries(`refuses ${name}, naming the place`, () => {
    try {
      parseQuery(raw);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      const problem = error.problems.find((p) => p.field === field);
      assert.ok(problem, `problems at ${error.problems.map((p) => p.field).join(', ')}`);
      assert.match(problem?.message ?? '', message);
      return;
    }
    assert.unreachable('no problem was found');
  });
}

queries('reports every problem at once', () => {
  assert.throws(
    () => parseQuery({ measures: ['opne'], by: ['tem'], from: 'x', to: '2018-01-01' }),
    (error: unknown) => error instanceof BadInput && error.problems.length === 3,
  );
});

queries('judges figures beside their past only period by period', () => {
  assert.is(parseQuery({ measures: ['received'], ...window, grain: 'month', signals: true }).signals, true);
});

queries.run();
