import { attributesChart, type AttributesChart, type AttributesOptions } from './control-chart.ts';

/**
 * Control chart of rates, ū ± 3 √(ū / exposure), or u′ with limits widened by Laney's σ_z.
 * @param counts events, one a point
 * @param exposures what the events are counted per (contacts, customers, days); 0 or null makes the point unknown
 * @returns rates per unit of exposure; limits not below 0; σ_z, and with it the limits of u′, unknown where the baseline has no events or no two neighbours
 * @see Montgomery, Introduction to Statistical Quality Control, 7.3; Laney 2002, Quality Engineering 14:531
 */
export function uChart(counts: readonly number[], exposures: readonly (number | null)[], options: AttributesOptions = {}): AttributesChart {
  return attributesChart(counts, exposures, options, { sigmaOf: (centre, size) => Math.sqrt(centre / size), most: Infinity });
}
