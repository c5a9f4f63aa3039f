import { mean } from './mean.ts';

/** Positions, from 0, of the points that limits are computed from: `from` inclusive, `to` exclusive. The limits then hold for all points. */
export interface Baseline {
  from: number;
  to: number;
}

/** A point of a control chart with its limits; null is unknown. */
export interface ControlPoint {
  value: number | null;
  centre: number | null;
  /** A third of the distance from the centre to a limit, before limits are cut to what is possible. */
  sigma: number | null;
  lower: number | null;
  upper: number | null;
}

/** A chart of shares or rates, whose limits vary with the size of each point. */
export interface AttributesChart {
  /** The pooled share or rate of the baseline; null where it has no size. */
  centre: number | null;
  /** Laney's σ_z of the baseline: how many times the spread exceeds what chance alone gives; null where it cannot be told. */
  sigmaZ: number | null;
  points: ControlPoint[];
}

export interface AttributesOptions {
  /** Default all points. */
  baseline?: Baseline;
  /** Whether the limits are multiplied by σ_z (p′ and u′ charts); default not. */
  isLaney?: boolean;
  /** Whether ranges at or beyond their upper limit are left out, once, before σ_z is computed; default not. */
  isScreened?: boolean;
}

/** Which limit a point lies beyond; a point on the limit is within, one with an unknown limit too. */
export function beyondLimit({ value, lower, upper }: ControlPoint): 'above' | 'below' | null {
  if (value === null || lower === null || upper === null) return null;
  if (value > upper) return 'above';
  return value < lower ? 'below' : null;
}

/**
 * Limits at three sigma around the pooled centre of the baseline.
 * @param counts events or cases, one a point
 * @param sizes cases looked at, or exposure; null or 0 makes the point unknown
 * @param sigmaOf the standard error of a point of that size around that centre, by chance alone
 * @param most the largest possible value; limits are cut to 0 and this
 * @see Laney 2002, Quality Engineering 14:531, for σ_z
 */
export function attributesChart(
  counts: readonly number[],
  sizes: readonly (number | null)[],
  { baseline, isLaney = false, isScreened = false }: AttributesOptions,
  { sigmaOf, most }: { sigmaOf: (centre: number, size: number) => number; most: number },
): AttributesChart {
  const known = counts.map((count, i) => ({ count, size: sizes[i] ?? 0 }));
  const inBaseline = within(known, baseline);
  const total = inBaseline.reduce((sum, point) => sum + (point.size > 0 ? point.size : 0), 0);
  const events = inBaseline.reduce((sum, point) => sum + (point.size > 0 ? point.count : 0), 0);
  const centre = total > 0 ? events / total : null;
  const chance = known.map(({ size }) => (centre !== null && size > 0 ? sigmaOf(centre, size) : null));
  const values = known.map(({ count, size }) => (size > 0 ? count / size : null));
  const sigmaZ = laneySigma(within(values, baseline), within(chance, baseline), centre, isScreened);
  const points = values.map((value, i): ControlPoint => {
    const own = chance[i] ?? null;
    const factor = isLaney ? sigmaZ : 1;
    if (centre === null || own === null || factor === null) return { value, centre, sigma: null, lower: null, upper: null };
    const sigma = own * factor;
    return { value, centre, sigma, lower: Math.max(0, centre - 3 * sigma), upper: Math.min(most, centre + 3 * sigma) };
  });
  return { centre, sigmaZ, points };
}

/** The part of a list the baseline names; all of it without one. */
export function within<T>(list: readonly T[], baseline: Baseline | undefined): readonly T[] {
  return baseline ? list.slice(Math.max(0, baseline.from), Math.max(0, baseline.to)) : list;
}

/** Moving ranges without those at or beyond their upper limit, 3.267 times their mean; a range of 0 is no outlier, also where the mean is 0. */
export function screened(ranges: readonly number[]): number[] {
  const limit = 3.267 * (mean(ranges) ?? 0);
  return ranges.filter((range) => range < limit || range === 0);
}

/** How far each point lies from the one before it; null for the first and where either is unknown. */
export function movingRanges(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value, i) => {
    const before = values[i - 1] ?? null;
    return value === null || before === null ? null : Math.abs(value - before);
  });
}

function laneySigma(
  values: readonly (number | null)[],
  chance: readonly (number | null)[],
  centre: number | null,
  isScreened: boolean,
): number | null {
  const standardised = values.map((value, i) => {
    const sigma = chance[i] ?? null;
    return value === null || centre === null || sigma === null || sigma === 0 ? null : (value - centre) / sigma;
  });
  const ranges = movingRanges(standardised).filter((range) => range !== null);
  const average = mean(isScreened ? screened(ranges) : ranges);
  return average === null ? null : average / 1.128; // the mean range of two normal values, d₂, as Laney rounds it
}
