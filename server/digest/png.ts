import { inflateSync } from 'node:zlib';

/** The pixels of a picture: `width` times `height` of red, green, blue and opacity, 0 to 255. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Reads a PNG of eight bits a colour, as resvg writes them (https://www.w3.org/TR/png-3/).
 * @returns null for anything else
 */
export function readPng(file: Buffer): Pixels | null {
  if (!file.subarray(0, 8).equals(signature)) return null;
  const pieces: Buffer[] = [];
  let head: Buffer | null = null;
  for (let at = 8; at + 12 <= file.length;) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 8, at + 8 + length);
    const kind = file.toString('latin1', at + 4, at + 8);
    if (kind === 'IHDR') head = body;
    if (kind === 'IDAT') pieces.push(body);
    at += length + 12;
  }
  // Eight bits, with opacity or without, not interlaced.
  const size = head?.[9] === 6 ? 4 : head?.[9] === 2 ? 3 : 0;
  if (!head || head.length < 13 || head[8] !== 8 || size === 0 || head[12] !== 0) return null;
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const packed = unpacked(Buffer.concat(pieces));
  const stride = width * size;
  if (!packed || packed.length < (stride + 1) * height) return null;
  const data = new Uint8Array(width * height * 4).fill(255);
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const line = unfiltered(packed[from] ?? 0, packed.subarray(from + 1, from + 1 + stride), above, size);
    for (let x = 0; x < width; x++) data.set(line.subarray(x * size, (x + 1) * size), (y * width + x) * 4);
    above = line;
  }
  return { width, height, data };
}

function unpacked(packed: Buffer): Buffer | null {
  try {
    return inflateSync(packed);
  } catch {
    return null; // cut off or broken: no picture
  }
}

/** A line of bytes as they were before they were made small: each told by how it differs from its neighbours. */
function unfiltered(filter: number, told: Uint8Array, above: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const line = new Uint8Array(told.length);
  for (let i = 0; i < told.length; i++) {
    const left = i >= size ? (line[i - size] ?? 0) : 0;
    const up = above[i] ?? 0;
    const corner = i >= size ? (above[i - size] ?? 0) : 0;
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
    line[i] = ((told[i] ?? 0) + guess) & 255;
  }
  return line;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
