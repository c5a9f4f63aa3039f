import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { count, counted, lengthWords, textTable } from '../../../server/commands/words.ts';

const words = suite('words of commands');

words('count in one and many', () => {
  assert.is(count(12_345), '12,345');
  assert.is(counted(1, 'policy', 'policies'), '1 policy');
  assert.is(counted(0, 'policy', 'policies'), '0 policies');
});

const lengths: [number, string][] = [
  [-5, '0 seconds'],
  [0.9, '0 seconds'],
  [1, '1 second'],
  [59.9, '59 seconds'],
  [60, '1 minute'],
  [7199, '1 hour'],
  [7200, '2 hours'],
  [86_400, '1 day'],
  [86_400 * 400, '400 days'],
];
for (const [seconds, text] of lengths) words(`tell ${seconds} s as ${text}`, () => assert.is(lengthWords(seconds), text));

words('stand in columns', () => {
  assert.is(
    textTable([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
    'a    bb  c\naaa  b\n',
  );
  assert.is(textTable([]), '');
});

words.run();
