/** What a bench found: lines for people, figures for machines. Ratios and medians are from one run on one machine. */
export interface BenchReport {
  title: string;
  lines: string[];
  figures: Record<string, unknown>;
}

/** Middle value of `values`, the mean of the two middle ones for an even count; NaN when empty. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 ? (sorted[Math.floor(half)] ?? NaN) : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}
