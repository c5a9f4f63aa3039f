import { didYouMean, type Problem } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { addBuckets, addDays, daysBetween, endOf, startOf } from './buckets.ts';
import { dimensionNames, grains, rangeNames, type Grain } from './model.ts';
import { comparisons, emptyWhere, parseWhere, type Comparison, type Query, type Where } from './query.ts';

/** Named periods; each counts back from T (DESIGN §6), never from the clock. */
export const periods = {
  last_7_days: 'Last 7 days',
  last_28_days: 'Last 28 days',
  last_90_days: 'Last 90 days',
  this_month: 'This month',
  last_month: 'Last month',
  this_quarter: 'This quarter',
  last_quarter: 'Last quarter',
  last_12_months: 'Last 12 months',
  last_24_months: 'Last 24 months',
  last_36_months: 'Last 36 months',
  this_year: 'This year',
  last_year: 'Last year',
  all: 'Everything',
} as const;
export type Period = keyof typeof periods | { from: string; to: string };

/** What a screen looks at: everything in its URL. */
export interface View {
  period: Period;
  /** null: chosen by the length of the period. */
  grain: Grain | null;
  where: Where;
  compare: Comparison | null;
  asOf: string | null;
}

/** How screens open (DESIGN §6): complaints, the last twelve months, beside the twelve before. */
export const openingView = (): View => ({
  period: 'last_12_months',
  grain: null,
  where: { ...emptyWhere(), members: { kind: ['complaint'] } },
  compare: 'previous_period',
  asOf: null,
});

/**
 * Reads a view from the search part of a URL. Keys: `period` or `from` and `to`, `grain`, `compare` (`none` for off), `as_of`, a dimension
 * (repeated for several labels), `not_` + dimension, `text`, a range as `8..31`; `kind=any` takes the opening filter off.
 * @returns the view, with defaults for what is absent or bad, and a problem for every part that is unknown or bad
 */
export function viewFromSearch(search: string): { view: View; problems: Problem[] } {
  const view = openingView();
  const problems: Problem[] = [];
  const where: Record<string, unknown> = {};
  const not: Record<string, string[]> = {};
  const range: Record<string, unknown> = {};
  const parameters = new URLSearchParams(search);
  const known = [
    'period',
    'from',
    'to',
    'grain',
    'compare',
    'as_of',
    'text',
    ...dimensionNames,
    ...dimensionNames.map((d) => `not_${d}`),
    ...rangeNames,
  ];
  for (const key of new Set(parameters.keys())) {
    const values = parameters.getAll(key);
    const value = values[0] ?? '';
    if (isOneOf(key, dimensionNames)) where[key] = values;
    else if (key.startsWith('not_') && isOneOf(key.slice(4), dimensionNames)) not[key.slice(4)] = values;
    else if (isOneOf(key, rangeNames)) range[key] = value.split('..').map((edge) => (edge === '' ? null : Number(edge)));
    else if (key === 'text') where.text = value;
    else if (key === 'grain' && isOneOf(value, grains)) view.grain = value;
    else if (key === 'compare' && (value === 'none' || isOneOf(value, comparisons))) view.compare = value === 'none' ? null : value;
    else if (key === 'as_of' && (isRealDate(value) || !Number.isNaN(Date.parse(value)))) view.asOf = value;
    else if (key === 'period' && value in periods)
      view.period = value as keyof typeof periods; // tested against the keys
    else if (key === 'from' || key === 'to') continue;
    else if (!known.includes(key)) problems.push({ field: key, message: `unknown part of the address${didYouMean(key, known)}` });
    else problems.push({ field: key, message: `"${value}" is not known here${didYouMean(value, namesOf(key))}` });
  }
  const from = parameters.get('from');
  const to = parameters.get('to');
  if (from !== null || to !== null) {
    if (from && to && isRealDate(from) && isRealDate(to) && from <= to) view.period = { from, to };
    else
      problems.push({ field: 'from', message: 'a period needs two dates, from and to, like 2026-11-09, the first not after the second' });
  }
  const anyKind = parameters.getAll('kind').includes('any');
  if (anyKind) delete where.kind;
  const opening = anyKind || 'kind' in where || 'kind' in not ? {} : { kind: view.where.members.kind };
  view.where = parseWhere(
    { ...opening, ...where, ...(Object.keys(not).length && { not }), ...(Object.keys(range).length && { range }) },
    problems,
  );
  return { view, problems };
}

