import path from 'node:path';
import type { Readable } from 'node:stream';
import { SourceFailed } from '../errors.ts';
import { countBreaks } from './csv-lines.ts';
import type { CsvEncoding } from './csv-text.ts';
import { startsWith, unpack } from './unpack.ts';

export interface TextChunk {
  text: string;
  /** Bytes of input read so far, before unpacking. */
  bytes: number;
}

/**
 * Reads a file as text in pieces of any length, for documents whose lines mean nothing. Gzip is told by its first bytes, UTF-8 and
 * UTF-16 by a byte order mark, which is left out.
 * @param file path, or a stream of bytes
 * @param encoding of a file without a byte order mark
 * @throws SourceFailed when the file cannot be opened, read or unpacked, or its bytes are no text in this encoding: it names the
 * line, and for UTF-8 the first wrong byte
 */
export async function* readChunks(file: string | Readable, encoding: CsvEncoding): AsyncGenerator<TextChunk> {
  const name = typeof file === 'string' ? path.basename(file) : 'standard input';
  let bytes = 0;
  let breaks = 0;
  let decode: ((chunk: Buffer, isLast: boolean) => string) | null = null;
  const fail = (message: string, cause?: unknown): never => {
    throw new SourceFailed(typeof file === 'string' ? file : 'standard input', message, { retriable: false, cause });
  };
  const decoded = (chunk: Buffer, isLast: boolean): string => {
    decode ??= decoderOf(chunk, encoding);
    try {
      return decode(chunk, isLast);
    } catch (cause) {
      if (!(cause instanceof WrongBytes)) throw cause;
      return fail(`${name}, line ${breaks + countBreaks(cause.before) + 1}: ${cause.message}`);
    }
  };
  try {
    for await (const chunk of unpack(file, (n) => (bytes += n))) {
      const text = decoded(chunk, false);
      if (text) yield { text, bytes };
      breaks += countBreaks(text);
    }
    const rest = decoded(Buffer.alloc(0), true);
    if (rest) yield { text: rest, bytes };
  } catch (cause) {
    if (cause instanceof SourceFailed) throw cause;
    fail(`cannot read the file: ${cause instanceof Error ? cause.message : 'unknown failure'}`, cause);
  }
}

/** Bytes that are no text. */
class WrongBytes extends Error {
  readonly before: string;

  constructor(message: string, before: string) {
    super(message);
    this.before = before;
  }
}

function decoderOf(start: Buffer, encoding: CsvEncoding): (chunk: Buffer, isLast: boolean) => string {
  const found = startsWith(start, 0xff, 0xfe)
    ? 'utf-16le'
    : startsWith(start, 0xfe, 0xff)
      ? 'utf-16be'
      : startsWith(start, 0xef, 0xbb, 0xbf)
        ? 'utf-8'
        : encoding;
  if (found === 'utf-8') return utf8Decoder();
  const decoder = new TextDecoder(found, { fatal: true });
  return (chunk, isLast) => {
    try {
      return decoder.decode(chunk, { stream: !isLast });
    } catch {
      throw new WrongBytes(`is not valid ${found.toUpperCase()}`, '');
    }
  };
}

/** By whole characters, so that a wrong byte can be named. */
function utf8Decoder(): (chunk: Buffer, isLast: boolean) => string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let held: Buffer = Buffer.alloc(0);
  let isFirst = true;
  return (chunk, isLast) => {
    const all = held.length ? Buffer.concat([held, chunk]) : chunk;
    const end = isLast ? all.length : wholeCharacters(all);
    held = all.subarray(end);
    let part = all.subarray(0, end);
    if (isFirst && startsWith(part, 0xef, 0xbb, 0xbf)) part = part.subarray(3);
    if (part.length) isFirst = false;
    try {
      return strict.decode(part);
    } catch {
      const shown = new TextDecoder('utf-8', { ignoreBOM: true }).decode(part);
      const before = shown.slice(0, shown.indexOf('\ufffd'));
      const byte = part[Buffer.byteLength(before)] ?? 0;
      throw new WrongBytes(
        `is not valid UTF-8 (byte 0x${byte.toString(16).toUpperCase()} at character ${before.length - before.lastIndexOf('\n')}); if the file is in another encoding, name it in the map, e.g. input: { encoding: windows-1252 }`,
        before,
      );
    }
  };
}

/** Length of the bytes without a character that is cut off at their end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
