import type { BrokenRow, RawRow } from '../../connector.ts';
import { allHold } from './check.ts';
import type { Client } from './client.ts';
import type { HttpOptions } from './options.ts';
import { makeRow } from './rows.ts';
import { walk } from './walk.ts';

/**
 * The further rows of a row, page by page: those of each request of `details`, with the columns of the row that they are to carry.
 * A row the source has lost meanwhile (404) has none.
 */
export async function* readDetails(
  { client, options }: { client: Client; options: HttpOptions },
  { row, item }: { row: RawRow; item: unknown },
  nextLine: () => number,
): AsyncGenerator<{ rows: RawRow[]; broken: BrokenRow[] }> {
  for (const details of options.details) {
    if (!allHold(details.if, item, { row: item })) continue;
    const carried = Object.fromEntries(details.columns.map((name) => [name, row.values[name] ?? '']));
    const pages = walk({ client, list: details, base: options.url, scope: { row: item, parent: item }, start: null, mayBeMissing: true });
    for await (const { items } of pages) {
      const rows: RawRow[] = [];
      const broken: BrokenRow[] = [];
      for (const each of items) {
        if (!allHold(details.where, each, { row: each, parent: item })) continue;
        const made = makeRow(each, nextLine(), details.lists);
        if ('reason' in made) broken.push(made);
        else rows.push({ line: made.line, values: { ...carried, ...prefixed(details.prefix, made.values) } });
      }
      yield { rows, broken };
    }
  }
}

function prefixed(prefix: string, values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}
