/**
 * p-values adjusted for how many were looked at: those not above q have a false discovery rate of at most q.
 * @param p one a series judged, all that were looked at and not only those shown; null where there is none, which counts for nothing
 * @returns in the order given, not below the p-value and not above 1
 * @see Benjamini & Hochberg 1995, JRSS B 57:289; R's p.adjust "BH"
 */
export function benjaminiHochberg(p: readonly (number | null)[]): (number | null)[] {
  const ranked = p.flatMap((value, i) => (value === null ? [] : [{ value, i }])).sort((a, b) => b.value - a.value);
  const adjusted: (number | null)[] = p.map(() => null);
  let smallest = 1;
  for (const [above, { value, i }] of ranked.entries()) {
    smallest = Math.min(smallest, (value * ranked.length) / (ranked.length - above));
    adjusted[i] = smallest;
  }
  return adjusted;
}
