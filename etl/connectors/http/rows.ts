import type { BrokenRow, RawRow } from '../../connector.ts';
import { BadInput } from '../../errors.ts';
import { flattenRow, kindOf, textOf, valueAt, type ListColumns } from '../../json-rows.ts';
import type { Answer } from './answer.ts';
import { allHold } from './check.ts';
import type { HttpOptions, Join } from './options.ts';
import { fill } from './template.ts';

/** What an item of a page came to: a row, a part of the input that is none, or word of a record that is gone. */
export type Taken = { kind: 'row'; row: RawRow } | { kind: 'broken'; broken: BrokenRow } | { kind: 'gone'; key: string };

const longestKept = 1 << 16;

/** Makes rows of the items of one answer. The function it gives takes an item and asks for the place of a row only for what counts as one. */
export function rowTaker(answer: Answer, options: HttpOptions): (item: unknown, nextLine: () => number) => Taken {
  const joins = Object.entries(options.join).map(([name, join]) => ({ name, join, byKey: indexOf(answer, join) }));
  const { gone_rows: leaving, lists } = options;
  return (item, nextLine) => {
    const key = leaving && allHold(leaving.where, item, { row: item }) ? fill(leaving.key, { row: item }) : null;
    if (key !== null) return { kind: 'gone', key };
    const line = nextLine();
    const made = makeRow(valueAt(item, options.row), line, lists);
    if ('reason' in made) return { kind: 'broken', broken: { ...made, text: keep(item) } };
    for (const { name, join, byKey } of joins) {
      const side = byKey.get(textOf(valueAt(item, join.equals)));
      if (side === undefined) continue;
      const columns = makeRow({ [name]: side }, line, lists);
      if ('values' in columns) Object.assign(made.values, columns.values);
    }
    return { kind: 'row', row: made };
  };
}

/** One item as a row; a broken row when it is no object that can be one. */
export function makeRow(item: unknown, line: number, lists: Record<string, ListColumns>): RawRow | BrokenRow {
  try {
    return { line, values: flattenRow(item, { lists }) };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    const [problem] = error.problems;
    const isObject = kindOf(item) === 'an object';
    const reason = isObject ? (problem?.message ?? error.message) : `expected an object for each row, found ${kindOf(item)}`;
    return { line, column: null, field: problem?.field || null, reason, text: keep(item) };
  }
}

function keep(item: unknown): string {
  return (JSON.stringify(item) ?? '').slice(0, longestKept);
}

function indexOf(answer: Answer, { path, on }: Join): Map<string, unknown> {
  const list = valueAt(answer.value, path);
  return new Map(Array.isArray(list) ? list.map((item): [string, unknown] => [textOf(valueAt(item, on)), item]) : []);
}
