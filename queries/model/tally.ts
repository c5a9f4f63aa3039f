import { durations, meanScores, type Condition, type DateName, type DurationName, type FactName, type Measure } from './measure.ts';
import type { Grain } from './buckets.ts';
import type { DimensionName } from './dimensions.ts';
import { measureOf, type MeasureName } from './measures.ts';
import type { Range } from './query.ts';

/** Rows kept by their codes (0 is none), by words and by numbers; all of it AND. */
export interface Filter {
  members: Partial<Record<DimensionName, number[]>>;
  not: Partial<Record<DimensionName, number[]>>;
  text: SearchTerm[];
  range: { resolution_days?: Range; open_age_days?: Range; score?: Range };
}

/** Words that stand side by side; with `isPrefix` the last one only has to begin so. Words are tokens of `etl/text.ts`. */
export interface SearchTerm {
  words: string[];
  isPrefix: boolean;
}

/** Until when each source is known, seconds UTC. Sources not listed are left out; `isAll` says that there are none. */
export interface Through {
  sources: { source: number; at: number }[];
  isAll: boolean;
}

/** How the business age of a case that has not ended is reckoned: T on the clock of its calendar, less where receipt stands on that clock. */
export interface BusinessAge {
  /**
   * Cases under the given codes of `sla_policy`, or all others (null, the last), with T of each source in seconds of opening hours.
   * A case under none of them has no business time.
   */
  calendars: { policies: readonly number[] | null; through: Through }[];
}

/**
 * An integer sum over the rows that meet `where`: of a column, of 1, or of distinct cases. `waited_minutes`: whole minutes from receipt to the end, to T
 * where there is none by then. `waited_hours_squared`, `redress_hundreds_squared`: squares of whole hours and of whole hundreds of minor units, which
 * stay integers of 64 bits. `reassign_count_squared`: the square of the column.
 */
export interface Sum {
  column: 1 | 'case' | (string & {});
  where: readonly Condition[];
}

/**
 * What an executor answers, and all it answers (DESIGN §7): integer sums by bucket, codes and at most one bin.
 * Rows dated from `from` to `to`, both inclusive; with `opening` also all before, as bucket "". Without `grain` the bucket is `from`.
 * `bin`: minutes of the lower edge of the duration's bin for a case that has reached its end by T; `-1 - hours` for one that has not, where hours is its
 * whole age at T or at its end; null for a case whose times are impossible or whose end has no date. With `business` all of it in opening hours;
 * a case without a calendar has no bin.
 * `keep`: tuples of codes; all others count under the code -1.
 */
export interface Tally {
  fact: FactName;
  on: DateName;
  from: string;
  to: string;
  opening: boolean;
  grain: Grain | null;
  by: readonly DimensionName[];
  keep: readonly (readonly number[])[] | null;
  bin: { of: DurationName; business: BusinessAge | null } | null;
  /** Rows count once this many days have passed since their date. */
  matureDays: number;
  where: readonly Condition[];
  filter: Filter;
  through: Through;
  sums: readonly Sum[];
}

export interface TallyRow {
  bucket: string;
  /** Codes in the order of `by`. */
  keys: number[];
  /** Bin, count, bin, count, … in no order, a bin perhaps more than once; null without `bin`. Cases without a bin are in `sums` only. */
  bins: ArrayLike<number> | null;
  /** In the order of `sums`. */
  sums: number[];
}

/** Everything a tally takes from the query rather than from the measure. */
export interface Frame {
  from: string;
  to: string;
  grain: Grain | null;
  by: readonly DimensionName[];
  keep: readonly (readonly number[])[] | null;
  filter: Filter;
  through: Through;
  /** Null: in elapsed time. */
  business: BusinessAge | null;
  /** ISO 4217 code that sums of money are limited to; null: no amounts at all. */
  currency: string | null;
}

const counted: Condition = { column: 'is_duplicate', op: 'is', value: 0 };
const unknownEnd: Condition = { column: 'is_ended_on_unknown_date', op: 'is', value: 1 };
const impossible: Condition = { column: 'is_time_impossible', op: 'is', value: 1 };

/**
 * The tallies of a measure. Order: a count, ratio or percentile has one; a stock has those that enter and those that leave.
 * Sums: count [n], or [sum, n, sum of squares] for a sum; stock [n, cases ended on an unknown date] and [n]; ratio [whole, numerator, subtracted], of
 * a mean with its interval [whole, sum, how many reach the second score, the third, …], of events per case [cases, events, sum of their squares];
 * percentile and survival [n, impossible times, unknown ends].
 */
