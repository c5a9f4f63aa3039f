import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Extract } from '../../../etl/connector.ts';
import { ndjson, type NdjsonRead } from '../../../etl/connectors/ndjson.ts';
import { BadInput, SourceFailed } from '../../../etl/errors.ts';

const test = suite('ndjson');

async function read(content: string | Buffer | Buffer[], options: Partial<NdjsonRead> = {}, since: string | null = null) {
  const extracts: Extract[] = [];
  const file = Readable.from(Array.isArray(content) ? content : [Buffer.from(content as string)]);
  for await (const extract of ndjson.read({ ...options, file }, since)) extracts.push(extract);
  const last = extracts.at(-1);
  return { extracts, last, rows: extracts.flatMap((e) => e.rows), broken: extracts.flatMap((e) => e.broken) };
}

test('a line is a row, with the columns of all rows so far', async () => {
  const { rows, broken, last } = await read('{"id":1,"a":{"b":"x"}}\r\n\n{"id":2,"c":null}');
  assert.equal(rows, [
    { line: 1, values: { id: '1', 'a.b': 'x', c: '' } },
    { line: 3, values: { id: '2', 'a.b': '', c: '' } },
  ]);
  assert.equal(broken, []);
  assert.equal([last?.header, last?.cursor], [['id', 'a.b', 'c'], '3']);
});

test('a line that is no JSON object is a broken row and costs nothing else', async () => {
  const { rows, broken } = await read('{"id":1}\n{"id":\n[1]\n"x"\nnull\n{"id":2} {"id":3}\n{"id":4}\n');
  assert.equal(
    rows.map((r) => r.values.id),
    ['1', '4'],
  );
  assert.equal(
    broken.map(({ line, reason }) => [line, reason]),
    [
      [2, 'the line is no JSON object: column 7 expected a value, found the end'],
      [3, 'the line is no JSON object: expected an object, found a list'],
      [4, 'the line is no JSON object: expected an object, found a text'],
      [5, 'the line is no JSON object: expected an object, found nothing'],
      [6, 'the line is no JSON object: column 10 expected nothing more, found "{"'],
    ],
  );
  assert.is(broken[0]?.text, '{"id":');
});

test('keeps at most 64 KiB of a broken line', async () => {
  const { broken } = await read(`{"a":"${'x'.repeat(100_000)}`);
  assert.is(broken[0]?.text.length, 65_536);
});

const text = '{"id":"Žluťoučký 😀"}\n{"id":"b"}\n';
const ids = ['Žluťoučký 😀', 'b'];
for (const [name, content] of [
  ['UTF-8', Buffer.from(text)],
  ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
  ['gzip', gzipSync(text)],
  ['UTF-16 LE', Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 BE', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
] as const) {
  test(`reads ${name}, wherever its bytes are cut`, async () => {
    for (const size of [1, 3, 7]) {
      const parts = Array.from({ length: Math.ceil(content.length / size) }, (_, i) => content.subarray(i * size, (i + 1) * size));
      assert.equal(
        (await read(parts)).rows.map((r) => r.values.id),
        ids,
      );
    }
  });
}

test('reads Windows-1252 when the map says so; else the line with the wrong byte is broken', async () => {
  const content = Buffer.from('{"id":"a"}\n{"id":"caf\xe9"}\n', 'latin1');
  assert.is((await read(content, { encoding: 'windows-1252' })).rows[1]?.values.id, 'café');
  const { rows, broken } = await read(content);
  assert.is(rows.length, 1);
  assert.match(broken[0]?.reason ?? '', /^line 2 is not valid UTF-8 \(byte 0xE9 at character 11\); .*input: \{ encoding: windows-1252 \}/);
});

test('a broken gzip file fails after the rows before', async () => {
  const packed = gzipSync(Array.from({ length: 60_000 }, (_, i) => `{"id":${i},"text":"${Math.sin(i)}"}`).join('\n'));
  try {
    await read(packed.subarray(0, packed.length - 100));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, SourceFailed);
    assert.match((error as SourceFailed).message, /cannot read the file: unexpected end of file/);
  }
});

test('an empty file says what was expected; a file of blank lines has no rows', async () => {
  try {
    await read('');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    assert.match((error as BadInput).message, 'the file is empty; expected one JSON object a line');
  }
  const { extracts } = await read('\n\n');
  assert.equal([extracts.length, extracts[0]?.rows.length, extracts[0]?.cursor], [1, 0, '2']);
});

test('a list of objects can be named to become columns of its own', async () => {
  const { rows } = await read('{"f":[{"id":5,"value":"x"}]}', { lists: { f: { key: 'id', value: 'value' } } });
  assert.equal(rows[0]?.values, { 'f.5': 'x' });
});

test.run();
