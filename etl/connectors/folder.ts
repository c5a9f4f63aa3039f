import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { SourceFailed } from '../errors.ts';

/** A file of a drop folder that has been written to its end. */
export interface DroppedFile {
  name: string;
  path: string;
  /** SHA-256 of its bytes, hexadecimal. */
  hash: string;
}

export interface FolderOptions {
  /** Name of the source, for messages. */
  source: string;
  /** Path of the folder; created when it is missing. */
  folder: string;
  /** Whether a file with this content has been read already. */
  isLoaded: (hash: string) => Promise<boolean>;
  /** How long a file must keep its size and time before it counts as written to its end. */
  settleMs?: number;
}

const readable = /\.(csv|tsv|txt)(\.gz)?$/i;
const unfinished = /^[.~]|\.(part|partial|tmp|crdownload|filepart)$/i;

/**
 * The files of a drop folder that have not been read yet, by name. Files still being written wait for the next time, as do
 * hidden and temporary ones; a file read before under another name is not read again. Files stay where they are.
 * @throws SourceFailed when the folder cannot be read
 */
export async function newFiles({ source, folder, isLoaded, settleMs = 1500 }: FolderOptions): Promise<DroppedFile[]> {
  try {
    await mkdir(folder, { recursive: true });
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((e) => e.isFile() && readable.test(e.name) && !unfinished.test(e.name)).map((e) => e.name);
    if (names.length === 0) return [];
    const before = new Map(await Promise.all(names.map(async (name) => [name, await look(path.join(folder, name))] as const)));
    await pause(settleMs);
    const found: DroppedFile[] = [];
    for (const name of names.sort()) {
      const file = path.join(folder, name);
      const seen = before.get(name);
      if (!seen || seen !== (await look(file))) continue;
      const hash = await hashFile(file);
      // It may have grown while it was being read.
      if (seen !== (await look(file)) || found.some((f) => f.hash === hash) || (await isLoaded(hash))) continue;
      found.push({ name, path: file, hash });
    }
    return found;
  } catch (error) {
    throw new SourceFailed(source, `the folder ${folder} cannot be read: ${(error as Error).message}`, { retriable: true, cause: error });
  }
}

async function look(file: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(file);
    return `${size} ${mtimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
