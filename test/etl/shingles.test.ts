import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bandKeys, jaccard, nearIdentical, shinglesOf } from '../../etl/shingles.ts';
import { tokens } from '../../etl/text.ts';

const shingles = suite('shingles');
const of = (text: string) => shinglesOf(tokens(text));
const alike = (one: Int32Array, other: Int32Array) => jaccard(new Set(one), new Set(other));
/** Words that no other number has. */
const words = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `w${from + i}`);

shingles('are the runs of five words, each once, whatever the signs between them', () => {
  assert.is(of('one two three four five six seven eight nine ten eleven twelve').length, 8);
  assert.is(alike(of('One, two; three? four five six seven eight nine ten eleven twelve'), of('one two three four five six seven eight nine ten eleven TWELVE!')), 1); // prettier-ignore
  assert.is(new Set(shinglesOf(Array.from({ length: 40 }, () => 'same'))).size, 1);
});

shingles('of a text of fewer than twelve words there are none, and it is like nothing', () => {
  assert.is(of('one two three four five six seven eight nine ten eleven').length, 0);
  assert.equal(bandKeys(new Int32Array(0)), []);
  assert.is(jaccard(new Set(), new Set()), 0);
});

shingles('have in common what can be counted by hand', () => {
  // 96 runs each; the one word in the middle that differs is in five of them: 91 of 101.
  const [one, other] = [words(0, 100), words(0, 100)];
  other[50] = 'other';
  assert.is(alike(shinglesOf(one), shinglesOf(other)), 91 / 101);
  assert.is(alike(shinglesOf(words(0, 60)), shinglesOf(words(40, 100))), 16 / 96);
});

shingles('lead near-identical texts to one another as often as the formula says, and others hardly ever', () => {
  let [found, expected, others] = [0, 0, 0];
  const tries = 400;
  for (let i = 0; i < tries; i++) {
    // Both have 80 words in common and ten of their own at the end: 76 runs of 96.
    const common = words(i * 1000, i * 1000 + 80);
    const own = (n: number) => words(i * 1000 + n * 100, i * 1000 + n * 100 + 10);
    const [one, two] = [shinglesOf([...common, ...own(1)]), shinglesOf([...common, ...own(2)])];
    const share = alike(one, two);
    expected += 1 - (1 - share ** 2) ** 3;
    found += bandKeys(one).some((key, band) => key === bandKeys(two)[band]) ? 1 : 0;
    const other = bandKeys(shinglesOf(words(i * 1000 + 500, i * 1000 + 590)));
    others += bandKeys(one).some((key, band) => key === other[band]) ? 1 : 0;
  }
  // Three standard errors.
  assert.ok(Math.abs(found - expected) < 3 * Math.sqrt((expected * (tries - expected)) / tries) + 1, `${found} against ${expected}`);
  assert.is(others, 0);
  assert.ok(1 - (1 - nearIdentical ** 2) ** 3 > 0.95);
});

shingles('give keys that a store keeps exactly, each of a band of its own', () => {
  const keys = bandKeys(shinglesOf(words(0, 200)));
  assert.equal(keys.map((key) => key % 4), [0, 1, 2]); // prettier-ignore
  assert.ok(keys.every((key) => Number.isSafeInteger(key) && key >= 0));
});

shingles.run();
