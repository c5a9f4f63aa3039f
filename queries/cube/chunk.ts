import { bitsFor, emptyRange, makePacked, own, pack, packings, rangeOf, shared, type Bits, type Packed, type Spread } from './packed.ts';

/** Rows of a chunk at most; a row's position is its chunk times this, plus where it stands in it. */
export const chunkRows = 65_536;

/** The values of a column over some rows. What none stands for depends on the bits; of a chunk without values least is above most. */
export interface Chunk extends Spread {
  readonly values: Packed;
  readonly bits: Bits;
}

/** A column by chunks: of a table, or worked out of others. */
export interface Column {
  chunk(index: number): Chunk;
}

/** What all values of a column lie between, both inclusive; without values least is above most. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** A column of which it is known what its values lie between, whether its chunks have been worked out or not. */
export interface RangedColumn extends Column {
  bounds(): Bounds;
}

/** What values between some bounds and some others lie between. */
export function spanOf(all: Iterable<Bounds>): Bounds {
  let [least, most] = [Infinity, -Infinity];
  for (const bounds of all) [least, most] = [Math.min(least, bounds.least), Math.max(most, bounds.most)];
  return { least, most };
}

/** A value of a chunk; NaN for none. */
export function valueAt({ values, bits }: Chunk, row: number): number {
  const value = values[row] ?? NaN;
  return value === packings[bits].none ? NaN : value;
}

/** A chunk of values, NaN for none, in as few bits as hold them. */
export function chunkOf(values: Float64Array, memory?: (bytes: number) => ArrayBufferLike): Chunk {
  const range = rangeOf(values);
  const bits = bitsFor(range);
  return { ...range, bits, values: pack(values, bits, memory) };
}

const constants = new Map<number, Chunk>();

/** A chunk in which every row has the same value; null for none. */
export function constantChunk(value: number | null): Chunk {
  const key = value ?? NaN;
  let chunk = constants.get(key);
  if (!chunk) {
    chunk = chunkOf(new Float64Array(chunkRows).fill(key), shared);
    if (constants.size < 256) constants.set(key, chunk);
  }
  return chunk;
}

/** A column of a table: chunks that lie in a file are read when they are first asked for, rows are added at the end. */
export class HeldColumn implements RangedColumn {
  readonly #chunks: (Chunk | undefined)[] = [];
  readonly #read: ((index: number) => Chunk) | null;
  /** How many chunks lie in the file. */
  readonly #stored: number;
  #bytes = 0;

  constructor(stored = 0, read: ((index: number) => Chunk) | null = null) {
    this.#stored = stored;
    this.#read = read;
  }

  /** Bytes the chunks in memory take. */
  get bytes(): number {
    return this.#bytes;
  }

  chunk(index: number): Chunk {
    let chunk = this.#chunks[index];
    if (chunk) return chunk;
    if (!this.#read || index >= this.#stored) throw new Error(`there is no chunk ${index}`);
    this.#keep(index, (chunk = this.#read(index)));
    return chunk;
  }

  bounds(): Bounds {
    return spanOf(Array.from({ length: Math.max(this.#stored, this.#chunks.length) }, (_, index) => this.chunk(index)));
  }

  /** A chunk that is not kept in memory for it. */
  peek(index: number): Chunk {
    return this.#chunks[index] ?? this.#read?.(index) ?? this.chunk(index);
  }

  /** Forgets what can be read again. */
  forget(): void {
    if (this.#read) for (let index = 0; index < this.#stored; index++) this.#keep(index, undefined);
  }

  /**
   * Adds values to a chunk that does not lie in the file.
   * @param at where they begin in it: how many it has
   * @param values NaN for none
   */
  append(index: number, at: number, values: Float64Array): void {
    const before = at > 0 ? this.chunk(index) : undefined;
    const range = rangeOf(values, before ? { ...before, isWhole: before.bits < 64 } : emptyRange());
    const bits = bitsFor(range);
    let into = before?.bits === bits ? before.values : undefined;
    const isFull = at + values.length === chunkRows;
    if (!into || into.length < at + values.length || isFull) {
      const room = Math.min(chunkRows, Math.max(64, (at + values.length) * 2));
      into = makePacked(room, bits, isFull ? shared : own);
      if (before?.bits === bits) into.set(before.values.subarray(0, at));
      else if (before) into.set(pack(Float64Array.from({ length: at }, (_, row) => valueAt(before, row)), bits)); // prettier-ignore
    }
    into.set(pack(values, bits), at);
    this.#keep(index, { ...range, bits, values: into });
  }

  #keep(index: number, chunk: Chunk | undefined): void {
    this.#bytes += (chunk?.values.byteLength ?? 0) - (this.#chunks[index]?.values.byteLength ?? 0);
    this.#chunks[index] = chunk;
  }
}

/** A column worked out of others, a chunk at a time; a chunk is made again once it has more rows. */
export class MadeColumn implements RangedColumn {
  readonly #made: ({ chunk: Chunk; rows: number } | undefined)[] = [];
  readonly #rowsIn: (index: number) => number;
  readonly #make: (index: number) => Chunk;
  readonly bounds: () => Bounds;

  constructor(rowsIn: (index: number) => number, make: (index: number) => Chunk, bounds: () => Bounds) {
    [this.#rowsIn, this.#make, this.bounds] = [rowsIn, make, bounds];
  }

  /** Bytes the chunks in memory take. */
  get bytes(): number {
    return this.#made.reduce((sum, made) => sum + (made?.chunk.values.byteLength ?? 0), 0);
  }

  chunk(index: number): Chunk {
    const rows = this.#rowsIn(index);
    let made = this.#made[index];
    if (made?.rows !== rows) this.#made[index] = made = { chunk: this.#make(index), rows };
    return made.chunk;
  }
}

/** A column worked out for one pass, of which only the last chunk is remembered: statements of a pass ask for the same one after the other. */
export class PassingColumn implements RangedColumn {
  readonly #bounds: Bounds;
  readonly #make: (index: number) => Chunk;
  #last: { index: number; chunk: Chunk } | null = null;

  constructor(make: (index: number) => Chunk, bounds: Bounds = { least: -Infinity, most: Infinity }) {
    [this.#make, this.#bounds] = [make, bounds];
  }

  bounds(): Bounds {
    return this.#bounds;
  }

  chunk(index: number): Chunk {
    if (this.#last?.index !== index) this.#last = { index, chunk: this.#make(index) };
    return this.#last.chunk;
  }
}
