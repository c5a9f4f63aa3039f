import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Extract } from '../../../etl/connector.ts';
import { xlsx, type XlsxRead } from '../../../etl/connectors/xlsx.ts';
import { BadInput, SourceFailed } from '../../../etl/errors.ts';
import { workbook, zip, type TestSheet } from '../../support/workbook.ts';

const test = suite('xlsx');

async function readBytes(bytes: Buffer, options: Partial<XlsxRead> = {}, since: string | null = null) {
  const extracts: Extract[] = [];
  for await (const extract of xlsx.read({ ...options, file: Readable.from([bytes]) }, since)) extracts.push(extract);
  return { extracts, header: extracts[0]?.header, rows: extracts.flatMap((e) => e.rows) };
}
const read = (sheets: TestSheet[], options: Partial<XlsxRead> = {}) => readBytes(workbook(sheets), options);
const sheet = (...rows: TestSheet['rows']): TestSheet[] => [{ name: 'one', rows }];
const failure = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable() as never;
};

test('texts, numbers, truth values, formulas become texts, and errors are empty', async () => {
  const { rows, header } = await read(
    sheet(
      ['id', 'text', 'n', 'b', 'f', 'e'],
      ['a', ' größer & < "', 12.3, true, { formula: 'C2*2', value: 24.6 }, { error: '#N/A' }],
      ['b', null, 0.1 + 0.2, false, { formula: 'A1&"x"', value: 'idx' }, null],
      [10701248, null, 1e15, null, null, null],
    ),
  );
  assert.equal(header, ['id', 'text', 'n', 'b', 'f', 'e']);
  assert.equal(rows, [
    { line: 2, values: { id: 'a', text: ' größer & < "', n: '12.3', b: 'true', f: '24.6', e: '' } },
    { line: 3, values: { id: 'b', text: '', n: '0.3', b: 'false', f: 'idx', e: '' } },
    { line: 4, values: { id: '10701248', text: '', n: '1000000000000000', b: '', f: '', e: '' } },
  ]);
});

test('dates are wall-clock text, with a time where a date of the column has one', async () => {
  // Serial 45322 is 2024-01-31; a day has 86,400 seconds.
  const { rows } = await read(
    sheet(
      ['day', 'moment', 'clock'],
      [{ at: 45322 }, { at: 45322 + (16 * 3600 + 5 * 60 + 7) / 86_400 }, { at: 0.5 }],
      [{ at: 60 + 1 }, { at: 45322 }, { at: 0.75 }],
    ),
  );
  assert.equal(
    rows.map((r) => Object.values(r.values)),
    [
      ['2024-01-31', '2024-01-31T16:05:07', '12:00:00'],
      ['1900-03-01', '2024-01-31T00:00:00', '18:00:00'],
    ],
  );
});

test('the first row that is not empty is the header; empty rows are passed over; rows keep their numbers', async () => {
  const { header, rows } = await read(sheet([], [null, null], ['id', null, ' '], [], ['a', 'x', 'y'], [' ', null], ['b']));
  assert.equal(header, ['id', 'column 2', 'column 3']);
  assert.equal(rows, [
    { line: 5, values: { id: 'a', 'column 2': 'x', 'column 3': 'y' } },
    { line: 7, values: { id: 'b', 'column 2': '', 'column 3': '' } },
  ]);
});

test('the value of a merged cell stands in its first cell', async () => {
  const { rows } = await read([
    {
      name: 'one',
      rows: [
        ['id', 'team'],
        ['a', 'North'],
        ['b', null],
      ],
      merged: ['B2:B3'],
    },
  ]);
  assert.equal(
    rows.map((r) => r.values.team),
    ['North', ''],
  );
});