export function talliesOf(name: MeasureName, frame: Frame): Tally[] {
  const measure = measureOf(name);
  const { from, to, grain, by, keep, filter, through } = frame;
  const base = {
    from,
    to,
    opening: false,
    grain,
    by,
    keep,
    bin: null,
    matureDays: 0,
    where: name === 'duplicates' ? [] : [counted],
    filter,
    through,
  };
  switch (measure.kind) {
    case 'count':
      return [{ ...base, fact: measure.fact, on: measure.on, sums: countSums(measure, frame.currency) }];
    case 'stock': {
      const stock = { ...base, fact: measure.fact, opening: true };
      return [
        {
          ...stock,
          on: measure.enter,
          sums: [
            { column: 1, where: measure.where },
            { column: 1, where: [unknownEnd] },
          ],
        },
        { ...stock, on: measure.leave, sums: [{ column: 1, where: [...measure.where, ...measure.left] }] },
      ];
    }
    case 'ratio': {
      const whole = measure.whole;
      const sums: Sum[] = [{ column: 1, where: whole }];
      if (measure.sum) sums.push({ column: measure.sum, where: whole });
      if (measure.interval === 'mean') sums.push(...reachedScores(measure.sum ?? 'score', whole));
      if (measure.interval === 'poisson' && measure.sum) sums.push({ column: `${measure.sum}_squared`, where: whole });
      const part = [...(measure.part ?? []), ...filteredPart(measure, filter)];
      if (measure.part || measure.within) sums.push({ column: 1, where: [...whole, ...part] });
      if (measure.minus) sums.push({ column: 1, where: [...whole, ...measure.minus] });
      const own = { fact: measure.fact, on: measure.on, filter: filterOf(measure, filter), matureDays: measure.matureDays ?? 0 };
      return [{ ...base, ...own, sums }];
    }
    case 'percentile':
    case 'survival': {
      const sums: Sum[] = [
        { column: 1, where: [] },
        { column: 1, where: [impossible] },
        { column: 1, where: [unknownEnd] },
      ];
      return [{ ...base, fact: measure.fact, on: measure.on, bin: { of: measure.of, business: frame.business }, sums }];
    }
  }
}

/** The filter of the rows a measure looks at: that of the query, less the one its numerator is told by. */
export function filterOf(measure: Measure, filter: Filter): Filter {
  if (measure.kind !== 'ratio' || !measure.within) return filter;
  const members = { ...filter.members };
  delete members[measure.within];
  return { ...filter, members };
}

/** What a numerator is told by that is filtered by. */
function filteredPart(measure: Measure, filter: Filter): Condition[] {
  const codes = measure.kind === 'ratio' && measure.within ? filter.members[measure.within] : undefined;
  return measure.kind === 'ratio' && measure.within && codes ? [{ column: measure.within, op: 'in', value: codes }] : [];
}

/**
 * The conditions of the rows behind a figure, beside its date and the filter.
 * @param part `numerator`: what a rate counts; the same as `whole` for every other measure
 */
export function rowsOf(name: MeasureName, part: 'whole' | 'numerator', filter: Filter, currency: string | null): readonly Condition[] {
  const measure = measureOf(name);
  const first = name === 'duplicates' ? [] : [counted];
  switch (measure.kind) {
    case 'count': {
      const sums = countSums(measure, currency);
      return [...first, ...((sums[1] ?? sums[0])?.where ?? [])];
    }
    case 'stock':
      return [...first, ...measure.where];
    case 'ratio':
      return [...first, ...measure.whole, ...(part === 'numerator' ? [...(measure.part ?? []), ...filteredPart(measure, filter)] : [])];
    case 'percentile':
    case 'survival': {
      const known: Condition[] = [
        { column: 'is_time_impossible', op: 'is', value: 0 },
        { column: 'is_ended_on_unknown_date', op: 'is', value: 0 },
      ];
      const reached: Condition[] = [{ column: durations[measure.of].end, op: 'by_then' }];
      return [...first, ...known, ...(measure.kind === 'survival' || measure.censored ? [] : reached)];
    }
  }
}

/** How many reach each score above the lowest: sums of squares are made of them. */
function reachedScores(column: string, whole: readonly Condition[]): Sum[] {
  const above = Array.from({ length: meanScores.high - meanScores.low }, (_, i) => meanScores.low + 1 + i);
  return above.map((value) => ({ column: 1, where: [...whole, { column, op: 'at_least', value }] }));
}

function countSums(measure: Extract<Measure, { kind: 'count' }>, currency: string | null): Sum[] {
  const where = measure.where ?? [];
  if (!measure.sum) return [{ column: measure.fact === 'case_issue' ? 'case' : 1, where }];
  if (measure.sum === 'waited_minutes')
    return [
      { column: measure.sum, where },
      { column: 1, where },
      { column: 'waited_hours_squared', where },
    ];
  const inCurrency: Condition[] = [...where, { column: 'redress_currency', op: 'is', value: currency ?? '' }];
  return [
    { column: measure.sum, where: inCurrency },
    { column: 1, where: [...inCurrency, { column: measure.sum, op: 'at_least', value: 1 }] },
    { column: 'redress_hundreds_squared', where: inCurrency },
  ];
}
