// one run: the room kept beside the file of SQLite
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepReserve, useReserve } from '../../../etl/store/reserve.ts';
import { tempStore } from '../../support/store.ts';

const reserve = suite('the reserve of a store');

reserve('is kept beside the store, given free, and kept again', async () => {
  const { store, dir, close } = await tempStore();
  try {
    const file = path.join(dir, 'silverlining.sqlite-reserve');
    await keepReserve(store);
    const { size, mtimeMs } = statSync(file);
    assert.is(size, 524_288);
    await keepReserve(store);
    assert.is(statSync(file).mtimeMs, mtimeMs);
    await useReserve(store);
    assert.is(existsSync(file), false);
    await useReserve(store);
    // Cut short by whatever.
    writeFileSync(file, 'x');
    await keepReserve(store);
    assert.is(statSync(file).size, 524_288);
    rmSync(file);
  } finally {
    await close();
  }
});

reserve.run();
