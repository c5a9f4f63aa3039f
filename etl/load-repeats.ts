import type { Knex } from 'knex';
import { dayNumber } from './local-time.ts';
import { isOneOf } from './store/insert.ts';
import type { CaseFactRow } from './store/tables.ts';

type Row = Pick<CaseFactRow, 'case_id' | 'customer_key' | 'issue' | 'received_at' | 'received_on' | 'is_duplicate' | 'is_repeat'>;
const windowDays = 90;
/** Two cases of one customer on one issue within this many days may be about the same matter. */
export const closeDays = 30;

/** Two cases of one customer on one issue, none between them and neither marked as a duplicate, received at most {@link closeDays} apart. */
export interface ClosePair {
  later: number;
  earlier: number;
}

/**
 * Sets `is_repeat` anew for every case of the given customers: 1 when the same customer had a case on the same issue, no duplicate,
 * received earlier and at most 90 days before. Worked out from all their cases, so the order in which they are loaded does not matter.
 * @returns of their cases those that are close to one another
 */
export async function markRepeats(trx: Knex.Transaction, customerKeys: readonly string[], changeSeq: number): Promise<ClosePair[]> {
  if (customerKeys.length === 0) return [];
  const rows = await trx<Row>('case_fact')
    .where(isOneOf(trx, 'customer_key', customerKeys))
    .select('case_id', 'customer_key', 'issue', 'received_at', 'received_on', 'is_duplicate', 'is_repeat');
  const { wrong, close } = rowsToTurn(rows);
  if (wrong.length === 0) return close;
  await trx('case_fact')
    .where(isOneOf(trx, 'case_id', wrong))
    .update({ is_repeat: trx.raw('1 - is_repeat'), change_seq: changeSeq });
  return close;
}

function rowsToTurn(rows: readonly Row[]): { wrong: number[]; close: ClosePair[] } {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.customer_key} ${row.issue}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  const wrong: number[] = [];
  const close: ClosePair[] = [];
  for (const group of groups.values()) {
    group.sort((a, b) => at(a) - at(b) || a.case_id - b.case_id);
    // The latest case strictly before the current instant; cases of the same instant do not repeat one another.
    let before: Row | null = null;
    let sameInstant: Row | null = null;
    let last: Row | null = null;
    for (const row of group) {
      if (sameInstant && at(sameInstant) < at(row)) before = sameInstant;
      const isRepeat =
        row.issue !== 0 && before !== null && dayNumber(row.received_on ?? '') - dayNumber(before.received_on ?? '') <= windowDays;
      if (Number(isRepeat) !== row.is_repeat) wrong.push(row.case_id);
      if (row.is_duplicate) continue;
      if (last !== null && row.issue !== 0 && at(row) - at(last) <= closeDays * 86_400)
        close.push({ later: row.case_id, earlier: last.case_id });
      last = sameInstant = row;
    }
  }
  return { wrong, close };
}

function at(row: Row): number {
  return row.received_at ?? 0;
}
