// time limit: 120 s
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CaseRecord } from '../../etl/record.ts';
import type { Store } from '../../etl/store/open.ts';
import { openBudget } from '../../queries/budget.ts';
import { held, type HeldTable } from '../../queries/cube/columns.ts';
import { openCube, type Cube } from '../../queries/cube/cube.ts';
import { readFacts } from '../../queries/cube/read.ts';
import { loadFacts, saveFacts, storeIdentity } from '../../queries/cube/snapshot.ts';
import type { ColumnTable } from '../../queries/cube/table.ts';
import { sqlExecutor } from '../../queries/executor.ts';
import { talliesOf, type Tally, type TallyRow } from '../../queries/model/tally.ts';
import { loadRecords, tempStore } from '../support/store.ts';
import { plainRows } from '../support/tally-rows.ts';
import { firstDay, randomCases } from './random-cases.ts';

const snapshots = suite('facts kept for the next start');
const now = firstDay + 400 * 86_400;
const tables = Object.keys(held) as HeldTable[];
const [manyCases = []] = fc.sample(randomCases.filter((list) => list.length > 10), { numRuns: 1, seed: 11 }); // prettier-ignore

async function filled(cases: CaseRecord[] = manyCases, how: { anew?: boolean } = {}) {
  const temp = await tempStore(how);
  await loadRecords(temp.store, cases, { throughAt: now, now });
  return { ...temp, folder: path.join(temp.dir, 'cube') };
}

/** A cube over a store with a folder for its facts, and what it logged. */
function open(store: Store, folder: string, mostFollowed = 5_000): { cube: Cube; logged: string[] } {
  const logged: string[] = [];
  const log = (event: string, fields?: Record<string, unknown>) => void logged.push(typeof fields?.message === 'string' ? `${event}: ${fields.message}` : event); // prettier-ignore
  return { cube: openCube({ reader: store.reader, log, snapshotDir: folder, mostFollowed }), logged };
}

/** Measures of every fact by month and issue, over all there is. */
const everything: Tally[] = (['mentions', 'open', 'resolution_days_p50', 'csat_mean', 'redress_amount'] as const).flatMap((name) =>
  talliesOf(name, {
    from: '2020-01-01', to: '2027-12-31', grain: 'month', by: ['issue'], keep: null, filter: { members: {}, not: {}, text: [], range: {} },
    through: { sources: [{ source: 1, at: now }], isAll: true }, business: null, currency: 'EUR',
  }),
); // prettier-ignore

const plain = (answers: readonly (readonly TallyRow[])[]) => answers.map(plainRows);

async function answersAsSql(store: Store, cube: Cube): Promise<void> {
  const executor = await cube.executor();
  assert.is(executor?.name, 'cube');
  assert.equal(
    plain((await executor?.tally(everything, openBudget())) ?? []),
    plain(await sqlExecutor(store.reader).tally(everything, openBudget())),
  );
}

function valuesOf(table: ColumnTable): Record<string, number[]> {
  const rows = table.rowsInOrder();
  return Object.fromEntries(Object.keys(held[table.name]).map((name) => [name, [...table.valuesAt(name, rows)]]));
}

snapshots('are the same read again, after changes too, and other programs can read them', async () => {
  for (const seed of [21, 22, 23]) {
    const [cases = [], more = []] = fc.sample(randomCases, { numRuns: 2, seed });
    const { store, folder, close } = await filled(cases);
    const first = open(store, folder, 1_000_000);
    try {
      await first.cube.fill();
      await loadRecords(store, more, { throughAt: now, now, source: 'second' });
      await first.cube.executor();
      await first.cube.close();
      const { facts, change } = await readFacts(store.reader, new AbortController().signal);
      await saveFacts(folder, facts, { store: await storeIdentity(store.reader), change });
      const kept = loadFacts(folder, await storeIdentity(store.reader));
      assert.is(kept?.change, change);
      for (const [i, table] of (kept?.facts.tables ?? []).entries()) {
        const read = facts.tables[i];
        assert.equal(valuesOf(table), read && valuesOf(read));
        assert.equal(table.words, read?.words);
        const arrow = tableFromIPC(readFileSync(path.join(folder, `${table.name}.arrow`)));
        assert.is(arrow.numRows, arrow.schema.fields.length ? table.count : 0);
      }
      kept?.close();
    } finally {
      await close();
    }
  }
});

