import type { Knex } from 'knex';
import { untilChanged } from './until-changed.ts';
import { withinRows, type RowCodes } from './sight.ts';

/**
 * The currency sums of money are in: the organisation's, else the one most amounts of the store are in.
 * @param isAsked whether a sum of money is wanted at all; else the store is not looked at
 * @param rows of which cases
 * @returns ISO 4217 code and how many minor units make a major one
 */
export async function readCurrency(
  knex: Knex,
  configured: string | null,
  isAsked = true,
  rows: RowCodes = null,
): Promise<{ currency: string | null; minorUnits: number }> {
  const read = () => (rows === null ? untilChanged(knex, 'currency', () => mostUsed(knex, null)) : mostUsed(knex, rows));
  const currency = configured ?? (isAsked ? await read() : null);
  return { currency, minorUnits: 10 ** decimalsOf(currency) };
}

/** Decimals of a currency: 2 for EUR, 0 for JPY; 2 for an unknown one. */
export function decimalsOf(currency: string | null): number {
  if (currency === null || !/^[A-Z]{3}$/.test(currency)) return 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

async function mostUsed(knex: Knex, codes: RowCodes): Promise<string | null> {
  const rows: unknown[] = await knex('case_fact')
    .where(withinRows(codes))
    .whereNotNull('redress_currency')
    .groupBy('redress_currency')
    .select('redress_currency')
    .count({ n: '*' });
  const found = (rows as { redress_currency: string; n: number }[]).sort(
    (a, b) => b.n - a.n || (a.redress_currency < b.redress_currency ? -1 : 1),
  );
  return found[0]?.redress_currency ?? null;
}
