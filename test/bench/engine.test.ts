// time limit: 240 s
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { benchEngine } from '../../bench/engine.ts';
import { panels } from '../../bench/engine-panels.ts';

const engine = suite('bench of the engine');

engine('finds the cube, SQLite, PostgreSQL, DuckDB and a plain pass of one mind over the nine panels, and times them all', async () => {
  // It throws where any of them gives another number.
  const { figures, lines } = await benchEngine({ rows: 20_000 });
  const { ratios, cube, duckdb, sqlite, postgresql } = figures as Record<string, Record<string, unknown>>;
  assert.equal(Object.keys(ratios ?? {}), ['duckdb_per_panel', 'duckdb_best', 'sqlite_per_panel', 'floor']);
  assert.ok(Object.values(ratios ?? {}).every((ratio) => Number(ratio) > 0));
  const names = panels.map(({ name }) => name);
  for (const times of [cube?.panels, duckdb?.panels, sqlite, postgresql]) assert.equal(Object.keys(times ?? {}), names);
  for (const name of names) assert.ok(lines.some((line) => line.startsWith(name)), name); // prettier-ignore
});

engine.run();
