import { BadInput, didYouMean } from './errors.ts';
import { createJsonCursor, type JsonItem } from './json-cursor.ts';

const batchItems = 2_000;
const batchLength = 4 << 20;
const mostNamed = 12;

/**
 * Cuts the items out of a list in a JSON document that comes in pieces, about 2,000 at a time; memory holds those and one piece.
 * Values off the path are passed over by their brackets and quotes only. Items that came before a fault are given before it is thrown.
 * @param rows dotted path to the list; empty for a document that is the list
 * @throws BadInput with line and column when the document is no JSON around the items, breaks off, or has no such list
 */
export async function* listItems(pieces: AsyncIterable<{ text: string }>, rows: string): AsyncGenerator<JsonItem[]> {
  const input = createJsonCursor(pieces);
  const path = rows === '' ? [] : rows.split('.');
  const others: string[] = [];
  let isFound = false;

  async function* readObject(level: number): AsyncGenerator<JsonItem[]> {
    input.take();
    if ((await input.peek()) === '}') return input.take();
    for (;;) {
      const key = await input.key();
      if ((await input.peek()) !== ':') input.fail('expected a colon');
      input.take();
      const begins = await input.peek();
      const name = [...path.slice(0, level), key].join('.');
      if (key !== path[level]) {
        if (begins === '[' && others.length < mostNamed) others.push(name);
        await input.value(false);
      } else if (level < path.length - 1) {
        if (begins !== '{') input.fail(`${name} is ${kindOf(begins)}, expected an object with ${path.slice(level + 1).join('.')}`);
        yield* readObject(level + 1);
      } else {
        if (begins !== '[') input.fail(`${name} is ${kindOf(begins)}, expected a list of rows`);
        if (isFound) input.fail(`${name} stands here a second time; a document has one list of rows`);
        isFound = true;
        yield* readList();
      }
      const after = await input.peek();
      if (after !== ',' && after !== '}') input.fail(`expected a comma or }, found ${kindOf(after)}`);
      input.take();
      if (after === '}') return;
      await input.peek();
    }
  }

  async function* readList(): AsyncGenerator<JsonItem[]> {
    let items: JsonItem[] = [];
    let length = 0;
    try {
      input.take();
      if ((await input.peek()) === ']') return input.take();
      for (;;) {
        const begins = await input.peek();
        if (begins === '' || ',]}:'.includes(begins)) input.fail(`expected a row, found ${kindOf(begins)}`);
        const item = await input.value(true);
        items.push(item);
        length += item.text.length;
        if (items.length >= batchItems || length >= batchLength) {
          yield items;
          items = [];
          length = 0;
        }
        const after = await input.peek();
        if (after !== ',' && after !== ']') input.fail(`expected a comma or ], found ${kindOf(after)}`);
        input.take();
        if (after === ']') break;
      }
    } catch (error) {
      if (items.length) yield items;
      throw error;
    }
    if (items.length) yield items;
  }

  const begins = await input.peek();
  if (begins === '[' && path.length === 0) {
    isFound = true;
    yield* readList();
  } else if (begins === '{') yield* readObject(0);
  else if (begins === '[')
    input.fail(`the document is a list itself; expected an object with ${rows}, or no rows: under input: of the map`);
  else input.fail(begins === '' ? 'the document is empty; expected a list of rows' : `expected a list of rows, found ${kindOf(begins)}`);
  if ((await input.peek()) !== '') input.fail('expected nothing more after the document');
  if (!isFound) throw new BadInput([{ field: 'input.rows', message: missing(rows, others) }]);
}

function missing(rows: string, others: string[]): string {
  const found = others.length ? `it has lists at ${others.join(', ')}` : 'it has no list outside of other values';
  return rows === ''
    ? `the document is an object, not a list; ${found}; name the path to the rows in the map, e.g. input: { rows: ${others[0] ?? 'data.items'} }`
    : `the document has no ${rows}${didYouMean(rows, others)}; ${found}`;
}

function kindOf(character: string): string {
  if (character === '') return 'the end';
  if (character === '{') return 'an object';
  if (character === '[') return 'a list';
  if (character === '"') return 'a text';
  if (/[-\d]/.test(character)) return 'a number';
  return /[a-z]/i.test(character) ? 'a word' : `"${character}"`;
}
