import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createSeenKeys } from '../../etl/seen-keys.ts';

const seen = suite('seen keys');

seen('gives back the number noted with each key', () => {
  const keys = createSeenKeys();
  for (let i = 1; i <= 50_000; i++) keys.set(`CASE-${i}`, i);
  for (let i = 1; i <= 50_000; i++) assert.is(keys.get(`CASE-${i}`), i);
  assert.is(keys.get('CASE-0'), 0);
  assert.is(keys.get(''), 0);
});

seen('notes a key anew', () => {
  const keys = createSeenKeys();
  keys.set('a', 1);
  keys.set('a', 7);
  assert.is(keys.get('a'), 7);
});

seen('takes about 17 bytes a key', () => {
  const keys = createSeenKeys();
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 1; i <= 500_000; i++) keys.set(`${i}`, i);
  const bytes = (process.memoryUsage().arrayBuffers - before) / 500_000;
  // Arrays just replaced may not be collected yet: three times the arrays in use is the bound.
  assert.ok(bytes < 75, `${bytes} bytes a key`);
});

seen.run();
