import gammaln from '@stdlib/math-base-special-gammaln';

/**
 * ln Γ(a + x) − ln Γ(a), also where a is so large that the difference of the two would be lost to rounding.
 * @param a above 0
 * @param x 0 or above
 * @see Abramowitz & Stegun 6.1.41, Stirling's series
 */
export function logRising(a: number, x: number): number {
  if (a < 20) return gammaln(a + x) - gammaln(a);
  return (a - 0.5) * Math.log1p(x / a) + x * Math.log(a + x) - x + remainder(a + x) - remainder(a);
}

function remainder(a: number): number {
  return (1 / 12 - (1 / 360 - 1 / (1260 * a * a)) / (a * a)) / a;
}
