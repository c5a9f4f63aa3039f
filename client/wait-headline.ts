import { formatValue } from '../queries/model/number.ts';
import { followedFor } from '../queries/model/reading.ts';
import type { TableJson, Value } from '../queries/model/wire.ts';
import { absenceOf } from '../queries/model/absence.ts';
import { changeOf } from '../queries/model/change-words.ts';

/**
 * The first sentence of the screen of resolution time: within what half and nine in ten are resolved, and how the half changed.
 * @param totals the totals of the period, one row
 * @param isBusiness whether durations are in business time
 * @param sourceCount how many sources have cases
 */
export function waitHeadline(totals: TableJson, isBusiness: boolean, sourceCount: number): string {
  const row = totals.rows[0] ?? {};
  const reason = absenceOf(totals, 'resolution_days_p50', sourceCount);
  if (reason) return `How long people wait cannot be told: ${reason}.`;
  const [half, ninth] = [numberOf(row.resolution_days_p50), numberOf(row.resolution_days_p90)];
  const followed = numberOf(row.resolution_days_p90_followed_days);
  if (!numberOf(row.resolution_days_p50_n) || followed === null) return 'No case in this period can say how long people wait.';
  const days = (value: number) => `${formatValue(value, 'days')}${isBusiness ? ' of business time' : ''}`;
  if (half === null) return `More than half wait longer than ${followedFor(followed)}: it is too early to tell how long.`;
  const change = changeOf(totals, 'resolution_days_p50', '');
  const against = change ? (typeof row.resolution_days_p50_before === 'number' ? `, ${change}` : ` (${change})`) : '';
  const slow =
    ninth === null
      ? `more than one in ten wait longer than ${followedFor(followed)}`
      : `one in ten waits longer than ${formatValue(ninth, 'days')}`;
  return `Half are resolved within ${days(half)}${against}; ${slow}.`;
}

function numberOf(value: Value | undefined): number | null {
  return typeof value === 'number' ? value : null;
}
