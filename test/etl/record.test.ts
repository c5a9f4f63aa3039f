import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRecord, readField, type CaseRecord } from '../../etl/record.ts';

const record = suite('parseRecord');
const good = { source_id: '1', kind: 'complaint', received_at: '2024-03-01' };

function read(over: Record<string, unknown>): { record: CaseRecord; flags: [field: string, message: string][] } {
  const parsed = parseRecord({ ...good, ...over });
  if (!parsed.ok) throw new Error(parsed.problems.map((p) => `${p.field}: ${p.message}`).join('; '));
  for (const flag of parsed.flags) assert.is(flag.rule, 'malformed_value');
  return { record: parsed.record, flags: parsed.flags.map((f) => [f.field, f.message]) };
}

const implausible = [
  '0001-01-01',
  '0202-03-01',
  '1899-12-31',
  '2201-01-01',
  '9999-12-31',
  '0202-03-01T10:00:00Z',
  -62_135_596_800,
  253_402_214_400,
];
for (const time of implausible) {
  record(`makes no case received at ${time}`, () => {
    const parsed = parseRecord({ ...good, received_at: time });
    assert.equal(parsed, {
      ok: false,
      problems: [{ field: 'received_at', message: `"${time}" is not a plausible date: expected a year from 1900 to 2200` }],
    });
  });
}

record('keeps a case without the implausible times it does not need', () => {
  const { record: kept, flags } = read({
    resolved_at: '0001-01-01',
    surveys: [{ kind: 'csat', scale: '1-5', score: 5, answered_at: '9999-12-31' }],
  });
  assert.is(kept.resolved_at, undefined);
  assert.equal(kept.surveys, [{ kind: 'csat', scale: '1-5', score: 5 }]);
  assert.equal(flags, [
    ['resolved_at', '"0001-01-01" is not a plausible date: expected a year from 1900 to 2200'],
    ['surveys[0].answered_at', '"9999-12-31" is not a plausible date: expected a year from 1900 to 2200'],
  ]);
});

record('takes the first and the last plausible date in any zone', () => {
  for (const time of ['1900-01-01', '2200-12-31']) assert.is(read({ received_at: time }).record.received_at, time);
  assert.is(read({ received_at: '1900-01-01T00:00:00+14:00' }).record.received_at, -2_209_039_200); // 31 December 1899, 10:00 UTC
  assert.is(read({ received_at: '2200-12-31T23:00:00-12:00' }).record.received_at, 7_289_694_000); // 1 January 2201, 11:00 UTC
});

const unseen: [what: string, label: string][] = [
  ['a name of the figures', '(none)'],
  ['a name of the figures in other case', '(Other)'],
  ['NUL', 'Late\u0000'],
  ['an escape', 'Late\u001b[31m'],
  ['a mark that turns the line', 'Late\u202egnol'],
  ['an isolate', 'Late\u2066'],
  ['a blank without width', 'La\u200bte'],
  ['half a character', 'Late\ud800'],
];
for (const [what, label] of unseen) {
  record(`leaves out a label with ${what} and flags it`, () => {
    const { record: kept, flags } = read({
      issue: label,
      sub_issue: label,
      more_issues: [{ issue: label }, { issue: 'Fees', sub_issue: label }],
    });
    assert.equal([kept.issue, kept.sub_issue, kept.more_issues], [undefined, undefined, [{ issue: 'Fees' }]]);
    assert.equal(
      flags.map(([field]) => field),
      ['issue', 'sub_issue', 'more_issues[0].issue', 'more_issues[1].sub_issue'],
    );
  });
}

record('makes blanks inside a label one each, whoever sends it', () => {
  assert.is(read({ issue: ' Late \t\n delivery\u00a0' }).record.issue, 'Late delivery');
  assert.equal(read({ more_issues: [{ issue: 'Late  delivery' }, null, { issue: '' }] }).record.more_issues, [{ issue: 'Late delivery' }]);
  assert.is(read({ issue: 'Zu spät – 遅い (sehr) 👩\u200d🔧' }).record.issue, 'Zu spät – 遅い (sehr) 👩\u200d🔧');
  assert.equal(readField('narrative', 'two\n\nlines'), { value: 'two\n\nlines' });
});

record.run();
