/** Steps of time; weeks begin on Monday. */
export const grains = ['day', 'week', 'month', 'quarter', 'year'] as const;
export type Grain = (typeof grains)[number];

const dayMs = 86_400_000;

/**
 * First date of the bucket that contains `date`.
 * @param date calendar date `YYYY-MM-DD`; weeks start on Monday (ISO 8601)
 */
export function startOf(grain: Grain, date: string): string {
  switch (grain) {
    case 'day':
      return date;
    case 'week':
      return addDays(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7));
    case 'month':
      return `${date.slice(0, 7)}-01`;
    case 'quarter': {
      const month = Math.floor((Number(date.slice(5, 7)) - 1) / 3) * 3 + 1;
      return `${date.slice(0, 4)}-${String(month).padStart(2, '0')}-01`;
    }
    case 'year':
      return `${date.slice(0, 4)}-01-01`;
  }
}

/** Last date of the bucket that contains `date`. */
export function endOf(grain: Grain, date: string): string {
  return addDays(addBuckets(grain, startOf(grain, date), 1), -1);
}

/** The date `count` buckets later (earlier when negative); a day that the month does not have becomes its last. */
export function addBuckets(grain: Grain, date: string, count: number): string {
  if (grain === 'day') return addDays(date, count);
  if (grain === 'week') return addDays(date, 7 * count);
  return addMonths(date, count * { month: 1, quarter: 3, year: 12 }[grain]);
}

/** The date `count` days later. */
export function addDays(date: string, count: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);
}

/** Days from `from` to `to`; 0 for the same date. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs);
}

/** First dates of all buckets that hold a date from `from` to `to`, both inclusive. */
export function bucketsBetween(grain: Grain, from: string, to: string): string[] {
  const starts: string[] = [];
  for (let at = startOf(grain, from); at <= to; at = addBuckets(grain, at, 1)) starts.push(at);
  return starts;
}

function addMonths(date: string, count: number): string {
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + count;
  const year = Math.floor(months / 12);
  const month = (months % 12) + 1;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const day = Math.min(Number(date.slice(8, 10)), last);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
