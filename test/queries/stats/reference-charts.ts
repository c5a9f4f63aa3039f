import {
  beyondLimit,
  type AttributesChart,
  type AttributesOptions,
  type Baseline,
  type ControlPoint,
} from '../../../queries/stats/control-chart.ts';
import { judge } from '../../../queries/model/signal.ts';
import { nhsRules, type Signal } from '../../../queries/stats/nhs-rules.ts';
import { pChart } from '../../../queries/stats/p-chart.ts';
import { uChart } from '../../../queries/stats/u-chart.ts';
import { xmr } from '../../../queries/stats/xmr.ts';

interface NhsInput {
  y: number[];
  improvementDirection: 'increase' | 'decrease' | 'neutral';
  screenOutliers: boolean;
}

/** The control charts, by the file names of their reference cases. */
export const chartMethods: Record<string, (input: never) => unknown> = {
  xmr: ({ x, baselinePoints }: { x: number[]; baselinePoints?: number }) => {
    const baseline = firstOf(baselinePoints);
    const plain = xmr(x, { baseline });
    const screened = xmr(x, { baseline, isScreened: true });
    return {
      mean: plain.centre,
      meanMovingRange: plain.meanMovingRange,
      upl: plain.points[0]?.upper,
      lpl: plain.points[0]?.lower,
      mrUpper: plain.movingRangeUpper,
      screenedMeanMovingRange: screened.meanMovingRange,
      screenedUpl: screened.points[0]?.upper,
      screenedLpl: screened.points[0]?.lower,
      outside: outside(plain.points),
    };
  },

  p_chart: ({ count, n, baselinePoints }: { count: number[]; n: number[]; baselinePoints?: number }) =>
    attributes((options) => pChart(count, n, options), baselinePoints),

  u_chart: ({ count, exposure, baselinePoints }: { count: number[]; exposure: number[]; baselinePoints?: number }) =>
    attributes((options) => uChart(count, exposure, options), baselinePoints),

  nhs_rules: ({ y, improvementDirection, screenOutliers }: NhsInput) => {
    const { centre, points } = xmr(y, { isScreened: screenOutliers });
    const better = ({ increase: 'higher', decrease: 'lower', neutral: 'neither' } as const)[improvementDirection];
    const signals = nhsRules(points);
    return {
      mean: centre,
      upl: points[0]?.upper,
      lpl: points[0]?.lower,
      specialCause: signals.map(causeOf),
      pointType: signals.map((signal) => pointTypes[judge(signal?.direction ?? null, better)]),
    };
  },
};

/** Names of R NHSRplotthedots. */
const pointTypes = {
  common_cause: 'common_cause',
  improvement: 'special_cause_improvement',
  concern: 'special_cause_concern',
  high: 'special_cause_neutral_high',
  low: 'special_cause_neutral_low',
};

function causeOf(signal: Signal | null): string {
  if (!signal) return 'Common Cause';
  const isUp = signal.direction === 'up';
  if (signal.rule === 'outside_limits') return isUp ? 'Above UCL' : 'Below LCL';
  if (signal.rule === 'trend') return `7 Point Trend (${isUp ? 'Increasing' : 'Decreasing'})`;
  return `${signal.rule === 'two_of_three' ? '2 in 3' : '7 Points'} ${isUp ? 'Above' : 'Below'} CL`;
}

function attributes(chart: (options: AttributesOptions) => AttributesChart, baselinePoints: number | undefined): unknown {
  const baseline = firstOf(baselinePoints);
  const plain = chart({ baseline });
  const laney = chart({ baseline, isLaney: true });
  return {
    center: plain.centre,
    ucl: plain.points.map((point) => point.upper),
    lcl: plain.points.map((point) => point.lower),
    outside: outside(plain.points),
    sigmaZ: plain.sigmaZ,
    laneyUcl: laney.points.map((point) => point.upper),
    laneyLcl: laney.points.map((point) => point.lower),
    laneyOutside: outside(laney.points),
  };
}

function firstOf(points: number | undefined): Baseline | undefined {
  return points === undefined ? undefined : { from: 0, to: points };
}

/** Positions from 1. */
function outside(points: readonly ControlPoint[]): number[] {
  return points.flatMap((point, i) => (beyondLimit(point) ? [i + 1] : []));
}
