import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { SourceFailed } from '../errors.ts';
import { isAlive } from './owner.ts';

/** Where a restore prepares what is to be in the data folder: within it, since the folder itself may be a volume, which cannot be moved. */
export const restoringFolder = '.restoring';
/** How the folders begin that hold what was there before. */
export const replacedPrefix = 'replaced-';

const places = (dataDir: string) => {
  const folder = path.join(dataDir, restoringFolder);
  return {
    folder,
    /** What is to be in the data folder. */
    fresh: path.join(folder, 'new'),
    /** Holds the name of the folder for what was there; while it is there, that is being moved. */
    ready: path.join(folder, 'ready'),
    /** The same file, once all that was there has been moved. */
    cleared: path.join(folder, 'cleared'),
  };
};

/**
 * Puts in place what a restore has made ready, also one that was killed while doing so: from the file `ready` on the data folder is to be the new one, before
 * it the old one is as it was. Every step is a rename that can be done again. Does nothing where no restore is under way.
 * @param dataDir folder of the store
 */
export function finishRestore(dataDir: string): void {
  const { folder, fresh, ready, cleared } = places(dataDir);
  if (existsSync(ready)) {
    const aside = path.join(dataDir, readFileSync(ready, 'utf8'));
    const old = readdirSync(dataDir).filter((name) => name !== restoringFolder && !name.startsWith(replacedPrefix));
    if (old.length) mkdirSync(aside, { recursive: true, mode: 0o700 });
    for (const name of old) renameSync(path.join(dataDir, name), path.join(aside, name));
    renameSync(ready, cleared);
  }
  if (!existsSync(cleared)) return;
  for (const name of existsSync(fresh) ? readdirSync(fresh) : []) renameSync(path.join(fresh, name), path.join(dataDir, name));
  rmSync(folder, { recursive: true, force: true });
}

/** @throws SourceFailed while another process restores into the folder */
export function refuseWhileRestoring(dataDir: string): void {
  const note = path.join(places(dataDir).folder, 'owner');
  if (existsSync(note) && isAlive(readFileSync(note, 'utf8')))
    throw new SourceFailed(dataDir, 'a backup is being restored into this folder; wait for its end, then start again', { retriable: true });
}

/** Paths a restore works with. */
export const restorePlaces = places;