test('a sheet is chosen by number or by name, also a name that is a number', async () => {
  const sheets: TestSheet[] = ['first', 'Complaints', '2024'].map((name) => ({ name, rows: [['id'], [name]] }));
  const idOf = async (which?: string) => (await read(sheets, which === undefined ? {} : { sheet: which })).rows[0]?.values.id;
  assert.equal(
    [await idOf(), await idOf('2'), await idOf('Complaints'), await idOf('2024')],
    ['first', 'Complaints', 'Complaints', '2024'],
  );
  const error = await failure(read(sheets, { sheet: 'Complaint' }));
  assert.instance(error, BadInput);
  assert.is(
    error.message,
    'input.sheet: standard input has no sheet "Complaint" (did you mean "Complaints"?); it has "first", "Complaints", "2024"',
  );
  assert.match((await failure(read(sheets, { sheet: '4' }))).message, /has no sheet 4; it has "first"/);
});

test('goes on from a row, and says how many there are', async () => {
  const bytes = workbook(sheet(['id'], ['a'], ['b'], ['c']));
  const { rows, extracts } = await readBytes(bytes, {}, '3');
  assert.equal(rows, [{ line: 4, values: { id: 'c' } }]);
  assert.equal([extracts[0]?.total, extracts[0]?.cursor, extracts[0]?.bytes], [{ count: 4, unit: 'rows' }, '4', bytes.length]);
});

test('an empty sheet and a header that names a column twice are refused', async () => {
  assert.match((await failure(read(sheet([])))).message, /the sheet is empty; expected a row with the names of the columns/);
  assert.match((await failure(read(sheet(['a', 'b', 'a'])))).message, /row 1: the header names "a" twice, as columns 1 and 3/);
});

for (const [name, bytes, message] of [
  ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /old \.xls format or one with a password; save it as \.xlsx/],
  ['a text', Buffer.from('id,received\n'), /is no Excel workbook; if it is text, name its format in the map/],
  [
    'half a workbook',
    workbook(sheet(['id'], ['a'])).subarray(0, 700),
    /is a broken workbook; open it in Excel or LibreOffice and save it again/,
  ],
  ['an archive of something else', zip([['readme.txt', 'hello']]), /cannot be read/],
  [
    'a workbook that is not XML',
    zip([
      ['xl/workbook.xml', '{}'],
      ['xl/_rels/workbook.xml.rels', '{}'],
    ]),
    /has no sheet 1; it has/,
  ],
] as const)
  // prettier-ignore
  test(`${name} is refused with what to do`, async () => {
    const error = await failure(readBytes(bytes));
    assert.ok(error instanceof SourceFailed || error instanceof BadInput);
    assert.match(error.message, message);
  });

test('a file over 20 MB is refused without being read', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'silverlining-xlsx-'));
  const file = path.join(dir, 'large.xlsx');
  writeFileSync(file, Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(20 << 20)]));
  try {
    const error = await failure((async () => void (await xlsx.read({ file }, null).next()))());
    assert.is(error.message, 'large.xlsx is larger than 20 MB, the most that is read of a workbook; save it as CSV');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a workbook that unpacks to more than 300 MB is refused, whatever its directory says', async () => {
  const bomb = zip([
    ['xl/workbook.xml', '<workbook/>'],
    ['xl/worksheets/sheet1.xml', Buffer.alloc(310 << 20)],
  ]);
  assert.match((await failure(readBytes(bomb))).message, /takes more than 300 MB unpacked; save it as CSV/);
});

test('a sheet of a few cells that stand as far apart as they can is refused before it takes up memory', async () => {
  const xml =
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="900000000"><c r="XFD900000000"><v>1</v></c></row></sheetData></worksheet>';
  const parts: [string, string][] = [
    ['xl/workbook.xml', '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'],
    ['xl/_rels/workbook.xml.rels', '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'],
    ['xl/worksheets/sheet1.xml', xml],
  ]; // prettier-ignore
  const error = await failure(readBytes(zip(parts)));
  assert.instance(error, SourceFailed);
  assert.match(error.message, /has a sheet of more than 10 million cells; delete what stands far from the table, or save it as CSV/);
});

test.run();
