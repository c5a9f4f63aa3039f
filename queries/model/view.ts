import { didYouMean, type Problem } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { addBuckets, addDays, daysBetween, endOf, type Grain, grains, startOf } from './buckets.ts';
import { dimensionNames } from './dimensions.ts';
import { rangeNames } from './ranges.ts';
import { comparisons, emptyWhere, limits, parseWhere, queryOf, times, type Comparison, type Query, type Where } from './query.ts';

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

/** What issues can be weighed by. */
export const weights = {
  count: 'Cases',
  days_lost: 'Time lost',
  redress: 'Redress paid',
  dissatisfied: 'Dissatisfied answers',
} as const;
export type Weight = keyof typeof weights;

/** What a screen looks at: everything in its URL. */
export interface View {
  period: Period;
  /** null: chosen by the length of the period. */
  grain: Grain | null;
  where: Where;
  compare: Comparison | null;
  asOf: string | null;
  /** Durations in calendar time or in opening hours. */
  time: Query['time'];
  /** Whether figures of the resolved cases alone are laid over those that count open ones too. */
  closedOnly: boolean;
  /** What issues are weighed by. */
  weight: Weight;
}

/** How screens open (DESIGN §6): complaints, the last twelve months, beside the twelve before. */
export const openingView = (): View => ({
  period: 'last_12_months',
  grain: null,
  where: { ...emptyWhere(), members: { kind: ['complaint'] } },
  compare: 'previous_period',
  asOf: null,
  time: 'elapsed',
  closedOnly: false,
  weight: 'count',
});

/**
 * Reads a view from the search part of a URL. Keys: `period` or `from` and `to`, `grain`, `compare` (`none` for off), `as_of`, a dimension
 * (repeated for several labels), `not_` + dimension, `text`, a range as `8..31`, `time=business`, `closed_only=shown`, `weight=days_lost`; `kind=any` takes the opening
 * filter off.
 * @returns the view, with defaults for what is absent or bad, and a problem for every part that is unknown or bad; never throws
 */
