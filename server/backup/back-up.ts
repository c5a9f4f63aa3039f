import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, cp, link, lstat, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { create } from 'tar';
import { BadInput } from '../../etl/errors.ts';
import { evidenceFolder, incomingFolder } from '../../etl/evidence-files.ts';
import { copyDatabaseFile } from '../../etl/store/database-file.ts';
import { replacedPrefix, restoringFolder } from '../../etl/store/finish-restore.ts';
import { serversFolder } from '../../etl/store/serving.ts';
import { projectDir } from '../project-dir.ts';
import { filesBelow, manifestName, storeName, type Manifest } from './manifest.ts';

export interface BackupOptions {
  /** Absolute folder of the store. */
  dataDir: string;
  /** Absolute path of the configuration file, whether or not it exists. */
  configPath: string;
  /** Absolute paths of further files below the folder of the configuration: maps it names. */
  maps: readonly string[];
  /** Absolute path of the backup. */
  file: string;
  /** Seconds since 1970 UTC. */
  now: number;
  say: (line: string) => void;
}

// Made anew by whoever needs it, or true only of the folder it is in.
const left = [serversFolder, restoringFolder, 'cube'];
const isLeft = (name: string) => left.includes(name) || name.startsWith(replacedPrefix) || name.startsWith(storeName);

/**
 * Writes the store as it is at one instant, also while others write to it, with all other files of the data folder and the configuration, into one
 * file that only its owner can read.
 * @throws BadInput when there is no store, or when the file exists
 */
export async function backUp({ dataDir, configPath, maps, file, now, say }: BackupOptions): Promise<Manifest> {
  const store = path.join(dataDir, storeName);
  if (!existsSync(store)) throw new BadInput([{ field: dataDir, message: `holds no store: there is no ${storeName}` }]);
  const exists = new BadInput([{ field: file, message: 'exists; name another file, or take that one away' }]);
  if (existsSync(file)) throw exists;
  const staging = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID().slice(0, 8)}`);
  await mkdir(staging, { mode: 0o700 });
  try {
    const data = path.join(staging, 'content/data');
    await mkdir(data, { recursive: true });
    // What is still being received belongs to no case, and may be gone before it is copied.
    const skipped = [staging, path.join(evidenceFolder(dataDir), incomingFolder)];
    // First the store: files it refers to are there before it does.
    const migrations = await copyDatabaseFile(store, path.join(data, storeName));
    for (const name of await readdir(dataDir)) {
      const place = path.join(dataDir, name);
      if (isLeft(name) || place === staging) continue;
      await cp(place, path.join(data, name), { recursive: true, verbatimSymlinks: true, filter: (each) => !skipped.includes(each) });
    }
    for (const each of [configPath, ...maps]) await copyBelow(path.dirname(configPath), each, path.join(staging, 'content/config'));
    const content = path.join(staging, 'content');
    const files = await filesBelow(content, (name) => say(`${name} is no plain file and is left out`));
    const { version } = JSON.parse(await readFile(path.join(projectDir, 'package.json'), 'utf8')) as { version: string };
    const manifest: Manifest = { format: 'silverlining backup 1', version, made_at: new Date(now * 1000).toISOString(), migrations, files };
    await writeFile(path.join(content, manifestName), JSON.stringify(manifest, null, 2));
    const packed = path.join(staging, 'backup.tar.gz');
    await create({ file: packed, cwd: content, gzip: true, portable: true, mode: 0o600 }, [manifestName, ...files.map(({ path }) => path)]);
    await chmod(packed, 0o600);
    await toDisk(packed);
    // Unlike a rename it takes no file's place.
    await link(packed, file).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'EEXIST' ? exists : error;
    });
    return manifest;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function copyBelow(folder: string, file: string, to: string): Promise<void> {
  const name = path.relative(folder, file);
  if (name.startsWith('..') || path.isAbsolute(name) || !(await lstat(file).catch(() => null))?.isFile()) return;
  await mkdir(path.dirname(path.join(to, name)), { recursive: true });
  await copyFile(file, path.join(to, name));
}

async function toDisk(name: string): Promise<void> {
  const handle = await open(name, 'r');
  await handle.sync();
  await handle.close();
}
