import { readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawRow } from '../../etl/connector.ts';
import { csv } from '../../etl/connectors/csv.ts';
import { BadInput } from '../../etl/errors.ts';
import { bindMap, readMap } from '../../etl/map.ts';
import { caseFields, parseRecord, type CaseRecord, type Parsed } from '../../etl/record.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const base = 'source: desk\nkey: id\n';
const fields = 'fields:\n  kind: { constant: complaint }\n  received_at: opened\n';

/** One row through a map of the smallest fields and the given lines below `fields:`. */
function one(lines: string, row: Record<string, string>, head = base): Parsed<CaseRecord> {
  const bound = bindMap(readMap(`${head}${fields}${lines}`, 'test'), ['id', 'opened', ...Object.keys(row)]);
  return bound.record([{ line: 2, values: { id: '1', opened: '2024-02-03', ...row } }]);
}

function problemsOf(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof BadInput) return error.problems.map((p) => `${p.field}: ${p.message}`);
    throw error;
  }
  return [];
}

async function load(yaml: string, file: string | Readable) {
  const map = readMap(yaml, 'test');
  const cases = new Map<string, RawRow[]>();
  const problems: { line: number; field: string; message: string }[] = [];
  const broken: number[] = [];
  let bound: ReturnType<typeof bindMap> | null = null;
  for await (const extract of csv.read({ file, ...map.input }, null)) {
    bound ??= bindMap(map, extract.header);
    broken.push(...extract.broken.map((row) => row.line));
    for (const row of extract.rows) {
      const found = bound.keyOf(row);
      if ('problem' in found) problems.push({ line: row.line, ...found.problem });
      else cases.set(found.key, [...(cases.get(found.key) ?? []), row]);
    }
  }
  const parsed = [...cases.values()].map((rows) => {
    const order = (row: RawRow) => bound?.ordinal(row) ?? row.line;
    return bound?.record([...rows].sort((a, b) => order(a) - order(b) || a.line - b.line));
  });
  for (const each of parsed) if (each && !each.ok) problems.push(...each.problems.map((problem) => ({ line: 0, ...problem })));
  return {
    records: parsed.flatMap((each) => (each?.ok ? [each.record] : [])),
    flags: parsed.flatMap((each) => (each?.ok ? each.flags : [])),
    problems,
    broken,
  };
}

const reading = suite('readMap');

reading('reports every problem at once, by path and with near names', () => {
  const found = problemsOf(() =>
    readMap(
      `
source: My Desk
zone: Europe/Berln
currency: euro
blancs: trim
input: { delimiter: ';;', encodng: utf-8 }
fields:
  kind: { constant: complain }
  recieved_at: opened
  source_id: id
  severity: { column: prio, values: { 1: critcal }, unmaped: keep }
  resolved_at: { column: closed, date: dd/mm/yy }
  title: { join: [a, b], constant: x }
  outcome: upheld
  status:
    when:
      - { if: { column: x, is: y, in: [z] }, then: { constant: open } }
      - { then: { constant: open } }
surveys:
  - { kind: csatt, score: s }
`,
      'desk.yaml',
    ),
  );
  const has = (start: string) =>
    assert.ok(
      found.some((problem) => problem.startsWith(start)),
      `${start}\n${found.join('\n')}`,
    );
  has('blancs: unknown key (did you mean "blanks"?)');
  has('zone: "Europe/Berln" is not a time zone like Europe/Berlin (did you mean "Europe/Berlin"');
  has('currency: expected a currency code like EUR');
  has('input.delimiter: expected one character');
  has('input.encodng: unknown key (did you mean "encoding"?)');
  has('source: "My Desk" is not a name');
  has('key: is missing');
  has('fields.kind.constant: "complain" is not one of complaint, compliment, suggestion, enquiry (did you mean "complaint"');
  has('fields.recieved_at: unknown key (did you mean "received_at"');
  has('fields.received_at: is missing');
  has('fields.source_id: comes from key');
  has('fields.severity.values.1: "critcal" is not one of critical');
  has('fields.severity.unmaped: unknown key (did you mean "unmapped"?)');
  has('fields.resolved_at.date: "dd//yy" is no part of a date');
  has('fields.title: has constant and join; expected exactly one of');
  has('fields.outcome: "upheld" is read as the name of a column; for a fixed value write { constant: upheld }');
  has('fields.status.when[0].if: expected a value with exactly one test');
  has('fields.status.when[1]: expected if and then');
  has('surveys[0].kind: "csatt" is not one of csat, nps, ces (did you mean "csat"');
  has('surveys[0].scale: is missing');
  assert.is(found.length, 20, found.join('\n'));
});

