import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shardKey } from '../../etl/shard-key.ts';

const keys = suite('shardKey');

// Frozen: a change here would move every case of a distributed store.
const vectors: [string, string, number][] = [
  ['crm', 'A-1', 31986],
  ['crm', 'A-2', 26027],
  ['fos', 'Ä-1', 13350],
  ['', '', 18998],
];
for (const [source, sourceId, expected] of vectors) {
  keys(`puts "${source}" "${sourceId}" into ${expected}`, () => assert.is(shardKey(source, sourceId), expected));
}

keys('spreads running numbers evenly over 16 parts', () => {
  const counts = new Array<number>(16).fill(0);
  for (let i = 0; i < 16_000; i++) counts[shardKey('crm', `C-${i}`) % 16]! += 1; // the remainder is an index of the list
  assert.ok(Math.min(...counts) > 850 && Math.max(...counts) < 1150, counts.join(' '));
});

keys.run();