export function viewFromSearch(search: string): { view: View; problems: Problem[] } {
  const view = openingView();
  const problems: Problem[] = [];
  const where: Record<string, unknown> = {};
  const not: Record<string, string[]> = {};
  const range: Record<string, unknown> = {};
  const parameters = new URLSearchParams(search);
  const single: string[] = ['period', 'from', 'to', 'grain', 'compare', 'as_of', 'time', 'closed_only', 'weight', 'text', ...rangeNames];
  const known = [...single, ...dimensionNames, ...dimensionNames.map((d) => `not_${d}`)];
  for (const key of new Set(parameters.keys())) {
    const values = parameters.getAll(key);
    const value = values[0] ?? '';
    if (values.length > 1 && single.includes(key)) problems.push({ field: key, message: 'stands there more than once; the first counts' });
    if (isOneOf(key, dimensionNames)) where[key] = values;
    else if (key.startsWith('not_') && isOneOf(key.slice(4), dimensionNames)) not[key.slice(4)] = values;
    else if (isOneOf(key, rangeNames)) range[key] = value.split('..').map((edge) => (edge === '' ? null : Number(edge)));
    else if (key === 'text') where.text = value;
    else if (key === 'grain' && isOneOf(value, grains)) view.grain = value;
    else if (key === 'compare' && (value === 'none' || isOneOf(value, comparisons))) view.compare = value === 'none' ? null : value;
    else if (key === 'as_of' && isAsOf(value)) view.asOf = value;
    else if (key === 'time' && isOneOf(value, times)) view.time = value;
    else if (key === 'weight' && Object.hasOwn(weights, value))
      view.weight = value as Weight; // tested against the keys
    else if (key === 'closed_only' && value === 'shown') view.closedOnly = true;
    else if (key === 'period' && Object.hasOwn(periods, value))
      view.period = value as keyof typeof periods; // tested against the keys
    else if (key === 'from' || key === 'to') continue;
    else if (key === 'as_of')
      problems.push({ field: key, message: `"${value}" is not a date like 2026-11-09 or a time like 2026-11-09T14:30:00Z` });
    else if (!known.includes(key)) problems.push({ field: key, message: `unknown part of the address${didYouMean(key, known)}` });
    else problems.push({ field: key, message: `"${value}" is not known here${didYouMean(value, namesOf(key))}` });
  }
  const from = parameters.get('from');
  const to = parameters.get('to');
  if (from !== null || to !== null) {
    if (!from || !to || !isRealDate(from) || !isRealDate(to) || from > to)
      problems.push({ field: 'from', message: 'a period needs two dates, from and to, like 2026-11-09, the first not after the second' });
    else if (!isDate(from) || !isDate(to)) problems.push({ field: 'from', message: 'a period lies within the years 1000 to 8999' });
    else if (from < farthest(to)) problems.push({ field: 'from', message: `a period may span at most ${limits.years} years` });
    else view.period = { from, to };
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
  if (view.time !== opening.time) parameters.set('time', view.time);
  if (view.closedOnly) parameters.set('closed_only', 'shown');
  if (view.weight !== opening.weight) parameters.set('weight', view.weight);
  return parameters.toString();
}

/**
 * A view without what the server refused of it: the labels a problem names, or the whole filter, the search, the period or the as-of.
 * @param problems as the query API gives them: fields like `queries[0].where.issue`
 */
export function viewWithout(view: View, problems: readonly Problem[]): View {
  let { period, grain, asOf, where } = view;
  for (const { field, message } of problems) {
    const place = field.replace(/^queries\[\d+\]\./, '').replace(/^query\./, '');
    const [, isExcluded, isRange, name = ''] = /^where\.(not\.)?(range\.)?(\w+)$/.exec(place) ?? [];
    if (place === 'from' || place === 'to') ({ period, grain } = openingView());
    else if (place === 'grain' || place === 'by') grain = null;
    else if (place === 'asOf') asOf = null;
    else if (place === 'where.text') where = { ...where, text: '' };
    else if (isRange && isOneOf(name, rangeNames)) where = { ...where, range: without(where.range, name) };
    else if (isOneOf(name, dimensionNames)) {
      const side = isExcluded ? 'not' : 'members';
      const said = message.split(' (did you mean')[0] ?? '';
      const labels = where[side][name]?.filter((label) => !said.includes(`"${label}"`)) ?? [];
      const isNamed = labels.length > 0 && labels.length < (where[side][name]?.length ?? 0);
      where = { ...where, [side]: isNamed ? { ...where[side], [name]: labels } : without(where[side], name) };
    }
  }
  return { ...view, period, grain, asOf, where };
}

/** Local dates a period is counted from: that of T, and those on which the first and the last case were received, null while there is none. */
export interface Known {
  today: string;
  earliest: string | null;
  latest: string | null;
}

/** What a view knows: an earlier as-of is an earlier today; after the data's end nothing more is known. */
export function knownOf(view: View, { today, earliest, latest }: Known): Known {
  const asked = view.asOf?.slice(0, 10);
  return { today: asked !== undefined && asked < today ? asked : today, earliest, latest };
}

/** Whether a view asks for what is known on a day after the data end. */
export function isBeyondData({ asOf }: View, { today }: Known): boolean {
  return asOf !== null && asOf.slice(0, 10) > today;
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
    case 'all': {
      if (!earliest || !latest || earliest > today) return { from: today, to: today };
      const to = latest < today ? latest : today;
      const first = farthest(to);
      return { from: earliest < first ? first : earliest, to };
    }
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
  const compare = view.period === 'all' ? null : view.compare;
  return queryOf({ ...resolvePeriod(view.period, known), where: view.where, compare, asOf: view.asOf, time: view.time, ...ask });
}

/** The first date of the longest period that may end on `to`. */
function farthest(to: string): string {
  return addDays(addBuckets('year', to, -limits.years), 1);
}

/** Whether a text is a calendar date that periods can count back and forth from. */
function isDate(text: string): boolean {
  return isRealDate(text) && text >= '1000-01-01' && text < '9000-01-01';
}

/** Whether a text is a date, or an instant with its zone. */
function isAsOf(text: string): boolean {
  const [, date] = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d))?$/.exec(text) ?? [];
  return date !== undefined && isDate(date) && !Number.isNaN(Date.parse(text));
}

function without<T extends object>(given: T, name: keyof T): T {
  const rest = { ...given };
  delete rest[name];
  return rest;
}

function namesOf(key: string): readonly string[] {
  const known = { grain: grains, compare: [...comparisons, 'none'], period: Object.keys(periods), time: times, closed_only: ['shown'] };
  return { ...known, weight: Object.keys(weights) }[key] ?? [];
}

function isOneOf<T extends string>(name: string, known: readonly T[]): name is T {
  return (known as readonly string[]).includes(name);
}