reading('names the line of what is not YAML', () => {
  assert.match(problemsOf(() => readMap('source: desk\nfields: [\n', 'desk.yaml')).join(), /^desk\.yaml, line [23]: /);
  assert.match(problemsOf(() => readMap('', 'desk.yaml')).join(), 'desk.yaml: expected keys');
  assert.match(problemsOf(() => readMap('a: 1\na: 2', 'desk.yaml')).join(), /line 2: .*unique/);
});

reading('folding needs fields of the map, ways that fit, and a key of columns', () => {
  const found = problemsOf(() =>
    readMap(
      `source: desk\nkey: row_hash\n${fields}  channel: via\nfold:\n  fields: { chanel: first, channel: sum, received_at: any }\n  changes:\n    - { of: a, at: b, events: [{ kind: reopend, first: channel }] }\n`,
      'test',
    ),
  );
  assert.is(found.length, 6, found.join('\n'));
  assert.match(found.join('\n'), 'fold.fields.chanel: the map gives no chanel (did you mean "channel"?)');
  assert.match(found.join('\n'), 'fold.fields.channel: sum does not fit channel; it is for fields of type integer, money');
  assert.match(found.join('\n'), 'key: row_hash is different for every row');
  assert.match(found.join('\n'), 'fold.changes[0].events[0].kind: "reopend" is not one of');
});

reading('keeps every scalar as the text it is written as', () => {
  const parsed = one('  channel: { column: c, values: { 061: Phone, No: Letter, 1.0: Web, ~: Fax } }\n', { c: '061' });
  assert.is(parsed.ok && parsed.record.channel, 'Phone');
  assert.equal(
    ['No', '1.0', '~', '61'].map((c) => {
      const p = one('  channel: { column: c, values: { 061: Phone, No: Letter, 1.0: Web, ~: Fax } }\n', { c });
      return p.ok && p.record.channel;
    }),
    ['Letter', 'Web', 'Fax', '61'],
  );
});

reading('lists the fields a map can give', () => {
  const map = readMap(
    `${base}${fields}  resolved_at: closed\nmore_issues: [{ issue: second }]\nsurveys:\n  - { kind: csat, scale: 1-5, score: s, answered_at: closed }\nfold:\n  changes:\n    - { of: reopened, at: closed, events: [{ value: rises, kind: reopened, first: first_reopened_at }] }\n`,
    'test',
  );
  assert.equal(map.fields, [
    'source_id',
    'kind',
    'received_at',
    'resolved_at',
    'surveys',
    'surveys.kind',
    'surveys.scale',
    'surveys.score',
    'surveys.answered_at',
    'more_issues',
    'events',
    'first_reopened_at',
    'events.reopened',
  ]);
  assert.equal([map.source, map.zone, map.currency, map.input], ['desk', 'UTC', null, { delimiter: ',', encoding: 'utf-8' }]);
});
reading.run();

const binding = suite('bindMap');

binding('names every column the file lacks, with near names', () => {
  const found = problemsOf(() =>
    bindMap(readMap(`${base}${fields}  channel: via\n  company: { first_of: [brand, { column: firm, optional: true }] }\n`, 'test'), [
      'ID',
      'opend',
      'Via ',
      'brand name',
    ]),
  );
  assert.equal(
    found.map((problem) => problem.split(';')[0]),
    [
      'key: the file has no column "id" (did you mean "ID"?)',
      'fields.received_at: the file has no column "opened" (did you mean "opend"?)',
      'fields.channel: the file has no column "via" (did you mean "Via " or "ID"?)',
      'fields.company.first_of[0]: the file has no column "brand" (did you mean "brand name"?)',
    ],
  );
});

