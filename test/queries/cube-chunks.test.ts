// time limit: 240 s
// one run: fills its store with statements of SQLite
import path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { factDays, factsKnownAt, fillFacts } from '../../bench/engine-facts.ts';
import type { Store } from '../../etl/store/open.ts';
import { openBudget } from '../../queries/budget.ts';
import { chunkRows, constantChunk, HeldColumn, valueAt } from '../../queries/cube/chunk.ts';
import { openCube, type Cube } from '../../queries/cube/cube.ts';
import { sqlExecutor } from '../../queries/executor.ts';
import type { DimensionName } from '../../queries/model/dimensions.ts';
import { measureNames } from '../../queries/model/measures.ts';
import { talliesOf, type Filter, type Tally } from '../../queries/model/tally.ts';
import { tempStore } from '../support/store.ts';
import { plainRows } from '../support/tally-rows.ts';

const chunks = suite('chunks');
const everything: Filter = { members: {}, not: {}, text: [], range: {} };
const filters: Filter[] = [
  everything,
  { ...everything, members: { kind: [1], product: [1, 2, 3] }, not: { agent: [5, 9] } },
  { ...everything, range: { resolution_days: [2, 30], score: [1, 3] } },
];
const bys: DimensionName[][] = [[], ['product'], ['agent', 'age_band']];

function asked(): Tally[] {
  return measureNames.flatMap((name, i) =>
    talliesOf(name, {
      ...factDays, from: '2023-06-15', grain: (['month', 'week', null] as const)[i % 3] ?? null, by: bys[i % bys.length] ?? [], keep: null,
      filter: filters[i % filters.length] ?? everything, through: { sources: [{ source: 1, at: factsKnownAt }], isAll: true }, business: null,
      currency: 'EUR',
    }),
  ); // prettier-ignore
}

async function answersAsSql(store: Store, cube: Cube): Promise<void> {
  const executor = await cube.executor();
  assert.is(executor?.name, 'cube');
  const tallies = asked();
  const [ours = [], theirs] = [await executor?.tally(tallies, openBudget()), await sqlExecutor(store.reader).tally(tallies, openBudget())];
  for (const [i, tally] of tallies.entries()) assert.equal(plainRows(ours[i] ?? []), plainRows(theirs[i] ?? []), JSON.stringify(tally));
  assert.is(executor?.name, 'cube');
}

chunks('more than one give what SQL gives: read, followed, kept, read again from files and followed from there', async () => {
  const { store, dir, close } = await tempStore();
  const logged: string[] = [];
  const open = (mostBytes = Infinity) =>
    openCube({
      reader: store.reader,
      log: (event) => void logged.push(event),
      snapshotDir: path.join(dir, 'cube'),
      mostFollowed: 3,
      mostBytes,
      threads: { count: 2, fewestChunks: 1 },
    });
  const change = async (code: number) => {
    await store.writer.transaction(async (trx) => {
      await trx('change_counter').where('name', 'change_seq').increment('value', 1);
      const seq = trx('change_counter').where('name', 'change_seq').select('value');
      await trx('case_fact').whereIn('case_id', [7, 70_007]).update({ agent: code, change_seq: seq });
    });
  };
  try {
    await fillFacts(store, 2 * chunkRows + 1000);
    const first = open();
    await first.fill();
    await answersAsSql(store, first);
    await change(3);
    await answersAsSql(store, first);
    await first.close();
    const second = open();
    await second.fill();
    await change(200);
    await answersAsSql(store, second);
    await change(40_000);
    await answersAsSql(store, second);
    await second.close();
    // Almost nothing may stay in memory: what is read is forgotten again, and read again.
    const frugal = open(4_000_000);
    await frugal.fill();
    await answersAsSql(store, frugal);
    await answersAsSql(store, frugal);
    await frugal.close();
    assert.equal(logged, ['cube_filled', 'cube_kept', 'cube_kept', 'cube_loaded', 'cube_kept', 'cube_loaded']);
  } finally {
    await close();
  }
});

chunks('take values of more bits as they come, and tell none from every value', () => {
  const column = new HeldColumn();
  const parts = [[1, NaN, 127], [-127, 128], [NaN, 40_000], [2 ** 40, -5], [0.5]];
  let at = 0;
  const bits: number[] = [];
  for (const part of parts) {
    column.append(0, at, Float64Array.from(part));
    at += part.length;
    bits.push(column.chunk(0).bits);
  }
  const all = parts.flat();
  const chunk = column.chunk(0);
  assert.equal(bits, [8, 16, 32, 64, 64]);
  assert.equal(all.map((_, row) => valueAt(chunk, row)), all); // prettier-ignore
  assert.equal([chunk.least, chunk.most, chunk.hasNone], [-127, 2 ** 40, true]);
  const none = constantChunk(null);
  assert.ok(none.least > none.most && Number.isNaN(valueAt(none, 5)));
});

chunks.run();
