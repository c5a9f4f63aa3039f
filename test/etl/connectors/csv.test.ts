import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BrokenRow, Extract, RawRow } from '../../../etl/connector.ts';
import { csv, type CsvRead } from '../../../etl/connectors/csv.ts';
import { BadInput, SourceFailed } from '../../../etl/errors.ts';
import { sharedData, sharedTests } from '../../support/shared-data.ts';

const test = suite('csv');

async function readAll(options: CsvRead, since: string | null = null) {
  const rows: RawRow[] = [];
  const broken: BrokenRow[] = [];
  const extracts: Extract[] = [];
  for await (const extract of csv.read(options, since)) {
    rows.push(...extract.rows);
    broken.push(...extract.broken);
    extracts.push(extract);
  }
  return { rows, broken, extracts, header: extracts[0]?.header ?? [] };
}

const bytes = (content: string | Buffer) => Readable.from([Buffer.from(content as string)]);
const readText = (content: string | Buffer, options: Partial<CsvRead> = {}) => readAll({ ...options, file: bytes(content) });
const quirk = (name: string) => fileURLToPath(new URL(`../../../fixtures/quirks/${name}`, import.meta.url));
const brief = (broken: BrokenRow[]) => broken.map(({ line, column, field, reason }) => ({ line, column, field, reason }));

test('a row is text by column name and the line it begins on', async () => {
  const { rows, broken, header, extracts } = await readText('a,b\n1,"x\ny"\n\n2,"say ""hi"", z"\n');
  assert.equal(rows, [
    { line: 2, values: { a: '1', b: 'x\ny' } },
    { line: 5, values: { a: '2', b: 'say "hi", z' } },
  ]);
  assert.equal(broken, []);
  assert.equal(header, ['a', 'b']);
  assert.is(extracts.at(-1)?.cursor, '5');
});

for (const [name, content] of [
  ['LF', 'a,b\n1,"x\ny"\n2,z\n'],
  ['CRLF', 'a,b\r\n1,"x\r\ny"\r\n2,z\r\n'],
  ['CR', 'a,b\r1,"x\ry"\r2,z\r'],
  ['mixed line ends and none at the end', 'a,b\r\n1,"x\ny"\r2,z'],
] as const) {
  test(`reads ${name}`, async () => {
    const { rows } = await readText(content);
    assert.equal(rows, [
      { line: 2, values: { a: '1', b: 'x\ny' } },
      { line: 4, values: { a: '2', b: 'z' } },
    ]);
  });
}

test('lines keep their numbers wherever the bytes are cut', async () => {
  const content = Buffer.from('\ufeffa,b\r\n1,"é\r\ny"\r\n\r\n2,"zü"\r\n3\r\n4,"ß,\r\n5,ö\r\n');
  const whole = await readText(content);
  assert.equal(
    whole.rows.map((row) => [row.line, row.values.b]),
    [
      [2, 'é\ny'],
      [5, 'zü'],
      [8, 'ö'],
    ],
  );
  assert.equal(
    whole.broken.map((row) => row.line),
    [6, 7],
  );
  for (let size = 1; size < content.length; size++) {
    const parts: Buffer[] = [];
    for (let at = 0; at < content.length; at += size) parts.push(content.subarray(at, at + size));
    const cut = await readAll({ file: Readable.from(parts) });
    assert.equal([cut.rows, brief(cut.broken)], [whole.rows, brief(whole.broken)], `pieces of ${size}`);
  }
});

test('a byte order mark is left out, semicolons come from the options', async () => {
  const { header, rows } = await readAll({ file: quirk('day-first.csv'), delimiter: ';' });
  assert.equal(header, ['number', 'opened', 'category', 'closed', 'score']);
  assert.equal(
    rows.map((row) => [row.line, row.values.number]),
    [
      [2, '7'],
      [3, '8'],
      [5, '9'],
    ],
  );
});

test('gzip is told by its bytes', async () => {
  const { rows, extracts } = await readText(gzipSync('a\n1\n2\n'));
  assert.is(rows.length, 2);
  assert.is(extracts.at(-1)?.bytes, gzipSync('a\n1\n2\n').length);
});

test('UTF-16 is told by its byte order mark, other encodings by the options', async () => {
  const utf16 = Buffer.from('\ufeffa,b\r\n1,é\r\n', 'utf16le');
  assert.equal((await readText(utf16)).rows[0]?.values, { a: '1', b: 'é' });
  assert.equal((await readText(Buffer.from(utf16).swap16())).rows[0]?.values, { a: '1', b: 'é' });
  assert.equal((await readText(Buffer.from([0x61, 0x0a, 0x93, 0xe9]), { encoding: 'windows-1252' })).rows[0]?.values, { a: '“é' });
});

