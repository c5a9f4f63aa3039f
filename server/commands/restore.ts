import path from 'node:path';
import { restore } from '../backup/restore.ts';
import { notOnPostgresql } from './backup.ts';
import { exitCodes, type Command } from './command.ts';
import { counted } from './words.ts';

export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Makes the data folder what it was when a backup was made, after checking all of it.',
  args: 'FILE',
  count: [1, 1],
  flags: { replace: { description: 'Moves the store that is there aside, within the data folder, and says where.' } },
  async run({ args: [given = ''], flags }, { environment, now, out }) {
    const { dataDir, configPath, databaseUrl } = environment;
    if (databaseUrl !== null) throw notOnPostgresql('restore', dataDir);
    const file = path.resolve(given);
    const { manifest, aside, written, kept } = await restore({ file, dataDir, configPath, replace: flags.replace === true, now: now() });
    out(`${dataDir} is as it was on ${manifest.made_at}: ${counted(manifest.files.length, 'file')}.\n`);
    if (aside) out(`What was there before is in ${aside}; take it away when it is not needed any more.\n`);
    out(
      'Everybody signs in anew. Tokens of sources and who is disabled are as they were then; messages that waited are not sent again by themselves.\n',
    );
    if (aside)
      out('Customers erased since that backup are there again: erase them anew, their receipts are in the store that was moved aside.\n');
    for (const name of written) out(`${name} was put there from the backup.\n`);
    for (const name of kept) out(`${name} differs from the one in the backup and was left as it is.\n`);
    return exitCodes.done;
  },
};
