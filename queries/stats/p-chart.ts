import { attributesChart, type AttributesChart, type AttributesOptions } from './control-chart.ts';

/**
 * Control chart of shares, p̄ ± 3 √(p̄ (1 − p̄) / n), or p′ with limits widened by Laney's σ_z.
 * @param counts cases with the property, one a point
 * @param sizes cases looked at; 0 or null makes the point unknown
 * @returns limits within 0 and 1; σ_z, and with it the limits of p′, unknown where the baseline is all 0 or all 1 or has no two neighbours
 * @see Montgomery, Introduction to Statistical Quality Control, 7.2; Laney 2002, Quality Engineering 14:531
 */
export function pChart(counts: readonly number[], sizes: readonly (number | null)[], options: AttributesOptions = {}): AttributesChart {
  return attributesChart(counts, sizes, options, { sigmaOf: (centre, size) => Math.sqrt((centre * (1 - centre)) / size), most: 1 });
}
