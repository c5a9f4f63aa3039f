import type { Problem } from '../etl/errors.ts';

/**
 * Reads the version of what somebody writes over; what is wrong with it goes to `problems`.
 * @param least the first there can be
 */
export function readVersion(given: unknown, least: 0 | 1, problems: Problem[]): number {
  // In an address it is text.
  const version = typeof given === 'string' && /^\d{1,9}$/.test(given) ? Number(given) : given;
  if (typeof version === 'number' && Number.isSafeInteger(version) && version >= least && version < 2 ** 31 - 1) return version;
  const nothing = least === 0 ? ', 0 where there was nothing' : '';
  problems.push({ field: 'version', message: `must be the version that was read${nothing}: who changes something says what they saw` });
  return least;
}
