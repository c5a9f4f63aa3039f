import { openBudget, type Budget } from './budget.ts';
import { isOfDuration, meanScores, type Measure } from './model/measure.ts';
import { measureOf, type MeasureName } from './model/measures.ts';
import type { TallyRow } from './model/tally.ts';
import { kaplanMeier, survivalAt, survivalLimits, survivalQuantile, type Survival } from './stats/kaplan-meier.ts';
import { meanInterval } from './stats/mean-interval.ts';
import { netPromoterScore } from './stats/nps.ts';
import { dispersionOf, poissonRate } from './stats/poisson-rate.ts';
import { weightedQuantile } from './stats/quantile.ts';
import { wilson } from './stats/wilson.ts';
import { stretchesOf, type WindowPlan } from './windows.ts';

/** One figure and what travels with it; null for unknown, undefined for what its kind does not have. */
export interface Figure {
  value: number | null;
  n?: number | null;
  low?: number | null;
  high?: number | null;
  followedDays?: number | null;
  /** What the figure was divided from, in the order of its tally: of scores and rates of events, whose value does not tell. */
  sums?: readonly number[];
  /** The variance of a sum: the sum of the squares of what it adds up, in squares of its unit. */
  variance?: number;
}

/** The figures of a measure over a window: by member (codes joined by ","), one a stretch; nothing where a stretch has no rows. */
export interface Figures {
  byMember: Map<string, Figure[]>;
  /** Cases left out of time measures for impossible times, and cases ended on an unknown date. */
  impossible: number;
  unknownEnds: number;
}

/**
 * Turns the tallies of a measure into figures (DESIGN §7): cumulates stocks, divides ratios last, reads quantiles and shares off the Kaplan–Meier curve.
 * @param rows the rows of each tally of `talliesOf`, in its order
 * @param minorUnits how many minor units make a major one of the organisation's currency
 * @throws BadInput when there would be more figures than the budget has, before they are made
 */
export async function figuresOf(
  name: MeasureName,
  rows: readonly TallyRow[][],
  plan: WindowPlan,
  minorUnits: number,
  budget: Budget = openBudget(),
): Promise<Figures> {
  const measure = measureOf(name);
  const [first = [], second = []] = rows;
  const isTimed = isOfDuration(measure);
  const excluded = (at: number) => first.reduce((sum, row) => sum + (row.sums[at] ?? 0), 0);
  const byMember = () => {
    if (measure.kind === 'stock') return stocks(first, second, plan, budget);
    return isOfDuration(measure) ? offCurves(measure, first, plan, budget) : bucketed(measure, first, plan, minorUnits, budget);
  };
  return {
    byMember: await byMember(),
    impossible: isTimed ? excluded(1) : 0,
    unknownEnds: measure.kind === 'stock' ? excluded(1) : isTimed ? excluded(2) : 0,
  };
}

/** The figure of a member or stretch without rows: counts and stocks are nought, the rest is unknown. */
export function emptyFigure(measure: Measure): Figure {
  switch (measure.kind) {
    case 'count':
      return measure.sum ? { value: 0, n: 0 } : { value: 0 };
    case 'stock':
      return { value: 0 };
    case 'ratio':
      return ratio(measure, [0, 0, 0]);
    case 'percentile':
      return percentile(measure, distributionOf([]));
    case 'survival':
      return stillOpen(measure, distributionOf([]));
  }
}

/** The figure of a measure that no source in scope can answer. */
export function unknownFigure(measure: Measure): Figure {
  const figure = emptyFigure(measure);
  return { ...figure, value: null, ...('n' in figure && { n: null }) };
}

/** What came in up to the end of each stretch less what went out. */
async function stocks(
  entered: readonly TallyRow[],
  left: readonly TallyRow[],
  { stretches }: WindowPlan,
  budget: Budget,
): Promise<Map<string, Figure[]>> {
  const movements = new Map<string, [string, number][]>();
  const note = (row: TallyRow, sign: 1 | -1) => {
    const key = row.keys.join(',');
    const list = movements.get(key);
    const movement: [string, number] = [row.bucket, sign * (row.sums[0] ?? 0)];
    if (list) list.push(movement);
    else movements.set(key, [movement]);
  };
  for (const row of entered) note(row, 1);
  for (const row of left) note(row, -1);
  budget.spend('figures', movements.size * stretches.length);
  const byMember = new Map<string, Figure[]>();
  for (const [key, list] of movements) {
    await budget.rest();
    list.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    let next = 0;
    let stock = 0;
    byMember.set(
      key,
      stretches.map((stretch) => {
        for (let movement = list[next]; movement && movement[0] <= stretch.to; movement = list[++next]) stock += movement[1];
        return { value: stock };
      }),
    );
  }
  return byMember;
}

