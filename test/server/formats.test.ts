import { tableFromIPC } from 'apache-arrow';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { openBudget } from '../../queries/budget.ts';
import type { Row, TableJson } from '../../queries/model/wire.ts';
import { columnsOf } from '../../queries/table.ts';
import { chooseFormat, formatAnswer, toArrow, toCsv } from '../../server/formats.ts';

const formats = suite('formats');
const table: TableJson = {
  columns: columnsOf({ measures: ['received', 'redress_amount'], by: ['issue'], grain: 'month', compare: null }),
  rows: [
    { issue: 'late, "very"', period: '2024-01-01', complete: 1, received: 2, redress_amount: 12.5, redress_amount_n: 1 },
    { issue: '=1+1', period: '2024-02-01', complete: 0, received: 0, redress_amount: null, redress_amount_n: 0 },
  ],
  windows: { current: { from: '2024-01-01', to: '2024-02-29' } },
  notes: [],
  asOf: '2024-02-10T00:00:00Z',
};
const answer = { tables: [table, { ...table, rows: [] }], asOf: table.asOf, engine: 'sql' as const, elapsedMs: 1 };

formats('writes CSV with column names, empty fields for unknown and no formulas', () => {
  assert.is(
    toCsv(table),
    'issue,period,complete,received,redress_amount,redress_amount_n\r\n"late, ""very""",2024-01-01,1,2,12.5,1\r\n\'=1+1,2024-02-01,0,0,,0\r\n',
  );
});

formats('guards every start a spreadsheet could run, and leaves negative numbers alone', () => {
  const rows = ['=a', '+a', '-a', '@a', '\ta', ' =a', 'a=b'].map((issue) => ({ issue, complete: 1, received: -5 }));
  const columns = columnsOf({ measures: ['received'], by: ['issue'], grain: null, compare: null });
  assert.equal(toCsv({ columns, rows }).split('\r\n').slice(1, -1), [
    "'=a,1,-5",
    "'+a,1,-5",
    "'-a,1,-5",
    "'@a,1,-5",
    "'\ta,1,-5",
    "' =a,1,-5",
    'a=b,1,-5',
  ]);
});

formats('writes Arrow with types, labels, units and T', () => {
  const read = tableFromIPC(toArrow(table));
  assert.equal(
    read.schema.fields.map((f) => String(f.type)),
    ['Dictionary<Int32, Utf8>', 'Date32<DAY>', 'Int32', 'Int32', 'Float64', 'Int32'],
  );
  assert.is(read.schema.metadata.get('asOf'), '2024-02-10T00:00:00Z');
  const metadata = read.schema.fields[4]?.metadata;
  assert.equal([metadata?.get('label'), metadata?.get('unit')], ['Redress paid', 'money']);
  const [first, second] = read.toArray().map((row: { toJSON(): Record<string, unknown> }) => row.toJSON());
  assert.equal([first?.issue, first?.received, first?.redress_amount], ['late, "very"', 2, 12.5]);
  assert.is(new Date(Number(second?.period)).toISOString(), '2024-02-01T00:00:00.000Z');
  assert.is(second?.redress_amount, null);
});

formats('refuses to make more bytes than a request may have, and makes no more once nobody waits', async () => {
  const long = { ...answer, tables: [{ ...table, rows: Array<Row>(2_000).fill({ ...table.rows[0], issue: 'x'.repeat(100) }) }] };
  for (const format of ['json', 'csv', 'arrow'] as const) {
    const refused = await formatAnswer(long, format, openBudget({ most: { bytes: 1_000 } })).catch((error: unknown) => error);
    assert.ok(refused instanceof BadInput && refused.isTooMuch && refused.message.includes('bytes; ask for fewer measures'), format);
    const gone = openBudget({ signal: AbortSignal.abort() }, counted());
    assert.is(await formatAnswer(long, format, gone).catch((error: unknown) => (error as Error).name), 'AbortError', format);
  }
});

/** A clock by which every rest is due. */
function counted(): () => number {
  let now = 0;
  return () => (now += 13);
}

formats('writes JSON as it would be written at once, whatever is in it', async () => {
  const many = { ...table, rows: Array.from({ length: 1001 }, (_, i) => ({ ...table.rows[0], received: i })) };
  for (const tables of [[], [table], [table, { ...table, rows: [] }, many]]) {
    const whole = { ...answer, tables };
    assert.equal(JSON.parse(String(await formatAnswer(whole, 'json'))), JSON.parse(JSON.stringify(whole)));
    assert.is(await formatAnswer(whole, 'csv'), tables.map(toCsv).join('\r\n'));
  }
});

formats('puts several tables back to back as streams of their own', async () => {
  const bytes = await formatAnswer(answer, 'arrow');
  assert.ok(bytes instanceof Uint8Array);
  const first = toArrow(table).length;
  assert.is(tableFromIPC(bytes.subarray(0, first)).numRows, 2);
  assert.is(tableFromIPC(bytes.subarray(first)).numRows, 0);
  assert.equal(tableFromIPC(bytes.subarray(first)).schema.fields.length, 6);
});

formats('holds a table without rows and a count beyond 32 bits', () => {
  const big = { ...table, rows: [{ ...table.rows[0], received: 5_000_000_000 }] };
  assert.is(tableFromIPC(toArrow(big)).getChild('received')?.get(0), 5_000_000_000);
});

formats('chooses by name first, then by what is accepted', () => {
  assert.is(chooseFormat('csv', 'application/json'), 'csv');
  for (const name of ['xml', 'constructor', '__proto__', '']) assert.is(chooseFormat(name, undefined), null);
  assert.is(chooseFormat(undefined, 'text/html, application/vnd.apache.arrow.stream;q=0.9'), 'arrow');
  assert.is(chooseFormat(undefined, '*/*'), 'json');
});

formats.run();
