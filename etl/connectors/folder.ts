import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { configPath } from '../config-path.ts';
import type { FileConnector, FilesContext, FoundFile } from '../connector.ts';
import { SourceFailed } from '../errors.ts';
import { isReadable } from './file-format.ts';
import { wholeFiles } from './whole-files.ts';

const options = z.strictObject({
  path: configPath().describe(
    'Folder in which files are dropped; created when it is missing. Each file is read once, told by its content, and stays where it is.',
  ),
});
/** What a source with `connector: folder` says. */
export type FolderOptions = z.output<typeof options>;

const unfinished = /^[.~]|\.(part|partial|tmp|crdownload|filepart)$/i;

/** A drop folder: every readable file in it is an input of its own. */
export const folder: FileConnector<FolderOptions> = {
  kind: 'files',
  name: 'folder',
  description: 'Drop folder: each file put there is read once (CSV, TSV, NDJSON, JSON, XLSX, also gzip)',
  options,
  files: newFiles,
};

/**
 * The files of a drop folder that have not been read yet, by name. Files still being written wait for the next time, as do
 * hidden and temporary ones; a file read before under another name is not read again. Files stay where they are.
 * @throws SourceFailed when the folder cannot be read
 */
async function newFiles(options: FolderOptions, context: FilesContext): Promise<FoundFile[]> {
  try {
    await mkdir(options.path, { recursive: true });
    const entries = await readdir(options.path, { withFileTypes: true });
    const names = entries.filter((e) => e.isFile() && isReadable(e.name) && !unfinished.test(e.name)).map((e) => e.name);
    return await wholeFiles(
      names.sort().map((name) => ({ name, path: path.join(options.path, name) })),
      { isDone: (_, hash) => context.isLoaded(hash), settleMs: context.settleMs },
    );
  } catch (error) {
    throw new SourceFailed(context.source, `the folder ${options.path} cannot be read: ${(error as Error).message}`, {
      retriable: true,
      cause: error,
    });
  }
}
