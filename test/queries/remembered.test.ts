import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Remembered } from '../../queries/cube/remembered.ts';

const remembered = suite('Remembered');

remembered('knows what was kept of one version, and gives up what was asked for the longest time ago', () => {
  const known = new Remembered<string>(10);
  known.keep('a', 1, 'first', 4);
  known.keep('b', 1, 'second', 4);
  assert.is(known.find('a', 1), 'first');
  assert.is(known.find('a', 2), undefined);
  known.keep('c', 1, 'third', 4);
  assert.equal(['a', 'b', 'c'].map((key) => known.find(key, 1)), ['first', undefined, 'third']); // prettier-ignore
  known.keep('a', 2, 'anew', 4);
  assert.equal([known.find('a', 1), known.find('a', 2), known.find('c', 1)], [undefined, 'anew', 'third']);
  known.grow('c', 3);
  assert.equal([known.find('a', 2), known.find('c', 1)], [undefined, 'third']);
  known.keep('d', 1, 'too large', 11);
  assert.is(known.find('d', 1), undefined);
  known.keep('e', 1, 'fits', 10);
  assert.is(known.find('e', 1), 'fits');
});

remembered.run();
