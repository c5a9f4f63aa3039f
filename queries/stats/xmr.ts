import { movingRanges, screened, within, type Baseline, type ControlPoint } from './control-chart.ts';
import { mean } from './mean.ts';

export interface XmrChart {
  /** Mean of the baseline; null where it has no known point. */
  centre: number | null;
  /** Mean moving range of the baseline, after screening where that was asked for; null without two known neighbours. */
  meanMovingRange: number | null;
  /** Upper limit of the moving ranges. */
  movingRangeUpper: number | null;
  /** One a point; null for the first and where it or the one before is unknown. */
  movingRanges: (number | null)[];
  points: ControlPoint[];
}

export interface XmrOptions {
  /** Default all points. */
  baseline?: Baseline;
  /** Whether moving ranges at or beyond their upper limit are left out, once, before the limits are computed; default not. */
  isScreened?: boolean;
}

/**
 * Individuals chart: mean ± 2.66 × mean moving range; limits need not be possible values (they may lie below 0).
 * @param values one a point, in order of time; null is unknown
 * @see Wheeler, Understanding Variation (2.66, 3.267); NIST/SEMATECH e-Handbook 6.3.2.2; Nelson 1982, JQT 14:172, for the screening
 */
export function xmr(values: readonly (number | null)[], { baseline, isScreened = false }: XmrOptions = {}): XmrChart {
  const base = within(values, baseline);
  const centre = mean(base.filter((value) => value !== null));
  const ranges = movingRanges(base).filter((range) => range !== null);
  const meanMovingRange = mean(isScreened ? screened(ranges) : ranges);
  const sigma = meanMovingRange === null ? null : (2.66 / 3) * meanMovingRange;
  const limits =
    centre === null || meanMovingRange === null
      ? { lower: null, upper: null }
      : { lower: centre - 2.66 * meanMovingRange, upper: centre + 2.66 * meanMovingRange };
  return {
    centre,
    meanMovingRange,
    movingRangeUpper: meanMovingRange === null ? null : 3.267 * meanMovingRange,
    movingRanges: movingRanges(values),
    points: values.map((value) => ({ value, centre, sigma, ...limits })),
  };
}
