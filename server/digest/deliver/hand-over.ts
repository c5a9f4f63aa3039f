import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

/** A message on its way to a server. */
export interface Handover {
  stream: Readable;
  /** Whether the server has taken it on: its first byte may have left. */
  isBegun: () => boolean;
  /** Whether its end may have left. Until then the server cannot have accepted it. */
  isWhole: () => boolean;
  /** Resolves when what was to be done before the first byte is done, however it went. */
  settled: () => Promise<void>;
}

const pieceBytes = 16 * 1024;

/**
 * A message that is read only when the server has said that it takes it, and that knows whether all of it was read.
 * @param onHandover settled before the first byte is read; when it fails, none is
 * @param onWhole called before the end can be written
 */
export function handOver(bytes: Buffer, onHandover: () => Promise<void>, onWhole: () => void): Handover {
  let begun: Promise<void> | null = null;
  let isWhole = false;
  async function* pieces(): AsyncGenerator<Buffer> {
    begun = onHandover();
    await begun;
    for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    // A connection that is gone by now has not seen the end.
    await turn();
    if (stream.destroyed) return;
    // Only now does the reader learn that this is the end, and writes the final dot.
    isWhole = true;
    onWhole();
  }
  const stream = Readable.from(pieces(), { objectMode: false });
  return {
    stream,
    isBegun: () => begun !== null,
    isWhole: () => isWhole,
    settled: () => (begun ?? Promise.resolve()).catch(() => undefined),
  };
}
