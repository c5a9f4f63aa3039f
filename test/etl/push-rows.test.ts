import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { pushedRows } from '../../etl/push-rows.ts';

const pushed = suite('pushed rows');
const lines = (text: string, isLines = false, input = {}) => {
  const { rows, broken } = pushedRows(text, input, isLines);
  return [...rows.map((row) => [row.line, row.values]), ...broken.map((row) => [row.line, row.text])];
};

pushed('reads an object, a list and lines', () => {
  assert.equal(lines('{"a":1}'), [[1, { a: '1' }]]);
  assert.equal(lines('[{"a":"x"},{"a":true}]'), [[1, { a: 'x' }], [2, { a: 'true' }]]); // prettier-ignore
  assert.equal(lines('{"a":1}\n\n{"a":2}\r\n'), [[1, { a: '1' }], [2, { a: '2' }]]); // prettier-ignore
  assert.equal(lines('{\n"a":\n1}'), [[1, { a: '1' }]]);
});

pushed('gives every row every column, and numbers as they were written', () => {
  assert.equal(lines('[{"a":12.10},{"b":{"c":null}}]'), [[1, { a: '12.10', 'b.c': '' }], [2, { a: '', 'b.c': '' }]]); // prettier-ignore
});

pushed('finds the rows and names the columns as the map says', () => {
  const input = { rows: 'data.items', lists: { f: { key: 'id', value: 'v' } } };
  assert.equal(lines('{"data":{"items":[{"f":[{"id":7,"v":"x"}]}]}}', false, input), [[1, { 'f.7': 'x' }]]);
  assert.equal(lines('{"f":[{"id":7,"v":"x"}]}', false, input), [[1, { 'f.7': 'x' }]]);
});

pushed('keeps what is no object, and of lines what is no JSON, with its place', () => {
  assert.equal(lines('[7,{"a":1},null]'), [[2, { a: '1' }], [1, '7'], [3, 'null']]); // prettier-ignore
  assert.equal(lines('{"a":1}\n{"a":\n', true), [[1, { a: '1' }], [2, '{"a":']]); // prettier-ignore
});

pushed('refuses nothing at all, no JSON, and too many', () => {
  const many = JSON.stringify(Array.from({ length: 10_001 }, () => ({})));
  for (const [text, message] of [
    ['  \n', /no records/],
    ['[]', /no records/],
    ['[{"a":1]', /line 1, column 8/],
    [many, /10,001 records are too many at once; send at most 10,000/],
  ] as const) {
    assert.throws(
      () => pushedRows(text, {}, false),
      (error: unknown) => error instanceof BadInput && message.test(error.message),
    );
  }
});

pushed.run();
