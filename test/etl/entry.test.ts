import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { entryFields, entryInstant, parseEntry } from '../../etl/entry.ts';

const entry = suite('parseEntry');
const context = { key: '3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86', now: Date.parse('2026-11-22T12:00:00Z') / 1000 };
const good = { kind: 'complaint', received_at: '2026-11-22T11:30:00Z', issue: 'Late delivery', narrative: 'The parcel came a week late.' };

const problemsOf = (raw: unknown, over: Partial<typeof context> = {}): Record<string, string> => {
  const parsed = parseEntry(raw, { ...context, ...over });
  return parsed.ok ? {} : Object.fromEntries(parsed.problems.map((p) => [p.field, p.message]));
};

entry('makes a record with the key of the browser and an event of its receipt', () => {
  const parsed = parseEntry({ ...good, channel: ' Phone ', team: '', agent: null }, { ...context, key: context.key.toUpperCase() });
  assert.ok(parsed.ok);
  assert.equal(parsed.record, {
    source_id: '3f2b9c1e-8d47-4a6b-9a51-0c5e7d2f4b86',
    kind: 'complaint',
    received_at: 1_795_347_000, // 2026-11-22 11:30:00 UTC
    issue: 'Late delivery',
    narrative: 'The parcel came a week late.',
    channel: 'Phone',
    events: [{ kind: 'received', at: 1_795_347_000 }],
  });
  assert.equal(parsed.flags, []);
});

entry('asks for what the form cannot do without, each once', () => {
  assert.equal(problemsOf({}), {
    kind: 'choose a kind',
    received_at: 'enter the date and the time',
    issue: 'choose an issue',
    narrative: 'say in a sentence or two what happened',
  });
  assert.equal(problemsOf({ ...good, narrative: ' \n ' }), { narrative: 'say in a sentence or two what happened' });
});

entry('says all that is wrong at once, required and optional', () => {
  assert.equal(
    Object.keys(problemsOf({ received_at: '2027-01-01', severity: 'hihg', contact: ['a'], chanel: 'x', sub_product: 'FHA' })).sort(),
    ['chanel', 'contact', 'issue', 'kind', 'narrative', 'received_at', 'severity', 'sub_product'],
  );
});

const refused: [what: string, over: Record<string, unknown>, field: string, message: RegExp][] = [
  [
    'a severity that is not on the list, with the near one',
    { severity: 'hihg' },
    'severity',
    /not one of critical, high, medium, low.*"high"/,
  ],
  ['a kind that is not on the list', { kind: 'rant' }, 'kind', /not one of complaint/],
  ['a time without a zone', { received_at: '2026-11-22T11:30' }, 'received_at', /not a date like/],
  ['a date that does not exist', { received_at: '2026-02-30' }, 'received_at', /not a real date/],
  ['a mistyped year', { received_at: '0202-03-01T10:00:00Z' }, 'received_at', /not a plausible date: expected a year from 1900 to 2200/],
  ['a name that figures use themselves', { team: '(none)' }, 'team', /is a name that figures use themselves/],
  ['a label with a mark that turns the line', { product: 'Loan\u202e' }, 'product', /cannot be seen/],
  ['a receipt in the future', { received_at: '2026-11-22T12:06:00Z' }, 'received_at', /lies in the future/],
  ['a date nobody has reached', { received_at: '2026-11-24' }, 'received_at', /lies in the future/],
  ['a sub-issue without an issue', { issue: '', sub_issue: 'Lost' }, 'sub_issue', /choose the issue/],
  ['a sub-product without a product', { sub_product: 'FHA' }, 'sub_product', /choose the product/],
  ['a label with the sign that joins parent and child', { product: 'Mortgage › FHA' }, 'product', /must not hold the sign ›/],
  ['a label that is too long', { team: 'x'.repeat(121) }, 'team', /has 121 characters; at most 120/],
  ['a narrative that is too long', { narrative: 'x'.repeat(20_001) }, 'narrative', /has 20001 characters; at most 20000/],
  ['a field of the record the form does not ask for', { resolved_at: '2026-11-22' }, 'resolved_at', /not a field of the entry form/],
  ['a misspelt field, with the near one', { chanel: 'Phone' }, 'chanel', /"channel"/],
  ['a list where text belongs', { contact: ['a'] }, 'contact', /not text/],
];
for (const [what, over, field, message] of refused) {
  entry(`refuses ${what}`, () => assert.match(problemsOf({ ...good, ...over })[field] ?? '', message));
}

entry('accepts a clock that is a few minutes ahead, and a date that has begun somewhere', () => {
  assert.equal(problemsOf({ ...good, received_at: '2026-11-22T12:05:00Z' }), {});
  assert.equal(problemsOf({ ...good, received_at: '2026-11-23' }), {});
});

entry('refuses a key that is no UUID, and a body that is no object', () => {
  assert.match(problemsOf(good, { key: '../1' })[''] ?? '', /is a UUID like/);
  for (const raw of [null, [], 'text', undefined]) assert.equal(problemsOf(raw), { '': 'expected the fields of a case' });
});

entry('asks for the fields of the declaration and marks the required ones', () => {
  assert.equal(
    entryFields.filter((f) => f.isRequired).map((f) => f.name),
    ['kind', 'received_at', 'narrative', 'issue'],
  );
  assert.is(entryFields.length, 16);
});

entry('reads date and time in the zone of the organisation, across daylight saving', () => {
  assert.is(entryInstant('2026-11-22', '09:30', 'Europe/Vienna'), '2026-11-22T08:30:00Z'); // UTC+1 in winter
  assert.is(entryInstant('2026-07-01', '09:30', 'Europe/Vienna'), '2026-07-01T07:30:00Z'); // UTC+2 in summer
  assert.is(entryInstant('2026-03-29', '02:30', 'Europe/Vienna'), '2026-03-29T01:30:00Z'); // left out by the clocks: an hour on, 03:30
  assert.is(entryInstant('', '09:30', 'UTC'), '');
  assert.is(entryInstant('2026-07-01', '', 'UTC'), '');
});

entry.run();
