import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Extract } from '../../../etl/connector.ts';
import { jsonList, type JsonRead } from '../../../etl/connectors/json-list.ts';
import { BadInput, SourceFailed } from '../../../etl/errors.ts';
import { sharedData, sharedTests } from '../../support/shared-data.ts';

const test = suite('json document');

async function read(content: string | Buffer | Buffer[], options: Partial<JsonRead> = {}) {
  const extracts: Extract[] = [];
  let error: unknown = null;
  const file = Readable.from(Array.isArray(content) ? content : [Buffer.from(content as string)]);
  try {
    for await (const extract of jsonList.read({ ...options, file }, null)) extracts.push(extract);
  } catch (thrown) {
    error = thrown;
  }
  return { extracts, error, rows: extracts.flatMap((e) => e.rows), broken: extracts.flatMap((e) => e.broken) };
}
const ids = async (content: string | Buffer | Buffer[], options: Partial<JsonRead> = {}) => {
  const { rows, error } = await read(content, options);
  if (error) throw error as Error;
  return rows.map((r) => r.values.id);
};
const cut = (text: string, size: number): Buffer[] => {
  const bytes = Buffer.from(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
};

test('reads a list of objects, wherever its bytes are cut', async () => {
  const text = '\ufeff [ {"id":"a[{\\"","n":{"x":[1,2]}} ,\n{"id":"bé\\\\"},{"id":3} ] \n';
  for (let size = 1; size < 20; size++) assert.equal(await ids(cut(text, size)), ['a[{"', 'bé\\', '3']);
  const { rows, extracts } = await read(text);
  assert.equal(rows[0], { line: 1, values: { id: 'a[{"', 'n.x': '1; 2' } });
  assert.is(extracts.at(-1)?.cursor, '3');
});

test('reads the list at a path and passes over everything else', async () => {
  const text = `{"took":1.5,"s":"]}[{\\"","skip":{"rows":[{"id":"no"}],"d":{"e":[[]]}},"data":{"n":null,"rows":[{"id":1},{"id":2}],"after":[3]},"end":true}`;
  for (let size = 1; size < 30; size += 2) assert.equal(await ids(cut(text, size), { rows: 'data.rows' }), ['1', '2']);
});

test('an empty list has no rows', async () => {
  const { extracts, error } = await read('[ ]');
  assert.is(error, null);
  assert.equal([extracts.length, extracts[0]?.rows, extracts[0]?.header], [1, [], []]);
  assert.equal(await ids('{"a":[]}', { rows: 'a' }), []);
});

test('an item that is no object is a broken row, named by its place in the list and its line', async () => {
  const { rows, broken } = await read('[{"id":1},\n7,\n{"id":2},null]');
  assert.equal(
    rows.map((r) => r.line),
    [1, 3],
  );
  assert.equal(
    broken.map(({ line, reason, text }) => [line, reason, text]),
    [
      [2, 'the row at line 2 is not as expected: expected an object, found a number', '7'],
      [4, 'the row at line 3 is not as expected: expected an object, found nothing', 'null'],
    ],
  );
});

for (const [text, rows, message] of [
  ['[{"id":1},{"id":2', 1, 'standard input, line 1, column 18: the document breaks off within the value that begins at line 1, column 11'],
  ['[{"id":1},\n {"id":tru}]', 1, 'standard input, line 2, column 8: expected a value, found other text'],
  ['[{"id":1},\n{"id":2,}\n]', 1, 'standard input, line 2, column 9: expected a key in double quotes, found "}"'],
  ['[{"id":1} {"id":2}]', 1, 'standard input, line 1, column 11: expected a comma or ], found an object'],
  ['[{"id":1},]', 1, 'standard input, line 1, column 11: expected a row, found "]"'],
  ['[{"id":1}', 1, 'standard input, line 1, column 10: expected a comma or ], found the end'],
  ['[{"id":1}]\n[', 1, 'standard input, line 2, column 1: expected nothing more after the document'],
  ['', 0, 'standard input, line 1, column 1: the document is empty; expected a list of rows'],
  ['<html><body>Sign in</body></html>', 0, 'standard input, line 1, column 1: expected a list of rows, found "<"'],
] as const) {
  test(`a fault of the document ends the read after the rows before it: ${JSON.stringify(text)}`, async () => {
    const read_ = await read(text);
    assert.is(read_.rows.length, rows);
    assert.instance(read_.error, SourceFailed);
    assert.is((read_.error as SourceFailed).message, message);
    assert.not((read_.error as SourceFailed).retriable);
  });
}

test('half a document with rows at a path fails after its rows', async () => {
  const { rows, error } = await read('{"data":[{"id":1}],"more":{"a":', { rows: 'data' });
  assert.is(rows.length, 1);
  assert.match((error as Error).message, /the document breaks off within the value that begins at line 1, column 27$/);
});

test('a list that is not where the map says is told with the lists there are', async () => {
  const problem = async (text: string, rows?: string) => {
    const { error } = await read(text, rows === undefined ? {} : { rows });
    assert.instance(error, BadInput);
    return (error as BadInput).message;
  };
  assert.is(
    await problem('{"a":1,"data":[{"id":1}],"other":[]}'),
    'input.rows: the document is an object, not a list; it has lists at data, other; name the path to the rows in the map, e.g. input: { rows: data }',
  );
  assert.is(await problem('{"data":[]}', 'dat'), 'input.rows: the document has no dat (did you mean "data"?); it has lists at data');
  assert.is(
    await problem('{"d":{"items":[]}}', 'd.item'),
    'input.rows: the document has no d.item (did you mean "d.items"?); it has lists at d.items',
  );
});

test('what stands at the path must be a list', async () => {
  assert.match(((await read('{"data":{"a":1}}', { rows: 'data' })).error as Error).message, /data is an object, expected a list of rows$/);
  assert.match(
    ((await read('{"data":null}', { rows: 'data.rows' })).error as Error).message,
    /data is a word, expected an object with rows$/,
  );
  assert.match(((await read('[1]', { rows: 'data' })).error as Error).message, /the document is a list itself/);
  assert.match(((await read('{"data":[],"data":[]}', { rows: 'data' })).error as Error).message, /data stands here a second time/);
});

test('bytes that are no UTF-8 are named by line and byte', async () => {
  const content = Buffer.from('[{"id":"a"},\n{"id":"caf\xe9"}]', 'latin1');
  const { error } = await read(content);
  assert.match((error as Error).message, /^standard input, line 2: is not valid UTF-8 \(byte 0xE9 at character 11\); .*windows-1252/);
  assert.equal(await ids(content, { encoding: 'windows-1252' }), ['a', 'café']);
  const utf16 = Buffer.from('\ufeff[{"id":"é😀"}]', 'utf16le');
  assert.equal(await ids([...utf16].map((byte) => Buffer.from([byte]))), ['é😀']);
  assert.equal(await ids(gzipSync(utf16.swap16())), ['é😀']);
});

test('a document of many megabytes on one line takes little memory', async () => {
  const item = `{"id":"x","text":"${'y'.repeat(1_000)}"}`;
  const count = 60_000;
  async function* parts(): AsyncGenerator<Buffer> {
    await Promise.resolve();
    yield Buffer.from('{"skipped":"');
    for (let i = 0; i < 5; i++) yield Buffer.alloc(1 << 20, 'z');
    yield Buffer.from(`","data":[${item}`);
    for (let i = 1; i < count; i += 100) yield Buffer.from(`,${item}`.repeat(Math.min(100, count - i)));
    yield Buffer.from(']}');
  }
  let rows = 0;
  let most = 0;
  for await (const extract of jsonList.read({ file: Readable.from(parts()), rows: 'data' }, null)) {
    rows += extract.rows.length;
    most = Math.max(most, extract.rows.length);
  }
  assert.is(rows, count);
  assert.ok(most <= 5_000, `${most} rows at a time`);
});

test('a value of more than 16 MiB is refused', async () => {
  const { error } = await read([Buffer.from('[{"a":"'), Buffer.alloc(17 << 20, 'x'), Buffer.from('"}]'), Buffer.from(' ')]);
  assert.match((error as Error)?.message, /a value is longer than 16 MiB/);
});

sharedTests(test, {
  'of the duplicate keys of a recorded response the last one holds': async () => {
    const file = sharedData('cfpb-api-fixtures/ccdb5-api/break_point_data.json.gz') ?? '';
    const extracts: Extract[] = [];
    for await (const extract of jsonList.read({ file, rows: 'hits' }, null)) extracts.push(extract);
    const [row] = extracts.flatMap((e) => e.rows);
    // The first hit names each of these twice, in two forms.
    assert.match(row?.values['_source.date_received'] ?? '', /^\d{4}-\d\d-\d\dT/);
    assert.match(row?.values['_source.date_sent_to_company'] ?? '', /^\d\d\/\d\d\/\d\d$/);
    assert.match(row?.values.sort ?? '', /^\d+; \d+$/);
  },
});

test.run();
