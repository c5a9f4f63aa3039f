import { beyondLimit, type ControlPoint } from './control-chart.ts';

/** In order of precedence: of the rules a point breaks, the first is named. */
export const nhsRuleNames = ['outside_limits', 'trend', 'two_of_three', 'shift'] as const;
export type NhsRule = (typeof nhsRuleNames)[number];

/** What marks a point as more than chance: `up` above the centre or rising, `down` below or falling. */
export interface Signal {
  rule: NhsRule;
  direction: 'up' | 'down';
}

/**
 * The rules of NHS England's Making Data Count: a point outside its limits; seven points that rise (or fall) by six strict steps;
 * two of three neighbours, all on one side, beyond two thirds of the way to a limit and within it; seven neighbours on one side of the centre.
 * Every point of a trend or shift is marked, and of two of three those near the limit. An unknown point, a tie and a point on the centre end what they interrupt.
 * @param points in order of time, with limits from {@link xmr}, {@link pChart} or {@link uChart}
 * @returns one a point; null for chance alone
 * @see NHSRplotthedots (nhs-r-community), ptd_special_cause_type
 */
export function nhsRules(points: readonly ControlPoint[]): (Signal | null)[] {
  const sides = points.map(sideOf);
  const near = points.map(isNearLimit);
  const shifts = runs(points.length, 7, (i) => sides[i] ?? 0);
  const trends = trendsOf(points);
  return points.map((point, i) => {
    const side = sides[i] ?? 0;
    const trend = trends[i] ?? 0;
    if (beyondLimit(point)) return signal('outside_limits', beyondLimit(point) === 'above' ? 1 : -1);
    if (trend !== 0) return signal('trend', trend);
    if (near[i] && [i - 2, i - 1, i].some((start) => isTwoOfThree(start, sides, near))) return signal('two_of_three', side);
    return shifts[i] ? signal('shift', side) : null;
  });
}

function signal(rule: NhsRule, sign: number): Signal {
  return { rule, direction: sign > 0 ? 'up' : 'down' };
}

/** 1 above the centre, −1 below, 0 on it or unknown. */
function sideOf({ value, centre }: ControlPoint): number {
  return value === null || centre === null ? 0 : Math.sign(value - centre);
}

function isNearLimit(point: ControlPoint): boolean {
  const { value, centre, sigma } = point;
  if (value === null || centre === null || sigma === null || beyondLimit(point)) return false;
  return value > centre + 2 * sigma || value < centre - 2 * sigma;
}

function isTwoOfThree(start: number, sides: readonly number[], near: readonly boolean[]): boolean {
  if (start < 0 || start + 3 > sides.length) return false;
  const side = sides[start] ?? 0;
  const isOneSided = side !== 0 && sides[start + 1] === side && sides[start + 2] === side;
  return isOneSided && near.slice(start, start + 3).filter(Boolean).length >= 2;
}

/** 1 for points of a rise, −1 for those of a fall; where one ends and the other begins, the later. */
function trendsOf(points: readonly ControlPoint[]): number[] {
  const steps = points.map(({ value }, i) => {
    const next = points[i + 1]?.value ?? null;
    return value === null || next === null ? 0 : Math.sign(next - value);
  });
  const marks = runs(steps.length, 6, (i) => steps[i] ?? 0);
  return marks.map((mark, i) => mark || (marks[i - 1] ?? 0));
}

/** The sign of each position that lies in a run of at least `least` equal signs; 0 for the others. */
function runs(n: number, least: number, signAt: (i: number) => number): number[] {
  const marks = new Array<number>(n).fill(0);
  for (let start = 0; start < n;) {
    let end = start + 1;
    while (end < n && signAt(end) === signAt(start)) end += 1;
    if (end - start >= least) marks.fill(signAt(start), start, end);
    start = end;
  }
  return marks;
}