snapshots('are there at the next start and followed from there, and are kept again on a clean stop when much has changed', async () => {
  const { store, folder, close } = await filled(manyCases.slice(0, 2));
  try {
    const first = open(store, folder);
    await first.cube.fill();
    await first.cube.close();
    assert.equal(first.logged, ['cube_filled', 'cube_kept']);
    await loadRecords(store, manyCases, { throughAt: now, now });
    const second = open(store, folder, manyCases.length);
    await second.cube.fill();
    await answersAsSql(store, second.cube);
    await second.cube.close();
    assert.equal(second.logged, ['cube_loaded', 'cube_kept']);
    const third = open(store, folder);
    await third.cube.fill();
    await answersAsSql(store, third.cube);
    await third.cube.close();
    assert.equal(third.logged, ['cube_loaded']);
  } finally {
    await close();
  }
});

snapshots('are read from the store again when too much has changed, or they are of another store', async () => {
  const [one, other] = [await filled(manyCases.slice(0, 3)), await filled(manyCases.slice(0, 8), { anew: true })];
  try {
    const first = open(one.store, one.folder);
    await first.cube.fill();
    await first.cube.close();
    const foreign = open(other.store, one.folder);
    await foreign.cube.fill();
    await answersAsSql(other.store, foreign.cube);
    await foreign.cube.close();
    assert.equal(foreign.logged, ['cube_snapshot_refused: it is of another store', 'cube_filled', 'cube_kept']);
    await loadRecords(other.store, manyCases, { throughAt: now, now });
    const late = open(other.store, one.folder, 2);
    await late.cube.fill();
    await answersAsSql(other.store, late.cube);
    await late.cube.close();
    assert.match(late.logged.join(), /^cube_snapshot_refused: .*more than 2 rows.*,cube_filled,cube_kept$/);
  } finally {
    await one.close();
    await other.close();
  }
});

snapshots('are made anew, with a line in the log, when any byte of them is damaged', async () => {
  const { store, folder, close } = await filled();
  try {
    const first = open(store, folder);
    await first.cube.fill();
    await first.cube.close();
    const whole = new Map(tables.map((table) => [table, readFileSync(path.join(folder, `${table}.arrow`))]));
    let refused = 0;
    for (let i = 0; i < 18; i++) {
      for (const [table, bytes] of whole) writeFileSync(path.join(folder, `${table}.arrow`), bytes);
      const table = tables[i % tables.length] ?? 'case_fact';
      const bytes = Uint8Array.from(whole.get(table) ?? []);
      const at = Math.floor((bytes.length * (i + 0.5)) / 18);
      bytes[at] = (bytes[at] ?? 0) ^ 0x55;
      writeFileSync(path.join(folder, `${table}.arrow`), i % 6 === 5 ? bytes.subarray(0, at) : bytes);
      const { cube, logged } = open(store, folder);
      await cube.fill();
      await answersAsSql(store, cube);
      // What was found while answering is put right in the background.
      await cube.fill();
      await answersAsSql(store, cube);
      await cube.close();
      if (logged.some((line) => line.startsWith('cube_snapshot_refused'))) {
        refused += 1;
        assert.ok(logged.includes('cube_filled'), logged.join());
      }
    }
    // The others hit blanks between columns, or columns that no measure reads.
    assert.ok(refused > 5, `${refused} of 18 were found`);
  } finally {
    await close();
  }
});

snapshots('survive being killed while they are written', async () => {
  const { store, dir, folder, close } = await filled();
  try {
    for (const wait of [0, 7, 23, 60]) {
      const script = fileURLToPath(new URL('../support/snapshot-child.ts', import.meta.url));
      const child = spawn(process.execPath, ['--import', 'tsx', script, dir, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      await pause(wait);
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      const { cube, logged } = open(store, folder);
      await cube.fill();
      await answersAsSql(store, cube);
      await cube.close();
      assert.ok(logged.includes('cube_loaded') || logged.includes('cube_filled'), logged.join());
    }
    // What was begun last may have been left at its beginning.
    const whole = readdirSync(folder).filter((name) => name.endsWith('.arrow'));
    assert.ok(whole.length > 0 && whole.every((name) => statSync(path.join(folder, name)).size > 0));
  } finally {
    await close();
  }
});

snapshots.run();
