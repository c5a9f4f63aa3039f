import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { problemsByPath } from '../../client/form-problems.ts';
import { textOfValue, valueOfText } from '../../client/form-text.ts';
import { emptyVariant, fieldsOf, filledIn, variantIn, type FormField } from '../../client/schema-form.ts';

const forms = suite('a form from a JSON Schema');
const text = { type: 'string' };
const secret = { type: 'string', writeOnly: true };
const schema = {
  type: 'object',
  required: ['url', 'paging'],
  properties: {
    size: { type: 'integer', description: 'Rows in a page' },
    url: { ...text, description: 'Address' },
    method: { type: 'string', enum: ['GET', 'POST'], default: 'GET' },
    headers: { type: 'object', additionalProperties: text },
    columns: { type: 'array', items: text },
    rate: { type: 'object', properties: { requests_per_minute: { type: 'number' } } },
    auth: {
      anyOf: [
        { type: 'object', properties: { bearer: secret }, required: ['bearer'] },
        { type: 'object', properties: { basic: { type: 'object', properties: { user: text, password: secret } } } },
      ],
    },
    paging: {
      default: { kind: 'none' },
      oneOf: [
        { type: 'object', properties: { kind: { const: 'none' } } },
        { type: 'object', properties: { kind: { const: 'page' }, first: { type: 'integer' } } },
      ],
    },
    anything: {},
  },
};
const fields = fieldsOf(schema);
const field = (key: string): FormField => fields.find((one) => one.key === key) as FormField;

forms('asks for what is required first, and each in its manner', () => {
  assert.equal(
    fields.map(({ key, kind, isRequired }) => `${key} ${kind}${isRequired ? ' required' : ''}`),
    [
      'url text required',
      'size number',
      'method choice',
      'headers pairs',
      'columns lines',
      'rate group',
      'auth variants',
      // A default makes it optional, whatever the schema of what is read says.
      'paging variants',
      'anything json',
    ],
  );
  assert.is(field('url').label, 'URL');
  assert.is(field('method').usual, 'GET');
  const rate = field('rate');
  assert.is(rate.kind === 'group' && rate.fields[0]?.path, 'rate.requests_per_minute');
});

forms('knows variants by what they fix or alone have', () => {
  const auth = field('auth');
  const paging = field('paging');
  if (auth.kind !== 'variants' || paging.kind !== 'variants') throw new Error('no variants');
  for (const one of [...auth.variants, ...paging.variants]) {
    const { variants } = auth.variants.includes(one) ? auth : paging;
    assert.is(variantIn(variants, emptyVariant(one)), one, one.name);
  }
  assert.is(variantIn(auth.variants, undefined), null);
  assert.is(auth.variants[0]?.fields[0]?.kind, 'secret');
});

forms('sends what was filled in, and a chosen variant even when it is empty', () => {
  const values = { url: ' x ', size: '', headers: { a: 'b' }, rate: {}, auth: { bearer: '' }, paging: { kind: 'page', first: 2 } };
  assert.equal(filledIn(fields, values), { url: ' x ', headers: { a: 'b' }, auth: {}, paging: { kind: 'page', first: 2 } });
});

forms('reads texts as the values they stand for, and writes them back', () => {
  const cases: [kind: FormField['kind'], text: string, value: unknown][] = [
    ['number', '12', 12],
    ['lines', 'a\nb', ['a', 'b']],
    ['pairs', 'a: b\nc: d:e', { a: 'b', c: 'd:e' }],
    ['secret', 'SOURCE_KEY', '${SOURCE_KEY}'],
    ['yes_no', 'yes', true],
    ['yes_no', 'no', false],
    ['text', 'plain', 'plain'],
  ];
  for (const [kind, typed, value] of cases) {
    assert.equal(valueOfText(kind, typed), value, typed);
    assert.is(textOfValue(kind, value), typed, typed);
  }
  assert.is(valueOfText('secret', '${SOURCE_KEY}'), '${SOURCE_KEY}');
  assert.is(valueOfText('text', '  '), undefined);
  // What is nothing yet stays what was typed.
  assert.is(valueOfText('number', '12a'), '12a');
  assert.is(valueOfText('json', '{"a":'), '{"a":');
  assert.equal(valueOfText('json', '{"a":1}'), { a: 1 });
});

forms('puts each problem at the field it belongs to', () => {
  const paths = ['name', 'url', 'auth', 'auth.bearer', 'map_text'];
  const problems = [
    { field: 'source.name', message: 'is missing' },
    { field: 'sources[0].auth.bearer', message: 'is a secret' },
    { field: 'auth.basic', message: 'is unknown' },
    { field: 'map_text: fields.kind', message: 'is missing' },
    { field: 'urls', message: 'is unknown' },
  ];
  assert.equal(problemsByPath(problems, paths), {
    errors: { name: 'is missing', 'auth.bearer': 'is a secret', auth: 'basic: is unknown', map_text: 'fields.kind: is missing' },
    others: [{ field: 'urls', message: 'is unknown' }],
  });
});

forms.run();