binding('names the file, and its columns of the key', () => {
  const map = readMap(`source: desk\nkey: [branch, number]\n${fields}`, 'test');
  const [first = ''] = problemsOf(() => bindMap(map, ['branch', 'opened'], 'cases.csv'));
  assert.match(first, 'key[1]: line 1 of cases.csv has no column "number"');
  assert.equal(bindMap(map, ['branch', 'number', 'opened']).keyColumns, ['branch', 'number']);
});

for (const [delimiter, column, said] of [
  [',', 'id;opened;via', "has no comma but 2 semicolons: if its columns are separated so, write input: { delimiter: ';' }"],
  [',', 'id\topened', 'write input: { delimiter: tab }'],
  [',', 'id|opened', "write input: { delimiter: '|' }"],
  ["';'", 'id,opened', "has no semicolon but 1 comma: if its columns are separated so, write input: { delimiter: ',' }"],
] as const) {
  binding(`says once that ${JSON.stringify(column)} is written with another delimiter than ${delimiter}`, () => {
    const map = readMap(`${base}${fields}  channel: via\ninput: { delimiter: ${delimiter === ',' ? "','" : delimiter} }\n`, 'test');
    const found = problemsOf(() => bindMap(map, [column], 'cases.csv'));
    assert.is(found.length, 1);
    assert.ok(found[0]?.startsWith('input.delimiter: line 1 of cases.csv has no ') && found[0].includes(said), found[0]);
  });
}

binding('a column may differ by blanks around its name, and an optional one may be missing', () => {
  const bound = bindMap(readMap(`${base}${fields}  region: zip\n  resolved_at: { column: closed, optional: true }\n`, 'test'), [
    'zip ',
    'unused',
    'opened',
    'id',
  ]);
  assert.equal(bound.columns, ['zip ', 'opened', 'id']);
  assert.equal(bound.fields, ['source_id', 'kind', 'received_at', 'region']);
  const parsed = bound.record([{ line: 2, values: { id: '1', opened: '2024-02-03', 'zip ': ' 10036 ', unused: '' } }]);
  assert.equal(parsed.ok && parsed.record, { source_id: '1', kind: 'complaint', received_at: '2024-02-03', region: '10036' });
});
binding.run();

const rows = suite('a mapped row');

rows('without a time of receipt makes no case, and the problem names the column', () => {
  assert.equal(one('', { opened: '' }, `${base}date: DD/MM/YYYY\n`), {
    ok: false,
    problems: [{ field: 'opened', message: 'there is no value in "opened" for Received; expected a date like "DD/MM/YYYY"' }],
  });
  assert.equal(one('', { opened: '31/31/2011' }, `${base}date: YYYY-MM-DD HH:mm:ss\n`), {
    ok: false,
    problems: [{ field: 'opened', message: '"31/31/2011" is not a date like "YYYY-MM-DD HH:mm:ss"' }],
  });
});

rows('keeps the case and flags what cannot be read', () => {
  const parsed = one(
    '  resolved_at: closed\n  reopen_count: n\n  redress_amount: paid\n  vulnerable: v\n  severity: s\n  sub_product: sub\n',
    { closed: 'soon', n: '1.5', paid: 'lots', v: 'perhaps', s: 'urgent', sub: 'Gold' },
  );
  assert.ok(parsed.ok);
  assert.equal(parsed.record, { source_id: '1', kind: 'complaint', received_at: '2024-02-03', raw: { severity: 'urgent' } });
  assert.equal(
    parsed.flags.map((flag) => [flag.rule, flag.field, flag.message.slice(0, 40), flag.value]),
    [
      ['malformed_value', 'closed', '"soon" is not a date like 2026-11-09 or ', 'soon'],
      ['malformed_value', 'n', '"1.5" is not a whole number', '1.5'],
      ['malformed_value', 'paid', '"lots" is not an amount like 12.50', 'lots'],
      ['malformed_value', 'v', '"perhaps" is not yes or no, true or fals', 'perhaps'],
      ['unknown_label', 's', '"urgent" is not one of critical, high, m', 'urgent'],
      ['malformed_value', 'sub', 'a sub-product needs a product (sub_produ', 'Gold'],
    ],
  );
});

