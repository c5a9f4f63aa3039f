import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { forgetOwner, isAlive, newOwner } from './owner.ts';

/** Folder within the data folder that has a file for every server that runs on it. */
export const serversFolder = 'servers';

/** Notes that this process serves from the data folder. @returns what takes the note away */
export function noteServing(dataDir: string): () => void {
  const folder = path.join(dataDir, serversFolder);
  const owner = newOwner();
  const file = path.join(folder, owner.split(' ').at(-1) ?? '');
  mkdirSync(folder, { recursive: true });
  for (const { file: left } of notes(folder).filter((note) => !isAlive(note.owner))) rmSync(left, { force: true });
  writeFileSync(file, owner);
  return () => {
    rmSync(file, { force: true });
    forgetOwner(owner);
  };
}

/** The notes of servers that run on the data folder, or may run on another machine. */
export function serversOn(dataDir: string): string[] {
  return notes(path.join(dataDir, serversFolder))
    .filter(({ owner }) => isAlive(owner))
    .map(({ file }) => file);
}

function notes(folder: string): { file: string; owner: string }[] {
  try {
    return readdirSync(folder).map((name) => ({ file: path.join(folder, name), owner: readFileSync(path.join(folder, name), 'utf8') }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
