import { placeOf } from './bin-places.ts';
import { chunkRows, constantChunk, HeldColumn, valueAt, type Chunk, type RangedColumn } from './chunk.ts';
import { held, type ColumnKind, type HeldTable } from './columns.ts';
import { dayOf } from './days.ts';

/** Rows of a table that lie in a file, in the order of their key, in chunks that are full but for the last. */
export interface StoredRows {
  count: number;
  /** Of columns of words, the words by their positions. */
  words: Readonly<Record<string, readonly string[]>>;
  chunk(column: string, index: number): Chunk;
  /** Marks of their chunks; absent: all of them count. */
  marks?: readonly Marks[];
}

/** Which rows of a chunk count: 1 for each that does, 0 for one that is gone, and how many are. */
export interface Marks {
  readonly values: Int8Array<SharedArrayBuffer>;
  readonly gone: Int32Array<SharedArrayBuffer>;
}

/** Rows in the order of their key that another thread may look at, too: what is marked as gone later is seen there, what is added is not. */
export type SharedRows = Pick<StoredRows, 'count' | 'words'> & { marks: readonly Marks[] };

interface Alive {
  readonly marks: Marks;
  rows: number;
}

const allAlive = constantChunk(1);

function noneGone(): Marks {
  return { values: new Int8Array(new SharedArrayBuffer(chunkRows)).fill(1), gone: new Int32Array(new SharedArrayBuffer(4)) };
}

/**
 * A table of facts as columns in memory. Rows are only ever added: one that changes is marked as gone and added again, so a row keeps its position and
 * its values for good. The first rows are in the order of their key, as they were read; those added later are found by a map. Rows added to those of a
 * file begin a chunk of their own.
 */
export class ColumnTable {
  readonly name: HeldTable;
  readonly #columns = new Map<string, HeldColumn>();
  readonly #words = new Map<string, Map<string, number>>();
  readonly #alive: Alive[] = [];
  readonly #stored: number;
  #gone = 0;
  #rows = 0;
  /** How many rows, from the first, stand in the order of their key. */
  #ordered = 0;
  #later = new Map<number, number>();