for (const [given, decimal, expected] of [
  ['1234.5', '.', '1234.5'],
  ['$1,234.50', '.', '1234.50'],
  ['USD 12', '.', '12'],
  ['(3.20)', '.', '-3.20'],
  ['-3', '.', '-3'],
  ['3-', '.', '-3'],
  ["1'000", '.', '1000'],
  ['1.234,50 €', ',', '1234.50'],
  ['12,5', ',', '12.5'],
  ['1.5', ',', null],
  ['1,5', '.', null],
  ['1e3', '.', null],
  ['12,34,5', '.', null],
] as const) {
  rows(`reads the amount ${given} with "${decimal}" as ${expected ?? 'malformed'}`, () => {
    const parsed = one(`  redress_amount: { column: paid, decimal: '${decimal}' }\n`, { paid: given });
    assert.is(parsed.ok && (parsed.record.redress_amount ?? null), expected);
    assert.is(parsed.ok && parsed.flags.length, expected === null ? 1 : 0);
  });
}

for (const [given, mapped, amount, currency] of [
  ['5 USD', 'EUR', '5', 'USD'],
  ['USD5', 'EUR', '5', 'USD'],
  ['$5', 'EUR', '5', 'USD'],
  ['$5', 'CAD', '5', 'CAD'],
  ['CAD $5', 'USD', '5', 'CAD'],
  ['-€5.20', 'EUR', '-5.20', 'EUR'],
  ['($5.20)', 'EUR', '-5.20', 'USD'],
  ['£5', 'EUR', '5', 'GBP'],
  ['¥500', 'EUR', '500', 'JPY'],
  ['¥500', 'CNY', '500', 'CNY'],
  ['5', 'EUR', '5', 'EUR'],
  ['€ 5 USD', 'EUR', null, null],
  ['5 TBC', 'EUR', null, null],
  ['1€50', 'EUR', null, null],
  ['50¢', 'USD', null, null],
  ['(5', 'EUR', null, null],
] as const) {
  rows(`reads ${given} in a map of ${mapped} as ${amount === null ? 'malformed' : `${amount} ${currency}`}`, () => {
    const parsed = one('  redress_amount: paid\n', { paid: given }, `${base}currency: ${mapped}\n`);
    assert.ok(parsed.ok);
    assert.equal([parsed.record.redress_amount ?? null, parsed.record.redress_currency ?? null], [amount, currency]);
    assert.is(parsed.flags.length, amount === null ? 1 : 0);
  });
}

rows('the currency written with an amount goes before that of its row, and the conflict is flagged', () => {
  const parsed = one('  redress_amount: paid\n  redress_currency: cur\n', { paid: '$5', cur: 'EUR' });
  assert.ok(parsed.ok);
  assert.is(parsed.record.redress_currency, 'USD');
  assert.equal(parsed.flags, [
    { rule: 'malformed_value', field: 'paid', message: 'the amount is written in USD, the currency of its row is EUR', value: '5 USD' },
  ]);
  const agreed = one('  redress_amount: paid\n  redress_currency: cur\n', { paid: '$5', cur: 'aud' });
  assert.equal(agreed.ok && [agreed.record.redress_currency, agreed.flags], ['AUD', []]);
});

