import * as assert from 'uvu/assert';

/** Fails where a number anywhere in the value is NaN or infinite: what is not known is null. */
export function assertFinite(value: unknown): void {
  if (typeof value === 'number') assert.ok(Number.isFinite(value), `${value} is no figure`);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(assertFinite);
}

/** Fails where two numbers differ by more than a share of the expected. */
export function assertNear(got: number | null | undefined, expected: number, share = 1e-9): void {
  const isNear = typeof got === 'number' && Math.abs(got - expected) <= share * Math.max(1, Math.abs(expected));
  assert.ok(isNear, `got ${got}, expected ${expected}`);
}
