import { readFileSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawRow } from '../../etl/connector.ts';
import { csv } from '../../etl/connectors/csv.ts';
import { takes } from '../../etl/fold.ts';
import { bindMap, readMap, type BoundMap } from '../../etl/map.ts';
import { caseFields, eventFields, surveyFields, type Field } from '../../etl/record.ts';

const page = fileURLToPath(new URL('../../docs/maps.md', import.meta.url));
// After a change of the fields: WRITE_FIELDS=1 node --import tsx test/etl/map-docs.test.ts && npx prettier --write docs/maps.md
if (process.env.WRITE_FIELDS) writeFields();
const text = readFileSync(page, 'utf8');
const test = suite('docs/maps.md');

async function run(yaml: string, file: string): Promise<unknown[]> {
  const delimited = file.split('\n')[0]?.includes(';') ? `${yaml}\ninput: { delimiter: ';' }\n` : yaml;
  const map = readMap(delimited, 'docs/maps.md');
  const cases = new Map<string, RawRow[]>();
  let bound: BoundMap | null = null;
  for await (const extract of csv.read({ file: Readable.from([Buffer.from(file)]), ...map.input }, null)) {
    assert.equal(extract.broken, []);
    bound ??= bindMap(map, extract.header);
    for (const row of extract.rows) {
      const found = bound.keyOf(row);
      assert.ok('key' in found);
      const key = 'key' in found ? found.key : '';
      cases.set(key, [...(cases.get(key) ?? []), row]);
    }
  }
  return [...cases.values()].map((rows) => {
    const order = (row: RawRow) => bound?.ordinal(row) ?? row.line;
    const parsed = bound?.record(rows.sort((a, b) => order(a) - order(b) || a.line - b.line));
    if (!parsed?.ok) throw new Error(JSON.stringify(parsed?.problems));
    assert.equal(parsed.flags, []);
    return parsed.record;
  });
}

const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => ({
  language: match[1] ?? '',
  content: match[2] ?? '',
  line: text.slice(0, match.index).split('\n').length,
}));

test('every map is followed by a file and by the cases that come out', () => {
  const kinds = blocks.map((block) => block.language).filter((language) => ['yaml', 'csv', 'json'].includes(language));
  assert.ok(kinds.length >= 33);
  kinds.forEach((kind, i) => assert.is(kind, ['yaml', 'csv', 'json'][i % 3]));
});

const runnable = blocks.filter((block) => ['yaml', 'csv', 'json'].includes(block.language));
for (let i = 0; i + 2 < runnable.length; i += 3) {
  const [map, file, expected] = [runnable[i], runnable[i + 1], runnable[i + 2]];
  test(`the map on line ${map?.line} gives the cases below it`, async () => {
    const cases = await run(map?.content ?? '', file?.content ?? '');
    assert.equal(cases, JSON.parse(expected?.content ?? ''));
  });
}

for (const [name, fields] of tables()) {
  test(`lists the ${name} fields as they are declared`, () => assert.equal(tableIn(text, name), rowsOf(fields)));
}

test('names every key of a map, every way to take a field and every source of a value', () => {
  const words = [
    'source',
    'key',
    'fields',
    'more_issues',
    'events',
    'surveys',
    'fold',
    'zone',
    'date',
    'missing',
    'blanks',
    'decimal',
    'currency',
    'input',
    'description',
    'column',
    'constant',
    'join',
    'first_of',
    'when',
    'split',
    'part',
    'pattern',
    'values',
    'unmapped',
    'optional',
    'order',
    'row_key',
    'take',
    'changes',
    ...Object.keys(takes),
  ];
  for (const word of words) assert.match(text, new RegExp(`\`${word}[\`:]`), word);
});

test.run();

function tables(): [string, Record<string, Field>][] {
  return [
    ['case', caseFields],
    ['event', eventFields],
    ['survey', surveyFields],
  ];
}

function rowsOf(fields: Record<string, Field>): string[][] {
  return Object.entries(fields).map(([name, field]) => [
    `\`${name}\``,
    holds(field) + (field.required ? '; required' : ''),
    field.description,
  ]);
}

function holds(field: Field): string {
  switch (field.type) {
    case 'key':
      return 'text that identifies';
    case 'code':
      return field.allowed.map((value) => `\`${value}\``).join(', ');
    case 'label':
      return 'label';
    case 'sub':
      return `label below \`${field.of}\``;
    case 'time':
      return 'date';
    case 'flag':
      return 'yes or no';
    case 'integer':
      return 'whole number';
    case 'money':
      return 'amount';
    case 'currency':
      return 'currency code';
    default:
      return 'text';
  }
}

/** The cells of the table below a marker, without its head. */
function tableIn(markdown: string, name: string): string[][] {
  const [, below = ''] = markdown.split(`<!-- ${name} fields -->`);
  const lines = below.trimStart().split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function writeFields(): void {
  let markdown = readFileSync(page, 'utf8');
  for (const [name, fields] of tables()) {
    const marker = `<!-- ${name} fields -->`;
    const [before = '', below = ''] = markdown.split(marker);
    const rest = below.trimStart().replace(/^(\|.*\n)+/, '');
    const rows = [['field', 'holds', 'means'], ['---', '---', '---'], ...rowsOf(fields)];
    markdown = `${before}${marker}\n\n${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n\n${rest.trimStart()}`;
  }
  writeFileSync(page, markdown);
}
