import { held, nothing, type ColumnKind, type Held, type HeldTable } from './columns.ts';
import { dayOf } from './days.ts';

/** Rows have room for so many more before everything is copied. */
const spare = 1.125;

/** Rows of a table that lie in a file, in the order of their key. */
export interface StoredRows {
  count: number;
  /** Of columns of words, the words by their positions. */
  words: Readonly<Record<string, readonly string[]>>;
  /**
   * Writes the values of a column into another from its beginning.
   * @param from first row, inclusive
   * @param to last row, exclusive
   */
  read(column: string, into: Held, from: number, to: number): void;
}

/**
 * A table of facts as columns in memory. Rows are only ever added: one that changes is marked as gone and added again. The first rows are in the order of
 * their key, as they were read; those added later are found by a map. Of rows that lie in a file, a column is read when it is first asked for.
 */
export class ColumnTable {
  readonly name: HeldTable;
  #columns = new Map<string, Held>();
  #words = new Map<string, Map<string, number>>();
  #alive = new Uint8Array(0);
  #size = 0;
  #gone = 0;
  /** How many rows stand in the order of their key. */
  #ordered = 0;
  #later = new Map<number, number>();
  readonly #stored: StoredRows | null;
  /** Of columns that nobody has asked for, the values of the rows added to those in the file. */
  #unread = new Map<string, number[]>();

