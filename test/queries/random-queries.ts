import fc from 'fast-check';
import type { Catalog } from '../../queries/catalog.ts';
import { grains } from '../../queries/model/buckets.ts';
import { dimensionNames, noneLabel, type DimensionName } from '../../queries/model/dimensions.ts';
import { measureNames, measureOf, type MeasureName } from '../../queries/model/measures.ts';
import { isFairMeasure } from '../../queries/model/fair.ts';
import { comparisons, emptyWhere, queryOf, type Query, type Where } from '../../queries/model/query.ts';
import { firstDay } from './random-cases.ts';

/** Labels to filter by, as numbers: which labels there are only the store can tell. */
type Members = [DimensionName, number[]][];

/** A query whose labels are still to be named. */
export interface DrawnQuery {
  query: Omit<Query, 'where' | 'order'>;
  members: Members;
  not: Members;
  text: string;
  range: Where['range'];
  order: { isDescending: boolean; isOfN: boolean; by: number } | null;
}

const dateAt = (days: number) => new Date((firstDay + days * 86_400) * 1000).toISOString().slice(0, 10);

const usualWindow = fc.record({
  from: fc.integer({ min: -40, max: 120 }).map(dateAt),
  days: fc.oneof(fc.integer({ min: 20, max: 300 }), fc.constantFrom(0, 6, 27, 30, 365)),
  grain: fc.option(fc.constantFrom(...grains)),
});
const edgeWindow = fc.record({
  from: fc.constantFrom('2024-01-01', '2024-02-01', '2024-04-01', '2024-02-29', '2023-12-25', '2024-03-04'),
  days: fc.constantFrom(0, 6, 28, 30, 90, 181, 365),
  grain: fc.option(fc.constantFrom(...grains)),
});
// Over centuries only steps that stay few.
const longWindow = fc.record({
  from: fc.constantFrom('1900-01-01', '1950-03-05', '1969-12-31', '2023-02-28', '2190-01-01'),
  days: fc.constantFrom(3, 400, 40_000, 73_000),
  grain: fc.constantFrom(null, 'year' as const, 'quarter' as const),
});
const windows = fc.oneof({ arbitrary: usualWindow, weight: 6 }, { arbitrary: edgeWindow, weight: 3 }, { arbitrary: longWindow, weight: 1 });

const members = (maxLength: number): fc.Arbitrary<Members> =>
  fc.oneof(
    { arbitrary: fc.constant<Members>([]), weight: 6 },
    {
      weight: 2,
      arbitrary: fc.uniqueArray(
        fc.tuple(fc.constantFrom(...dimensionNames), fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 3 })),
        {
          maxLength,
          selector: ([name]) => name,
        },
      ),
    },
  );
const edges = (max: number): fc.Arbitrary<[number | null, number | null]> =>
  fc
    .tuple(fc.integer({ min: 0, max }), fc.integer({ min: 1, max }), fc.constantFrom('both', 'low', 'high'))
    .map(([low, more, which]) => [which === 'high' ? null : low, which === 'low' ? null : low + more]);

/** What can be made of figures beside the figures. */
const judgements = ['signals', 'against', 'pareto', 'fair'] as const;

type Judgement = (typeof judgements)[number];

