import type { Knex } from 'knex';
import { dayNumber } from './local-time.ts';
import { isOneOf } from './store/insert.ts';
import type { CaseFactRow } from './store/tables.ts';

type Row = Pick<CaseFactRow, 'case_id' | 'customer_key' | 'issue' | 'received_at' | 'received_on' | 'is_duplicate' | 'is_repeat'>;
const windowDays = 90;

/**
 * Sets `is_repeat` anew for every case of the given customers: 1 when the same customer had a case on the same issue, no duplicate,
 * received earlier and at most 90 days before. Worked out from all their cases, so the order in which they are loaded does not matter.
 */
export async function markRepeats(trx: Knex.Transaction, customerKeys: readonly string[], changeSeq: number): Promise<void> {
  if (customerKeys.length === 0) return;
  const rows = await trx<Row>('case_fact')
    .where(isOneOf(trx, 'customer_key', customerKeys))
    .select('case_id', 'customer_key', 'issue', 'received_at', 'received_on', 'is_duplicate', 'is_repeat');
  const wrong = rowsToTurn(rows);
  if (wrong.length === 0) return;
  await trx('case_fact')
    .where(isOneOf(trx, 'case_id', wrong))
    .update({ is_repeat: trx.raw('1 - is_repeat'), change_seq: changeSeq });
}

function rowsToTurn(rows: readonly Row[]): number[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.customer_key} ${row.issue}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const wrong: number[] = [];
  for (const group of groups.values()) {
    group.sort((a, b) => at(a) - at(b));
    // The latest case strictly before the current instant; cases of the same instant do not repeat one another.
    let before: Row | null = null;
    let sameInstant: Row | null = null;
    for (const row of group) {
      if (sameInstant && at(sameInstant) < at(row)) before = sameInstant;
      const isRepeat =
        row.issue !== 0 && before !== null && dayNumber(row.received_on ?? '') - dayNumber(before.received_on ?? '') <= windowDays;
      if (Number(isRepeat) !== row.is_repeat) wrong.push(row.case_id);
      if (!row.is_duplicate) sameInstant = row;
    }
  }
  return wrong;
}

function at(row: Row): number {
  return row.received_at ?? 0;
}