  constructor(name: HeldTable, stored: StoredRows | null = null) {
    this.name = name;
    this.#stored = stored;
    for (const [column, kind] of this.#kinds()) {
      if (stored) this.#unread.set(column, []);
      else this.#columns.set(column, create(kind, 0));
    }
    if (!stored) return;
    [this.#size, this.#ordered] = [stored.count, stored.count];
    this.#alive = new Uint8Array(stored.count).fill(1);
    for (const [column, words] of Object.entries(stored.words)) this.#words.set(column, new Map(words.map((word, i) => [word, i])));
  }

  /** Rows there are, those that are gone among them. */
  get size(): number {
    return this.#size;
  }

  /** Rows that count. */
  get count(): number {
    return this.#size - this.#gone;
  }

  /** Rows that are gone or were added out of order: when they are many, reading anew is better. */
  get stray(): number {
    return this.#gone + this.#later.size;
  }

  /** 1 for every row that counts, by position. */
  get alive(): Uint8Array {
    return this.#alive;
  }

  /** A column by position; beyond the size it means nothing. */
  column(name: string): Held {
    const column = this.#columns.get(name) ?? this.#readAll(name);
    if (!column) throw new Error(`${this.name}.${name} is not held in memory`);
    return column;
  }

  /** The words of every column of words, by their positions. */
  get words(): Record<string, string[]> {
    return Object.fromEntries([...this.#words].map(([name, words]) => [name, [...words.keys()]]));
  }

  /** Positions of the rows that count, in the order of the key. */
  rowsInOrder(): Int32Array {
    const rows = new Int32Array(this.count);
    let found = 0;
    for (let row = 0; row < this.#size; row++) if (this.#alive[row] === 1) rows[found++] = row;
    const later = rows.findIndex((row) => row >= this.#ordered);
    if (later < 0) return rows;
    const keys = this.#keys();
    const keyOf = (row: number | undefined) => keys[row ?? 0] ?? 0;
    const added = rows.slice(later).sort((a, b) => keyOf(a) - keyOf(b) || a - b);
    for (let [i, j, end] = [later - 1, added.length - 1, rows.length - 1]; j >= 0; end--)
      rows[end] = i >= 0 && keyOf(rows[i]) > keyOf(added[j]) ? (rows[i--] ?? 0) : (added[j--] ?? 0);
    return rows;
  }

  /** The values of a column in some rows; a column that is in the file only stays there. */
  valuesAt(name: string, rows: Int32Array): Held {
    const values = create(this.#kind(name), rows.length);
    const unread = this.#unread.get(name);
    if (!unread || !this.#stored) {
      const column = this.column(name);
      for (let i = 0; i < rows.length; i++) values[i] = column[rows[i] ?? 0] ?? 0;
      return values;
    }
    const { count } = this.#stored;
    const inFile = rows.filter((row) => row < count);
    const from = inFile.reduce((least, row) => Math.min(least, row), count);
    const to = inFile.reduce((most, row) => Math.max(most, row + 1), from);
    const part = create(this.#kind(name), to - from);
    this.#stored.read(name, part, from, to);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      values[i] = (row < count ? part[row - from] : unread[row - count]) ?? 0;
    }
    return values;
  }

  /** What stands for a word in a column of words; null where no row has it. */
  wordIn(column: string, word: string): number | null {
    return this.#words.get(column)?.get(word) ?? null;
  }

  /**
   * Adds rows.
   * @param texts of every column, in the order of `held`, the values of the rows; "" is null
   * @param isOrdered whether they come in the order of the key after all rows before them
   */
  add(texts: readonly (readonly string[])[], isOrdered: boolean): void {
    const count = texts[0]?.length ?? 0;
    const first = this.#size;
    this.#reserve(first + count);
    for (const [i, [name, kind]] of this.#kinds().entries()) {
      const values = texts[i] ?? [];
      const read = this.#reader(name, kind);
      const unread = this.#unread.get(name);
      if (unread) {
        for (let row = 0; row < count; row++) unread.push(read(values[row] ?? ''));
        continue;
      }
      const column = this.column(name);
      for (let row = 0; row < count; row++) column[first + row] = read(values[row] ?? '');
    }
    this.#alive.fill(1, first, first + count);
    this.#size += count;
    if (isOrdered && this.#ordered === first) this.#ordered = this.#size;
    else if (this.name !== 'case_issue') {
      const keys = this.#keys();
      for (let row = first; row < this.#size; row++) this.#later.set(keys[row] ?? 0, row);
    }
  }

  /** Position of the row with a key; −1 for none. */
  find(key: number): number {
    const later = this.#later.get(key);
    if (later !== undefined) return later;
    const keys = this.#keys();
    let [low, high] = [0, this.#ordered];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low < this.#ordered && keys[low] === key && this.#alive[low] === 1 ? low : -1;
  }

  /** Marks the row with a key as gone, where there is one. */
  remove(key: number): void {
    const row = this.find(key);
    if (row < 0) return;
    this.#later.delete(key);
    this.#drop(row);
  }

  /** Marks all rows of some cases as gone, in a table that cases have several rows in. */
  removeOfCases(cases: ReadonlySet<number>): void {
    const of = this.column('case_id');
    for (let row = 0; row < this.#size; row++) {
      if (this.#alive[row] === 0 || !cases.has(of[row] ?? 0)) continue;
      if (this.#later.get(this.#keys()[row] ?? 0) === row) this.#later.delete(this.#keys()[row] ?? 0);
      this.#drop(row);
    }
  }

  #drop(row: number): void {
    this.#alive[row] = 0;
    this.#gone += 1;
  }

  #kinds(): [string, ColumnKind][] {
    return Object.entries(held[this.name]);
  }

  #kind(name: string): ColumnKind {
    const [, kind = 'whole'] = this.#kinds().find(([column]) => column === name) ?? [];
    return kind;
  }

  /** Reads a column from the file, and has it from then on. */
  #readAll(name: string): Held | null {
    const unread = this.#unread.get(name);
    if (!unread || !this.#stored) return null;
    const { count } = this.#stored;
    const column = create(this.#kind(name), this.#alive.length);
    this.#stored.read(name, column, 0, count);
    column.set(unread, count);
    this.#unread.delete(name);
    this.#columns.set(name, column);
    return column;
  }

  #keys(): Held {
    return this.column(this.#kinds()[0]?.[0] ?? '');
  }

  #reader(name: string, kind: ColumnKind): (text: string) => number {
    switch (kind) {
      case 'wide':
        return (text) => (text === '' ? NaN : Number(text));
      case 'day':
        return (text) => (text === '' ? nothing : dayOf(text));
      case 'word': {
        let words = this.#words.get(name);
        if (!words) this.#words.set(name, (words = new Map<string, number>()));
        const known = words;
        return (text) => {
          if (text === '') return nothing;
          let code = known.get(text);
          if (code === undefined) known.set(text, (code = known.size));
          return code;
        };
      }
      default:
        return (text) => (text === '' ? nothing : Number(text));
    }
  }

  #reserve(size: number): void {
    if (size <= this.#alive.length) return;
    const room = Math.ceil(size * spare);
    for (const [name, column] of this.#columns) {
      const larger = create(this.#kind(name), room);
      larger.set(column.subarray(0, this.#size));
      this.#columns.set(name, larger);
    }
    const alive = new Uint8Array(room);
    alive.set(this.#alive.subarray(0, this.#size));
    this.#alive = alive;
  }
}

function create(kind: ColumnKind, length: number): Held {
  return kind === 'wide' ? new Float64Array(length) : new Int32Array(length);
}