rows('amounts in several currencies are not added up', () => {
  const bound = bindMap(
    readMap(`${base}currency: EUR\nfold: { fields: { redress_amount: sum } }\n${fields}  redress_amount: paid\n`, 'test'),
    ['id', 'opened', 'paid'],
  );
  const add = (...paid: string[]) =>
    bound.record(paid.map((text, i) => ({ line: i + 2, values: { id: '1', opened: '2024-02-03', paid: text } })));
  const same = add('5', '€2', '');
  assert.equal(same.ok && [same.record.redress_amount, same.record.redress_currency, same.flags], ['7', 'EUR', []]);
  const mixed = add('5', '$2');
  assert.ok(mixed.ok);
  assert.equal([mixed.record.redress_amount, mixed.record.redress_currency], [undefined, undefined]);
  assert.equal(
    mixed.flags.map((flag) => [flag.rule, flag.field, flag.message]),
    [['malformed_value', 'paid', 'the amounts are in several currencies: EUR, USD']],
  );
});

for (const [text, date] of [
  ['01/02/0024', 'DD/MM/YYYY'],
  ['01/02/0024 10:00', 'DD/MM/YYYY HH:mm'],
  ['0024-02-01T10:00', 'iso'],
  ['31/12/9999', 'DD/MM/YYYY'],
  ['-9999999999', 'unix'],
] as const) {
  rows(`"${text}" is no plausible date: required it makes no case, optional it is flagged`, () => {
    const message = `"${text}" is not a plausible date: expected a year from 1900 to 2200`;
    assert.equal(one('', { opened: text }, `${base}date: ${date}\n`), { ok: false, problems: [{ field: 'opened', message }] });
    const parsed = one(`  due_at: { column: due, date: ${date} }\n`, { due: text });
    assert.equal(parsed.ok && [parsed.record.due_at, parsed.flags], [
      undefined,
      [{ rule: 'malformed_value', field: 'due', message, value: text }],
    ]);
  });
}

rows('a survey without a condition is there when it was asked or has a score', () => {
  const ask = (score: string, asked: string, answered: string) => {
    const lines = 'surveys:\n  - { kind: nps, scale: 0-10, score: s, asked_at: q, answered_at: a }\n';
    const bound = bindMap(readMap(`${base}${fields}${lines}`, 'test'), ['id', 'opened', 's', 'q', 'a']);
    const parsed = bound.record([{ line: 2, values: { id: '1', opened: '2024-02-03', s: score, q: asked, a: answered } }]);
    return parsed.ok && parsed.record.surveys?.length;
  };
  assert.equal(
    [ask('9', '', ''), ask('', '2024-02-04', ''), ask('', '', '2024-02-05'), ask('', '2024-02-04', '2024-02-05'), ask('', '', '')],
    [1, 1, undefined, 1, undefined],
  );
});

rows('a key of several columns cannot be mistaken for another, and a missing part is a problem', () => {
  const bound = bindMap(readMap(`source: desk\nkey: [a, { column: b, missing: '?' }]\n${fields}`, 'test'), ['a', 'b', 'opened']);
  const key = (a: string, b: string) => bound.keyOf({ line: 2, values: { a, b, opened: '' } });
  assert.equal(key('x|y', 'z'), { key: 'x\\|y|z' });
  assert.equal(key('x', 'y|z'), { key: 'x|y\\|z' });
  assert.equal(key('x', '?'), { problem: { field: 'b', message: 'the record key is missing' } });
  assert.match(JSON.stringify(key('x'.repeat(600), 'y')), 'longer than 500');
});

rows('a hash of the row does not hang on the order of its columns', () => {
  const map = readMap(`source: desk\nkey: row_hash\n${fields}`, 'test');
  const values = { opened: '2024-02-03', a: '1', b: '2' };
  const keys = [
    ['opened', 'a', 'b'],
    ['b', 'a', 'opened'],
  ].map((header) => bindMap(map, header).keyOf({ line: 2, values }));
  assert.equal(keys[0], keys[1]);
  assert.not.equal(keys[0], bindMap(map, ['opened', 'a', 'b']).keyOf({ line: 2, values: { ...values, b: '3' } }));
});

rows.run();

const quirks = suite('small files with the quirks of real ones');
const small = 'source: small\nkey: id\nfields:\n  kind: { constant: complaint }\n  received_at: opened\n  issue: what\n';

