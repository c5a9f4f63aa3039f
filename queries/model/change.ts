import { isEventRate, isShare, type Measure, type Unit } from './measure.ts';
import { measureOf, type MeasureName } from './measures.ts';
import { formatCount, signed } from './number.ts';
import { fewestOfRate } from './beside-all.ts';
import type { Column, Row } from './wire.ts';

/** What a change against the window before is: beyond chance up or down, or not. */
export const changeVerdicts = ['more than before', 'less than before', 'within chance'] as const;
export type ChangeVerdict = (typeof changeVerdicts)[number];

/** What says how a figure changed, each a column named `MEASURE_ROLE`. */
export const changeRoles = ['change', 'change_low', 'change_high', 'change_verdict'] as const;
export type ChangeRole = (typeof changeRoles)[number];

/**
 * How a figure is compared with the one before: by how many times it is, or by how much it differs. Null where nothing says what chance allows: of stocks,
 * which carry over, of sums, means and durations.
 */
export function comparedBy(measure: Measure): 'times' | 'difference' | null {
  if (measure.kind === 'count') return measure.sum ? null : 'times';
  if (isEventRate(measure)) return 'times';
  return isShare(measure) || (measure.kind === 'ratio' && measure.interval === 'nps') ? 'difference' : null;
}

/** The columns of a measure in a table of whole windows, after what it was before; none where it cannot be compared. */
export function changeColumns(name: MeasureName): Column[] {
  const { label, unit, kind } = measureOf(name);
  const by = comparedBy(measureOf(name));
  if (!by) return [];
  const what = by === 'times' ? `times ${kind === 'count' ? 'as many a day' : 'as high'} as before` : 'difference from before';
  const column = (role: ChangeRole, text: string): Column => ({
    name: `${name}_${role}`,
    label: `${label}: ${text}`,
    unit: by === 'times' || role === 'change_verdict' ? null : unit,
    type: role === 'change_verdict' ? 'label' : 'number',
    role,
    measure: name,
  });
  return [
    column('change', what),
    column('change_low', `${what}, 95% from`),
    column('change_high', `${what}, 95% to`),
    column('change_verdict', 'against before'),
  ];
}

/** A change in words. */
export interface ToldChange {
  /** Null where one of both rests on too few to be told. */
  verdict: ChangeVerdict | null;
  /** To which side all that is likely lies, also where it could be chance; null for neither. */
  side: 'more' | 'less' | null;
  /** "+13%", "3.4 times", "+3 points"; empty where it is not known. */
  size: string;
  /** What is likely, "+8 to +19%", "at least +20%"; empty where that is not known, or tells nothing. */
  likely: string;
  /** How many times as many a day; null for differences, or where there were none before. */
  times: number | null;
  /** Whether both windows are as long as one another: else counts are compared by the day. */
  isEven: boolean;
}

/** What a row of a table says of a change; null where it says nothing: over time, or where nothing is compared. */
export function toldChange(row: Row, name: MeasureName): ToldChange | null {
  const measure = measureOf(name);
  const by = comparedBy(measure);
  const [change, low, high] = [numberOf(row[`${name}_change`]), numberOf(row[`${name}_change_low`]), numberOf(row[`${name}_change_high`])];
  if (!by || low === null) return null;
  const none = by === 'times' ? 1 : 0;
  const [value, before] = [numberOf(row[name]), numberOf(row[`${name}_before`])];
  // Of a handful anything is likely, from none to many times as many.
  const isFew = measure.kind === 'count' && (value ?? 0) + (before ?? 0) < fewestOfRate;
  return {
    verdict: changeVerdicts.find((each) => each === row[`${name}_change_verdict`]) ?? null,
    side: low > none ? 'more' : high !== null && high < none ? 'less' : null,
    size: change === null ? '' : by === 'times' ? timesText(change) : differenceText(measure, change),
    likely: isFew ? '' : by === 'times' ? likelyTimes(low, high) : likelyDifference(measure, low, high ?? low),
    times: by === 'times' ? change : null,
    isEven: measure.kind !== 'count' || !change || !value || !before || Math.abs(value / before / change - 1) < 1e-9,
  };
}

/** How changes are judged, for "How this is computed". */
export const changeMethod =
  'Against before: of counts how many times as many came a day, by the exact interval of the ratio of two Poisson counts (Clopper–Pearson); of rates of events the same, per case; of shares the difference, by Newcombe’s interval; of the net promoter score the difference, by Wald’s; all at 95%. Complaints come in bunches and many figures are looked at, so only what lies beyond three standard errors (99.7%) is called a change; the rest could be chance, and where all of the interval lies to one side “perhaps” is said.';

// Beyond that a percentage has to be worked out before it can be pictured.
const manyTimes = 3;

function timesText(ratio: number): string {
  return ratio >= manyTimes ? `${formatTimes(ratio)} times` : `${percent(ratio)}%`;
}

function likelyTimes(low: number, high: number | null): string {
  if (high === null) return `at least ${timesText(low)}`;
  return high >= manyTimes ? `${formatTimes(low)} to ${formatTimes(high)} times` : `${percent(low)} to ${percent(high)}%`;
}

function differenceText({ unit }: Measure, change: number): string {
  const points = pointsOf(unit, change);
  return `${signed(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
}

function likelyDifference({ unit }: Measure, low: number, high: number): string {
  return `${signed(pointsOf(unit, low))} to ${signed(pointsOf(unit, high))} points`;
}

/** Points of a hundred, whole. */
function pointsOf(unit: Unit, value: number): number {
  return Math.round(value * (unit === 'share' ? 100 : 1));
}

function percent(ratio: number): string {
  return signed(Math.round((ratio - 1) * 100));
}

/** How many times as many, as a number: "3.4", "17". */
export function formatTimes(times: number): string {
  return times < 9.95 ? times.toFixed(1).replace(/\.0$/, '') : formatCount(times);
}

function numberOf(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
