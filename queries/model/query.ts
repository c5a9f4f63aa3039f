import { BadInput, didYouMean, type Problem } from '../../etl/errors.ts';
import { isRealDate } from '../../etl/record.ts';
import { daysBetween, type Grain, grains } from './buckets.ts';
import { fairProblems } from './fair.ts';
import { dimensionNames, type DimensionName } from './dimensions.ts';
import { measureNames, measureOf, type MeasureName } from './measures.ts';
import { rangeNames, type RangeName } from './ranges.ts';

/** Lower edge inclusive, upper exclusive; null is open. */
export type Range = [number | null, number | null];

/** Which rows: labels are OR within a dimension and AND across; `not` takes out; `text` is a search; all of it AND. */
export interface Where {
  members: Partial<Record<DimensionName, string[]>>;
  not: Partial<Record<DimensionName, string[]>>;
  text: string;
  range: Partial<Record<RangeName, Range>>;
}

export const comparisons = ['previous_period', 'previous_year'] as const;
export type Comparison = (typeof comparisons)[number];

/** What members can be held against: all of them together. */
export const againsts = ['whole'] as const;
export type Against = (typeof againsts)[number];

/** How durations are reckoned: on the calendar, or in opening hours. */
export const times = ['elapsed', 'business'] as const;

/** One question to the store (DESIGN §6); every part present. `from` and `to` are inclusive local dates. */
export interface Query {
  measures: MeasureName[];
  by: DimensionName[];
  grain: Grain | null;
  from: string;
  to: string;
  where: Where;
  compare: Comparison | null;
  /** A measure, its `NAME_n`, a dimension of `by` or `period`, with "-" before it for descending; null: the first measure descending. */
  order: string | null;
  limit: number | null;
  /** A date (to its end) or an ISO 8601 instant; null: the largest `through` in scope. */
  asOf: string | null;
  time: (typeof times)[number];
  /** Whether each figure is judged beside its own past: limits and the rule it breaks; needs a grain. */
  signals: boolean;
  /** Whether each member's rate is held against the rate of all; needs one dimension in `by` and no grain. */
  against: Against | null;
  /** Whether each member is told with its share, whether it is one of the vital few, and what it could change places with by chance. */
  pareto: boolean;
  /** Each member beside what its mix of cases would give: columns of `fair.ts`. */
  fair: boolean;
}

/** A query as it travels: only what differs from the defaults. */
export interface QueryJson {
  measures: string[];
  by?: string[];
  grain?: string;
  from: string;
  to: string;
  where?: Record<string, unknown>;
  compare?: string;
  order?: string;
  limit?: number;
  asOf?: string;
  time?: string;
  signals?: boolean;
  against?: string;
  pareto?: boolean;
  fair?: boolean;
}

export const limits = { by: 3, measures: 24, members: 1000, limit: 1000, text: 500, years: 200 } as const;
export const emptyWhere = (): Where => ({ members: {}, not: {}, text: '', range: {} });

const keys = [
  'measures',
  'by',
  'grain',
  'from',
  'to',
  'where',
  'compare',
  'order',
  'limit',
  'asOf',
  'time',
  'signals',
  'against',
  'pareto',
  'fair',
];

/** A query over a window, with the defaults for what is not asked. */
export function queryOf(ask: Pick<Query, 'measures' | 'from' | 'to'> & Partial<Query>): Query {
  return {
    by: [],
    grain: null,
    where: emptyWhere(),
    compare: null,
    order: null,
    limit: null,
    asOf: null,
    time: 'elapsed',
    signals: false,
    against: null,
    pareto: false,
    fair: false,
    ...ask,
  };
}

/**
 * Reads a query from JSON.
 * @throws BadInput with every problem, by field, each with what was expected and near names
 */