quirks('day first, byte order mark, CRLF, semicolons and sentinels', async () => {
  const { records, problems, broken } = await load(
    `
source: small
key: number
zone: Europe/Berlin
date: D/M/YYYY HH:mm
missing: '?'
input: { delimiter: ';' }
fields:
  kind: { constant: complaint }
  received_at: { column: opened, date: D/M/YYYY H:mm }
  resolved_at: closed
  product: { column: category, split: ' > ' }
  sub_product: { column: category, split: ' > ', part: last }
surveys:
  - { kind: csat, scale: 1-5, score: { column: score, missing: '9' }, answered_at: closed }
`,
    fixture('quirks/day-first.csv'),
  );
  assert.equal(broken, []);
  assert.equal(problems, [{ line: 0, field: 'opened', message: '"31/31/2024 10:00" is not a date like "D/M/YYYY H:mm"' }]);
  assert.equal(records, [
    { source_id: '7', kind: 'complaint', received_at: Date.parse('2024-01-03T08:05:00Z') / 1000, product: 'Delivery', sub_product: 'Late' },
    {
      source_id: '8',
      kind: 'complaint',
      received_at: Date.parse('2024-02-13T16:40:00Z') / 1000,
      product: 'Delivery',
      sub_product: 'Lost',
      resolved_at: Date.parse('2024-02-14T07:00:00Z') / 1000,
      surveys: [{ kind: 'csat', answered_at: Date.parse('2024-02-14T07:00:00Z') / 1000, scale: '1-5', score: 4 }],
    },
  ]);
});

quirks('scattered rows fold by key, in the order of the file', async () => {
  const { records, problems } = await load(
    `
source: small
key: case
date: MM/DD/YYYY
fold: { row_key: row, take: first, fields: { issue: distinct } }
fields: { kind: { constant: complaint }, received_at: opened, issue: practice, redress_amount: saved }
`,
    fixture('quirks/scattered.csv'),
  );
  assert.equal(problems, [{ line: 8, field: 'case', message: 'the record key is missing' }]);
  assert.equal(records, [
    {
      source_id: 'C1',
      kind: 'complaint',
      received_at: '2024-03-04',
      issue: 'Billing',
      redress_amount: '10.00',
      more_issues: [{ issue: 'Refund' }],
    },
    { source_id: 'C2', kind: 'complaint', received_at: '2024-03-05', issue: 'Delivery', more_issues: [{ issue: 'Billing' }] },
    { source_id: 'C3', kind: 'complaint', received_at: '2024-03-06', issue: 'Billing', redress_amount: '5.25' },
  ]);
});

quirks('a row per update becomes a case with its history; of two equal numbers the later row is later', async () => {
  const { records } = await load(
    `
source: small
key: case
date: D/M/YYYY HH:mm
missing: '?'
fold:
  order: version
  fields: { received_at: first }
  changes:
    - of: state
      at: written
      events: [{ to: Resolved, kind: resolved, first: first_resolved_at }]
    - { of: reopened, at: written, events: [{ value: rises, kind: reopened, first: first_reopened_at }] }
    - { of: { column: priority, split: ' - ' }, at: written, events: [{ value: falls, kind: escalated, first: first_escalated_at }] }
fields:
  kind: { constant: complaint }
  received_at: written
  status: { column: state, values: { New: new, Active: open, Resolved: resolved } }
  agent: owner
`,
    fixture('quirks/updates.csv'),
  );
  const at = (text: string) => Date.parse(text) / 1000;
  assert.equal(records, [
    {
      source_id: 'C1',
      kind: 'complaint',
      received_at: at('2024-01-01T10:00Z'),
      agent: 'Bob',
      status: 'resolved',
      raw: { status: 'Resolved' },
      first_escalated_at: at('2024-01-03T12:00Z'),
      first_resolved_at: at('2024-01-03T12:00Z'),
      first_reopened_at: at('2024-01-04T09:30Z'),
      events: [
        { kind: 'resolved', at: at('2024-01-03T12:00Z'), from: 'Active', to: 'Resolved' },
        { kind: 'resolved', at: at('2024-01-04T11:00Z'), from: 'Active', to: 'Resolved' },
        { kind: 'reopened', at: at('2024-01-04T09:30Z'), from: '0', to: '1' },
        { kind: 'escalated', at: at('2024-01-03T12:00Z'), from: '3', to: '2' },
      ],
    },
    {
      source_id: 'C2',
      kind: 'complaint',
      received_at: at('2024-01-05T08:00Z'),
      status: 'resolved',
      raw: { status: 'Resolved' },
      first_resolved_at: at('2024-01-05T08:00Z'),
      events: [{ kind: 'resolved', at: at('2024-01-05T08:00Z'), to: 'Resolved' }],
    },
  ]);
});

