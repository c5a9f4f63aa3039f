import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const blockBytes = 1 << 18;

/**
 * The bytes of a file, unpacked where its first bytes say that it is gzip.
 * @param file path, or a stream of bytes, which is destroyed at the end
 * @param count gets the number of bytes read, before unpacking
 */
export async function* unpack(file: string | Readable, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  const source = typeof file === 'string' ? createReadStream(file, { highWaterMark: blockBytes }) : file;
  const chunks = buffers(source, count);
  try {
    let start: Buffer = Buffer.alloc(0);
    while (start.length < 4) {
      const next = await chunks.next();
      if (next.done) break;
      start = Buffer.concat([start, next.value]);
    }
    if (!startsWith(start, 0x1f, 0x8b)) {
      if (start.length) yield start;
      yield* chunks;
      return;
    }
    const gunzip = createGunzip({ chunkSize: blockBytes });
    // A failure on either side ends the stream that is read below with the same error.
    pipeline(Readable.from(after(start, chunks)), gunzip, () => undefined);
    for await (const chunk of gunzip) yield chunk as Buffer;
  } finally {
    source.destroy();
  }
}

/** Whether the bytes begin with these. */
export function startsWith(buffer: Buffer, ...bytes: number[]): boolean {
  return bytes.every((byte, i) => buffer[i] === byte);
}

async function* buffers(source: Readable, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    count(buffer.length);
    yield buffer;
  }
}

async function* after(start: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield start;
  yield* rest;
}
