import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { insertRows, isOneOf } from '../../../etl/store/insert.ts';
import { tempStore } from '../../support/store.ts';

const inserting = suite('insertRows');
let temp: Awaited<ReturnType<typeof tempStore>>;
inserting.before.each(async () => {
  temp = await tempStore();
  await temp.store.writer.schema.createTable('thing', (t) => {
    t.integer('id').primary();
    t.text('name');
    t.integer('size').defaultTo(7);
  });
});
inserting.after.each(() => temp.close());

const things = () => temp.store.writer<{ id: number; name: string | null; size: number }>('thing').orderBy('id').select();

inserting('keeps numbers, texts and nulls as they are, also where all rows share a value', async () => {
  await insertRows(temp.store.writer, 'thing', ['id', 'name', 'size'], [[1, '1', null], [2, 'true', null], [3, null, null]]); // prettier-ignore
  assert.equal(await things(), [{ id: 1, name: '1', size: null }, { id: 2, name: 'true', size: null }, { id: 3, name: null, size: null }]); // prettier-ignore
});

inserting('leaves out columns that are not given, and does nothing without rows', async () => {
  await insertRows(temp.store.writer, 'thing', ['id'], []);
  await insertRows(temp.store.writer, 'thing', ['id'], [[1]]);
  assert.equal(await things(), [{ id: 1, name: null, size: 7 }]);
});

inserting('takes the columns from the places they stand at', async () => {
  await insertRows(temp.store.writer, 'thing', ['id', 'name'], [['x', 1, 'a'], ['y', 2, 'b']], { places: [1, 2] }); // prettier-ignore
  assert.equal((await things()).map((t) => [t.id, t.name]), [[1, 'a'], [2, 'b']]); // prettier-ignore
});

inserting('updates a row that is there, and resets what it no longer says', async () => {
  await insertRows(temp.store.writer, 'thing', ['id', 'name', 'size'], [[1, 'old', 3]]);
  await insertRows(temp.store.writer, 'thing', ['id', 'name'], [[1, 'new'], [2, 'more']], { conflict: ['id'], reset: ['size'] }); // prettier-ignore
  assert.equal(await things(), [{ id: 1, name: 'new', size: 7 }, { id: 2, name: 'more', size: 7 }]); // prettier-ignore
});

inserting('refuses a row that is there without a word about it', async () => {
  await insertRows(temp.store.writer, 'thing', ['id'], [[1]]);
  const error = await insertRows(temp.store.writer, 'thing', ['id'], [[1]]).then(() => null, (e: Error) => e); // prettier-ignore
  assert.match(error?.message ?? '', /unique constraint/i);
});

inserting('takes more rows and values than a statement can bind', async () => {
  await insertRows(temp.store.writer, 'thing', ['id', 'name', 'size'], Array.from({ length: 40_000 }, (_, i) => [i, `n${i}`, i])); // prettier-ignore
  const found = await temp.store.writer('thing').where(isOneOf(temp.store.writer, 'id', Array.from({ length: 40_000 }, (_, i) => i * 2))).count({ n: '*' }); // prettier-ignore
  assert.equal(found, [{ n: 20_000 }]);
});

inserting.run();
