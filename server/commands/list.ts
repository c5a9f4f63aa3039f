import type { Command } from './command.ts';
import { config } from './config.ts';
import { digest } from './digest.ts';
import { distributeCommand } from './distribute.ts';
import { helpCommand } from './help.ts';
import { importFile } from './import.ts';
import { preview } from './preview.ts';
import { query } from './query.ts';
import { run } from './run.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { user } from './user.ts';

const working = [start, importFile, run, preview, status, query, digest, config, user, distributeCommand];

/** Every word the command line knows, in the order the help shows them. */
export const commands: Command[] = [...working, helpCommand(working)];
