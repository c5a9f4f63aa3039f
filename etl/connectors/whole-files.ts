import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { FoundFile } from '../connector.ts';

/**
 * Those of the files that have been written to their end and are not done, in the order given. Of files
 * with the same content the first stands for all. One that cannot be opened comes along, known by its name, size and time instead
 * of its content, so that its run says why it fails and it is tried again when that changes.
 */
export async function wholeFiles(
  candidates: { name: string; path: string }[],
  { isDone, settleMs = 1500 }: { isDone: (name: string, hash: string) => Promise<boolean>; settleMs?: number | undefined },
): Promise<FoundFile[]> {
  if (candidates.length === 0) return [];
  const before = new Map(await Promise.all(candidates.map(async ({ path }) => [path, await look(path)] as const)));
  await pause(settleMs);
  const found: FoundFile[] = [];
  for (const file of candidates) {
    const seen = before.get(file.path);
    if (!seen || seen !== (await look(file.path))) continue;
    const hash = await hashFile(file.path, `${file.name} ${seen}`);
    // It may have grown while it was being read.
    if (seen !== (await look(file.path)) || found.some((f) => f.hash === hash) || (await isDone(file.name, hash))) continue;
    found.push({ ...file, hash });
  }
  return found;
}

/** Null when the file is gone. */
async function look(file: string): Promise<string | null> {
  try {
    const { size, mtimeMs, ctimeMs } = await stat(file);
    return `${size} ${mtimeMs} ${ctimeMs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function hashFile(file: string, otherwise: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
    return hash.digest('hex');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EISDIR') throw error;
    return createHash('sha256').update(`cannot be read: ${otherwise}`).digest('hex');
  }
}
