import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { isScalar, isSeq, parseDocument } from 'yaml';
import { defaultConfig, readConfig, type Config } from '../etl/config.ts';
import { BadInput } from '../etl/errors.ts';
import type { ConfigFile } from './config-file.ts';
import { Refused } from './errors.ts';
import { mapPathOf, type NewSource } from './new-source.ts';

let last: Promise<unknown> = Promise.resolve();

/**
 * Adds a source to the configuration file, keeping its comments, and to the configuration in force. The file is replaced as a
 * whole, and only when it still says what is in force and the new one reads back as that and the source.
 * @throws Refused (409) when the file was changed by hand or cannot be written
 */
export async function addSource(file: ConfigFile, config: Pick<Config, 'sources'>, added: NewSource): Promise<void> {
  // One after the other: each begins with what the one before has written.
  const turn = last.then(() => write(file, config, added));
  last = turn.catch(() => undefined);
  await turn;
}

async function write(file: ConfigFile, config: Pick<Config, 'sources'>, { entry, source, mapText }: NewSource): Promise<void> {
  if (config.sources.some((other) => other.name === source.name))
    throw new BadInput([{ field: 'name', message: `"${source.name}" is the name of another source` }]);
  const text = withSource(file, entry);
  const mapPath = mapPathOf(file, source.name);
  try {
    const hasNewMap = mapText !== null && (await saveMap(mapPath, mapText));
    try {
      await replaceFile(file, text);
    } catch (error) {
      if (hasNewMap) await rm(mapPath, { force: true });
      throw error;
    }
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(String(error.code)))
      throw error;
    throw new Refused(
      409,
      `${path.basename(file.path)} cannot be written (${String(error.code)}); whoever runs Silverlining can add the source to it by hand`,
    );
  }
  file.text = text;
  config.sources.push(source);
}

/** The text of the configuration with one source more. */
function withSource(file: ConfigFile, entry: Record<string, unknown>): string {
  const where = path.basename(file.path);
  const document = parseDocument(file.text ?? firstText(file));
  const sources = document.get('sources', true);
  if (isSeq(sources)) {
    if (sources.items.length === 0) sources.flow = false;
    sources.add(document.createNode(entry));
  } else {
    const list = document.createNode([entry]);
    // Entries that are all commented out are a comment of nothing.
    if (isScalar(sources)) list.commentBefore = [sources.commentBefore, sources.comment].filter(Boolean).join('\n') || null;
    document.set('sources', list);
  }
  const text = document.toString({ lineWidth: 0 });
  const before = file.text === null ? defaultConfig(file.dataDir) : readConfig(file.text, { where, folder: file.folder });
  const after = readConfig(text, { where, folder: file.folder });
  if (!isDeepStrictEqual({ ...after, sources: after.sources.slice(0, -1) }, before))
    throw new Refused(409, `${where} is written in a way that cannot be added to safely; add the source by hand`);
  return text;
}

/** Without a file the drop folder of the data folder is read; a file that begins must say so to keep it. */
function firstText({ dataDir }: ConfigFile): string {
  const inbox = JSON.stringify(path.resolve(dataDir, 'inbox'));
  return `# Configuration of Silverlining: docs/sources.md says what stands here.\nsources:\n  - name: inbox\n    connector: folder\n    path: ${inbox}\n    map: standard\n    schedule: 15m\n`;
}

/** @returns whether the file was not there before */
async function saveMap(mapPath: string, text: string): Promise<boolean> {
  await mkdir(path.dirname(mapPath), { recursive: true });
  if (existsSync(mapPath)) {
    if ((await readFile(mapPath, 'utf8')) === text) return false;
    throw new Refused(409, `there is another map already at maps/${path.basename(mapPath)}; choose another name for the source`);
  }
  await writeWhole(mapPath, text, 0o644);
  return true;
}

async function replaceFile(file: ConfigFile, text: string): Promise<void> {
  const exists = existsSync(file.path);
  const found = exists ? await readFile(file.path, 'utf8') : null;
  if (found !== file.text)
    throw new Refused(
      409,
      `${path.basename(file.path)} has been changed since Silverlining was started; start it again, then add the source`,
    );
  // A link stays a link.
  const target = exists ? await realpath(file.path) : file.path;
  await writeWhole(target, text, exists ? (await stat(target)).mode & 0o777 : 0o644);
}

/** Either the whole text is there or what was there before, also when the power fails. */
async function writeWhole(target: string, text: string, mode: number): Promise<void> {
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
