import type { Readable } from 'node:stream';
import { SourceFailed } from '../errors.ts';
import { startsWith, unpack } from './unpack.ts';

export const csvEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type CsvEncoding = (typeof csvEncodings)[number];

/** Whole physical lines of a file; every line break is a line feed, whatever it was. */
export interface Lines {
  text: string;
  /** What is wrong with a line, by its 0-based position in the text: bytes that are no text in this encoding, or too many of them. */
  bad: Map<number, string>;
}
export type TextBlock = Lines & {
  /** Bytes of input read so far, before unpacking. */
  bytes: number;
  isLast: boolean;
};

const longestLine = 16 << 20;

/**
 * Reads a file as text, block by block. Gzip is told by its first bytes, UTF-8 and UTF-16 by a byte order mark, which is left out.
 * @param file path, or a stream of bytes
 * @param encoding of a file without a byte order mark
 * @throws SourceFailed when the file cannot be opened, read or unpacked
 */
export async function* readText(file: string | Readable, encoding: CsvEncoding): AsyncGenerator<TextBlock> {
  let bytes = 0;
  let decoder: LineDecoder | null = null;
  try {
    for await (const chunk of unpack(file, (n) => (bytes += n))) {
      decoder ??= startsWith(chunk, 0xff, 0xfe)
        ? decodeStream('utf-16le')
        : startsWith(chunk, 0xfe, 0xff)
          ? decodeStream('utf-16be')
          : encoding === 'utf-8' || startsWith(chunk, 0xef, 0xbb, 0xbf)
            ? decodeUtf8()
            : decodeStream(encoding);
      const lines = decoder.decode(chunk);
      if (lines) yield { ...lines, bytes, isLast: false };
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'unknown failure';
    throw new SourceFailed(typeof file === 'string' ? file : 'standard input', `cannot read the file: ${reason}`, {
      retriable: false,
      cause,
    });
  }
  yield { ...(decoder?.end() ?? { text: '', bad: new Map<number, string>() }), bytes, isLast: true };
}

interface LineDecoder {
  /** The lines that are complete with this chunk, or null when there is none. */
  decode(chunk: Buffer): Lines | null;
  end(): Lines;
}

/** For encodings in which a line feed byte may be part of another character, or every byte is a character. */
function decodeStream(encoding: CsvEncoding): LineDecoder {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  const linesOf = (text: string): Lines => {
    const bad = new Map<number, string>();
    if (encoding !== 'windows-1252' && text.includes('\ufffd')) {
      unify(text)
        .split('\n')
        .forEach((line, i) => line.includes('\ufffd') && bad.set(i, `is not valid ${encoding.toUpperCase()}`));
    }
    return { text: unify(text), bad };
  };
  return {
    decode(chunk) {
      rest += decoder.decode(chunk, { stream: true });
      const cut = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r', rest.length - 2)) + 1;
      if (cut === 0) {
        // The reader of records rejects the row: a field of it is too long.
        if (rest.length > longestLine) rest = rest.slice(0, longestLine);
        return null;
      }
      const lines = linesOf(rest.slice(0, cut));
      rest = rest.slice(cut);
      return lines;
    },
    end: () => linesOf(rest + decoder.decode()),
  };
}

/** UTF-8 by whole lines, so that bytes that are no UTF-8 cost only the line they stand in. */
function decodeUtf8(): LineDecoder {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let held: Buffer[] = [];
  let heldBytes = 0;
  let isFirst = true;

  const linesOf = (bytes: Buffer): Lines => {
    if (isFirst && startsWith(bytes, 0xef, 0xbb, 0xbf)) bytes = bytes.subarray(3);
    isFirst = false;
    try {
      return { text: unify(strict.decode(bytes)), bad: new Map() };
    } catch {
      return decodeByLine(bytes, strict);
    }
  };

  return {
    decode(chunk) {
      const cut = Math.max(chunk.lastIndexOf(10), chunk.length > 1 ? chunk.lastIndexOf(13, chunk.length - 2) : -1) + 1;
      if (cut === 0) {
        if (heldBytes < longestLine) held.push(chunk);
        heldBytes += chunk.length;
        return null;
      }
      const lines = linesOf(held.length ? Buffer.concat([...held, chunk.subarray(0, cut)]) : chunk.subarray(0, cut));
      if (heldBytes > longestLine) lines.bad.set(0, 'is longer than 16 MiB');
      held = cut < chunk.length ? [chunk.subarray(cut)] : [];
      heldBytes = chunk.length - cut;
      return lines;
    },
    end() {
      const lines = linesOf(Buffer.concat(held));
      if (heldBytes > longestLine) lines.bad.set(0, 'is longer than 16 MiB');
      return lines;
    },
  };
}

function decodeByLine(bytes: Buffer, strict: TextDecoder): Lines {
  const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
  const bad = new Map<number, string>();
  let text = '';
  let line = 0;
  for (let start = 0; start < bytes.length; line++) {
    const end = lineEnd(bytes, start);
    const part = bytes.subarray(start, end);
    try {
      text += strict.decode(part);
    } catch {
      const shown = lossy.decode(part);
      const before = shown.slice(0, shown.indexOf('\ufffd'));
      const byte = part[Buffer.byteLength(before)] ?? 0;
      bad.set(
        line,
        `is not valid UTF-8 (byte 0x${byte.toString(16).toUpperCase()} at character ${before.length + 1}); if the file is in another encoding, name it in the map, e.g. input: { encoding: windows-1252 }`,
      );
      text += shown;
    }
    start = end;
  }
  return { text: unify(text), bad };
}

function lineEnd(bytes: Buffer, start: number): number {
  const feed = bytes.indexOf(10, start);
  const stop = feed < 0 ? bytes.length : feed + 1;
  const carriage = bytes.subarray(start, stop).indexOf(13);
  if (carriage < 0 || start + carriage + 2 === stop) return stop;
  return start + carriage + 1;
}

function unify(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}
