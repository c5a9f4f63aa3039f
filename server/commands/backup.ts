import path from 'node:path';
import { BadInput } from '../../etl/errors.ts';
import { backUp } from '../backup/back-up.ts';
import { exitCodes, type Command } from './command.ts';
import type { Context } from './context.ts';
import { count, counted } from './words.ts';

export const backup: Command = {
  name: 'backup',
  summary: 'Writes the store, the other files of the data folder and the configuration into one file, also while the server runs.',
  args: '[FILE]',
  count: [0, 1],
  flags: {},
  async run({ args: [given] }, context) {
    const { environment, now, out, say } = context;
    const { dataDir, configPath, databaseUrl } = environment;
    if (databaseUrl !== null) throw notOnPostgresql('backup', dataDir);
    const at = now();
    const file = path.resolve(given ?? `silverlining-${new Date(at * 1000).toISOString().slice(0, 19).replaceAll(':', '')}.tar.gz`);
    const { files } = await backUp({ dataDir, configPath, maps: mapsOf(context), file, now: at, say });
    const bytes = files.reduce((sum, each) => sum + each.bytes, 0);
    out(
      `${file}: ${counted(files.length, 'file')}, ${count(Math.ceil(bytes / 1e6))} MB before packing. It holds personal data and the keys of the store.\n`,
    );
    say('Secrets of the environment (SMTP_URL, those of sources) are not in it.');
    return exitCodes.done;
  },
};

/** PostgreSQL has better tools of its own, which also take what others keep beside us. */
export function notOnPostgresql(word: 'backup' | 'restore', dataDir: string): BadInput {
  const own =
    word === 'backup'
      ? 'pg_dump --format=custom --file=silverlining.dump "$DATABASE_URL"'
      : 'pg_restore --no-owner --single-transaction --exit-on-error --dbname="$DATABASE_URL" silverlining.dump';
  const rest = word === 'backup' ? `copy ${dataDir} and the configuration too` : `put back ${dataDir} and the configuration too`;
  return new BadInput([{ field: 'DATABASE_URL', message: `the store is in PostgreSQL; run instead: ${own}; and ${rest}` }]);
}

/** Maps the configuration names by path; one that cannot be read names none, and is backed up as it is. */
function mapsOf({ readConfig, say }: Context): string[] {
  try {
    return readConfig()
      .sources.map(({ map }) => map)
      .filter((map) => path.isAbsolute(map));
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    say('note: the configuration has faults (npx silverlining config check), so maps it may name are not in the backup');
    return [];
  }
}
