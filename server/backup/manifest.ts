import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { migrationNames } from '../../etl/store/migrations/index.ts';
import { BadInput } from '../../etl/errors.ts';

/** Name of the manifest in a backup; it stands first. */
export const manifestName = 'manifest.json';
/** Name of the database in the data folder and in a backup. */
export const storeName = 'silverlining.sqlite';

const file = z.strictObject({ path: z.string().min(1), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const schema = z.object({
  format: z.literal('silverlining backup 1'),
  /** Version of the programme that made it. */
  version: z.string(),
  made_at: z.iso.datetime(),
  /** The changes of its tables the store has had, in order. */
  migrations: z.array(z.string()),
  /** All else that is in the backup: the data folder under `data/`, the folder of the configuration under `config/`. */
  files: z.array(file),
});

/** What a backup says of itself. */
export type Manifest = z.output<typeof schema>;

/**
 * Reads a manifest.
 * @throws BadInput when it is none, or when the store is newer than this programme
 */
export function readManifest(text: string, where: string): Manifest {
  const wrong = (message: string) => new BadInput([{ field: where, message }]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('is no backup of Silverlining: its manifest cannot be read');
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw wrong('is no backup this version can read: its manifest is of another form');
  const unknown = parsed.data.migrations.filter((name) => !migrationNames.includes(name));
  if (unknown.length)
    throw wrong(
      `was made by a newer Silverlining (${parsed.data.version}), whose store this one does not know (${unknown.join(', ')}); install that version or a later one, then restore`,
    );
  return parsed.data;
}

/** Every regular file below a folder with its length and checksum, by path with `/`. @param odd told of what is no regular file and left out */
export async function filesBelow(folder: string, odd: (name: string) => void = () => undefined): Promise<Manifest['files']> {
  const found: Manifest['files'] = [];
  for (const entry of (await readdir(folder, { recursive: true, withFileTypes: true })).sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))) {
    const name = path.relative(folder, pathOf(entry)).split(path.sep).join('/');
    if (entry.isDirectory()) continue;
    if (!entry.isFile()) odd(name);
    else found.push({ path: name, bytes: (await lstat(pathOf(entry))).size, sha256: await checksum(pathOf(entry)) });
  }
  return found;
}

const pathOf = (entry: { parentPath: string; name: string }) => path.join(entry.parentPath, entry.name);

async function checksum(name: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(name), hash);
  return hash.digest('hex');
}
