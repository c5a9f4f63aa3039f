import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { configPath } from '../config-path.ts';
import type { FileConnector, FilesContext, FoundFile } from '../connector.ts';
import { didYouMean, SourceFailed } from '../errors.ts';
import { findFiles, isGlob } from './glob.ts';
import { wholeFiles } from './whole-files.ts';

const options = z.strictObject({
  path: configPath().describe(
    'A file, or a pattern such as ./exports/2026-*/*.csv (* any part of a name, ? one character, ** any folders). A file is read again when its content has changed.',
  ),
});
/** What a source with `connector: file` says. */
export type FileOptions = z.output<typeof options>;

/** A file at a fixed place that is written anew, or all files of a pattern; each is read again when its content is new. */
export const file: FileConnector<FileOptions> = {
  kind: 'files',
  name: 'file',
  description: 'One file, or the files of a pattern; read again when the content has changed',
  options,
  files: changedFiles,
};

/** @throws SourceFailed when a file that is named is missing or a folder cannot be read; a pattern may stand for no file yet */
async function changedFiles(options: FileOptions, context: FilesContext): Promise<FoundFile[]> {
  const waiting = { isDone: context.isCurrent, settleMs: context.settleMs };
  try {
    if (!isGlob(options.path)) {
      await mustBeFile(options.path, context.source);
      return await wholeFiles([{ name: path.basename(options.path), path: options.path }], waiting);
    }
    const found = await findFiles(options.path);
    const fixed = fixedFolder(options.path);
    return await wholeFiles(
      found.map((file) => ({ name: path.relative(fixed, file), path: file })),
      waiting,
    );
  } catch (error) {
    if (error instanceof SourceFailed) throw error;
    throw new SourceFailed(context.source, `${options.path} cannot be read: ${(error as Error).message}`, {
      retriable: true,
      cause: error,
    });
  }
}

/** The folder in front of the first part that is a pattern. */
function fixedFolder(pattern: string): string {
  const parts = pattern.split(path.sep);
  return parts.slice(0, parts.findIndex(isGlob)).join(path.sep) || path.sep;
}

async function mustBeFile(file: string, source: string): Promise<void> {
  const fail = (message: string): never => {
    throw new SourceFailed(source, message, { retriable: false });
  };
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return null;
  });
  if (found?.isDirectory()) fail(`${file} is a folder; write connector: folder for it, or a pattern such as ${path.join(file, '*.csv')}`);
  if (found) return;
  const folder = path.dirname(file);
  const names = await readdir(folder).catch(() => null);
  if (names === null) return fail(`there is no file ${file}, nor a folder ${folder}`);
  const near = didYouMean(path.basename(file), names);
  fail(`there is no file ${path.basename(file)} in ${folder}${near || (names.length ? '' : ', which is empty')}`);
}