  constructor(name: HeldTable, stored: StoredRows | null = null) {
    this.name = name;
    const count = stored?.count ?? 0;
    this.#stored = Math.ceil(count / chunkRows);
    for (const [column] of this.#kinds())
      this.#columns.set(column, new HeldColumn(this.#stored, stored && ((index) => stored.chunk(column, index))));
    for (let from = 0; from < count; from += chunkRows) this.#begin(Math.min(chunkRows, count - from), stored?.marks?.[from / chunkRows]);
    [this.#rows, this.#ordered] = [count, count];
    for (const [column, words] of Object.entries(stored?.words ?? {})) this.#words.set(column, new Map(words.map((word, i) => [word, i])));
  }

  /** Chunks there are. */
  get chunks(): number {
    return this.#alive.length;
  }

  /** Rows of a chunk, those that are gone among them. */
  rowsIn(index: number): number {
    return this.#alive[index]?.rows ?? 0;
  }

  /** 1 for every row that counts, 0 for one that is gone. */
  alive(index: number): Chunk {
    const marks = this.#alive[index]?.marks;
    return marks?.gone[0] ? { values: marks.values, bits: 8, least: 0, most: 1, hasNone: false } : allAlive;
  }

  /** Rows that count. */
  get count(): number {
    return this.#rows - this.#gone;
  }

  /** Rows that are gone or were added out of order: when they are many, reading anew is better. */
  get stray(): number {
    return this.#gone + this.#later.size;
  }

  /** Bytes that columns in memory take. */
  get bytes(): number {
    return [...this.#columns.values()].reduce((sum, column) => sum + column.bytes, this.#alive.length * chunkRows);
  }

  /** Chunks that have rows in the order of the key. */
  get sharedChunks(): number {
    return Math.ceil(this.#ordered / chunkRows);
  }

  /** Its rows in the order of the key, for another thread. */
  shared(): SharedRows {
    const marks = this.#alive.slice(0, this.sharedChunks).map((alive) => alive.marks);
    return { count: this.#ordered, words: this.words, marks };
  }

  /** A column by chunks. */
  column(name: string): RangedColumn {
    return this.#held(name);
  }

  /** Forgets chunks that can be read again, of all columns but some. */
  forget(but: ReadonlySet<string>): void {
    for (const [name, column] of this.#columns) if (!but.has(name)) column.forget();
  }

  /** The words of every column of words, by their positions. */
  get words(): Record<string, string[]> {
    return Object.fromEntries([...this.#words].map(([name, words]) => [name, [...words.keys()]]));
  }

  /** What stands for a word in a column of words; null where no row has it. */
  wordIn(column: string, word: string): number | null {
    return this.#words.get(column)?.get(word) ?? null;
  }

  /** Positions of the rows that count, in the order of the key. */
  rowsInOrder(): Int32Array {
    const rows = new Int32Array(this.count);
    let found = 0;
    let later = -1;
    for (const [index, { marks, rows: count }] of this.#alive.entries()) {
      for (let row = 0; row < count; row++) {
        if (marks.values[row] !== 1) continue;
        const position = index * chunkRows + row;
        if (later < 0 && position >= this.#ordered) later = found;
        rows[found++] = position;
      }
    }
    if (later < 0) return rows;
    const added = rows.slice(later).sort((a, b) => this.#keyAt(a) - this.#keyAt(b) || a - b);
    for (let [i, j, end] = [later - 1, added.length - 1, rows.length - 1]; j >= 0; end--)
      rows[end] = i >= 0 && this.#keyAt(rows[i] ?? 0) > this.#keyAt(added[j] ?? 0) ? (rows[i--] ?? 0) : (added[j--] ?? 0);
    return rows;
  }

  /** The values of a column in some rows, NaN for none; chunks that are in the file only stay there. */
  valuesAt(name: string, rows: Int32Array): Float64Array {
    const column = this.#held(name);
    const values = new Float64Array(rows.length);
    let [index, chunk] = [-1, allAlive];
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      if (row >>> 16 !== index) chunk = column.peek((index = row >>> 16));
      values[i] = valueAt(chunk, row & (chunkRows - 1));
    }
    return values;
  }

  /** Reads what following needs of the file: what is damaged there is to be found now, not half-way. */
  makeReady(): void {
    const [key] = this.#kinds();
    for (let index = 0; index < this.chunks; index++) {
      this.#held(key?.[0] ?? '').chunk(index);
      if (this.name !== 'case_fact') this.#held('case_id').chunk(index);
    }
  }

  /**
   * Adds rows.
   * @param texts of every column, in the order of `held`, the values of the rows; "" is null
   * @param isOrdered whether they come in the order of the key after all rows before them
   */
  add(texts: readonly (readonly string[])[], isOrdered: boolean): void {
    const count = texts[0]?.length ?? 0;
    const columns = this.#kinds().map(([name, kind], i) => {
      const read = this.#reader(name, kind);
      return { column: this.#held(name), values: Float64Array.from(texts[i] ?? [], read) };
    });
    for (let from = 0; from < count;) {
      const [index, at] = this.#end();
      const to = Math.min(count, from + chunkRows - at);
      for (const { column, values } of columns) column.append(index, at, values.subarray(from, to));
      const alive = this.#alive[index] ?? this.#begin(0);
      alive.rows += to - from;
      const first = index * chunkRows + at;
      if (isOrdered && this.#ordered === first) this.#ordered += to - from;
      else if (this.name !== 'case_issue') {
        const keys = columns[0]?.values ?? new Float64Array();
        for (let i = from; i < to; i++) this.#later.set(keys[i] ?? 0, first + i - from);
      }
      from = to;
    }
    this.#rows += count;
  }

  /** Position of the row with a key; −1 for none. */
  find(key: number): number {
    const later = this.#later.get(key);
    if (later !== undefined) return later;
    let [low, high] = [0, this.#ordered];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keyAt(middle) < key) low = middle + 1;
      else high = middle;
    }
    return low < this.#ordered && this.#keyAt(low) === key && this.#isAlive(low) ? low : -1;
  }

  /** Whether the row with a key stands at a position, and counts. */
  isAt(position: number, key: number): boolean {
    return (position & (chunkRows - 1)) < this.rowsIn(position >>> 16) && this.#isAlive(position) && this.#keyAt(position) === key;
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
    const sorted = Float64Array.from(cases).sort();
    for (let index = 0; index < this.chunks; index++) {
      const of = this.#held('case_id').chunk(index);
      if (!sorted.some((id) => id >= of.least && id <= of.most)) continue;
      for (let row = 0; row < this.rowsIn(index); row++) {
        const position = index * chunkRows + row;
        if (!this.#isAlive(position) || !cases.has(valueAt(of, row))) continue;
        if (this.#later.get(this.#keyAt(position)) === position) this.#later.delete(this.#keyAt(position));
        this.#drop(position);
      }
    }
  }

  #isAlive(position: number): boolean {
    return this.#alive[position >>> 16]?.marks.values[position & (chunkRows - 1)] === 1;
  }

  #drop(position: number): void {
    const marks = this.#alive[position >>> 16]?.marks;
    if (!marks) return;
    marks.values[position & (chunkRows - 1)] = 0;
    marks.gone[0] = (marks.gone[0] ?? 0) + 1;
    this.#gone += 1;
  }

  /** Where the next row goes: the chunk and the place in it. */
  #end(): [index: number, at: number] {
    const index = this.#alive.length - 1;
    const rows = this.rowsIn(index);
    return index < this.#stored || rows === chunkRows ? [index + 1, 0] : [index, rows];
  }

  #begin(rows: number, marks: Marks = noneGone()): Alive {
    const alive: Alive = { marks, rows };
    this.#alive.push(alive);
    return alive;
  }

  #held(name: string): HeldColumn {
    const column = this.#columns.get(name);
    if (!column) throw new Error(`${this.name}.${name} is not held in memory`);
    return column;
  }

  #kinds(): [string, ColumnKind][] {
    return Object.entries(held[this.name]);
  }

  #keyAt(position: number): number {
    const chunk = this.#held(this.#kinds()[0]?.[0] ?? '').chunk(position >>> 16);
    return chunk.values[position & (chunkRows - 1)] ?? NaN;
  }

  #reader(name: string, kind: ColumnKind): (text: string) => number {
    switch (kind) {
      case 'day':
        return (text) => (text === '' ? NaN : dayOf(text));
      case 'bin':
        return (text) => (text === '' ? NaN : placeOf(Number(text)));
      case 'word': {
        let words = this.#words.get(name);
        if (!words) this.#words.set(name, (words = new Map<string, number>()));
        const known = words;
        return (text) => {
          if (text === '') return NaN;
          let code = known.get(text);
          if (code === undefined) known.set(text, (code = known.size));
          return code;
        };
      }
      default:
        return (text) => (text === '' ? NaN : Number(text));
    }
  }
}
