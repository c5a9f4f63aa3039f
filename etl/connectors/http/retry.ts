const firstMs = 1_000;
const longestMs = 60_000;
const shortestMs = 100;

/**
 * Milliseconds to wait before asking again: full jitter, uniform between nothing and a bound that doubles from 1 s to 60 s.
 * @param tries how often it has failed before, from 0
 * @param random between 0 and 1
 */
export function backOff(tries: number, random: () => number): number {
  return Math.max(shortestMs, Math.round(random() * Math.min(longestMs, firstMs * 2 ** tries)));
}

/**
 * Seconds a source asks to be left alone, from `Retry-After` as seconds or as a date; a date is held against the source's own
 * clock where the answer has it.
 * @param now seconds since 1970 UTC, where the source does not say what time it has
 * @returns at least 1; null when it says nothing that can be read
 */
export function retryAfter(headers: Headers, now: number): number | null {
  const given = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}(\.\d+)?$/.test(given)) return Math.max(1, Math.ceil(Number(given)));
  const until = Date.parse(given);
  if (!/[a-z]/i.test(given) || Number.isNaN(until)) return null;
  const theirs = Date.parse(headers.get('date') ?? '');
  return Math.max(1, Math.ceil(until / 1000 - (Number.isNaN(theirs) ? now : theirs / 1000)));
}