export function parseQuery(raw: unknown): Query {
  if (!isObject(raw)) throw new BadInput([{ field: '', message: 'a query must be an object with measures, from and to' }]);
  const problems: Problem[] = [];
  for (const key of Object.keys(raw))
    if (!keys.includes(key)) problems.push({ field: key, message: `unknown key${didYouMean(key, keys)}; a query has ${keys.join(', ')}` });
  const measures = parseNames(raw.measures, 'measures', measureNames, problems);
  if (raw.measures === undefined) problems.push({ field: 'measures', message: 'is missing; name at least one measure' });
  else if (measures.length === 0 && !problems.some((p) => p.field.startsWith('measures')))
    problems.push({ field: 'measures', message: 'is empty; name at least one measure' });
  if (measures.length > limits.measures)
    problems.push({ field: 'measures', message: `at most ${limits.measures} measures in one query, not ${measures.length}` });
  const by = parseNames(raw.by ?? [], 'by', dimensionNames, problems);
  if (by.length > limits.by) problems.push({ field: 'by', message: `at most ${limits.by} dimensions in one query, not ${by.length}` });
  const grain = parseOne(raw.grain, 'grain', grains, problems);
  const from = parseDate(raw.from, 'from', problems);
  const to = parseDate(raw.to, 'to', problems);
  if (from && to && from > to) problems.push({ field: 'from', message: `${from} lies after to, ${to}` });
  if (from && to && daysBetween(from, to) > limits.years * 366)
    problems.push({ field: 'from', message: `a period may span at most ${limits.years} years` });
  const where = parseWhere(raw.where, problems);
  const query: Query = {
    measures,
    by,
    grain,
    from,
    to,
    where,
    compare: parseOne(raw.compare, 'compare', comparisons, problems),
    order: parseOrder(raw.order, measures, by, grain, problems),
    limit: parseLimit(raw.limit, by, problems),
    asOf: parseAsOf(raw.asOf, problems),
    time: parseOne(raw.time, 'time', times, problems) ?? 'elapsed',
    signals: parseFlag(raw.signals, 'signals', problems),
    against: parseOne(raw.against, 'against', againsts, problems),
    pareto: false,
    fair: parseFlag(raw.fair, 'fair', problems),
  };
  query.pareto = parsePareto(raw.pareto, query, problems);
  if (query.signals && !grain) problems.push({ field: 'signals', message: 'needs a grain: each period is judged beside those before it' });
  if (query.against && (by.length !== 1 || grain))
    problems.push({ field: 'against', message: 'needs one dimension in by and no grain: its members are held against all of them' });
  const mentionsNeeds = (['issue', 'sub_issue'] as const).some((d) => by.includes(d) || where.members[d] !== undefined);
  if (measures.includes('mentions') && !mentionsNeeds)
    problems.push({ field: 'measures', message: '"mentions" counts cases naming an issue: put issue or sub_issue in by or where' });
  if (query.fair) problems.push(...fairProblems(query));
  if (problems.length) throw new BadInput(problems);
  return query;
}

/** The canonical wire form: keys in a fixed order, nothing that equals its default; `parseQuery(serialiseQuery(q))` equals q. */
export function serialiseQuery(query: Query): QueryJson {
  const json: QueryJson = { measures: query.measures, from: query.from, to: query.to };
  const where = serialiseWhere(query.where);
  return {
    measures: json.measures,
    ...(query.by.length && { by: query.by }),
    ...(query.grain && { grain: query.grain }),
    from: json.from,
    to: json.to,
    ...(Object.keys(where).length && { where }),
    ...(query.compare && { compare: query.compare }),
    ...(query.order && { order: query.order }),
    ...(query.limit !== null && { limit: query.limit }),
    ...(query.asOf && { asOf: query.asOf }),
    ...(query.time !== 'elapsed' && { time: query.time }),
    ...(query.signals && { signals: true }),
    ...(query.against && { against: query.against }),
    ...(query.pareto && { pareto: true }),
    ...(query.fair && { fair: true }),
  };
}

