import type { Request } from 'express';
import { BadInput, didYouMean } from '../etl/errors.ts';

/**
 * The parameter `name` of the address, or null when it is absent or empty.
 * @throws BadInput when it is given more than once, or holds U+0000, which no text in PostgreSQL may
 */
export function textParameter(req: Request, name: string): string | null {
  const value = req.query[name];
  if (value === undefined || value === '') return null;
  if (typeof value !== 'string') throw new BadInput([{ field: name, message: 'is given more than once; expected one value' }]);
  if (value.includes('\0')) throw new BadInput([{ field: name, message: 'holds a character that cannot be seen' }]);
  return value;
}

/**
 * The parameter `name` of the address as a whole number from 1, or null when it is absent.
 * @throws BadInput when it is anything else
 */
export function wholeParameter(req: Request, name: string): number | null {
  const value = textParameter(req, name);
  if (value === null) return null;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new BadInput([{ field: name, message: `"${value}" is not a whole number from 1` }]);
  return Number(value);
}

/**
 * The parameter `name` of the address as one of `allowed`, or null when it is absent.
 * @throws BadInput with near names when it is anything else
 */
export function choiceParameter<T extends string>(req: Request, name: string, allowed: readonly T[]): T | null {
  const value = textParameter(req, name);
  if (value === null) return null;
  const found = allowed.find((each) => each === value);
  if (found) return found;
  throw new BadInput([{ field: name, message: `"${value}" is not one of ${allowed.join(', ')}${didYouMean(value, allowed)}` }]);
}
