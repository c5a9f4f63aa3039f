import gammaCdfOf from '@stdlib/stats-base-dists-gamma-cdf';
import gammaQuantileOf from '@stdlib/stats-base-dists-gamma-quantile';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';

// Above this shape stdlib's gamma distribution (gammainc 0.2) is wrong in the third digit to the right of the mean.
const largeShape = 100;

/**
 * Distribution function of the gamma distribution.
 * @param x 0 or above
 */
export function gammaCdf(x: number, shape: number, rate: number): number {
  return shape <= largeShape ? gammaCdfOf(x, shape, rate) : largeCdf(x * rate, shape);
}

/**
 * Quantile of the gamma distribution; that of χ² with k degrees of freedom is twice the one of shape k/2 and rate 1.
 * @param p between 0 and 1, both exclusive
 */
export function gammaQuantile(p: number, shape: number, rate: number): number {
  return (shape <= largeShape ? gammaQuantileOf(p, shape, 1) : largeQuantile(p, shape)) / rate;
}

/** Newton's method from the cube-root approximation of Wilson & Hilferty 1931, which is close for large shapes. */
function largeQuantile(p: number, shape: number): number {
  const ninth = 1 / (9 * shape);
  let x = shape * Math.max(0.1, 1 - ninth + normalQuantile(p, 0, 1) * Math.sqrt(ninth)) ** 3;
  for (let i = 0; i < 50; i += 1) {
    const step = ((largeCdf(x, shape) - p) * x) / power(x, shape);
    x = Math.max(x / 2, x - step);
    if (Math.abs(step) <= 1e-13 * x) break;
  }
  return x;
}

/** Series to the left of the mean, continued fraction to the right: Abramowitz & Stegun 6.5.29 and 6.5.31, the latter by Lentz's method. */
function largeCdf(x: number, shape: number): number {
  if (x <= 0) return 0;
  const front = power(x, shape);
  if (x < shape + 1) {
    let sum = 1 / shape;
    for (let term = sum, i = shape + 1; term > sum * 1e-17; i += 1) sum += term *= x / i;
    return front * sum;
  }
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1, change = 0; Math.abs(change - 1) > 1e-15; i += 1) {
    const a = -i * (i - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    change = c * d;
    fraction *= change;
  }
  return 1 - front * fraction;
}

/** x^shape e^−x / Γ(shape) for a large shape, by Stirling's series around x = shape. */
function power(x: number, shape: number): number {
  const off = (x - shape) / shape;
  const stirling = 1 / (12 * shape) - 1 / (360 * shape ** 3);
  return Math.exp(shape * (Math.log1p(off) - off) - stirling) * Math.sqrt(shape / (2 * Math.PI));
}