/** @throws nothing: what is wrong is added to `problems`, at `where.…` */
export function parseWhere(raw: unknown, problems: Problem[]): Where {
  const where = emptyWhere();
  if (raw === undefined || raw === null) return where;
  if (!isObject(raw)) {
    problems.push({ field: 'where', message: 'must be an object: dimension to list of labels, and not, text, range' });
    return where;
  }
  for (const [key, value] of Object.entries(raw)) {
    if (key === 'not') {
      if (!isObject(value)) problems.push({ field: 'where.not', message: 'must be an object: dimension to list of labels' });
      else for (const [name, labels] of Object.entries(value)) parseMembers(name, labels, 'where.not', where.not, problems);
    } else if (key === 'text') {
      if (typeof value !== 'string') problems.push({ field: 'where.text', message: 'must be text: words, word* or "two words"' });
      else if (value.length > limits.text) problems.push({ field: 'where.text', message: `may have at most ${limits.text} characters` });
      else where.text = value.trim();
    } else if (key === 'range') parseRanges(value, where, problems);
    else parseMembers(key, value, 'where', where.members, problems);
  }
  return where;
}

/** A filter as JSON of the API. */
export function serialiseWhere(where: Where): NonNullable<QueryJson['where']> {
  const members = (given: Where['members']) => Object.fromEntries(dimensionNames.filter((d) => given[d]).map((d) => [d, given[d]]));
  const not = members(where.not);
  const range = Object.fromEntries(rangeNames.filter((r) => where.range[r]).map((r) => [r, where.range[r]]));
  return {
    ...members(where.members),
    ...(Object.keys(not).length && { not }),
    ...(where.text && { text: where.text }),
    ...(Object.keys(range).length && { range }),
  };
}

function parseMembers(name: string, value: unknown, path: string, into: Where['members'], problems: Problem[]): void {
  const field = `${path}.${name}`;
  if (!isOneOf(name, dimensionNames)) {
    const known = path === 'where' ? [...dimensionNames, 'not', 'text', 'range'] : dimensionNames;
    problems.push({ field, message: `unknown dimension${didYouMean(name, known)}` });
    return;
  }
  const labels = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(labels) || !labels.every((l) => typeof l === 'string')) problems.push({ field, message: 'must be a list of labels' });
  else if (labels.length === 0) problems.push({ field, message: 'is an empty list; leave the dimension out to have every member' });
  else if (labels.length > limits.members) problems.push({ field, message: `at most ${limits.members} labels, not ${labels.length}` });
  else into[name] = [...new Set(labels)];
}

function parseRanges(value: unknown, where: Where, problems: Problem[]): void {
  if (!isObject(value))
    return void problems.push({ field: 'where.range', message: 'must be an object like { "resolution_days": [8, 31] }' });
  for (const [name, range] of Object.entries(value)) {
    const field = `where.range.${name}`;
    if (!isOneOf(name, rangeNames)) {
      problems.push({ field, message: `unknown range${didYouMean(name, rangeNames)}; known are ${rangeNames.join(', ')}` });
      continue;
    }
    const edges: unknown[] = Array.isArray(range) ? range : [];
    const [low, high] = edges;
    const isEdge = (edge: unknown): edge is number | null => edge === null || (typeof edge === 'number' && Number.isFinite(edge));
    if (edges.length !== 2 || !isEdge(low) || !isEdge(high))
      problems.push({ field, message: 'must be [from or null, below or null], two numbers' });
    else if (low === null && high === null) problems.push({ field, message: 'has no edge; leave the range out' });
    else if (low !== null && high !== null && low >= high) problems.push({ field, message: `is empty: ${low} is not below ${high}` });
    else where.range[name] = [low, high];
  }
}

function parseNames<T extends string>(raw: unknown, field: string, known: readonly T[], problems: Problem[]): T[] {
  if (raw === undefined) return [];
  if (!Array.isArray(raw)) {
    problems.push({ field, message: 'must be a list of names' });
    return [];
  }
  const names: T[] = [];
  raw.forEach((name: unknown, i) => {
    if (typeof name !== 'string') problems.push({ field: `${field}[${i}]`, message: 'must be a name' });
    else if (!isOneOf(name, known)) problems.push({ field: `${field}[${i}]`, message: `unknown name "${name}"${didYouMean(name, known)}` });
    else if (names.includes(name)) problems.push({ field: `${field}[${i}]`, message: `"${name}" is named twice` });
    else names.push(name);
  });
  return names;
}

