import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawRow } from '../../../etl/connector.ts';
import { isReadable, readerOf, type FileRead } from '../../../etl/connectors/file-format.ts';
import { BadInput } from '../../../etl/errors.ts';
import { bindMap, readMap } from '../../../etl/map.ts';
import type { CaseRecord } from '../../../etl/record.ts';
import { readContext } from '../../support/connector-contract.ts';
import { sharedData, sharedTests } from '../../support/shared-data.ts';

const test = suite('readerOf');

test('a file is read by the ending of its name, packed or not', () => {
  const expected: Record<string, string> = {
    'a.csv': 'csv', 'a.CSV.gz': 'csv', 'a.tsv': 'csv', 'a.txt.gz': 'csv', 'a.ndjson': 'ndjson', 'a.b.jsonl.gz': 'ndjson', '/x.y/a.json': 'json', 'a.json.GZ': 'json', 'a.XLSX': 'xlsx',
  }; // prettier-ignore
  for (const [name, reader] of Object.entries(expected)) {
    assert.is(readerOf(name, {}).name, reader, name);
    assert.ok(isReadable(name));
  }
});

test('the map may say otherwise', () => {
  assert.is(readerOf('export.dat', { format: 'ndjson' }).name, 'ndjson');
  assert.is(readerOf('a.json', { format: 'ndjson' }).name, 'ndjson');
});

for (const [name, message] of [
  [
    'a.cvs',
    /^file: the ending \.cvs \(did you mean "\.csv"\?\) does not say how the file is written; there are \.csv, .*input: \{ format: csv \}/,
  ],
  ['a.xlsx.gz', /^file: the ending \.xlsx/],
  ['cases', /^file: a name without an ending does not say/],
  ['/data.csv/cases', /^file: a name without an ending/],
] as const)
  test(`${name} is refused with the endings there are`, () => {
    assert.not(isReadable(name));
    assert.throws(() => readerOf(name, {}), (error: unknown) => error instanceof BadInput && message.test(error.message)); // prettier-ignore
  });

test('what a map says of its files is read, and every mistake is told', () => {
  const map = (input: string) =>
    readMap(`source: a\nkey: id\ninput: ${input}\nfields: { kind: { constant: complaint }, received_at: at }\n`, 'a.yaml');
  assert.equal(map('{ format: json, rows: data.items, lists: { f: { key: id, value: v } } }').input, {
    delimiter: ',', encoding: 'utf-8', format: 'json', rows: 'data.items', lists: { f: { key: 'id', value: 'v' } },
  }); // prettier-ignore
  assert.equal(map('{ sheet: 2, delimiter: tab }').input, { delimiter: '\t', encoding: 'utf-8', sheet: '2' });
  try {
    map('{ format: jsn, rows: a..b, sheet: 0, lists: { f: { kee: id } }, row: x }');
    assert.unreachable();
  } catch (error) {
    assert.instance(error, BadInput);
    assert.equal(
      (error as BadInput).problems.map((p) => p.field),
      ['input.row', 'input.format', 'input.rows', 'input.sheet', 'input.lists.f.kee', 'input.lists.f.key', 'input.lists.f.value'],
    );
  }
});

async function rowsOf(name: string, options: Partial<FileRead> = {}): Promise<{ header: readonly string[]; rows: RawRow[] }> {
  const file = sharedData(`cfpb-api-fixtures/ccdb-data-pipeline/${name}.gz`) ?? '';
  const rows: RawRow[] = [];
  let header: readonly string[] = [];
  for await (const extract of readerOf(`${name}.gz`, {}).read({ ...options, file }, null, readContext(0))) {
    rows.push(...extract.rows);
    header = extract.header;
    assert.equal(extract.broken, []);
  }
  return { header, rows };
}

/** Cases by a map whose columns are called so, in the order of the file. */
async function casesOf(name: string, column: (name: string) => string, date = 'iso'): Promise<(CaseRecord | null)[]> {
  const columns = {
    received_at: 'date_received', product: 'product', sub_product: 'sub_product', issue: 'issue', sub_issue: 'sub_issue',
    company: 'company', region: 'state', channel: 'submitted_via', narrative: 'complaint_what_happened',
  }; // prettier-ignore
  const fields = Object.entries(columns).map(([field, from]) => `  ${field}: { column: ${JSON.stringify(column(from))} }`);
  const map = readMap(
    `source: cfpb\nzone: America/Chicago\ndate: ${date}\nkey: ${JSON.stringify(column('complaint_id'))}\nfields:\n  kind: { constant: complaint }\n${fields.join('\n')}\n`,
    'cfpb.yaml',
  );
  const { header, rows } = await rowsOf(name);
  const bound = bindMap(map, header);
  return rows.map((row) => {
    const parsed = bound.record([row]);
    return parsed.ok ? parsed.record : null;
  });
}

sharedTests(test, {
  'the same complaints as NDJSON and as a JSON document give the same rows and cases': async () => {
    const [lines, document] = await Promise.all([rowsOf('from_s3.ndjson'), rowsOf('from_s3.json')]);
    assert.is(lines.rows.length, 10);
    assert.equal(
      document.rows.map((r) => r.values),
      lines.rows.map((r) => r.values),
    );
    const cases = await casesOf('from_s3.json', (name) => name);
    assert.equal(await casesOf('from_s3.ndjson', (name) => name), cases);
    // Of the ten one has its number under another name, so no key, and one has no date of receipt.
    assert.is(cases.filter(Boolean).length, 8);
  },
  'nested in an object of the bulk format they are the same but for the time of day': async () => {
    const withoutTime = (found: CaseRecord | null) => found && { ...found, received_at: null };
    const plain = (await casesOf('from_s3.ndjson', (name) => name)).map(withoutTime);
    const bulk = (await casesOf('exp_s3.ndjson', (name) => `_source.${name}`)).map(withoutTime);
    assert.is(bulk.filter(Boolean).length, 9);
    plain.forEach((found, i) => found && assert.equal(bulk[i], found));
  },
  'CSV with names of columns old and new gives the same cases': async () => {
    const names = { complaint_id: 'public_id', complaint_what_happened: 'consumer_narrative' } as Record<string, string>;
    const shown: Record<string, string> = {
      complaint_id: 'Complaint ID', date_received: 'Date received', product: 'Product', sub_product: 'Sub-product', issue: 'Issue', sub_issue: 'Sub-issue',
      company: 'Company', state: 'State', submitted_via: 'Submitted via', complaint_what_happened: 'Consumer complaint narrative',
    }; // prettier-ignore
    const intake = await casesOf('v1-intake.csv', (name) => names[name] ?? name, 'M/D/YY');
    assert.is(intake.filter(Boolean).length, 30);
    for (const [file, column] of [
      ['v1-public.csv', (name: string) => shown[name] ?? name],
      ['v2-intake.csv', (name: string) => names[name] ?? name],
      ['v2-public.csv', (name: string) => shown[name] ?? name],
    ] as const)
      assert.equal(await casesOf(file, column, 'M/D/YY'), intake, file);
  },
  'letters beyond ASCII are the same in CSV and NDJSON': async () => {
    const [table, lines] = await Promise.all([rowsOf('utf-8.csv'), rowsOf('utf-8.ndjson')]);
    assert.equal([table.rows.length, lines.rows.length], [4, 3]);
    assert.equal(
      table.rows.slice(0, 3).map((r) => r.values),
      lines.rows.map((r) => r.values),
    );
    assert.match(lines.rows[0]?.values.col1 ?? '', /^\P{ASCII}{3}$/u);
  },
});

test.run();
