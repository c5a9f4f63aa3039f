import { bands, type DimensionName } from '../model/dimensions.ts';
import type { FactName } from '../model/measure.ts';
import type { Through } from '../model/tally.ts';
import type { Held, HeldTable } from './columns.ts';
import { ColumnTable, type StoredRows } from './table.ts';

/** Until when the source of each row is known, in seconds: one instant for all, or by source. */
export class Then {
  readonly #most: number;
  readonly #bySource: Float64Array | null;

  /** @param lessDays days taken from it */
  constructor({ sources }: Through, lessDays = 0) {
    const counts = new Map<number, number>();
    for (const { at } of sources) counts.set(at, (counts.get(at) ?? 0) + 1);
    const [most = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    const less = lessDays * 86_400;
    this.#most = most - less;
    this.#bySource = counts.size > 1 ? new Float64Array(Math.max(...sources.map((s) => s.source)) + 1).fill(this.#most) : null;
    if (this.#bySource) for (const { source, at } of sources) this.#bySource[source] = at - less;
  }

  /** Of rows of one source. */
  of(source: number): number {
    return this.#bySource?.[source] ?? this.#most;
  }
}

/** One fact as tallies see it: rows by position, columns by name, dimensions by theirs. */
export interface FactView {
  size: number;
  alive: Uint8Array;
  /** A column of the fact, of issues that of the case behind it. */
  column(name: string): Held;
  /** The codes of a dimension that is a column; null for bands. */
  codes(name: DimensionName): Held | null;
  /** What stands for a word in a column of words; null where no row has it. */
  wordIn(column: string, word: string): number | null;
}

/** The facts in memory, as of one change. Columns that are made of others are made when they are first asked for. */
export class Facts {
  readonly cases: ColumnTable;
  readonly surveys: ColumnTable;
  readonly issues: ColumnTable;
  #made = new Map<string, Held>();
  #version = 0;

  /** @param stored rows of every table that lie in files; absent: there are none yet */
  constructor(stored?: Readonly<Record<HeldTable, StoredRows>>) {
    this.cases = new ColumnTable('case_fact', stored?.case_fact);
    this.surveys = new ColumnTable('survey_fact', stored?.survey_fact);
    this.issues = new ColumnTable('case_issue', stored?.case_issue);
  }

  get tables(): readonly ColumnTable[] {
    return [this.cases, this.surveys, this.issues];
  }

  /** Another number after every change: positions of rows found before it mean nothing. */
  get version(): number {
    return this.#version;
  }

  /** Drops what was made of columns that have changed. */
  changed(): void {
    this.#made.clear();
    this.#version += 1;
  }

  view(fact: FactName): FactView {
    if (fact === 'case') return plain(this.cases, (name) => this.cases.column(columnOf(name)));
    if (fact === 'survey')
      return plain(this.surveys, (name) => (name === 'agent' ? this.#credited() : this.surveys.column(columnOf(name))));
    const { cases, issues } = this;
    const own = (name: string) => name === 'issue' || name === 'sub_issue';
    return {
      size: issues.size,
      alive: issues.alive,
      column: (name) => (name === 'case_id' ? issues.column(name) : this.#ofCase(name)),
      codes: (name) => (isBand(name) ? null : own(name) ? issues.column(name) : this.#ofCase(columnOf(name))),
      wordIn: (column, word) => cases.wordIn(column, word),
    };
  }

  #ofCase(name: string): Held {
    return this.#make(`case.${name}`, () => {
      const from = this.cases.column(name);
      const rows = this.#caseRows();
      const gathered = from instanceof Float64Array ? new Float64Array(rows.length) : new Int32Array(rows.length);
      for (let i = 0; i < rows.length; i++) gathered[i] = from[rows[i] ?? 0] ?? 0;
      return gathered;
    });
  }

  /** Where the case of each issue stands. */
  #caseRows(): Int32Array {
    return this.#make('case', () => {
      const { size, alive } = this.issues;
      const cases = this.issues.column('case_id');
      const rows = new Int32Array(size);
      for (let i = 0; i < size; i++) if (alive[i] === 1) rows[i] = Math.max(0, this.cases.find(cases[i] ?? 0));
      return rows;
    });
  }

  /** Of a survey, whom the answer is about: the agent named in it, else the agent of the case. */
  #credited(): Held {
    return this.#make('credited', () => {
      const named = this.surveys.column('agent_credited');
      const own = this.surveys.column('agent');
      const codes = new Int32Array(this.surveys.size);
      for (let i = 0; i < codes.length; i++) codes[i] = (named[i] ?? 0) > 0 ? (named[i] ?? 0) : (own[i] ?? 0);
      return codes;
    });
  }

  #make<T extends Held>(name: string, make: () => T): T {
    let made = this.#made.get(name);
    if (!made) this.#made.set(name, (made = make()));
    return made as T; // made under this name
  }
}

function plain(table: ColumnTable, codes: (name: DimensionName) => Held): FactView {
  const { size, alive } = table;
  return {
    size,
    alive,
    column: (name) => table.column(name),
    codes: (name) => (isBand(name) ? null : codes(name)),
    wordIn: (column, word) => table.wordIn(column, word),
  };
}

function columnOf(name: string): string {
  return name === 'vulnerable' ? 'is_vulnerable' : name;
}

export function isBand(name: string): name is 'wait_band' | 'age_band' {
  return name === 'wait_band' || name === 'age_band';
}

/** The code of a band from 1, by position; 0 outside them all. */
export function bandCodes(view: FactView, name: 'wait_band' | 'age_band', then: Then): Int32Array {
  const codes = new Int32Array(view.size);
  const sources = view.column('source');
  const ends = view.column(name === 'wait_band' ? 'resolved_at' : 'ended_at');
  const minutes = view.column('resolution_minutes');
  const received = view.column('received_at');
  const undated = view.column('is_ended_on_unknown_date');
  for (let row = 0; row < codes.length; row++) {
    const t = then.of(sources[row] ?? 0);
    const isOver = (ends[row] ?? NaN) <= t;
    if (name === 'wait_band') codes[row] = isOver && (minutes[row] ?? -1) >= 0 ? bandOf(minutes[row] ?? 0, 1440) : 0;
    else if (!isOver && undated[row] === 0 && !Number.isNaN(received[row])) codes[row] = bandOf(t - (received[row] ?? 0), 86_400);
  }
  return codes;
}

function bandOf(value: number, unit: number): number {
  for (const [i, { below }] of bands.entries()) if (below === null || value < below * unit) return i + 1;
  return 0;
}
