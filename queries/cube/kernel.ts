import { packings, type Bits } from './packed.ts';
import type { Chunk, Column } from './chunk.ts';
import type { Test } from './tests.ts';

/**
 * The source of a loop over the rows of a chunk, with what it reads. Loops are made of text, since one that is made for the question it answers takes a
 * fraction of the time of general ones: nothing but numbers, operators and names given here gets into it, so equal questions over other values share a
 * loop. `r` is the row.
 */
export class Kernel {
  readonly #given: unknown[] = [];
  readonly #names = new Map<unknown, string>();
  /** Tells loops over columns of other bits apart: a loop that meets several is slow with all of them. */
  readonly #bits: Bits[] = [];
  readonly index: number;

  /** @param index of the chunk it is for */
  constructor(index: number) {
    this.index = index;
  }

  /** The name of something given. */
  give(value: unknown): string {
    let name = this.#names.get(value);
    if (name === undefined) {
      name = `g${this.#given.length}`;
      this.#given.push(value);
      this.#names.set(value, name);
    }
    return name;
  }

  /** The value of a column in the row. */
  at({ values, bits }: Chunk): string {
    if (!this.#names.has(values)) this.#bits.push(bits);
    return `${this.give(values)}[r]`;
  }

  /** A number that is the same for all rows. */
  number(value: number): string {
    // Numbers are told apart by what they are for, not by what they are: else two that happen to be equal would make another loop.
    const name = `g${this.#given.length}`;
    this.#given.push(value);
    return name;
  }

  /** Whether the row meets all of some tests: true or false for every row, or an expression that is 1 or 0. */
  meets(tests: readonly Test[]): boolean | string {
    const parts: string[] = [];
    for (const test of tests) {
      const part = this.#meets(test);
      if (part === false) return false;
      if (part !== true) parts.push(part);
    }
    return parts.length ? parts.join(' & ') : true;
  }

  /** Runs a loop: `body` are statements, which may return a number. */
  run(body: string): unknown {
    const key = `${this.#bits.join()}\n${body}`;
    let loop = loops.get(key);
    if (!loop) {
      if (loops.size >= mostLoops) loops.clear();
      const names = this.#given.map((_, i) => `g${i}`);
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- made of the parts above alone
      loop = new Function('given', `// ${this.#bits.join()}\nconst [${names.join()}] = given;\n${body}`) as Loop;
      loops.set(key, loop);
    }
    return loop(this.#given);
  }

  #meets(test: Test): boolean | string {
    if (test.is === 'any') {
      const parts = test.of.map((all) => this.meets(all));
      if (parts.includes(true)) return true;
      const some = parts.filter((part) => part !== false);
      return some.length ? `(${some.map((part) => `(${part})`).join(' | ')})` : false;
    }
    const chunk = test.column.chunk(this.index);
    const found = this.#finds(test, chunk);
    if (typeof found === 'boolean') return found === test.isKept;
    return test.isKept ? `(${found})` : `(1 ^ (${found}))`;
  }

  #finds(test: Exclude<Test, { is: 'any' }>, chunk: Chunk): boolean | string {
    switch (test.is) {
      case 'between':
        return this.#between(chunk, test.least, test.most);
      case 'listed':
        return this.#listed(chunk, test.codes);
      case 'by_then':
        return this.#byThen(chunk, test.sources.chunk(this.index), test);
    }
  }

  #between(chunk: Chunk, least: number, most: number): boolean | string {
    if (chunk.least > chunk.most || least > chunk.most || most < chunk.least || least > most) return false;
    const [isFirst, isLast] = [least <= chunk.least, most >= chunk.most];
    if (isFirst && isLast && !chunk.hasNone) return true;
    const value = this.at(chunk);
    // What stands for none lies below every value, or is NaN.
    const parts = [
      ...(isFirst && !chunk.hasNone ? [] : [`(${value} >= ${this.number(Math.max(least, chunk.least))})`]),
      ...(isLast ? [] : [`(${value} <= ${this.number(most)})`]),
    ];
    return parts.length === 1 ? `${parts[0]} & 1` : parts.join(' & ');
  }

  #listed(chunk: Chunk, codes: readonly number[]): boolean | string {
    const met = codes.filter((code) => code >= chunk.least && code <= chunk.most);
    const [only] = met;
    if (only === undefined) return false;
    if (chunk.least === chunk.most && !chunk.hasNone) return true;
    if (met.length === 1) return `(${this.at(chunk)} === ${this.number(only)}) & 1`;
    if (chunk.bits > 16) return `${this.give(new Set(met))}.has(${this.at(chunk)}) & 1`;
    return this.#looked(marksOf(codes, chunk.bits), chunk);
  }

  #byThen(chunk: Chunk, sources: Chunk, { then }: { then: { least: number; most: number; upTo(source: number): Float64Array } }) {
    if (chunk.least > then.most) return false; // nothing has a value, or all lie after T
    if (chunk.most <= then.least) return this.#between(chunk, -Infinity, Infinity);
    if (then.least === then.most) return this.#between(chunk, -Infinity, then.most);
    const isKnown = chunk.hasNone ? ` & (${this.at(chunk)} >= ${this.number(chunk.least)})` : '';
    return `(${this.at(chunk)} <= ${this.give(then.upTo(sources.most))}[${this.at(sources)}])${isKnown} & 1`;
  }

  /** What stands for a value of few bits in a table of all such values. */
  #looked(table: Uint8Array | Int32Array, chunk: Chunk): string {
    return `${this.give(table)}[${this.at(chunk)} + ${-packings[chunk.bits].none}]`;
  }

  /** What stands for the value of a column in the row: `of` a value, looked up where values are few. */
  standing(column: Column, of: (value: number) => number): string {
    const chunk = column.chunk(this.index);
    if (chunk.bits > 16) return `${this.give(of)}(${this.at(chunk)})`;
    return this.#looked(standingsOf(of, chunk.bits), chunk);
  }
}

type Loop = (given: readonly unknown[]) => unknown;
const loops = new Map<string, Loop>();
const mostLoops = 4_000;

const marks = new WeakMap<readonly number[], Map<Bits, Uint8Array>>();

/** 1 for every value of so many bits that is listed. */
function marksOf(codes: readonly number[], bits: Bits): Uint8Array {
  return kept(marks, codes, bits, () => {
    const table = new Uint8Array(2 ** bits);
    for (const code of codes) table[code - packings[bits].none] = 1;
    return table;
  });
}

const standings = new WeakMap<(value: number) => number, Map<Bits, Int32Array>>();

/** What stands for every value of so many bits. */
function standingsOf(of: (value: number) => number, bits: Bits): Int32Array {
  return kept(standings, of, bits, () => Int32Array.from({ length: 2 ** bits }, (_, i) => of(i + packings[bits].none)));
}

function kept<K extends object, T>(tables: WeakMap<K, Map<Bits, T>>, key: K, bits: Bits, make: () => T): T {
  let known = tables.get(key);
  if (!known) tables.set(key, (known = new Map<Bits, T>()));
  let table = known.get(bits);
  if (!table) known.set(bits, (table = make()));
  return table;
}