test('bytes that are not UTF-8 cost only their row, and the message names line, byte and cure', async () => {
  const content = Buffer.concat([Buffer.from('a,b\n1,ok\n2,caf'), Buffer.from([0xe9]), Buffer.from('\n3,é\n')]);
  const { rows, broken } = await readText(content);
  assert.equal(
    rows.map((row) => [row.line, row.values.b]),
    [
      [2, 'ok'],
      [4, 'é'],
    ],
  );
  assert.is(broken.length, 1);
  assert.is(broken[0]?.line, 3);
  assert.match(broken[0]?.reason ?? '', 'line 3 is not valid UTF-8 (byte 0xE9 at character 6)');
  assert.match(broken[0]?.reason ?? '', 'encoding: windows-1252');
});

test('UTF-16 without a mark is refused with a hint', async () => {
  try {
    await readText(Buffer.from('a\n1\n', 'utf16le'));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    assert.match((error as BadInput).message, 'encoding: utf-16le');
  }
});

test('a row with too few or too many fields says how many', async () => {
  const { rows, broken } = await readText('a,b,c\n1,2\n1,2,3\n1,2,3,4\n');
  assert.equal(
    rows.map((row) => row.line),
    [3],
  );
  assert.equal(broken, [
    { line: 2, column: null, field: null, reason: 'found 2 fields, expected 3', text: '1,2' },
    { line: 4, column: null, field: null, reason: 'found 4 fields, expected 3', text: '1,2,3,4' },
  ]);
});

test('the last record of a file that was cut is one broken row', async () => {
  const { rows, broken } = await readAll({ file: quirk('broken-last.csv') });
  assert.equal(
    rows.map((row) => row.line),
    [2, 4],
  );
  assert.equal(broken, [
    {
      line: 5,
      column: 4,
      field: 'note',
      reason: 'the quote that opens field 4 (note) is not closed before the end of the file',
      text: '3,2024-01-04,late,"cut in the mid',
    },
  ]);
});

test('a quote that is not closed costs the lines up to the next good row', async () => {
  const { rows, broken } = await readAll({ file: quirk('unclosed-quote.csv') });
  assert.equal(
    rows.map((row) => row.line),
    [2, 4, 5, 8],
  );
  assert.equal(
    broken.map((row) => [row.line, row.column, row.text]),
    [
      [3, 3, '2,2024-01-03,"never closed'],
      [6, null, '5,2024-01-06'],
      [7, 3, '6,2024-01-07,"he said "no" twice"'],
    ],
  );
  assert.is(broken[0]?.reason, 'the quote that opens field 3 (what) is not closed on its line');
  assert.match(broken[2]?.reason ?? '', 'a quote stands inside field 3 (what)');
});

test('a quote that is not closed is called so, whatever comes of it further down', async () => {
  const good = (line: number) => `${line},"good, ${line}",z\n`;
  const content = `a,b,c\n1,"open,z\n${good(2)}3,plain,z\n4,"x\ny","open\n${good(5)}`;
  const inQuote = await readText(content);
  assert.equal(
    inQuote.rows.map((row) => row.values.a),
    ['2', '3', '5'],
  );
  assert.equal(brief(inQuote.broken), [
    { line: 2, column: 2, field: 'b', reason: 'the quote that opens field 2 (b) is not closed on its line' },
    { line: 5, column: 3, field: 'c', reason: 'the quote that opens field 3 (c) is not closed on its line' },
  ]);
  const long = await readText(`a,b,c\n1,"open,z\n${'2,plain,z\n'.repeat(120_000)}3,"quoted",z\n`);
  assert.is(long.rows.length, 120_001);
  assert.equal(brief(long.broken), [
    { line: 2, column: 2, field: 'b', reason: 'the quote that opens field 2 (b) is not closed on its line' },
  ]);
});

test('what is wrong with the header names the file', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'silverlining-csv-'));
  const messageOf = (content: string) => {
    const file = path.join(folder, 'cases.csv');
    writeFileSync(file, content);
    return readAll({ file }).then(
      () => '',
      (error: unknown) => (error as Error).message,
    );
  };
  try {
    assert.is(await messageOf(''), 'cases.csv, line 1: the file is empty; expected a line with the names of the columns');
    assert.match(await messageOf('\na,a\n'), 'cases.csv, line 2: the header names "a" twice');
    assert.match(await messageOf('"a";"b"\n1;2\n'), 'cases.csv, line 1: the header has no comma but 1 semicolon:');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a row of several lines with a wrong count is one broken row', async () => {
  const { rows, broken } = await readText('a,b,c\n1,"x\ny, z\nw"\n2,b,c\n');
  assert.equal(
    rows.map((row) => row.line),
    [5],
  );
  assert.equal(brief(broken), [{ line: 2, column: null, field: null, reason: 'found 2 fields, expected 3' }]);
  assert.is(broken[0]?.text, '1,"x\ny, z\nw"');
});

test('a wrong count that swallowed only good rows gives them back', async () => {
  const { rows, broken } = await readText('a,b,c\n1,"x\n2,b,c\n3,"",d\n4,e,"f"\n');
  assert.equal(
    rows.map((row) => row.line),
    [3, 4, 5],
  );
  assert.equal(
    broken.map((row) => row.line),
    [2],
  );
});

