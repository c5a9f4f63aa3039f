import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reasonKind, rejectedValues } from '../../etl/reject-reason.ts';

const reasons = suite('reject reasons');

const kinds: [string, string][] = [
  ['"2026-02-30" is no date; expected YYYY-MM-DD', '"…" is no date; expected YYYY-MM-DD'],
  ['the key "A-17" stands already on line 1,204 with other content', 'the key "…" stands already on line … with other content'],
  ['expected 12 fields, found 14', 'expected … fields, found …'],
  ['"x" is not on the list (did you mean "y" or "z"?)', '"…" is not on the list (did you mean "…"?)'],
  ['"x" is not on the list (did you mean "y"?)', '"…" is not on the list (did you mean "…"?)'],
  ['-3.5 is less than 0', '… is less than …'],
  ['there is no value', 'there is no value'],
];
for (const [reason, kind] of kinds) reasons(`makes "${kind}" of "${reason}"`, () => assert.is(reasonKind(reason), kind));

reasons('bounds a kind, however long the reason', () => {
  assert.is(reasonKind(`wrong ${'word '.repeat(100)}`).length, 200);
});

reasons('finds the columns of a row, and says why there are none', () => {
  assert.equal(rejectedValues('{"id":"1","day":""}', false), { values: { id: '1', day: '' } });
  assert.equal(rejectedValues('{"id":"1","day":""}', true), { none: 'cut' });
  assert.equal(rejectedValues('1;2;3', false), { none: 'no_columns' });
  assert.equal(rejectedValues('{"id": 1', false), { none: 'no_columns' });
  assert.equal(rejectedValues('{"id": 1}', false), { none: 'no_columns' }); // a number is no column of ours
  assert.equal(rejectedValues(null, false), { none: 'no_columns' });
});

reasons('knows a row of an older store that was cut by its length', () => {
  const whole = JSON.stringify({ text: 'a'.repeat(70_000) });
  assert.equal(rejectedValues(whole.slice(0, 65_536), false), { none: 'cut' });
  assert.equal(rejectedValues('é'.repeat(32_768), false), { none: 'cut' });
});

reasons.run();