function parseOne<T extends string>(raw: unknown, field: string, known: readonly T[], problems: Problem[]): T | null {
  if (raw === undefined || raw === null) return null;
  if (typeof raw === 'string' && isOneOf(raw, known)) return raw;
  problems.push({
    field,
    message: `${JSON.stringify(raw)} is not one of ${known.join(', ')}${typeof raw === 'string' ? didYouMean(raw, known) : ''}`,
  });
  return null;
}

function parseFlag(raw: unknown, field: string, problems: Problem[]): boolean {
  if (raw === undefined || raw === null) return false;
  if (typeof raw === 'boolean') return raw;
  problems.push({ field, message: `${JSON.stringify(raw)} is not true or false` });
  return false;
}

function parseDate(raw: unknown, field: string, problems: Problem[]): string {
  if (typeof raw === 'string' && isRealDate(raw)) return raw;
  const message = raw === undefined ? 'is missing; give a date like 2026-11-09' : `${JSON.stringify(raw)} is not a date like 2026-11-09`;
  problems.push({ field, message });
  return '';
}

function parseOrder(raw: unknown, measures: MeasureName[], by: DimensionName[], grain: Grain | null, problems: Problem[]): string | null {
  if (raw === undefined || raw === null) return null;
  const counted = measures.filter((name) => !['count', 'stock'].includes(measureOf(name).kind)).map((name) => `${name}_n`);
  const known = [...measures, ...counted, ...by, ...(grain ? ['period'] : [])];
  const name = typeof raw === 'string' ? raw.replace(/^-/, '') : '';
  if (typeof raw === 'string' && known.includes(name)) return raw;
  problems.push({
    field: 'order',
    message: `${JSON.stringify(raw)} is not one of ${known.join(', ')}, with "-" before it for descending${didYouMean(name, known)}`,
  });
  return null;
}

function parseLimit(raw: unknown, by: DimensionName[], problems: Problem[]): number | null {
  if (raw === undefined || raw === null) return null;
  if (!Number.isSafeInteger(raw) || (raw as number) < 1 || (raw as number) > limits.limit) {
    problems.push({ field: 'limit', message: `${JSON.stringify(raw)} is not a whole number from 1 to ${limits.limit}` });
    return null;
  }
  if (by.length === 0) problems.push({ field: 'limit', message: 'needs a dimension in by: it keeps the first members' });
  return raw as number; // a safe integer, tested above
}

function parseAsOf(raw: unknown, problems: Problem[]): string | null {
  if (raw === undefined || raw === null) return null;
  if (typeof raw === 'string') {
    if (isRealDate(raw)) return raw;
    const instant = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/.exec(raw);
    if (instant?.[1] && isRealDate(instant[1]) && !Number.isNaN(Date.parse(raw))) return raw;
  }
  problems.push({ field: 'asOf', message: `${JSON.stringify(raw)} is not a date like 2026-11-09 or a time like 2026-11-09T14:30:00Z` });
  return null;
}

function parsePareto(
  raw: unknown,
  { measures, by, grain, order }: Pick<Query, 'measures' | 'by' | 'grain' | 'order'>,
  problems: Problem[],
): boolean {
  if (raw === undefined || raw === null || raw === false) return false;
  const say = (message: string) => void problems.push({ field: 'pareto', message });
  if (raw !== true) say('must be true or false');
  else if (by.length !== 1 || grain) say('needs one dimension in by, and no grain');
  const other = measures.find((name) => measureOf(name).kind !== 'count' || measureOf(name).fact === 'case_issue');
  if (order !== null && order !== `-${measures[0]}`) say('needs the order of the first measure, falling: shares add up from the largest');
  if (other) say(`needs counts or sums whose parts do not overlap, and "${other}" is none`);
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOneOf<T extends string>(name: string, known: readonly T[]): name is T {
  return (known as readonly string[]).includes(name);
}