test('a quote open for more than 2 MiB is given up and the rows behind it load', async () => {
  const filler = `${'x'.repeat(1000)},y\n`.repeat(3000);
  const { rows, broken } = await readText(`a,b\n1,"open\n${filler}2,last\n`);
  assert.is(rows.length, 3001);
  assert.is(rows.at(-1)?.line, 3003);
  assert.equal(
    broken.map((row) => [row.line, row.column, row.text]),
    [[2, 2, '1,"open']],
  );
  assert.match(broken[0]?.reason ?? '', 'not closed within 2 MiB');
});

test('a field over 1 MiB is broken, its text is cut at 64 KiB', async () => {
  const { rows, broken } = await readText(
    `a,b\n1,${'x'.repeat((1 << 20) + 1)}\n2,y\n3,"${'z'.repeat((1 << 20) + 1)}"\n4,${'v'.repeat(1 << 20)}\n`,
  );
  assert.equal(
    rows.map((row) => row.line),
    [3, 5],
  );
  assert.equal(brief(broken), [
    { line: 2, column: 2, field: 'b', reason: 'field 2 (b) is longer than 1 MiB' },
    { line: 4, column: 2, field: 'b', reason: 'field 2 (b) is longer than 1 MiB' },
  ]);
  assert.is(broken[0]?.text.length, 1 << 16);
});

test('a line over 16 MiB does not fill the memory', async () => {
  const piece = Buffer.alloc(1 << 20, 'x');
  const { rows, broken } = await readAll({
    file: Readable.from([Buffer.from('a\n'), ...Array.from({ length: 24 }, () => piece), Buffer.from('\n2\n')]),
  });
  assert.equal(rows, [{ line: 3, values: { a: '2' } }]);
  assert.equal(
    broken.map((row) => row.line),
    [2],
  );
});

test('an empty file and a header with a name twice are refused, a header alone has no rows', async () => {
  for (const [content, expected] of [
    ['', 'the file is empty'],
    ['\n\n', 'the file is empty'],
    ['a,b,a\n1,2,3\n', 'names "a" twice, as columns 1 and 3'],
    ['a,"b\n', 'the header cannot be read'],
  ] as const) {
    try {
      await readText(content);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, BadInput);
      assert.match((error as BadInput).message, expected);
    }
  }
  const { rows, extracts } = await readText('a,b\n');
  assert.is(rows.length, 0);
  assert.equal(
    extracts.map((extract) => extract.header),
    [['a', 'b']],
  );
});

test('a column without a name is called by its number', async () =>
  assert.equal((await readText(',b,\n1,2,3\n')).header, ['column 1', 'b', 'column 3']));

test('a file that is not there, or is cut inside its packing, fails as the outside world', async () => {
  for (const file of [quirk('no-such.csv'), bytes(gzipSync(Buffer.from('a\n' + '1\n'.repeat(5000))).subarray(0, 30))]) {
    try {
      await readAll({ file });
      assert.unreachable();
    } catch (error) {
      assert.instance(error, SourceFailed);
    }
  }
});

test('rows come in batches, and a read goes on behind the cursor of an earlier one', async () => {
  const content = `n\n${Array.from({ length: 5000 }, (_, i) => (i === 2500 ? 'a,b' : String(i))).join('\n')}\n`;
  const all = await readText(content);
  assert.equal(
    all.extracts.map((extract) => extract.rows.length),
    [2000, 2000, 999],
  );
  const cursor = all.extracts[0]?.cursor ?? '';
  assert.is(cursor, '2001');
  const rest = await readAll({ file: bytes(content) }, cursor);
  assert.equal(rest.rows, all.rows.slice(2000));
  assert.equal(brief(rest.broken), brief(all.broken));
});

test('a reader that stops early closes the file', async () => {
  const source = bytes('a\n' + '1\n'.repeat(10_000));
  for await (const extract of csv.read({ file: source }, null)) {
    assert.is(extract.rows.length, 2000);
    break;
  }
  assert.ok(source.destroyed);
});

const counts: Record<string, [rows: number, broken: number[]]> = {
  'wa-ag-consumer-complaints/complaint_by_practice_2013-2018.csv.gz': [176_178, []],
  'boston-311-2011/311_service_requests_2011.csv.gz': [58_251, []],
  'nyc-dca-mediated-complaints/consumer_services_mediated_complaints_2015-2016.csv.gz': [4_495, []],
  'cfpb-ccdb-2023/complaints_2023_truncated_1MiB.csv.gz': [2_067, [3302]],
  'uci-incident-event-log/incident_event_log_part.csv.gz': [119_998, []],
};
sharedTests(
  test,
  Object.fromEntries(
    Object.entries(counts).map(([name, [rows, broken]]) => [
      `finds the ${rows} rows of ${name}`,
      async () => {
        let read = 0;
        const faults: number[] = [];
        for await (const extract of csv.read({ file: sharedData(name) ?? '' }, null)) {
          read += extract.rows.length;
          faults.push(...extract.broken.map((row) => row.line));
        }
        assert.equal([read, faults], [rows, broken]);
      },
    ]),
  ),
);

test.run();