async function bucketed(
  measure: Extract<Measure, { kind: 'count' | 'ratio' }>,
  rows: readonly TallyRow[],
  plan: WindowPlan,
  minorUnits: number,
  budget: Budget,
): Promise<Map<string, Figure[]>> {
  const cells = await cellsOf(
    rows,
    plan,
    (): number[] => [],
    (sums, row) => {
      row.sums.forEach((value, i) => (sums[i] = (sums[i] ?? 0) + value));
    },
    budget,
  );
  const figure = (sums: number[]): Figure => {
    if (measure.kind === 'ratio') return ratio(measure, sums);
    if (!measure.sum) return { value: sums[0] ?? 0 };
    const [unit, squared] = measure.sum === 'waited_minutes' ? [1440, 1 / 24 ** 2] : [minorUnits, (100 / minorUnits) ** 2];
    return { value: (sums[0] ?? 0) / unit, n: sums[1] ?? 0, variance: (sums[2] ?? 0) * squared };
  };
  return mapped(cells, figure, budget);
}

/** Rows put together by member (codes joined by ",") and stretch; stretches without rows are holes. */
async function cellsOf<C>(
  rows: readonly TallyRow[],
  plan: WindowPlan,
  create: () => C,
  add: (cell: C, row: TallyRow) => void,
  budget: Budget,
): Promise<Map<string, C[]>> {
  const positionsOf = stretchesOf(plan);
  const cells = new Map<string, C[]>();
  for (const row of rows) {
    const due = budget.rest();
    if (due) await due;
    const key = row.keys.join(',');
    let list = cells.get(key);
    if (!list) {
      budget.spend('figures', plan.stretches.length);
      cells.set(key, (list = new Array<C>(plan.stretches.length)));
    }
    for (const position of positionsOf(row.bucket)) add((list[position] ??= create()), row);
  }
  return cells;
}

/** Each cell made into something; holes stay. */
async function mapped<A, B>(cells: ReadonlyMap<string, A[]>, make: (cell: A) => B, budget: Budget): Promise<Map<string, B[]>> {
  const made = new Map<string, B[]>();
  for (const [key, list] of cells) {
    const all = new Array<B>(list.length);
    for (let position = 0; position < list.length; position++) {
      const cell = list[position];
      if (cell === undefined) continue;
      const due = budget.rest();
      if (due) await due;
      all[position] = make(cell);
    }
    made.set(key, all);
  }
  return made;
}

/** A curve, and the ends alone, of one member and stretch. */
interface Distribution {
  curve: Survival;
  /** Bin, count, bin, count, … ascending by time. */
  bins: ArrayLike<number>;
  /** Minutes the longest known case was followed for; null for none. */
  longest: number | null;
}

// Several percentiles of one distribution, often in several queries of a request, come from the same rows.
const distributions = new WeakMap<readonly TallyRow[], Map<string, Map<string, Distribution[]>>>();

const planKeys = new WeakMap<WindowPlan, string>();

/** Equal for plans of several queries that are the same. */
function planKey(plan: WindowPlan): string {
  let key = planKeys.get(plan);
  if (key === undefined) planKeys.set(plan, (key = JSON.stringify(plan)));
  return key;
}

async function distributionsOf(rows: readonly TallyRow[], plan: WindowPlan, budget: Budget): Promise<Map<string, Distribution[]>> {
  let known = distributions.get(rows);
  if (!known) distributions.set(rows, (known = new Map<string, Map<string, Distribution[]>>()));
  const key = planKey(plan);
  let found = known.get(key);
  if (found) return found;
  const cells = await cellsOf(
    rows,
    plan,
    (): ArrayLike<number>[] => [],
    (lists, row) => {
      if (row.bins) lists.push(row.bins);
    },
    budget,
  );
  found = await mapped(cells, (lists) => distributionOf(inTime(lists)), budget);
  known.set(key, found);
  return found;
}

/**
 * Bins as times in minutes: an end at the lower edge of its bin; a case not ended stays at risk for every event whose bin starts in the hour of its age,
 * so it is last seen in the last minute of that hour (DESIGN §4 Durations), though followed for whole hours only.
 */
function distributionOf(bins: ArrayLike<number>): Distribution {
  const room = bins.length / 2;
  const points = { time: new Float64Array(room), events: new Float64Array(room), censored: new Float64Array(room) };
  let at = -1;
  let longest: number | null = null;
  for (let i = 0; i < bins.length; i += 2) {
    const [bin, count] = [bins[i] ?? 0, bins[i + 1] ?? 0];
    const time = timeOf(bin);
    if (at < 0 || points.time[at] !== time) points.time[++at] = time;
    const counts = bin >= 0 ? points.events : points.censored;
    counts[at] = (counts[at] ?? 0) + count;
    longest = Math.max(longest ?? 0, bin >= 0 ? bin : time - 59);
  }
  const used = (list: Float64Array) => list.subarray(0, at + 1);
  const curve = kaplanMeier({ time: used(points.time), events: used(points.events), censored: used(points.censored) });
  return { curve: { ...curve, longest }, bins, longest };
}

/** [minutes, count] of the cases that reached their end, ascending. */
function endedOf(bins: ArrayLike<number>): [number, number][] {
  const ended: [number, number][] = [];
  for (let i = 0; i < bins.length; i += 2) if ((bins[i] ?? -1) >= 0) ended.push([bins[i] ?? 0, bins[i + 1] ?? 0]);
  return ended;
}