quirks('a row whose order cannot be read is a problem', () => {
  const bound = bindMap(readMap(`${base}fold: { order: version }\n${fields}`, 'test'), ['id', 'opened', 'version']);
  assert.equal(bound.keyOf({ line: 2, values: { id: '1', opened: '', version: 'x' } }), {
    problem: { field: 'version', message: '"x" is not a whole number' },
    known: '1',
  });
  assert.equal(bound.keyOf({ line: 2, values: { id: '1', opened: '', version: '' } }), {
    problem: { field: 'version', message: 'the order of the row is missing' },
    known: '1',
  });
  const byTime = bindMap(readMap(`${base}fold: { order: { column: version, date: DD/MM/YYYY HH:mm } }\n${fields}`, 'test'), [
    'id',
    'opened',
    'version',
  ]);
  assert.is(
    byTime.ordinal({ line: 2, values: { id: '1', opened: '', version: '01/02/2024 10:00' } }),
    Date.parse('2024-02-01T10:00Z') / 1000,
  );
});

quirks('broken rows leave the others whole', async () => {
  const cut = await load(small, fixture('quirks/broken-last.csv'));
  assert.equal([cut.records.map((record) => record.source_id), cut.broken], [['1', '2'], [5]]);
  const open = await load(small, fixture('quirks/unclosed-quote.csv'));
  assert.equal(
    [open.records.map((record) => record.source_id), open.broken],
    [
      ['1', '3', '4', '7'],
      [3, 6, 7],
    ],
  );
});
quirks.run();

const named = suite('fixtures/maps');
for (const file of readdirSync(fixture('maps'))) {
  named(`${file} is a map, and its source is its name`, () =>
    assert.is(readMap(readFileSync(fixture(`maps/${file}`), 'utf8'), file).source, file.replace('.yaml', '')),
  );
}

named('standard reads any columns named like the fields of a record', async () => {
  const yaml = readFileSync(fixture('maps/standard.yaml'), 'utf8');
  assert.equal([...readMap(yaml, 'standard').fields].sort(), Object.keys(caseFields).sort());
  const some = await load(yaml, Readable.from([Buffer.from('received_at,kind,source_id\n2024-02-03T10:00:00Z,Complaint,9\n')]));
  assert.equal(some.records, [{ source_id: '9', kind: 'complaint', received_at: Date.parse('2024-02-03T10:00Z') / 1000 }]);
  const values: Record<string, string> = {};
  for (const [name, field] of Object.entries(caseFields)) {
    values[name] =
      field.type === 'code'
        ? (field.allowed[0] ?? '')
        : field.type === 'time'
          ? '2024-02-03'
          : field.type === 'flag'
            ? 'yes'
            : field.type === 'integer'
              ? '2'
              : field.type === 'money'
                ? '1.50'
                : field.type === 'currency'
                  ? 'EUR'
                  : `a ${name}`;
  }
  const all = await load(yaml, Readable.from([Buffer.from(`${Object.keys(values).join(',')}\n${Object.values(values).join(',')}\n`)]));
  assert.equal(all.flags, []);
  assert.equal(Object.keys(all.records[0] ?? {}).sort(), Object.keys(caseFields).sort());
  assert.equal(parseRecord({ ...all.records[0] }), { ok: true, record: all.records[0], flags: [] });
});
named.run();
