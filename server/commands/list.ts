import type { Command } from './command.ts';
import { backup } from './backup.ts';
import { config } from './config.ts';
import { digest } from './digest.ts';
import { distributeCommand } from './distribute.ts';
import { erase } from './erase.ts';
import { exportCustomerCommand } from './export-customer.ts';
import { helpCommand } from './help.ts';
import { importFile } from './import.ts';
import { preview } from './preview.ts';
import { query } from './query.ts';
import { restoreCommand } from './restore.ts';
import { run } from './run.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { user } from './user.ts';

const working = [
  start, importFile, run, preview, status, query, digest, config, user, erase, exportCustomerCommand, backup, restoreCommand, distributeCommand,
]; // prettier-ignore

/** Every word the command line knows, in the order the help shows them. */
export const commands: Command[] = [...working, helpCommand(working)];
