import { capital } from '../queries/model/describe.ts';
import type { Schedule } from '../etl/due.ts';

/** A schedule in words: "every 15 minutes", "every Monday at 07:30", "on day 31 of every month at 00:00 (Europe/Vienna)". */
export function scheduleWords({ every, on, at, zone }: Schedule): string {
  if (every === '15m') return 'every 15 minutes';
  if (every === 'hour') return 'every hour';
  const day =
    every === 'day'
      ? 'every day'
      : every === 'week'
        ? `every ${capital(String(on ?? 'monday'))}`
        : `on day ${on ?? 1} of every ${every === 'quarter' ? 'quarter' : 'month'}`;
  return `${day} at ${at ?? '00:00'}${zone === undefined ? '' : ` (${zone})`}`;
}
