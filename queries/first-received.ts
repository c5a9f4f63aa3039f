import type { Knex } from 'knex';
import { withinRows, type RowCodes } from './sight.ts';

/**
 * Local date of the first case received; null where there is none.
 * @param rows of which cases
 */
export async function firstReceived(reader: Knex, rows: RowCodes = null): Promise<string | null> {
  const first = await reader<{ received_on: string | null }>('case_fact')
    .whereNotNull('received_on')
    .where(withinRows(rows))
    .orderBy('received_on')
    .first('received_on');
  return first?.received_on ?? null;
}
