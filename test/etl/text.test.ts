import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { searchText, tokens } from '../../etl/text.ts';

const words = suite('tokens');

const cases: [string, string[]][] = [
  ['On hold for 45 minutes!', ['on', 'hold', 'for', '45', 'minutes']],
  ['Café ÉTÉ naïve', ['cafe', 'ete', 'naive']],
  ['ﬁne Ⅳ', ['fine', 'iv']],
  ["don't re-send", ['don', 't', 're', 'send']],
  ['İstanbul Straße', ['istanbul', 'straße']],
  ['日本語 текст', ['日本語', 'текст']],
  ['a\u0000b', ['a', 'b']],
  ['…', []],
];
for (const [text, expected] of cases) words(`splits ${JSON.stringify(text)}`, () => assert.equal(tokens(text), expected));

words('stops at the limit', () => assert.equal(tokens('a b c d', 3), ['a', 'b', 'c']));

words('joins the words of several texts and keeps at most 10,000', () => {
  assert.is(searchText(tokens('Late again'), [], tokens('Called twice')), 'late again called twice');
  assert.is(searchText([], []), null);
  assert.is(searchText(tokens('--')), null);
  assert.is(searchText(tokens('x '.repeat(6_000)), tokens('x '.repeat(6_000)))?.split(' ').length, 10_000);
});

words.run();
