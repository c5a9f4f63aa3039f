import { fingerprint } from '../fingerprint.ts';
import type { HttpOptions } from './options.ts';
import { withoutSecrets } from './secret-values.ts';

/**
 * A hash of the options that say which rows a source has and what is in them. How they are asked for (sign-in, pages, limits, how
 * far back a run begins) is no part of it: a place to go on from stays true when that changes.
 */
export function askedFor({ url, method, headers, query, body, rows, row, lists, join, incremental, details }: HttpOptions): string {
  const { column, written, zone, parameter, format, start } = incremental ?? {};
  const times = { column, written, zone, parameter, format, start };
  const further = details.map((each) => [each.url, each.query, each.rows, each.prefix, each.columns, each.lists, each.if, each.where]);
  return fingerprint(withoutSecrets([url, method, headers, query, body, rows, row, lists, join, times, further]));
}