const queriesJudged = (judged: fc.Arbitrary<Judgement | null>): fc.Arbitrary<DrawnQuery> =>
  fc
    .record({
      measures: fc.uniqueArray(fc.constantFrom(...measureNames), { minLength: 1, maxLength: 4 }),
      by: fc.oneof(...[0, 1, 1, 2, 3].map((n) => fc.uniqueArray(fc.constantFrom(...dimensionNames), { minLength: n, maxLength: n }))),
      window: windows,
      members: members(2),
      not: members(1),
      text: fc.constantFrom(
        ...Array.from({ length: 16 }, () => ''),
        'parcel',
        'los*',
        '"parcel lost"',
        'lost late',
        'NAIVE strasse*',
        '"100 rude"',
      ),
      range: fc.oneof(
      { arbitrary: fc.constant<Where['range']>({}), weight: 7 },
      {
        arbitrary: fc.record<Where['range']>({ resolution_days: edges(60), open_age_days: edges(90), score: edges(9) }, { requiredKeys: [] }),
        weight: 1,
      },
    ), // prettier-ignore
      compare: fc.option(fc.constantFrom(...comparisons), { freq: 2 }),
      order: fc.option(fc.record({ isDescending: fc.boolean(), isOfN: fc.boolean(), by: fc.nat({ max: 4 }) })),
      limit: fc.option(fc.integer({ min: 1, max: 4 })),
      asOf: fc.oneof(
        { arbitrary: fc.constant(null), weight: 3 },
        { arbitrary: fc.integer({ min: 60, max: 300 }).map(dateAt), weight: 2 },
        {
          arbitrary: fc.integer({ min: 0, max: 300 * 86_400 }).map((seconds) => new Date((firstDay + seconds) * 1000).toISOString()),
          weight: 1,
        },
      ),
      isBusiness: fc.boolean(),
      judged,
    })
    .map(({ measures, by, window, isBusiness, judged, members, not, text, range, order, ...rest }) => {
      // Mentions need an issue; they are left out where there is none.
      const isNamed = [...by, ...members.map(([name]) => name)].some((name) => name === 'issue' || name === 'sub_issue');
      const own: MeasureName[] = isNamed ? measures : measures.filter((name) => name !== 'mentions');
      const { from, days, grain } = window;
      const to = new Date(Date.parse(from) + days * 86_400_000).toISOString().slice(0, 10);
      const query = {
        ...queryOf({ measures: own.length ? own : ['received'], from, to }),
        ...rest,
        by,
        grain,
        limit: by.length ? rest.limit : null,
        time: isBusiness ? ('business' as const) : ('elapsed' as const),
      };
      // Cases of one theme, or that are controllable, have none to be compared with.
      const kept = judged === 'fair' ? members.filter(([name]) => name !== 'theme' && name !== 'controllability') : members;
      return { query: judged ? asJudged(query, judged) : query, members: kept, not, text, range, order: judged ? null : order };
    });

/** Any query whose answer is made of tallies: measures, windows, steps, filters, comparisons, orders, limits, as-of and business time. */
export const drawnQueries = queriesJudged(fc.constant(null));
/** The same, and of some the figures are judged. */
export const judgedQueries = queriesJudged(
  fc.oneof({ arbitrary: fc.constant(null), weight: 8 }, { arbitrary: fc.constantFrom(...judgements), weight: 4 }),
);

/** The query made one that can be judged so. */
function asJudged(query: DrawnQuery['query'], judged: Judgement): DrawnQuery['query'] {
  const [first = 'issue'] = query.by;
  const only = (isKept: (name: MeasureName) => boolean, other: MeasureName): MeasureName[] => {
    const kept = query.measures.filter(isKept);
    return kept.length ? kept : [other];
  };
  const isAdded = (name: MeasureName) => measureOf(name).kind === 'count' && measureOf(name).fact !== 'case_issue';
  switch (judged) {
    case 'signals':
      return { ...query, signals: true, grain: query.grain ?? 'month' };
    case 'against':
      return { ...query, against: 'whole', by: [first], grain: null };
    case 'pareto':
      return { ...query, pareto: true, by: [first], grain: null, measures: only(isAdded, 'received') };
    case 'fair':
      return { ...query, fair: true, by: ['agent'], grain: null, compare: null, limit: null, measures: only(isFairMeasure, 'reopen_rate') };
  }
}

/** The query with the labels that a store has; dimensions without any are filtered by what has none. */
export function namedQuery({ query, members, not, text, range, order }: DrawnQuery, catalog: Catalog): Query {
  const named = (drawn: Members): Where['members'] =>
    Object.fromEntries(
      drawn.map(([name, numbers]) => {
        const labels = [noneLabel, ...catalog.names(name)];
        return [name, [...new Set(numbers.map((n) => labels[n % labels.length] ?? noneLabel))]];
      }),
    );
  const where: Where = { ...emptyWhere(), members: named(members), not: named(not), text, range };
  return { ...query, where, order: order && orderOf(query, order) };
}

function orderOf({ measures, by, grain }: DrawnQuery['query'], order: NonNullable<DrawnQuery['order']>): string {
  const known = [
    ...measures.map((name) => (order.isOfN && !['count', 'stock'].includes(measureOf(name).kind) ? `${name}_n` : name)),
    ...by,
    ...(grain ? ['period'] : []),
  ];
  return `${order.isDescending ? '-' : ''}${known[order.by % known.length] ?? ''}`;
}
