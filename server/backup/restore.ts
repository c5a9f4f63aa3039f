import { createReadStream, existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar';
import { BadInput } from '../../etl/errors.ts';
import { closeDatabaseFile, databaseFault, endAccess } from '../../etl/store/database-file.ts';
import { finishRestore, replacedPrefix, restorePlaces, restoringFolder } from '../../etl/store/finish-restore.ts';
import { forgetOwner, isAlive, newOwner } from '../../etl/store/owner.ts';
import { serversFolder, serversOn } from '../../etl/store/serving.ts';
import { filesBelow, manifestName, readManifest, storeName, type Manifest } from './manifest.ts';

export interface RestoreOptions {
  /** Absolute path of the backup. */
  file: string;
  /** Absolute folder of the store. */
  dataDir: string;
  /** Absolute path of the configuration file, whether or not it exists. */
  configPath: string;
  /** Whether a store that is there may be moved aside. */
  replace: boolean;
  /** Seconds since 1970 UTC. */
  now: number;
}

export interface Restored {
  manifest: Manifest;
  /** Where what was there is now; null: nothing was there. */
  aside: string | null;
  /** Files of the configuration that were written, and those that are there and differ, so that they were not. */
  written: string[];
  kept: string[];
}

/**
 * Makes the data folder what it was when the backup was made. Until all of the backup has been read and checked nothing is changed; if the process
 * ends after that, whoever opens the store next finishes it (etl/store/finish-restore.ts).
 * @throws BadInput when the backup is damaged, cut off or newer, a server runs on the folder, or a store is there and may not be replaced
 */
export async function restore({ file, dataDir, configPath, replace, now }: RestoreOptions): Promise<Restored> {
  finishRestore(dataDir);
  const wrong = (field: string, message: string) => new BadInput([{ field, message }]);
  if (!existsSync(file)) throw wrong(file, 'is not there');
  const refuseServed = () => {
    const [server] = serversOn(dataDir);
    if (server)
      throw wrong(
        dataDir,
        `a Silverlining serves from this folder; stop it first. Should none run any more, take ${server} away and try again`,
      );
  };
  refuseServed();
  const store = path.join(dataDir, storeName);
  const isThere = existsSync(store);
  if (isThere && !replace)
    throw wrong(dataDir, 'holds a store; name an empty folder in SILVERLINING_DATA, or move that store aside with --replace');
  if (isThere) await closeDatabaseFile(store);
  const { folder, fresh, ready, cleared } = restorePlaces(dataDir);
  const end = await begin(folder);
  try {
    const content = path.join(folder, 'content');
    await mkdir(content);
    const manifest = await unpack(file, content);
    const fault = await databaseFault(path.join(content, 'data', storeName));
    if (fault !== null) throw wrong(file, `holds a broken database: ${fault}`);
    await rename(path.join(content, 'data'), fresh);
    const config = await readConfigFiles(path.join(content, 'config'), file);
    await endAccess(path.join(fresh, storeName));
    const name = freeName(dataDir, `${replacedPrefix}${new Date(now * 1000).toISOString().slice(0, 19).replaceAll(':', '')}`);
    const isAnythingThere = (await readdir(dataDir)).some((each) => each !== path.basename(folder) && !each.startsWith(replacedPrefix));
    // Unpacking takes minutes, in which somebody may have come.
    refuseServed();
    if (isThere) await closeDatabaseFile(store);
    await writeFile(`${ready}.part`, name);
    await rename(`${ready}.part`, ready);
    finishRestore(dataDir);
    return { manifest, aside: isAnythingThere ? path.join(dataDir, name) : null, ...(await placeConfig(config, path.dirname(configPath))) };
  } catch (error) {
    // From then on what is prepared is all there is.
    if (!existsSync(ready) && !existsSync(cleared)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  } finally {
    end();
  }
}

/** A name nothing in the folder has: two restores may come within a second. */
function freeName(folder: string, name: string): string {
  for (let i = 1; ; i++) {
    const free = i === 1 ? name : `${name}-${i}`;
    if (!existsSync(path.join(folder, free))) return free;
  }
}

/** Takes the folder a restore prepares things in; what one left there that was killed goes away. */
async function begin(folder: string): Promise<() => void> {
  const note = path.join(folder, 'owner');
  if (existsSync(note) && isAlive(await readFile(note, 'utf8')))
    throw new BadInput([
      { field: folder, message: 'another restore is under way; wait for it, or take this folder away if there is none' },
    ]);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const owner = newOwner();
  await writeFile(note, owner);
  return () => forgetOwner(owner);
}

/** Unpacks a backup and holds it against its manifest. */
async function unpack(file: string, to: string): Promise<Manifest> {
  const damaged = (message: string) => new BadInput([{ field: file, message: `${message}; nothing was changed, take another backup` }]);
  try {
    // First all of it by its own checksum: what unpacks goes on writing after it has failed.
    await pipeline(createReadStream(file), createGunzip(), new Writable({ write: (_chunk, _encoding, done) => done() }));
    // Of a backup there are plain files only, each below the folder.
    await extract({
      file,
      cwd: to,
      strict: true,
      preserveOwner: false,
      filter: (_name, entry) => 'type' in entry && entry.type === 'File',
    });
  } catch (error) {
    if (['ENOSPC', 'EACCES', 'EPERM'].includes(String((error as { code?: unknown }).code))) throw error;
    throw damaged('is damaged, cut off or no backup');
  }
  const manifest = path.join(to, manifestName);
  if (!existsSync(manifest)) throw damaged('is damaged, cut off or no backup: it has no manifest');
  const read = readManifest(await readFile(manifest, 'utf8'), file);
  await rm(manifest);
  const found = new Map((await filesBelow(to)).map((each) => [each.path, each]));
  for (const { path: name, bytes, sha256 } of read.files) {
    const there = found.get(name);
    if (!there) throw damaged(`is damaged: ${name} is missing`);
    if (there.bytes !== bytes || there.sha256 !== sha256) throw damaged(`is damaged: ${name} is not what it was`);
    found.delete(name);
  }
  const reserved = [restoringFolder, serversFolder, replacedPrefix].map((name) => `data/${name}`);
  for (const { path: name } of read.files)
    if (reserved.some((one) => name.startsWith(one))) throw damaged(`is no backup of ours: it holds ${name}`);
  for (const name of found.keys()) throw damaged(`is no backup of ours: ${name} is not in its manifest`);
  if (!read.files.some(({ path: name }) => name === `data/${storeName}`)) throw damaged(`is damaged: there is no ${storeName} in it`);
  return read;
}

/** The files of a configuration by their names; a backup of ours holds nothing else beside the data. */
async function readConfigFiles(from: string, backup: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const { path: name } of existsSync(from) ? await filesBelow(from) : []) {
    if (!/^(?:[\p{L}\d][\p{L}\d _.-]*\/)*[\p{L}\d][\p{L}\d _.-]*\.ya?ml$/u.test(name) || name.startsWith('node_modules/'))
      throw new BadInput([{ field: backup, message: `is no backup of ours: ${name} is no file of a configuration; nothing was changed` }]);
    files.set(name, await readFile(path.join(from, name)));
  }
  return files;
}

/** Writes files of the configuration that are not there; what is there stays. */
async function placeConfig(files: ReadonlyMap<string, Buffer>, to: string): Promise<Pick<Restored, 'written' | 'kept'>> {
  const [written, kept]: [string[], string[]] = [[], []];
  for (const [name, content] of files) {
    const target = path.join(to, name);
    if (existsSync(target)) {
      if (!(await readFile(target)).equals(content)) kept.push(target);
      continue;
    }
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content, { flag: 'wx', mode: 0o640 });
    written.push(target);
  }
  return { written, kept };
}
