import type { Request, Response } from 'express';
import { BadInput } from '../etl/errors.ts';
import { textParameter } from './address.ts';
import { formats, type Format } from './formats.ts';

/** What a CSV file begins with so that spreadsheets read it as UTF-8. */
export const byteOrderMark = '\ufeff';

/**
 * What the file is to be called: `name` of the address, or null when it is absent.
 * @throws BadInput when it is no slug
 */
export function nameParameter(req: Request): string | null {
  const name = textParameter(req, 'name');
  if (name === null || /^[a-z0-9-]{1,60}$/.test(name)) return name;
  throw new BadInput([{ field: 'name', message: 'is not the name of a file: expected at most 60 of a–z, 0–9 and -' }]);
}

/** Makes the answer a file to keep: `silverlining-NAME.csv`, without a name `silverlining.csv`. */
export function asFile(res: Response, name: string | null, format: Format): void {
  res.attachment(`silverlining${name === null ? '' : `-${name}`}.${format}`).set('content-type', formats[format]);
}

/** What was exported, for the audit trail: measures and period, never what was filtered by. */
export function exportTarget(queries: readonly { measures: readonly string[]; from: string; to: string }[]): string {
  const all = queries.map(({ measures, from, to }) => `${measures.join(', ')} ${from} to ${to}`).join('; ');
  return all.length > mostTarget ? `${all.slice(0, mostTarget - 1)}…` : all;
}

const mostTarget = 500;
