/** Numbers as a file and a chunk hold them. */
export type Packed = Int8Array | Int16Array | Int32Array | Float64Array;
/** How they are held there, by the bits of one; `none` stands for no value. */
export const packings = {
  8: { over: (memory: ArrayBufferLike) => new Int8Array(memory), none: -128 },
  16: { over: (memory: ArrayBufferLike) => new Int16Array(memory), none: -32_768 },
  32: { over: (memory: ArrayBufferLike) => new Int32Array(memory), none: -2_147_483_648 },
  64: { over: (memory: ArrayBufferLike) => new Float64Array(memory), none: NaN },
} as const;
export type Bits = keyof typeof packings;

/** Memory that threads share, for what is kept for long: V8 does not count it, so what is let go of is not given back at once. */
export const shared = (bytes: number): SharedArrayBuffer => new SharedArrayBuffer(bytes);
/** Memory of one thread; what is sent of it to others is copied. */
export const own = (bytes: number): ArrayBuffer => new ArrayBuffer(bytes);

/** Room for so many values of so many bits. */
export function makePacked(length: number, bits: Bits, memory: (bytes: number) => ArrayBufferLike): Packed {
  return packings[bits].over(memory((length * bits) / 8));
}

/** What values lie between, both inclusive, and whether some are none. Without values least is above most. */
export interface Spread {
  readonly least: number;
  readonly most: number;
  readonly hasNone: boolean;
}

/** The same, and whether none of the values has a fraction. */
export interface Range extends Spread {
  readonly isWhole: boolean;
}

/** The range of no values yet. */
export function emptyRange(): Range {
  return { least: Infinity, most: -Infinity, isWhole: true, hasNone: false };
}

/** The range of values, NaN for none, and of those of another range. */
export function rangeOf(values: Float64Array, { least, most, isWhole, hasNone }: Range = emptyRange()): Range {
  for (const value of values) {
    if (value !== value) hasNone = true;
    else {
      if (value < least) least = value;
      if (value > most) most = value;
      if (isWhole && !Number.isInteger(value)) isWhole = false;
    }
  }
  return { least, most, isWhole, hasNone };
}

/** The one value all rows of a column have, null for none; undefined where they differ. */
export function constantOf({ least, most, hasNone }: Range): number | null | undefined {
  if (least > most) return null;
  return least === most && !hasNone ? least : undefined;
}

/** The fewest bits that hold every value of a range, and one value more that stands for none. */
export function bitsFor({ least, most, isWhole }: Range): Bits {
  if (!isWhole || least <= packings[32].none || most > 2_147_483_647) return 64;
  if (least > -128 && most <= 127) return 8;
  return least > -32_768 && most <= 32_767 ? 16 : 32;
}

/** Values, NaN for none, in so many bits. */
export function pack(values: Float64Array, bits: Bits, memory: (bytes: number) => ArrayBufferLike = own): Packed {
  const { none } = packings[bits];
  const packed = makePacked(values.length, bits, memory);
  if (bits === 64) packed.set(values);
  else for (let i = 0; i < values.length; i++) packed[i] = orNone(values[i] ?? NaN, none);
  return packed;
}

function orNone(value: number, none: number): number {
  return Number.isNaN(value) ? none : value;
}
