import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../etl/errors.ts';
import { flattenRow, kindOf, textOf, valueAt } from '../../etl/json-rows.ts';
import { parseJson } from '../../etl/json-text.ts';

const test = suite('flattenRow');
const refused = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    assert.instance(error, BadInput);
    return (error as BadInput).message;
  }
  return assert.unreachable() as never;
};

test('scalars, nulls, nested objects and lists of scalars become columns', () => {
  const row = {
    id: 7,
    ok: true,
    no: false,
    gone: null,
    empty: {},
    none: [],
    tags: ['a', null, 2],
    customer: { name: 'Ann', address: { city: 'Graz' } },
  };
  assert.equal(flattenRow(row), {
    id: '7',
    ok: 'true',
    no: 'false',
    gone: '',
    empty: '',
    none: '',
    tags: 'a; 2',
    'customer.name': 'Ann',
    'customer.address.city': 'Graz',
  });
});

test('a list of objects becomes columns by number, or by its own keys where it is named', () => {
  const row = { custom: [{ id: 12, value: 'x' }, { id: 'y', value: ['a', 'b'] }, { id: 12, value: 'z' }, { value: 'no key' }] };
  assert.equal(flattenRow(row), {
    'custom.0.id': '12', 'custom.0.value': 'x', 'custom.1.id': 'y', 'custom.1.value': 'a; b', 'custom.2.id': '12', 'custom.2.value': 'z', 'custom.3.value': 'no key',
  }); // prettier-ignore
  assert.equal(flattenRow(row, { lists: { custom: { key: 'id', value: 'value' } } }), { 'custom.12': 'x; z', 'custom.y': 'a; b' });
});

test('a list inside an object is named by its path, and its parts may lie deeper', () => {
  const row = { ticket: { fields: [{ def: { name: 'Severity' }, set: { to: 'high' } }] } };
  assert.equal(flattenRow(row, { lists: { 'ticket.fields': { key: 'def.name', value: 'set' } } }), { 'ticket.fields.Severity.to': 'high' });
});

test('mixed lists and lists of lists keep every value', () => {
  assert.equal(flattenRow({ a: [1, { b: 2 }], c: [[1, 2], [3]] }), { 'a.0': '1', 'a.1.b': '2', 'c.0': '1; 2', 'c.1': '3' });
});

test('numbers stand as they are written', () => {
  const text =
    '{"amount":12.10,"id":10701248000000000001,"e":1e3,"minus":-0,"plain":12,"half":0.5,"list":[1.50,2],"text":"1.50 and 1e3 \\" 2.0"}';
  assert.equal(flattenRow(parseJson(text)), {
    amount: '12.10', id: '10701248000000000001', e: '1e3', minus: '-0', plain: '12', half: '0.5', list: '1.50; 2', text: '1.50 and 1e3 " 2.0',
  }); // prettier-ignore
});

test('of a key that comes twice the last one holds', () => {
  assert.equal(flattenRow(parseJson('{"a":1,"a":2,"b.c":"x","b":{"c":"y"}}')), { a: '2', 'b.c': 'y' });
});

test('what is no object, too deep or too wide is refused with the reason', () => {
  assert.is(
    refused(() => flattenRow([1])),
    'expected an object, found a list',
  );
  assert.is(
    refused(() => flattenRow(null)),
    'expected an object, found nothing',
  );
  assert.is(
    refused(() => flattenRow('x')),
    'expected an object, found a text',
  );
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  assert.match(
    refused(() => flattenRow(parseJson(deep))),
    /^a\.a\..*…: is nested deeper than 32 levels$/,
  );
  const wide = { items: Array.from({ length: 5_001 }, () => ({ n: 1 })) };
  assert.match(
    refused(() => flattenRow(wide)),
    /makes more than 5,000 columns; a list of objects is better named in lists/,
  );
  assert.match(
    refused(() => flattenRow(parseJson('{"__proto__":1}'))),
    /__proto__: no column can have this name/,
  );
});

test('names that objects have by themselves are columns like others', () => {
  assert.equal(Object.entries(flattenRow(parseJson('{"constructor":"a","toString":{"x":1},"hasOwnProperty":null}'))), [
    ['constructor', 'a'],
    ['toString.x', '1'],
    ['hasOwnProperty', ''],
  ]);
});

test('valueAt follows a dotted path, through lists too, and finds keys that hold a dot', () => {
  const value = { hits: { hits: [{ id: 1 }, { id: 2 }] }, 'a.b': { c: 3 }, links: { next: null } };
  assert.equal(valueAt(value, 'hits.hits.1.id'), 2);
  assert.is(valueAt(value, 'a.b.c'), 3);
  assert.is(valueAt(value, 'links.next'), null);
  assert.is(valueAt(value, ''), value);
  for (const missing of ['hits.0', 'hits.hits.2', 'hits.hits.x', 'constructor', 'links.next.url'])
    assert.is(valueAt(value, missing), undefined);
});

test('textOf and kindOf name values without showing them', () => {
  assert.equal([textOf('x'), textOf(1.5), textOf(false), textOf(null), textOf(undefined), textOf([1, { a: 2 }])], ['x', '1.5', 'false', '', '', '[1,{"a":2}]']); // prettier-ignore
  assert.equal([kindOf(1), kindOf(true), kindOf({}), kindOf([]), kindOf(null), kindOf('secret')], ['a number', 'true or false', 'an object', 'a list', 'nothing', 'a text']); // prettier-ignore
});

test.run();
