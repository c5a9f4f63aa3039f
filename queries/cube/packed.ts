import { nothing, type Held } from './columns.ts';

/** Numbers as a file holds them. */
export type Packed = Int8Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
/** How they are held there, by the bits of one. */
export const packings = {
  8: { make: (length: number) => new Int8Array(length), none: -128 },
  16: { make: (length: number) => new Int16Array(length), none: -32_768 },
  32: { make: (length: number) => new Int32Array(length), none: nothing },
  64: { make: (length: number) => new Float64Array(length), none: NaN },
} as const;
export type Bits = keyof typeof packings;

/** What the values of a column lie between; `isWhole`: none has a fraction. Of a column without values least is above most. */
export interface Range {
  least: number;
  most: number;
  isWhole: boolean;
  hasNone: boolean;
}

/** The range of no values yet. */
export function emptyRange(): Range {
  return { least: Infinity, most: -Infinity, isWhole: true, hasNone: false };
}

/** Takes more values into a range. */
export function widen(range: Range, values: Held): void {
  const isReal = values instanceof Float64Array;
  let { least, most } = range;
  for (const value of values) {
    if (isReal ? Number.isNaN(value) : value === nothing) range.hasNone = true;
    else {
      if (value < least) least = value;
      if (value > most) most = value;
      if (isReal && !Number.isInteger(value)) range.isWhole = false;
    }
  }
  [range.least, range.most] = [least, most];
}

/** The one value all rows of a column have, null for none; undefined where they differ. */
export function constantOf({ least, most, hasNone }: Range): number | null | undefined {
  if (least > most) return null;
  return least === most && !hasNone ? least : undefined;
}

/** The fewest bits that hold every value of a range, and one value more that stands for none. */
export function bitsFor({ least, most, isWhole }: Range): Bits {
  if (!isWhole || least <= nothing || most > 2_147_483_647) return 64;
  if (least > -128 && most <= 127) return 8;
  return least > -32_768 && most <= 32_767 ? 16 : 32;
}

/** The same values in so many bits. */
export function pack(values: Held, bits: Bits): Packed {
  const { make, none } = packings[bits];
  const packed = make(values.length);
  if (values instanceof Float64Array) for (let i = 0; i < values.length; i++) packed[i] = orNone(values[i] ?? NaN, none);
  else if (bits === 32) packed.set(values);
  else for (let i = 0; i < values.length; i++) packed[i] = values[i] === nothing ? none : (values[i] ?? none);
  return packed;
}

function orNone(value: number, none: number): number {
  return Number.isNaN(value) ? none : value;
}

/** Writes packed values into a column from a position on. */
export function unpack(packed: Packed, bits: Bits, into: Held, at: number): void {
  const { none } = packings[bits];
  const missing = into instanceof Float64Array ? NaN : nothing;
  if (Object.is(none, missing)) return into.set(packed, at);
  for (let i = 0; i < packed.length; i++) {
    const value = packed[i] ?? 0;
    into[at + i] = value === none ? missing : value;
  }
}
