import { rowsOf } from './answer.ts';
import type { HttpRequest } from './exchange.ts';
import type { WalkOptions } from './walk.ts';

const mostTries = 3;

/**
 * Asks for rows from the time of a row we have just been given: that row must be among them. A source that reads times in another
 * zone, or does not understand how they are written, would otherwise leave rows out without a word.
 * @param items the first page of the list
 * @param requestFrom the request for rows from an instant on
 * @throws SourceFailed
 */
export async function probeWatermark(
  { client, list, timeOf }: WalkOptions,
  items: readonly unknown[],
  requestFrom: (instant: number) => HttpRequest,
): Promise<void> {
  let rows = items;
  for (let tries = 0; tries < mostTries; tries++) {
    const time = rows.length ? (timeOf?.(rows[0]) ?? null) : null;
    if (time === null) return;
    const request = requestFrom(time);
    const answer = await client.send(request);
    rows = rowsOf(answer, list.rows, client.faults);
    if (rows.length && timeOf?.(rows[0]) === time) return;
    // The row may have been touched in between; then the first of the rows that came instead is tried.
    if (rows.length && tries + 1 < mostTries) continue;
    throw client.faults.fail(
      request.url,
      `leaves out the very row from whose time on it was asked, so it reads {watermark} otherwise than we write it; ${list.paging.kind === 'watermark' && list.paging.hint ? list.paging.hint : 'set the time zone of the account we use to UTC, or `incremental.zone` to its zone'}`,
      { retriable: false },
    );
  }
}
