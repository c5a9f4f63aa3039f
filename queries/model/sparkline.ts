/** Figures in time of a sparkline, oldest first. */
export interface SparkSeries {
  /** Null where unknown, which breaks the line. */
  values: readonly (number | null)[];
  /** The typical range of each value; null where it is unknown. */
  limits?: readonly ({ low: number; high: number } | null)[];
  /** Whether the last value is of a part of a period, and so drawn hollow. */
  isLastPartial: boolean;
}

/** A sparkline as paths of SVG, in px from its upper left corner. */
export interface SparkShape {
  /** One step a value, so that limits that follow n are seen to. */
  bands: { at: number; path: string }[];
  /** The line through whole periods and the dotted rest to a part of one; empty where there is nothing to join. */
  line: string;
  rest: string;
  /** Centre of the last known value; null where none is known. */
  last: { x: number; y: number } | null;
}

/** Size of a sparkline (LOOK), in px, and what is left free of it on every side. */
export const sparkSize = { width: 96, height: 24 };
const inset = 4;

/** Where everything of a sparkline stands; its limits are seen whole. */
export function sparkShape({ values, limits = [], isLastPartial }: SparkSeries): SparkShape {
  const known = values.filter((v) => v !== null);
  const ranges = limits.filter((limit) => limit !== null);
  const low = Math.min(...known, ...ranges.map((r) => r.low));
  const high = Math.max(...known, ...ranges.map((r) => r.high));
  const x = (index: number): number => inset + (index / Math.max(1, values.length - 1)) * (sparkSize.width - 2 * inset);
  const y = (value: number): number =>
    high === low ? sparkSize.height / 2 : sparkSize.height - inset - ((value - low) / (high - low)) * (sparkSize.height - 2 * inset);
  const points = values.map((v, i) => (v === null ? null : { x: x(i), y: y(v) }));
  const isJoined = known.length > 1;
  return {
    bands: limits.flatMap((limit, i) => {
      if (!limit) return [];
      const [left, right, top, bottom] = [x(i - 0.5), x(i + 0.5), y(limit.high), y(limit.low)].map((place) => place.toFixed(1));
      return [{ at: i, path: `M${left} ${top}H${right}V${bottom}H${left}Z` }];
    }),
    line: isJoined ? pathOf(isLastPartial ? points.slice(0, -1) : points) : '',
    rest: isJoined && isLastPartial ? pathOf(points.slice(-2)) : '',
    last: points.findLast((p) => p !== null) ?? null,
  };
}

function pathOf(line: ({ x: number; y: number } | null)[]): string {
  return line.map((p, i) => (p ? `${line[i - 1] ? 'L' : 'M'}${p.x.toFixed(1)} ${p.y.toFixed(1)}` : '')).join('');
}
