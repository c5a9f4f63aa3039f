import { bands, type DimensionName } from '../model/dimensions.ts';
import type { FactName } from '../model/measure.ts';
import type { Through } from '../model/tally.ts';
import type { StatementRow } from '../sql/statements.ts';
import {
  chunkOf,
  chunkRows,
  MadeColumn,
  PassingColumn,
  spanOf,
  valueAt,
  type Bounds,
  type Chunk,
  type Column,
  type RangedColumn,
} from './chunk.ts';
import type { HeldTable } from './columns.ts';
import { Remembered } from './remembered.ts';
import { ColumnTable, type SharedRows, type StoredRows } from './table.ts';

/** Rows of a chunk: the first `count` of `places`, or without them the first `count` rows. */
export interface Selection {
  readonly places: Uint16Array | null;
  readonly count: number;
}

/** Until when the source of each row is known, in seconds: one instant for all, or by source. */
export class Then {
  /** The first and the last instant there is. */
  readonly least: number;
  readonly most: number;
  readonly #usual: number;
  #bySource: Float64Array | null;

  /** @param lessDays days taken from it */
  constructor({ sources }: Through, lessDays = 0) {
    const counts = new Map<number, number>();
    for (const { at } of sources) counts.set(at, (counts.get(at) ?? 0) + 1);
    const [usual = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
    const less = lessDays * 86_400;
    this.#usual = usual - less;
    const instants = counts.size ? [...counts.keys()].map((at) => at - less) : [this.#usual];
    [this.least, this.most] = [Math.min(...instants), Math.max(...instants)];
    this.#bySource = counts.size > 1 ? this.#filled(Math.max(...sources.map((s) => s.source)) + 1) : null;
    if (this.#bySource) for (const { source, at } of sources) this.#bySource[source] = at - less;
  }

  /** Of rows of one source. */
  of(source: number): number {
    return this.#bySource?.[source] ?? this.#usual;
  }

  /** By the codes of sources up to one, inclusive. */
  upTo(source: number): Float64Array {
    const table = this.#bySource ?? this.#filled(source + 1);
    if (table.length > source) return (this.#bySource = table);
    const larger = this.#filled(source + 1);
    larger.set(table);
    return (this.#bySource = larger);
  }

  #filled(length: number): Float64Array {
    return new Float64Array(length).fill(this.#usual);
  }
}

/** Where the rows of a fact are. */
export const tableOf = { case: 'case_fact', survey: 'survey_fact', case_issue: 'case_issue' } as const satisfies Record<
  FactName,
  HeldTable
>;

/** One fact as tallies see it: rows by chunk and place, columns by name, dimensions by theirs. */
export interface FactView {
  /** Chunks there are. */
  chunks: number;
  /** Rows of a chunk, those that are gone among them. */
  rowsIn(index: number): number;
  /** 1 for every row that counts, 0 for one that is gone. */
  alive: Column;
  /** A column of the fact, of issues that of the case behind it. */
  column(name: string): RangedColumn;
  /** The codes of a dimension that is a column; null for bands. */
  codes(name: DimensionName): RangedColumn | null;
  /** What stands for a word in a column of words; null where no row has it. */
  wordIn(column: string, word: string): number | null;
}

/** The facts in memory, as of one change. Columns that are made of others are made when they are first asked for. */
export class Facts {
  readonly cases: ColumnTable;
  readonly surveys: ColumnTable;
  readonly issues: ColumnTable;
  /** What filters leave of each chunk, in bytes. */
  readonly selections = new Remembered<Selection[]>(67_108_864);
  /** The rows of statements, in numbers they hold. */
  readonly rows = new Remembered<StatementRow[]>(4_000_000);
  readonly #made = new Map<string, MadeColumn>();
  readonly #asked = new Map<ColumnTable, Set<string>>();
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

  /** Bytes that columns take in memory. */
  get bytes(): number {
    const made = [...this.#made.values()].reduce((sum, column) => sum + column.bytes, 0);
    return this.tables.reduce((sum, table) => sum + table.bytes, made);
  }

  /** What other threads see of every table. */
  shared(): Record<HeldTable, SharedRows> {
    return { case_fact: this.cases.shared(), survey_fact: this.surveys.shared(), case_issue: this.issues.shared() };
  }

  /** The chunks of a column, as far as other threads see its rows. */
  *sharedChunks(table: HeldTable, name: string): Generator<Chunk> {
    const of = this.tables.find((one) => one.name === table);
    if (!of) return;
    const column = this.#column(of, name);
    for (let index = 0; index < of.sharedChunks; index++) yield column.chunk(index);
  }

  /** Another number after every change: what was counted of rows before it does not go with rows after it. */
  get version(): number {
    return this.#version;
  }

  /** Says that rows have been added or marked. */
  changed(): void {
    this.#version += 1;
  }

  /** Forgets columns that lie in files, but those asked for since this was last called. */
  forget(): void {
    for (const table of this.tables) table.forget(this.#asked.get(table) ?? new Set());
    this.#asked.clear();
  }

  view(fact: FactName): FactView {
    if (fact === 'case') return this.#plain(this.cases, (name) => this.#column(this.cases, columnOf(name)));
    if (fact === 'survey')
      return this.#plain(this.surveys, (name) => (name === 'agent' ? this.#credited() : this.#column(this.surveys, columnOf(name))));
    const { cases, issues } = this;
    const own = (name: string) => name === 'issue' || name === 'sub_issue';
    return {
      ...this.#plain(issues, (name) => (own(name) ? this.#column(issues, name) : this.#ofCase(columnOf(name)))),
      column: (name) => (name === 'case_id' ? this.#column(issues, name) : this.#ofCase(name)),
      wordIn: (column, word) => cases.wordIn(column, word),
    };
  }

  #plain(table: ColumnTable, codes: (name: DimensionName) => RangedColumn): FactView {
    return {
      chunks: table.chunks,
      rowsIn: (index) => table.rowsIn(index),
      alive: { chunk: (index) => table.alive(index) },
      column: (name) => this.#column(table, name),
      codes: (name) => (isBand(name) ? null : codes(name)),
      wordIn: (column, word) => table.wordIn(column, word),
    };
  }

  #column(table: ColumnTable, name: string): RangedColumn {
    let asked = this.#asked.get(table);
    if (!asked) this.#asked.set(table, (asked = new Set()));
    asked.add(name);
    return table.column(name);
  }

  /** A column of the case behind each issue. An issue is added again with its case, so it stays behind the row it was found at. */
  #ofCase(name: string): RangedColumn {
    const from = () => this.#column(this.cases, name);
    const valuesOf = (index: number) => {
      const [column, places] = [from(), this.#caseRows().chunk(index)];
      return (row: number) => {
        const place = valueAt(places, row);
        return place < 0 ? NaN : valueAt(column.chunk(place >>> 16), place & (chunkRows - 1));
      };
    };
    return this.#make(this.issues, `case.${name}`, valuesOf, () => from().bounds());
  }

  /** Where the case of each issue stands; −1 for nowhere. */
  #caseRows(): Column {
    const valuesOf = (index: number) => {
      const cases = this.#column(this.issues, 'case_id').chunk(index);
      // Both are in the order of cases, so the next one mostly stands where the last one does or behind it.
      let last = -1;
      return (row: number) => {
        const key = valueAt(cases, row);
        for (const place of [last, last + 1])
          if (place >= 0 && (place & (chunkRows - 1)) < this.cases.rowsIn(place >>> 16) && this.cases.isAt(place, key))
            return (last = place);
        return (last = this.cases.find(key));
      };
    };
    return this.#make(this.issues, 'case', valuesOf, () => ({ least: -1, most: this.cases.chunks * chunkRows }));
  }

  /** Of a survey, whom the answer is about: the agent named in it, else the agent of the case. */
  #credited(): RangedColumn {
    const [named, own] = [() => this.#column(this.surveys, 'agent_credited'), () => this.#column(this.surveys, 'agent')];
    const valuesOf = (index: number) => {
      const [first, second] = [named().chunk(index), own().chunk(index)];
      return (row: number) => {
        const code = valueAt(first, row);
        return code > 0 ? code : valueAt(second, row);
      };
    };
    return this.#make(this.surveys, 'credited', valuesOf, () => spanOf([named().bounds(), own().bounds()]));
  }

  #make(table: ColumnTable, name: string, valuesOf: (index: number) => (row: number) => number, bounds: () => Bounds): RangedColumn {
    let column = this.#made.get(name);
    if (!column) {
      const rowsIn = (index: number) => table.rowsIn(index);
      const make = (index: number) => {
        const valueOf = valuesOf(index);
        return chunkOf(Float64Array.from({ length: rowsIn(index) }, (_, row) => valueOf(row)));
      };
      column = new MadeColumn(rowsIn, make, bounds);
      this.#made.set(name, column);
    }
    return column;
  }
}

function columnOf(name: string): string {
  return name === 'vulnerable' ? 'is_vulnerable' : name;
}

export function isBand(name: string): name is 'wait_band' | 'age_band' {
  return name === 'wait_band' || name === 'age_band';
}

/** The code of a band from 1, by position; 0 outside them all. */
export function bandCodes(view: FactView, name: 'wait_band' | 'age_band', then: Then): RangedColumn {
  return new PassingColumn(
    (index) => {
      const at = (column: string) => view.column(column).chunk(index);
      const [sources, ends, minutes] = [at('source'), at(name === 'wait_band' ? 'resolved_at' : 'ended_at'), at('resolution_minutes')];
      const [received, undated] = [at('received_at'), at('is_ended_on_unknown_date')];
      return chunkOf(
        Float64Array.from({ length: view.rowsIn(index) }, (_, row) => {
          const t = then.of(valueAt(sources, row));
          const isOver = valueAt(ends, row) <= t;
          if (name === 'wait_band') return isOver && valueAt(minutes, row) >= 0 ? bandOf(valueAt(minutes, row), 1440) : 0;
          const since = valueAt(received, row);
          return isOver || valueAt(undated, row) !== 0 || Number.isNaN(since) ? 0 : bandOf(t - since, 86_400);
        }),
      );
    },
    { least: 0, most: bands.length },
  );
}

function bandOf(value: number, unit: number): number {
  for (const [i, { below }] of bands.entries()) if (below === null || value < below * unit) return i + 1;
  return 0;
}
