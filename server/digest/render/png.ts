import { inflateSync } from 'node:zlib';

/** The pixels of a picture: `width` times `height` of red, green, blue and opacity, 0 to 255. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * Reads a PNG of eight bits a colour with opacity, as resvg writes them (https://www.w3.org/TR/png-3/).
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
  // Eight bits with opacity, not interlaced.
  if (!head || head.length < 13 || head[8] !== 8 || head[9] !== 6 || head[12] !== 0) return null;
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const packed = unpacked(Buffer.concat(pieces));
  const stride = width * 4;
  if (!packed || packed.length < (stride + 1) * height) return null;
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) unfilter(packed, y * (stride + 1), data, { from: y * stride, stride });
  return { width, height, data };
}

function unpacked(packed: Buffer): Buffer | null {
  try {
    return inflateSync(packed);
  } catch {
    return null; // cut off or broken: no picture
  }
}

/** Writes a line of bytes as they were before they were made small: each is told by how it differs from its neighbours. */
function unfilter(packed: Uint8Array, at: number, data: Uint8Array, { from, stride }: { from: number; stride: number }): void {
  const filter = packed[at] ?? 0;
  const isFirst = from === 0;
  for (let i = 0; i < stride; i++) {
    const left = i < 4 ? 0 : (data[from + i - 4] ?? 0);
    const up = isFirst ? 0 : (data[from + i - stride] ?? 0);
    let guess = 0;
    if (filter === 1) guess = left;
    else if (filter === 2) guess = up;
    else if (filter === 3) guess = (left + up) >> 1;
    else if (filter === 4) guess = paeth(left, up, i < 4 || isFirst ? 0 : (data[from + i - stride - 4] ?? 0));
    data[from + i] = (packed[at + 1 + i] ?? 0) + guess;
  }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const a = Math.abs(guess - left);
  const b = Math.abs(guess - up);
  const c = Math.abs(guess - corner);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
