import { addDays, startOf } from '../model/buckets.ts';
import type { Grain } from '../model/buckets.ts';
import type { Baseline } from '../stats/control-chart.ts';

/** Periods limits are made of at least: with fewer a range is a guess. */
export const shortestBaseline = 12;

/** How many limits of a year are made of: of weeks a year, so that no season is left out. */
export function longestBaseline(grain: Grain): number {
  return grain === 'week' ? 52 : firstBaseline;
}

/** And of how many at most where they are made of the first. */
const firstBaseline = 24;

/** How many periods of a grain a year has, where it has several of one season. */
export const yearOf: Record<Grain, number | null> = { day: null, week: 52, month: 12, quarter: 4, year: null };

/** How many periods before limits begin anew are looked at: those they are made of, and for its season the year before, with two weeks around it. */
export function lookedBack(grain: Grain): number {
  return Math.max(longestBaseline(grain), (yearOf[grain] ?? 0) + 2);
}

/**
 * From when on the limits of a period hold by the rule: since the first period of its year; weeks belong to the year in which their Monday lies.
 * @returns a first date; empty for years, whose limits are made once
 */
export function limitsBegin(grain: Grain, period: string): string {
  if (grain === 'year') return '';
  const start = startOf('year', period);
  return grain === 'week' ? startOf('week', addDays(start, 6)) : start;
}

/** A series as far as its limits depend on it: one entry a period, without gaps. */
export interface Known {
  grain: Grain;
  /** First dates of the periods, ascending, and from when on the limits of each hold by the rule, as {@link limitsBegin} says. */
  periods: readonly string[];
  begins: readonly string[];
  values: readonly (number | null)[];
  /** Whether all of a period is known. */
  isWhole: readonly boolean[];
  /** Whether nothing is a value too: then a series begins with its first case. */
  isCounted: boolean;
}

/** Points with the same limits; positions from inclusive, to exclusive. */
export interface Span {
  from: number;
  to: number;
  /** What the limits are made of. */
  baseline: Baseline;
  /** Between which positions points are looked at together: a run does not go on where limits begin anew by decision, or before there was a case. */
  seen: Baseline;
  /** Position in the list of decisions of the one that began these limits; null: the rule did. */
  rebase: number | null;
}

export interface Spans {
  spans: Span[];
  /** The last decision, where too few periods are known from then on: how many are missing. */
  waiting: { rebase: number; missing: number } | null;
}

/**
 * Which limits hold for which points. They depend on the period of a point, and not on what else is shown or when it is looked at: limits stay as they
 * are for a calendar year and are made of the 24 periods before it (52 weeks). Until so many lie before a year they are made of the first 24; and of
 * twelve that are known at least.
 * From the first date a person decided on they are made of the first 24 whole periods from then on, twelve at least, and stay until the next decision.
 * @param rebases dates from which people had limits begin anew, ascending
 */
export function spansOf(series: Known, rebases: readonly string[]): Spans {
  const { periods } = series;
  const spans: Span[] = [];
  let waiting: Spans['waiting'] = null;
  let end = periods.length;
  // Where the next decision begins: what came after it belongs to no limits before it, also while it still waits.
  let next = periods.length;
  for (let r = rebases.length - 1; r >= 0; r--) {
    const from = periods.findIndex((period) => period >= (rebases[r] ?? ''));
    if (from < 0 || from >= end) {
      if (from < 0) waiting ??= { rebase: r, missing: shortestBaseline };
      continue;
    }
    const { baseline, known } = firstOf(series, from, next);
    if (baseline) {
      spans.unshift({ from, to: end, baseline, seen: { from, to: end }, rebase: r });
      end = from;
    } else if (next === periods.length) waiting ??= { rebase: r, missing: shortestBaseline - known };
    next = from;
  }
  return { spans: [...frozenSpans(series, end), ...spans], waiting };
}

/** The limits that no person decided on, of the points before a position. */
function frozenSpans(series: Known, end: number): Span[] {
  const { grain, periods, begins } = series;
  const earliest = Math.max(0, series.isWhole.indexOf(true));
  const spans: Span[] = [];
  for (let from = 0; from < end;) {
    let to = from + 1;
    while (to < end && begins[to] === begins[from]) to += 1;
    const begin = beginOf(series, Math.max(earliest, from - lookedBack(grain)), end);
    const start = from - longestBaseline(grain);
    const before = start >= begin ? basedOn(series, start, from).baseline : null;
    // What a decision says was another state of things does not belong to them, unless too little is left.
    const first = before ? null : (firstOf(series, begin, end).baseline ?? firstOf(series, begin, periods.length).baseline);
    const last = spans.at(-1);
    // Limits of the first periods go on from year to year: nothing begins anew.
    if (last && first && last.to === from && isSame(last.baseline, first)) last.to = to;
    else {
      const baseline = before ?? first;
      if (baseline) spans.push({ from, to, baseline, seen: { from: begin, to: end }, rebase: null });
    }
    from = to;
  }
  return spans;
}

function isSame(a: Baseline, b: Baseline): boolean {
  return a.from === b.from && a.to === b.to;
}

/** Before its first case a series may not have been there, and the period in which it came may be a part of one. */
function beginOf({ values, isCounted }: Known, from: number, end: number): number {
  if (!isCounted) return from;
  const first = values.findIndex((value, i) => i >= from && (value ?? 0) > 0);
  return first < 0 || first >= end ? end : first === from ? from : first + 1;
}

/** Limits of the first whole periods from a position on. */
function firstOf(series: Known, from: number, end: number): { baseline: Baseline | null; known: number } {
  let [to, whole] = [from, 0];
  for (; to < end && whole < firstBaseline; to++) if (series.isWhole[to]) whole += 1;
  return basedOn(series, from, to);
}

/** Limits of the whole periods of a stretch, where enough of them are known. */
function basedOn({ values, isWhole }: Known, from: number, to: number): { baseline: Baseline | null; known: number } {
  const whole = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i).filter((i) => isWhole[i]);
  const known = whole.filter((i) => (values[i] ?? null) !== null).length;
  const [first, last] = [whole[0], whole.at(-1)];
  const isEnough = known >= shortestBaseline && first !== undefined && last !== undefined;
  return { baseline: isEnough ? { from: first, to: last + 1 } : null, known };
}
