import { Refused } from './errors.ts';

/**
 * The id of a row as it stands in an address.
 * @throws Refused with 404 for what no row can have
 */
export function rowId(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Refused(404, `nothing has the number "${text.slice(0, 40)}"`);
  return Number(text);
}
