import { Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/**
 * How many bytes the files of a ZIP archive take unpacked, found by unpacking them, since what an archive says of itself may be wrong.
 * @param most stops counting beyond this
 * @param look is shown every file in pieces
 * @returns a number over `most` when they take more; null when the archive is broken or has parts its directory does not name
 */
export async function unpackedSize(archive: Buffer, most: number, look: (name: string, piece: Buffer) => void): Promise<number | null> {
  const entries = readDirectory(archive);
  if (!entries) return null;
  let size = 0;
  for (const { name, data, isPacked } of entries) {
    if (!isPacked) {
      look(name, data);
      size += data.length;
    } else {
      try {
        for await (const piece of Readable.from([data]).pipe(createInflateRaw({ chunkSize: 1 << 16 })) as AsyncIterable<Buffer>) {
          size += piece.length;
          if (size > most) return size;
          look(name, piece);
        }
      } catch (error) {
        if (isZlibError(error)) return null;
        throw error;
      }
    }
    if (size > most) return size;
  }
  return size;
}

interface Entry {
  name: string;
  data: Buffer;
  isPacked: boolean;
}

const endMark = 0x06054b50;
const directoryMark = 0x02014b50;
const localMark = 0x04034b50;
// What may stand between two files: the sizes of the one before.
const longestDescriptor = 24;

/** By APPNOTE.TXT of PKWARE, 4.3. */
function readDirectory(archive: Buffer): Entry[] | null {
  let end = archive.length - 22;
  while (end >= 0 && end > archive.length - 66_000 && archive.readUInt32LE(end) !== endMark) end--;
  if (end < 0 || archive.readUInt32LE(end) !== endMark) return null;
  const count = archive.readUInt16LE(end + 10);
  const directory = archive.readUInt32LE(end + 16);
  const found: { at: number; length: number; method: number }[] = [];
  let at = directory;
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== directoryMark) return null;
    found.push({ method: archive.readUInt16LE(at + 10), length: archive.readUInt32LE(at + 20), at: archive.readUInt32LE(at + 42) });
    at += 46 + archive.readUInt16LE(at + 28) + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  found.sort((a, b) => a.at - b.at);
  const entries: Entry[] = [];
  let reached = 0;
  for (const file of found) {
    if (file.at < reached || file.at > reached + (entries.length ? longestDescriptor : 0)) return null;
    if (file.at + 30 > archive.length || archive.readUInt32LE(file.at) !== localMark || (file.method !== 0 && file.method !== 8))
      return null;
    const nameEnd = file.at + 30 + archive.readUInt16LE(file.at + 26);
    const start = nameEnd + archive.readUInt16LE(file.at + 28);
    reached = start + file.length;
    if (reached > directory) return null;
    entries.push({
      name: archive.toString('latin1', file.at + 30, nameEnd),
      data: archive.subarray(start, reached),
      isPacked: file.method === 8,
    });
  }
  return directory > reached + longestDescriptor ? null : entries;
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && /^Z_/.test(String((error as NodeJS.ErrnoException).code));
}
