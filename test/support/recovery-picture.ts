import type { Store } from '../../etl/store/open.ts';
import { labelDimensions } from '../../etl/store/tables.ts';

type Row = Record<string, unknown>;

/** Tables about cases, with the numbers in them that depend on when a row was written and not on what it says. */
const tables: Record<string, string[]> = {
  case_fact: ['change_seq'],
  case_issue: [],
  case_text: [],
  case_raw: [],
  case_event: [],
  case_flag: ['run_id', 'line'],
  survey_fact: ['change_seq', 'survey_id'],
  source_row: ['delivery', 'line', 'replaced'],
  source_waiting: [],
};

/**
 * Everything a store says of its cases, row for row and in a fixed order, to be compared with another store: cases by their key
 * instead of their number, labels by name. Rejected rows stand without run and line, which are of the run that noted them; of a source everything that is
 * noted, so also the place to go on from.
 */
export async function pictureOf({ reader }: Store): Promise<Record<string, string[]>> {
  const all = (table: string) => reader(table).select<Row[]>();
  const labels = new Map((await all('label')).map((row) => [`${String(row.dimension)} ${String(row.code)}`, row.name]));
  const keys = new Map((await all('case_fact')).map((row) => [row.case_id, row.source_id]));
  const dimensions: readonly string[] = labelDimensions;
  const named = ([column, value]: [string, unknown]): [string, unknown] => {
    if (column === 'case_id') return ['case', keys.get(value)];
    const dimension = column === 'agent_credited' ? 'agent' : column;
    return [column, dimensions.includes(dimension) ? labels.get(`${dimension} ${String(value)}`) : value];
  };
  const picture: Record<string, string[]> = {};
  for (const [table, left] of Object.entries(tables)) {
    const rows = await all(table);
    picture[table] = rows
      .map((row) =>
        JSON.stringify(
          Object.entries(row)
            .filter(([column]) => !left.includes(column))
            .map(named),
        ),
      )
      .sort();
  }
  // Where no column orders the rows of a case, the order in which they were delivered does.
  const order = await reader('source_row').orderBy(['source_id', 'ordinal', 'delivery', 'line']).pluck<string[]>('row_key');
  picture.order_of_rows = order;
  const rejects = await all('rejected_record');
  picture.rejected_record = rejects
    .map((row) => JSON.stringify([row.input, row.field, row.reason, row.raw, row.source_id, row.row_key, row.settlement]))
    .sort();
  const states = await all('source_state');
  picture.source_state = states.map(({ locked_by, locked_until, ...row }) => JSON.stringify([row, locked_by ?? locked_until]));
  const names = (await all('label')).map((row) => JSON.stringify([row.dimension, row.name, row.is_mapped]));
  picture.label = names.sort();
  const counter = await reader('change_counter').where({ name: 'case_id' }).pluck<number[]>('value');
  // Numbers are dense: a batch that was undone has used none.
  picture.case_numbers = [JSON.stringify([keys.size, Math.max(...(keys.keys() as Iterable<number>)), ...counter])];
  return picture;
}