function timeOf(bin: number): number {
  return bin >= 0 ? bin : (-1 - bin) * 60 + 59;
}

/** Bins of several lists as one, ascending by time, each once. Those of a single list mostly are. */
function inTime(lists: readonly ArrayLike<number>[]): ArrayLike<number> {
  const [only = []] = lists;
  if (lists.length <= 1 && isInTime(only)) return only;
  const counts = new Map<number, number>();
  for (const list of lists)
    for (let i = 0; i < list.length; i += 2) counts.set(list[i] ?? 0, (counts.get(list[i] ?? 0) ?? 0) + (list[i + 1] ?? 0));
  return [...counts].sort(([a], [b]) => timeOf(a) - timeOf(b) || b - a).flat();
}

function isInTime(list: ArrayLike<number>): boolean {
  for (let i = 2; i < list.length; i += 2) if (list[i] === list[i - 2] || timeOf(list[i] ?? 0) < timeOf(list[i - 2] ?? 0)) return false;
  return true;
}

function ratio(measure: Extract<Measure, { kind: 'ratio' }>, [n = 0, numerator = 0, ...more]: readonly number[]): Figure {
  if (measure.interval === 'mean') return meanOf(n, numerator, more);
  const [subtracted = 0] = more;
  if (measure.interval === 'poisson') {
    const [squares = 0] = more;
    const { rate, lower, upper } = poissonRate(numerator, n, 0.95, dispersionOf([{ n, events: numerator, squares }]));
    return { value: rate, n, low: lower, high: upper, sums: [n, numerator, squares] };
  }
  if (measure.interval === 'wilson') {
    const { estimate, lower, upper } = wilson(numerator, n);
    return { value: estimate, n, low: lower, high: upper };
  }
  if (measure.interval === 'nps') {
    const { nps, adjustedLower, adjustedUpper } = netPromoterScore(numerator, n - numerator - subtracted, subtracted);
    return { value: nps, n, low: adjustedLower, high: adjustedUpper, sums: [n, numerator, subtracted] };
  }
  return { value: n === 0 ? null : ((numerator - subtracted) / n) * (measure.times ?? 1), n };
}

/**
 * A mean of whole scores with its interval, which ends where the scores do.
 * @param reached how many reach the second score, the third, …: k² is the sum of 2j − 1 over all j up to k
 */
function meanOf(n: number, sum: number, reached: readonly number[]): Figure {
  const squares = reached.reduce((all, count, i) => all + (2 * (meanScores.low + 1 + i) - 1) * count, n * meanScores.low ** 2);
  const { mean, lower, upper } = meanInterval({ n, sum, squares });
  const low = lower === null ? null : Math.max(meanScores.low, lower);
  return { value: mean, n, low, high: upper === null ? null : Math.min(meanScores.high, upper) };
}

function percentile(measure: Extract<Measure, { kind: 'percentile' }>, { curve, bins, longest }: Distribution): Figure {
  const minutes = measure.unit === 'hours' ? 60 : 1440;
  const inUnit = (value: number | null) => (value === null ? null : value / minutes);
  if (!measure.censored) {
    const ended = endedOf(bins);
    const last = ended.at(-1)?.[0] ?? null;
    return { value: inUnit(weightedQuantile(ended, measure.p)), n: curve.events, followedDays: last === null ? null : last / 1440 };
  }
  const { value, lower, upper } = survivalQuantile(curve, measure.p);
  return {
    value: inUnit(value),
    n: curve.n,
    low: inUnit(lower),
    high: inUnit(upper),
    followedDays: longest === null ? null : longest / 1440,
  };
}

/**
 * What share had not ended when a case was so many days old. Ends lie at the lower edge of their bin, so one up to an hour past the age counts as in time.
 * Null past the age to which anyone was followed, unless all had ended before.
 */
function stillOpen({ days }: Extract<Measure, { kind: 'survival' }>, { curve, longest }: Distribution): Figure {
  const at = days * 1440;
  const figure = { n: curve.n, followedDays: longest === null ? null : longest / 1440 };
  const isKnown = curve.n > 0 && ((curve.time.at(-1) ?? 0) >= at || (curve.survival.at(-1) ?? 1) <= 0);
  if (!isKnown) return { ...figure, value: null, low: null, high: null };
  const step = survivalAt(curve, at)?.step ?? { survival: 1, greenwood: 0 };
  const { lower, upper } = survivalLimits(step, 'log-log');
  return { ...figure, value: step.survival, low: lower, high: upper };
}

async function offCurves(
  measure: Extract<Measure, { kind: 'percentile' | 'survival' }>,
  rows: readonly TallyRow[],
  plan: WindowPlan,
  budget: Budget,
): Promise<Map<string, Figure[]>> {
  const read = (d: Distribution) => (measure.kind === 'percentile' ? percentile(measure, d) : stillOpen(measure, d));
  return mapped(await distributionsOf(rows, plan, budget), read, budget);
}
