import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { jsonFault } from '../../etl/json-fault.ts';
import { parseJson } from '../../etl/json-text.ts';

const test = suite('parseJson');

for (const [text, place, reason] of [
  ['{"a":1,}', 'line 1, column 8', 'expected a key in double quotes, found "}"'],
  ['{"a" 1}', 'line 1, column 6', 'expected a colon, found other text'],
  ['{"a":1 "b":2}', 'line 1, column 8', 'expected a comma or }, found a quote'],
  ['[1,\n 2\n 3]', 'line 3, column 2', 'expected a comma or ], found other text'],
  ['{"a":"Ann', 'line 1, column 6', 'the quote that opens here is not closed'],
  ['{"a":"x\ny"}', 'line 1, column 8', 'a line break or control character stands in a text'],
  ['{"a":"\\q"}', 'line 1, column 7', 'a backslash here begins no known sequence'],
  ["{'a':1}", 'line 1, column 2', `expected a key in double quotes or }, found "'"`],
  ['{"a":', 'line 1, column 6', 'expected a value, found the end'],
  ['', 'line 1, column 1', 'expected a value, found the end'],
  ['[01]', 'line 1, column 3', 'expected a comma or ], found other text'],
  ['[1.]', 'line 1, column 3', 'expected a comma or ], found other text'],
  ['{} x', 'line 1, column 4', 'expected nothing more, found other text'],
  ['<html>', 'line 1, column 1', 'expected a value, found "<"'],
  ['{"a":NaN}', 'line 1, column 6', 'expected a value, found other text'],
  ['[}', 'line 1, column 2', 'expected a value or ], found "}"'],
] as const) {
  test(`says where ${JSON.stringify(text)} stops being JSON, without the text`, () => {
    try {
      parseJson(text);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, BadInput);
      assert.equal((error as BadInput).problems, [{ field: place, message: reason }]);
    }
  });
}

test('gives what JSON.parse gives, but for numbers as they are written', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const plain = (found: unknown): unknown =>
        JSON.parse(JSON.stringify(found), (_, v: unknown) => (typeof v === 'number' ? String(v) : v));
      assert.equal(plain(parseJson(text)), plain(value));
    }),
  );
});

test('a text broken anywhere is refused with a place in it', () => {
  const text = '{"a":[1,-2.5e3,"x\\u00e9\\n"],"b":{"c":null,"d":true}}';
  for (let cut = 0; cut < text.length; cut++) {
    const { line, column } = jsonFault(text.slice(0, cut));
    assert.is(line, 1);
    assert.ok(column >= 1 && column <= cut + 1, `${cut}`);
  }
});

test('a text of megabytes that is not closed does not run out of stack', () => {
  assert.is(jsonFault(`{"a":"${'\\n'.repeat(3_000_000)}`).reason, 'the quote that opens here is not closed');
});

test.run();