/** The search part of the URL of a view, without "?": readable keys, only what differs from the opening view, stable order. */
export function viewToSearch(view: View): string {
  const parameters = new URLSearchParams();
  const opening = openingView();
  if (typeof view.period === 'string') {
    if (view.period !== opening.period) parameters.set('period', view.period);
  } else {
    parameters.set('from', view.period.from);
    parameters.set('to', view.period.to);
  }
  if (view.grain) parameters.set('grain', view.grain);
  if (view.compare !== opening.compare) parameters.set('compare', view.compare ?? 'none');
  const { members, not, text, range } = view.where;
  for (const name of dimensionNames) {
    const labels = members[name];
    const isOpening = name === 'kind' && labels?.length === 1 && labels[0] === 'complaint';
    if (labels && !isOpening) for (const label of labels) parameters.append(name, label);
    if (name === 'kind' && !labels && !not.kind) parameters.set('kind', 'any');
  }
  for (const name of dimensionNames) for (const label of not[name] ?? []) parameters.append(`not_${name}`, label);
  for (const name of rangeNames) {
    const edges = range[name];
    if (edges) parameters.set(name, edges.map((edge) => edge ?? '').join('..'));
  }
  if (text) parameters.set('text', text);
  if (view.asOf) parameters.set('as_of', view.asOf);
  return parameters.toString();
}

/** Local dates a period is counted from: that of T, and those on which the first and the last case were received, null while there is none. */
export interface Known {
  today: string;
  earliest: string | null;
  latest: string | null;
}

/** What a view knows: another as-of is another today. */
export function knownOf(view: View, { today, earliest, latest }: Known): Known {
  return { today: view.asOf?.slice(0, 10) ?? today, earliest, latest };
}

/** Whether the period a screen opens with ends up after the last case was received, so that it would show nothing. */
export function isOpeningEmpty(known: Known): boolean {
  return known.latest !== null && known.latest < resolvePeriod(openingView().period, known).from;
}

/**
 * The dates of a period.
 * @param known what the dates count back from
 * @returns inclusive dates; periods of whole months, quarters and years run to their last day, so that a comparison takes whole ones
 */
export function resolvePeriod(period: Period, { today, earliest, latest }: Known): { from: string; to: string } {
  if (typeof period !== 'string') return period;
  const whole = (grain: Grain, ago: number, count = 1) => {
    const last = addBuckets(grain, startOf(grain, today), -ago);
    return { from: addBuckets(grain, last, 1 - count), to: endOf(grain, last) };
  };
  switch (period) {
    case 'last_7_days':
      return { from: addDays(today, -6), to: today };
    case 'last_28_days':
      return { from: addDays(today, -27), to: today };
    case 'last_90_days':
      return { from: addDays(today, -89), to: today };
    case 'this_month':
      return whole('month', 0);
    case 'last_month':
      return whole('month', 1);
    case 'this_quarter':
      return whole('quarter', 0);
    case 'last_quarter':
      return whole('quarter', 1);
    case 'last_12_months':
      return whole('month', 0, 12);
    case 'last_24_months':
      return whole('month', 0, 24);
    case 'last_36_months':
      return whole('month', 0, 36);
    case 'this_year':
      return whole('year', 0);
    case 'last_year':
      return whole('year', 1);
    case 'all':
      return earliest && latest && earliest <= today ? { from: earliest, to: latest < today ? latest : today } : { from: today, to: today };
  }
}

/** The step of time a period is drawn in when nobody chose one: 6 to 60 points. */
export function grainFor(from: string, to: string): Grain {
  const days = daysBetween(from, to) + 1;
  if (days <= 31) return 'day';
  if (days <= 183) return 'week';
  if (days <= 5 * 366) return 'month';
  return days <= 15 * 366 ? 'quarter' : 'year';
}

/** A query over what a view looks at; everything has nothing before it to be compared with. */
export function viewQuery(view: View, known: Known, ask: Pick<Query, 'measures'> & Partial<Query>): Query {
  const { from, to } = resolvePeriod(view.period, known);
  return {
    by: [],
    grain: null,
    from,
    to,
    where: view.where,
    compare: view.period === 'all' ? null : view.compare,
    order: null,
    limit: null,
    asOf: view.asOf,
    time: 'elapsed',
    ...ask,
  };
}

function namesOf(key: string): readonly string[] {
  return { grain: grains, compare: [...comparisons, 'none'], period: Object.keys(periods) }[key] ?? [];
}

function isOneOf<T extends string>(name: string, known: readonly T[]): name is T {
  return (known as readonly string[]).includes(name);
}
