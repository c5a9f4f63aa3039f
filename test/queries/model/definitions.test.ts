import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describeCondition, describeConditions } from '../../../queries/model/condition-words.ts';
import { definitionOf } from '../../../queries/model/definitions.ts';
import { measureNames } from '../../../queries/model/measures.ts';

const definitions = suite('definitions');

definitions('say of every measure what it is made of, without names of columns or codes', () => {
  for (const name of measureNames) {
    const { parts, leftOut, needs, date, unit, better, method, reading } = definitionOf(name);
    assert.ok(parts.length > 0, name);
    const said = [...parts.map((part) => part.text), ...leftOut, ...needs, date, unit, better, method, reading];
    for (const text of said) {
      assert.match(text, /\S/, name);
      assert.not.match(text, /[a-z]_[a-z]|undefined|(kind|outcome|controllability|level|redress) is( at least)? \d|one of \d/, name);
    }
  }
});

definitions('follow the model', () => {
  const onTime = definitionOf('on_time_rate');
  assert.equal(onTime.parts, [
    {
      what: 'The whole',
      text: 'cases: not ended on an unknown date, the due date has passed by T, and either resolved by T or not ended by T',
    },
    { what: 'The numerator', text: 'those of the whole: resolved by the due date' },
  ]);
  assert.is(onTime.date, 'the day the case is due');
  assert.equal(onTime.needs, [
    '“Due” or “Service policy” (else: no due dates in this source)',
    '“Resolved”, “Closed” or “Withdrawn” (else: no end times in this source)',
  ]);
  assert.equal(definitionOf('uphold_rate').parts, [
    { what: 'The whole', text: 'cases: outcome is one of upheld, partly upheld, not upheld' },
    { what: 'The numerator', text: 'those of the whole: outcome is one of upheld, partly upheld' },
  ]);
  assert.equal(
    definitionOf('nps').parts.map((part) => part.what),
    ['The whole', 'The numerator', 'Taken off it'],
  );
  assert.is(
    definitionOf('open').date,
    'in by the day the case was received, out by the day the case ended, or was received where the end lies before that',
  );
  assert.ok(definitionOf('reopen_rate').leftOut.includes('cases of the last 30 days before T'));
  assert.not(definitionOf('duplicates').leftOut.some((text) => text.includes('duplicate')));
});

definitions('keep choices and what holds beside them apart', () => {
  const open = { any: [[{ column: 'resolved_at', op: 'by_then' }], [{ column: 'ended_at', op: 'unknown' }, { column: 'kind', op: 'is', value: 2 }]] } as const; // prettier-ignore
  assert.is(describeCondition(open), 'either resolved by T or never ended and kind is compliment');
  assert.is(describeConditions([open, { column: 'is_repeat', op: 'is', value: 0 }]), 'either resolved by T or never ended and kind is compliment, and no case of the customer on the issue before'); // prettier-ignore
});

definitions.run();
