import { randomBytes } from 'node:crypto';
import { rm, stat, writeFile } from 'node:fs/promises';
import type { Store } from './open.ts';

const reserveBytes = 512 * 1024;

/**
 * Keeps some room on the disk beside the store (a file of 512 KiB), so that a run that finds the disk full can still be noted as
 * failed. PostgreSQL looks after its own disk.
 * @throws the error of the file system where there is no room
 */
export async function keepReserve(store: Store): Promise<void> {
  const file = await reserveFile(store);
  if (file === null || (await sizeOf(file)) === reserveBytes) return;
  try {
    await writeFile(file, randomBytes(reserveBytes));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

/** Gives the room free; the next run keeps it again. */
export async function useReserve(store: Store): Promise<void> {
  const file = await reserveFile(store);
  if (file !== null) await rm(file, { force: true });
}

/**
 * Has the log of SQLite written anew from its beginning, in the room it has: the batches in it may have left none for how the run
 * ended. Waits up to ten seconds for others that read.
 * @throws the error of the database where the store cannot take over what is in the log
 */
export async function reuseLog(store: Store): Promise<void> {
  if (store.engine === 'sqlite') await store.writer.raw('pragma wal_checkpoint(restart)');
}

async function reserveFile(store: Store): Promise<string | null> {
  if (store.engine !== 'sqlite') return null;
  const databases = await store.reader.raw<{ name: string; file: string }[]>('pragma database_list');
  const file = databases.find(({ name }) => name === 'main')?.file;
  return file ? `${file}-reserve` : null;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
