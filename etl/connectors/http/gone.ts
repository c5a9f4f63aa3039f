import { createHash } from 'node:crypto';
import { rowsOf } from './answer.ts';
import { instantAt } from '../../local-time.ts';
import { allHold } from './check.ts';
import type { Client } from './client.ts';
import type { Gone, HttpOptions } from './options.ts';
import { buildRequest } from './request.ts';
import { createLargestTime, sourceTime } from './source-time.ts';
import { fill } from './template.ts';
import { walk } from './walk.ts';

/** What the source no longer has. */
export interface GoneKeys {
  keys: string[];
  /** Largest time seen by each request, for the next run. */
  marks: Record<string, number>;
}

/**
 * Asks for what the source no longer has, each request from the largest time it has seen in earlier runs, less its overlap.
 * @param marks as {@link GoneKeys} of the run before; null in the very first read, which has nothing to take out and only learns
 * from when on to ask
 */
export async function readGone(
  { client, options, now }: { client: Client; options: HttpOptions; now: () => number },
  marks: Record<string, number> | null,
): Promise<GoneKeys> {
  const begun = now();
  const keys = new Set<string>();
  const newMarks: Record<string, number> = {};
  const zone = options.incremental?.zone ?? 'UTC';
  for (const gone of options.gone) {
    const id = idOf(gone);
    const mark = marks?.[id] ?? null;
    const timeOf = gone.column === undefined ? () => null : sourceTime({ column: gone.column, written: gone.written, zone });
    const largest = createLargestTime(mark, begun, now);
    const start = gone.start === undefined ? null : instantAt(gone.start, 0, zone);
    const watermark = mark === null ? start : mark - gone.overlap_seconds;
    const asked = new Set<string>();
    for await (const { items } of walk({ client, list: gone, base: options.url, scope: { watermark, zone }, start: null, timeOf })) {
      for (const item of items) {
        largest.take(timeOf(item));
        if (marks === null) continue;
        const key = allHold(gone.where, item, { row: item }) ? fill(gone.key, { row: item }) : null;
        if (key === null || asked.has(key)) continue;
        asked.add(key);
        if (!gone.confirm || (await isGone(client, gone.confirm, key, options.url))) keys.add(key);
      }
    }
    const seen = largest.value();
    if (seen !== null) newMarks[id] = seen;
  }
  return { keys: [...keys], marks: newMarks };
}

async function isGone(client: Client, confirm: NonNullable<Gone['confirm']>, key: string, base: string): Promise<boolean> {
  const answer = await client.send(buildRequest(confirm, { key }, base), [404, 410]);
  return answer.status === 404 || answer.status === 410 || rowsOf(answer, confirm.rows, client.faults).length === 0;
}

function idOf({ url, query, key }: Gone): string {
  return createHash('sha256')
    .update(JSON.stringify([url, query, key]))
    .digest('hex')
    .slice(0, 12);
}
