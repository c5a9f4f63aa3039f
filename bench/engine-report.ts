import { panels } from './engine-panels.ts';
import { ms, sumOf, type Taken } from './engine-timing.ts';
import { median, type BenchReport } from './report.ts';

/** What the systems took for the panels, in their order. */
export interface Found {
  rows: number;
  /** Milliseconds the store took to be filled, and its bytes. */
  filled: number;
  bytes: number;
  /** `together`: the same request again and again; `anew`: each time with a filter not asked before. */
  cube: { filled: number; together: Taken; anew: Taken; apart: Taken[] };
  /** From the start of a process to its first answer off the files kept, in ms; its memory then, and at most, in bytes. */
  start: { answered: number; resident: number; peak: number };
  floor: Taken;
  duckdb: { version: string; loaded: number; apart: Taken[]; kaplanMeier: Taken; best: Taken };
  sqlite: Taken[];
  /** Null: no server, or too many rows to copy. */
  postgresql: Taken[] | null;
}

/** How many times faster the cube is with all panels in one request, by a filter not asked before; of the plain pass, its speed as a fraction. */
export interface Ratios {
  duckdb_per_panel: number;
  duckdb_best: number;
  sqlite_per_panel: number;
  floor: number;
}

/** What the design asks of each ratio at ten million cases (DESIGN §7). */
const goals = { duckdb_per_panel: 20, duckdb_best: 5, sqlite_per_panel: 100, floor: 0.2 } as const satisfies Ratios;
const goalRows = 10_000_000;

export function ratiosOf({ cube, floor, duckdb, sqlite }: Found): Ratios {
  const ours = median(cube.anew.later);
  return {
    duckdb_per_panel: sumOf(duckdb.apart) / ours,
    duckdb_best: median(duckdb.best.later) / ours,
    sqlite_per_panel: sumOf(sqlite) / ours,
    floor: median(floor.later) / ours,
  };
}

/** The table for people, with every goal and whether it is met, and all medians for machines. */
export function reportOf(found: Found, ratios: Ratios): BenchReport {
  const { rows, cube, start, floor, duckdb, sqlite, postgresql } = found;
  return {
    title: `Engine: the nine panels over ${rows.toLocaleString('en')} cases, complaints of three products, 24 of 36 months; medians`,
    lines: [...linesOfPanels(found), '', ...linesOfTotals(found), '', ...linesOfGoals(found, ratios)],
    figures: {
      rows,
      ratios,
      store: { fill_ms: found.filled, bytes: found.bytes },
      cube: { fill_ms: cube.filled, cold_ms: cube.together.first, together: figuresOf(cube.together), anew: figuresOf(cube.anew), panels: figuresOfAll(cube.apart) },
      start: { first_answer_ms: start.answered, resident_bytes: start.resident, peak_bytes: start.peak },
      floor: figuresOf(floor),
      duckdb: {
        version: duckdb.version, load_ms: duckdb.loaded, panels: figuresOfAll(duckdb.apart), kaplan_meier: figuresOf(duckdb.kaplanMeier), best: figuresOf(duckdb.best),
      },
      sqlite: figuresOfAll(sqlite),
      postgresql: postgresql && figuresOfAll(postgresql),
    },
  }; // prettier-ignore
}

function linesOfPanels({ cube, duckdb, sqlite, postgresql }: Found): string[] {
  const row = (cells: readonly string[]) => cells.map((cell, i) => (i === 0 ? cell.padEnd(34) : cell.padStart(12))).join('');
  const cell = (taken: Taken | undefined) => (taken ? ms(median(taken.later)) : 'not run');
  const total = (parts: readonly Taken[] | null) => (parts ? ms(sumOf(parts)) : 'not run');
  return [
    row(['a request or a statement a panel', 'cube', 'DuckDB', 'SQLite', 'PostgreSQL']),
    ...panels.map(({ name }, i) => row([name, ...[cube.apart, duckdb.apart, sqlite, postgresql].map((parts) => cell(parts?.[i]))])),
    row(['all nine, one after the other', ...[cube.apart, duckdb.apart, sqlite, postgresql].map(total)]),
  ];
}

function linesOfTotals({ rows, filled, bytes, cube, floor, duckdb }: Found): string[] {
  return [
    `cube, all nine in one request: ${ms(median(cube.anew.later))} by a filter not asked before (${runs(cube.anew)}), ${ms(median(cube.together.later))} the same again (${runs(cube.together)}), ${ms(cube.together.first)} the first time of all`,
    `a plain pass over the same columns: ${ms(median(floor.later))} (${runs(floor)})`,
    `DuckDB ${duckdb.version}, best single statement: ${ms(median(duckdb.best.later))}; its panel of resolution by Kaplan–Meier instead of its own quantiles: ${ms(median(duckdb.kaplanMeier.later))}`,
    `making the store of ${rows.toLocaleString('en')} cases took ${ms(filled)} (${(bytes / 1e6).toFixed(0)} MB), reading it into the cube ${ms(cube.filled)}, copying it to DuckDB ${ms(duckdb.loaded)}`,
  ];
}

function linesOfGoals({ rows, start }: Found, ratios: Ratios): string[] {
  const names: Record<keyof Ratios, string> = {
    duckdb_per_panel: 'times as fast as DuckDB, a statement a panel',
    duckdb_best: 'times as fast as DuckDB, best single statement',
    sqlite_per_panel: 'times as fast as SQLite, a statement a panel',
    floor: 'of the speed of a plain pass',
  };
  const lines = Object.entries(goals).map(([name, goal]) => {
    const ratio = ratios[name as keyof Ratios]; // goals has the keys of ratios
    const verdict = ratio >= goal ? 'met' : 'missed';
    return `${ratio.toFixed(ratio < 10 ? 2 : 0).padStart(6)} ${names[name as keyof Ratios]}, goal ${goal}: ${verdict}`;
  });
  const isMet = (value: number, most: number) => (value <= most ? 'met' : 'missed');
  lines.push(
    `${(start.answered / 1000).toFixed(2).padStart(6)} s from the start off the files kept to the first answer, goal 3 s: ${isMet(start.answered, 3_000)}`,
    `${(start.resident / 1e9).toFixed(2).padStart(6)} GB resident then, ${(start.peak / 1e9).toFixed(2)} GB at most, goal 1.5 GB: ${isMet(start.peak, 1.5e9)}`,
  );
  return rows === goalRows ? lines : [...lines, `the goals are for ${goalRows.toLocaleString('en')} cases`];
}

function runs({ later }: Taken): string {
  return `${later.length} ${later.length === 1 ? 'run' : 'runs'}`;
}

function figuresOf({ first, later }: Taken): Record<string, number> {
  return { first_ms: first, median_ms: median(later), slowest_ms: Math.max(...later), runs: later.length };
}

function figuresOfAll(parts: readonly Taken[]): Record<string, Record<string, number>> {
  return Object.fromEntries(parts.map((taken, i) => [panels[i]?.name ?? '', figuresOf(taken)]));
}
