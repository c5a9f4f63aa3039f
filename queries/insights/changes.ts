import type { Budget } from '../budget.ts';
import type { Figure } from '../finish.ts';
import { changeColumns, comparedBy, type ChangeVerdict } from '../model/change.ts';
import { daysBetween } from '../model/buckets.ts';
import { isEventRate, type Measure } from '../model/measure.ts';
import { measureOf } from '../model/measures.ts';
import { fewestOfRate } from '../model/beside-all.ts';
import type { Row } from '../model/wire.ts';
import type { Prepared } from '../prepare.ts';
import { npsDifference } from '../stats/nps-difference.ts';
import { dispersionOf } from '../stats/poisson-rate.ts';
import { proportionDifference } from '../stats/proportion-difference.ts';
import { rateRatio, type Counted } from '../stats/rate-ratio.ts';
import type { MeasureFigures } from '../table.ts';

/** A figure against the one before; nulls where either is not known. */
export interface Change {
  value: number | null;
  low: number | null;
  high: number | null;
  verdict: ChangeVerdict | null;
}

/** How sure the interval is, and what is called a change: three standard errors, as limits are, since many are looked at and complaints come in bunches. */
const confidence = { likely: 0.95, change: 0.9973 };
const unknown: Change = { value: null, low: null, high: null, verdict: null };

/**
 * Writes into the rows of a table of whole windows how each figure changed. Over time figures stand beside their own past instead (`judgeRows`): one by
 * one against the window before, some would always differ.
 * @param rows one a member, in the order of `members`
 */
export async function writeChanges(
  p: Prepared,
  rows: readonly Row[],
  members: readonly string[],
  figures: readonly MeasureFigures[],
  budget: Budget,
): Promise<void> {
  const { query, current, before } = p;
  if (!query.compare || query.grain) return;
  const [now, then] = [current.stretches[0], before?.stretches[0]];
  // What T cuts is compared with as many days.
  const isWhole = now?.isComplete && then;
  const times = isWhole ? (daysBetween(now.from, now.to) + 1) / (daysBetween(then.from, then.to) + 1) : 1;
  for (const { name, isMissing, current: found, before: earlier, lag } of figures) {
    const measure = measureOf(name);
    if (changeColumns(name).length === 0) continue;
    // Of thousands of members most have the same few small counts.
    const told = new Map<string, Change>();
    const isKnown = !isMissing && earlier !== null && !lag?.isUnknown[0];
    for (const [i, row] of rows.entries()) {
      const due = budget.rest();
      if (due) await due;
      const [own, old] = [found, earlier].map((each) => each?.byMember.get(members[i] ?? '')?.[0]);
      const key = JSON.stringify([own?.value, own?.n, own?.sums, old?.value, old?.n, old?.sums]);
      const change = isKnown ? (told.get(key) ?? changeOf(measure, own, old, times)) : unknown;
      told.set(key, change);
      const { value, low, high, verdict } = change;
      row[`${name}_change`] = value;
      row[`${name}_change_low`] = low;
      row[`${name}_change_high`] = high;
      row[`${name}_change_verdict`] = verdict;
    }
  }
}

/**
 * How a figure changed: of counts and rates of events how many times as many they are, of shares and scores the difference.
 * @param now nothing for a member without rows, as `before`
 * @param times how many times as long as the window before this one is
 */
export function changeOf(measure: Measure, now: Figure | undefined, before: Figure | undefined, times = 1): Change {
  const by = comparedBy(measure);
  const compare = (level: number) =>
    by === 'times' ? ratioOf(measure, now, before, times, level) : differenceOf(measure, now, before, level);
  const likely = compare(confidence.likely);
  if (likely.low === null) return unknown;
  const none = by === 'times' ? 1 : 0;
  const isRate = measure.kind === 'ratio';
  if (isRate && [now, before].some((figure) => (figure?.n ?? 0) < fewestOfRate)) return { ...likely, verdict: null };
  const leavesOut = ({ low, high }: Interval) => (low ?? 0) > none || (high ?? Infinity) < none;
  // The wider interval holds the narrower one.
  const isChange = leavesOut(likely) && leavesOut(compare(confidence.change));
  return { ...likely, verdict: !isChange ? 'within chance' : likely.low > none ? 'more than before' : 'less than before' };
}

type Interval = Omit<Change, 'verdict'>;

function ratioOf(measure: Measure, now: Figure | undefined, before: Figure | undefined, times: number, level: number): Interval {
  const counted = (figure: Figure | undefined, exposure: number): Counted => {
    if (!isEventRate(measure)) return { count: figure?.value ?? 0, exposure };
    const [n = 0, events = 0, squares = 0] = figure?.sums ?? [];
    // Events that come in bunches are as uncertain as so many fewer.
    const dispersion = dispersionOf([{ n, events, squares }]);
    return { count: events / dispersion, exposure: n / dispersion };
  };
  const { ratio, lower, upper } = rateRatio(counted(now, times), counted(before, 1), level);
  return { value: ratio, low: lower, high: upper };
}

function differenceOf(measure: Measure, now: Figure | undefined, before: Figure | undefined, level: number): Interval {
  if (measure.unit === 'share') {
    const share = (figure: Figure | undefined) => ({ successes: Math.round((figure?.value ?? 0) * (figure?.n ?? 0)), n: figure?.n ?? 0 });
    const { difference, lower, upper } = proportionDifference(share(now), share(before), level);
    return { value: difference, low: lower, high: upper };
  }
  const answers = (figure: Figure | undefined) => {
    const [n = 0, promoters = 0, detractors = 0] = figure?.sums ?? [];
    return { promoters, passives: n - promoters - detractors, detractors };
  };
  const { difference, lower, upper } = npsDifference(answers(now), answers(before), level);
  return { value: difference, low: lower, high: upper };
}
