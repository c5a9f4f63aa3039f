import { afterBusinessDays, afterBusinessSeconds } from './business-time.ts';
import { dateOfDay, dayNumber, endOfDay, localDate } from './local-time.ts';
import type { Calendar } from './opening-hours.ts';
import type { When } from './record.ts';
import type { SlaLimit } from './sla.ts';

/**
 * When a limit that runs from receipt ends. A limit in days gives the last local day on which it is kept, to its end; the day of receipt is day
 * nought, and a receipt on a day without work begins with the next business day as day one. A limit in hours gives an instant; of a receipt that
 * is a date without a time of day, the last day on which the limit can still be kept.
 * @param zone the zone of local days; with a calendar, that of the calendar
 * @returns null where it cannot be said: business hours or days without a calendar, or an end beyond all reasonable years
 */
export function deadline(received: When, limit: SlaLimit, zone: string, calendar: Calendar | null): When | null {
  const isDate = typeof received === 'string';
  const day = dayNumber(isDate ? received : localDate(received, zone));
  if (limit.calendar_days !== undefined) return dateText(day + limit.calendar_days);
  if (limit.business_days !== undefined) return calendar && dateText(afterBusinessDays(day, limit.business_days, calendar));
  const from = isDate ? endOfDay(received, zone) : received;
  const at =
    limit.hours !== undefined
      ? from + limit.hours * 3600
      : calendar && limit.business_hours !== undefined
        ? afterBusinessSeconds(from, limit.business_hours * 3600, calendar)
        : null;
  return at === null || !isDate ? at : localDate(at, zone);
}

const lastDay = dayNumber('9999-12-31');

function dateText(day: number | null): string | null {
  return day === null || day > lastDay ? null : dateOfDay(day);
}
