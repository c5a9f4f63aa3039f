import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { BadInput } from './errors.ts';
import { mostEvidenceBytes } from './evidence.ts';

/** A file that was received whole and belongs to nothing yet. */
export interface Received {
  /** Where it lies until it is kept or dropped. */
  path: string;
  /** SHA-256, 64 hexadecimal digits. */
  hash: string;
  bytes: number;
}

/** The bytes of evidence, each once, under their SHA-256. */
export interface EvidenceFiles {
  /**
   * Writes what comes to the disk, a piece at a time.
   * @throws BadInput as soon as it is more than {@link mostEvidenceBytes}; then, or when what comes breaks off, nothing is left of it
   */
  receive(pieces: AsyncIterable<Uint8Array>): Promise<Received>;
  /** Puts it in its place; what lies there has the same bytes, or was damaged. May be called again for the same. */
  keep(received: Received): Promise<void>;
  /** Takes away what was received and not kept. */
  drop(received: Received): Promise<void>;
  /** Takes the bytes away that nothing refers to any more. */
  remove(hash: string): Promise<void>;
  /**
   * Opens the bytes, which have been read to the end and are those of `hash`. The caller closes it.
   * @throws EvidenceDamaged where they are gone or are others
   */
  open(hash: string): Promise<FileHandle>;
  /** Takes away what uploads of a process that died have left; those of others that run are younger. */
  sweep(now: number): Promise<void>;
}

/** The bytes of a piece of evidence are not what was stored. */
export class EvidenceDamaged extends Error {
  constructor(what: string) {
    super(`the file in the folder of evidence ${what}`);
    this.name = 'EvidenceDamaged';
  }
}

const abandonedSeconds = 86_400;

/** Where the evidence of a data folder lies, also where its store is on PostgreSQL. */
export const evidenceFolder = (dataDir: string): string => path.join(dataDir, 'evidence');

/** Below the folder of evidence: what is being received. */
export const incomingFolder = 'incoming';

/** @param folder of evidence, made when the first file comes */
export function openEvidenceFiles(folder: string): EvidenceFiles {
  const incoming = path.join(folder, incomingFolder);
  // Two levels, so that no folder grows beyond what tools list at once; the ending keeps the name from being taken for a source's file.
  const placeOf = (hash: string) => path.join(folder, hash.slice(0, 2), hash.slice(2, 4), `${hash}.evidence`);

  async function receive(pieces: AsyncIterable<Uint8Array>): Promise<Received> {
    await mkdir(incoming, { recursive: true, mode: 0o700 });
    const place = path.join(incoming, randomUUID());
    const handle = await open(place, 'wx', 0o600);
    try {
      const digest = createHash('sha256');
      let bytes = 0;
      for await (const piece of pieces) {
        bytes += piece.length;
        if (bytes > mostEvidenceBytes) throw tooLarge();
        digest.update(piece);
        await writeAll(handle, piece);
      }
      await handle.sync();
      await handle.close();
      return { path: place, hash: digest.digest('hex'), bytes };
    } catch (error) {
      await handle.close();
      await rm(place, { force: true });
      throw error;
    }
  }

  async function keep({ path: from, hash }: Received): Promise<void> {
    const place = placeOf(hash);
    const above = path.dirname(place);
    await mkdir(above, { recursive: true, mode: 0o700 });
    try {
      await rename(from, place);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' && (await exists(place))) return;
      throw error;
    }
    // The name is on the disk only when its folder is.
    const parent = await open(above, 'r');
    await parent.sync().finally(() => parent.close());
  }

  async function openWhole(hash: string): Promise<FileHandle> {
    let handle: FileHandle;
    try {
      handle = await open(placeOf(hash), 'r');
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw new EvidenceDamaged('is gone');
      throw error;
    }
    try {
      const digest = createHash('sha256');
      for await (const piece of handle.createReadStream({ start: 0, autoClose: false })) digest.update(piece as Buffer);
      if (digest.digest('hex') !== hash) throw new EvidenceDamaged('holds other bytes than were stored');
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  return {
    receive,
    keep,
    drop: ({ path: place }) => rm(place, { force: true }),
    remove: (hash) => rm(placeOf(hash), { force: true }),
    open: openWhole,
    async sweep(now) {
      for (const name of await readdir(incoming).catch(() => [])) {
        const place = path.join(incoming, name);
        const found = await stat(place).catch(() => null);
        if (found && found.mtimeMs / 1000 < now - abandonedSeconds) await rm(place, { force: true });
      }
    },
  };
}

/** What is said of a file beyond the limit. */
export function tooLarge(): BadInput {
  const message = `the file is larger than ${mostEvidenceBytes / 1e6} MB; send a smaller one, or part of it`;
  return new BadInput([{ field: 'file', message }]);
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let from = 0; from < piece.length;) from += (await handle.write(piece, from)).bytesWritten;
}

async function exists(place: string): Promise<boolean> {
  return (await stat(place).catch(() => null)) !== null;
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}
