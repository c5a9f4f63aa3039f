import { addBuckets, addDays, bucketsBetween, daysBetween, endOf, type Grain, startOf } from './model/buckets.ts';
import type { Query } from './model/query.ts';

/** A stretch of dates a row of the answer is about, inclusive. */
export interface Stretch {
  /** First date of the whole bucket: what the row is called by. */
  period: string;
  from: string;
  to: string;
  /** Whether neither the window nor T cuts it. */
  isComplete: boolean;
}

/** A window of time as the tallies see it: what to count by, and which stretch each tallied bucket belongs to. */
export interface WindowPlan {
  from: string;
  to: string;
  /** What the tallies group by; finer than the query's grain where the stretches do not lie on its edges. */
  grain: Grain | null;
  stretches: Stretch[];
}

/** What is known of T: its local date, and whether all of that date is. */
export interface Today {
  date: string;
  isOver: boolean;
}

/** The latest T of all, and that of each source which has cases. */
export interface Known extends Today {
  sources?: readonly Today[];
}

/**
 * The window a query asks about, in buckets up to the latest T. A bucket is complete when every source known on its first date is known to its end.
 * @param matureDays days that must have passed for a bucket to be complete
 */
export function currentWindow(query: Pick<Query, 'from' | 'to' | 'grain'>, today: Known, matureDays = 0): WindowPlan {
  const { from, to, grain } = query;
  const settled = (t: Today) => addDays(t.date, -matureDays - (t.isOver ? 0 : 1));
  const all = [today, ...(today.sources ?? [])].map((t) => ({ date: t.date, settled: settled(t) }));
  const isSettled = (start: string, end: string) => all.every((t) => t.date < start || end <= t.settled) && today.date >= start;
  if (!grain) {
    const stretches = from > today.date ? [] : [{ period: from, from, to, isComplete: isSettled(from, to) }];
    return { from, to, grain, stretches };
  }
  const last = to < today.date ? to : today.date;
  const starts = from > last ? [] : bucketsBetween(grain, from, last);
  const stretches = starts.map((period) => {
    const end = endOf(grain, period);
    return {
      period,
      from: period < from ? from : period,
      to: end > to ? to : end,
      isComplete: period >= from && end <= to && isSettled(period, end),
    };
  });
  return { from, to, grain, stretches };
}

/**
 * The window compared with: one stretch for each of the current window's, in the same order. A stretch that the T of a source cuts is compared with as
 * many elapsed days; of several the earliest counts.
 * @returns null where the query compares nothing
 */
export function windowBefore(
  query: Pick<Query, 'from' | 'to' | 'grain' | 'compare'>,
  current: WindowPlan,
  today: Known,
): WindowPlan | null {
  const { compare, grain } = query;
  if (!compare) return null;
  const shift = shiftOf(query);
  const from = shift(query.from);
  const whole = compare === 'previous_period' ? addDays(query.from, -1) : shift(query.to);
  const stretches = current.stretches.map((stretch): Stretch => {
    const start = shift(stretch.from);
    const cut = cutOf(stretch, today);
    const end = cut === null ? shiftEnd(stretch, start, query, shift) : addDays(start, daysBetween(stretch.from, cut));
    return { period: shift(stretch.period), from: start, to: end > whole ? whole : end, isComplete: stretch.isComplete };
  });
  const to = stretches.at(-1)?.to ?? whole;
  // All but the first must begin with a bucket, all but the last must end with one: else only days can be put together again.
  const isAligned =
    grain !== null &&
    stretches.every(
      (s, i) => (i === 0 || startOf(grain, s.from) === s.from) && (i === stretches.length - 1 || endOf(grain, s.from) === s.to),
    );
  return { from, to, grain: grain && !isAligned ? 'day' : grain, stretches };
}

/** The earliest date on which what is known of a stretch ends inside it; null where it is all known. */
function cutOf({ from, to }: Stretch, today: Known): string | null {
  let cut: string | null = null;
  for (const { date, isOver } of [today, ...(today.sources ?? [])]) {
    if (date >= from && (to > date || (to === date && !isOver)) && (cut === null || date < cut)) cut = date;
  }
  return cut;
}

/** The dates of the window compared with, as the answer names them. */
export function comparedDates(query: Pick<Query, 'from' | 'to' | 'grain' | 'compare'>, before: WindowPlan): { from: string; to: string } {
  const whole = query.compare === 'previous_period' ? addDays(query.from, -1) : shiftOf(query)(query.to);
  return { from: before.from, to: whole };
}

/** Where the tallied buckets of a window go: positions of stretches by bucket. */
export function stretchesOf(plan: WindowPlan): (bucket: string) => readonly number[] {
  const { grain, stretches } = plan;
  if (grain === null) return () => (stretches.length ? [0] : []);
  const positions = new Map<string, number[]>();
  // Stretches begin one after the other but may overlap: how far those up to each reach says where to stop looking.
  let reach = '';
  const reaches = stretches.map((s) => (reach = s.to > reach ? s.to : reach));
  return (bucket) => {
    let found = positions.get(bucket);
    if (!found) {
      const date = bucket < plan.from ? plan.from : bucket;
      found = [];
      for (let i = lastFrom(stretches, date); i >= 0 && (reaches[i] ?? '') >= date; i--)
        if ((stretches[i]?.to ?? '') >= date) found.unshift(i);
      positions.set(bucket, found);
    }
    return found;
  };
}

/** Position of the last stretch that begins on or before a date; −1 for none. */
function lastFrom(stretches: readonly Stretch[], date: string): number {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.from ?? '') <= date) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Moves a date of the current window to the window before. */
function shiftOf({ from, to, grain, compare }: Pick<Query, 'from' | 'to' | 'grain' | 'compare'>): (date: string) => string {
  if (compare === 'previous_year') return grain === 'week' ? (date) => addDays(date, -364) : (date) => addBuckets('year', date, -1);
  const days = daysBetween(from, to) + 1;
  if (!grain || startOf(grain, from) !== from || endOf(grain, to) !== to) return (date) => addDays(date, -days);
  const buckets = bucketsBetween(grain, from, to).length;
  return (date) => addBuckets(grain, startOf(grain, date), -buckets);
}

/** The end of a stretch before: of the whole bucket where the current one is whole, else as many days. */
function shiftEnd(
  stretch: Stretch,
  start: string,
  { grain, from, to, compare }: Pick<Query, 'from' | 'to' | 'grain' | 'compare'>,
  shift: (date: string) => string,
): string {
  if (!grain) return compare === 'previous_year' ? shift(stretch.to) : addDays(start, daysBetween(stretch.from, stretch.to));
  const isWhole = stretch.from === stretch.period && stretch.to === endOf(grain, stretch.period);
  const keepsEdges = compare === 'previous_year' || (startOf(grain, from) === from && endOf(grain, to) === to);
  if (isWhole && keepsEdges) return endOf(grain, start);
  return compare === 'previous_year' ? shift(stretch.to) : addDays(start, daysBetween(stretch.from, stretch.to));
}
