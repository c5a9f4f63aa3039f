import { BadInput, didYouMean, SourceFailed } from '../../etl/errors.ts';
import { withoutValues } from '../errors.ts';
import { exitCodes, readCommandLine, usage, type Command } from './command.ts';
import type { Context } from './context.ts';
import { helpText } from './help.ts';

/** Where a command writes: results to `out`, everything said to people to `say`. */
export type Voice = Pick<Context, 'out' | 'say'>;

/**
 * Runs what stands on the command line and says what went wrong.
 * @param argv what follows `silverlining`
 * @param open the context, made once the command line is known to be right
 * @param commands what may stand there
 * @returns the exit code; never rejects
 */
export async function dispatch([name, ...rest]: string[], voice: Voice, open: () => Context, commands: Command[]): Promise<number> {
  const { say, out } = voice;
  if (name === undefined) {
    say(helpText(commands));
    return exitCodes.badUsage;
  }
  const isHelp = name === '--help' || name === '-h';
  const command = commands.find((c) => c.name === (isHelp ? 'help' : name));
  if (!command) {
    const near = didYouMean(
      name,
      commands.map((c) => c.name),
    );
    say(`silverlining: there is no command "${name}"${near}\n\n${helpText(commands)}`);
    return exitCodes.badUsage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    out(`${helpText(commands, command)}\n`);
    return exitCodes.done;
  }
  let isUsage = true;
  try {
    const given = readCommandLine(command, rest);
    isUsage = false;
    return await command.run(given, open());
  } catch (error) {
    if (error instanceof BadInput) {
      for (const { field, message } of error.problems) say(`silverlining ${name}: ${field ? `${field}: ` : ''}${message}`);
      if (isUsage) say(`usage: ${usage(command)}`);
      return exitCodes.badUsage;
    }
    if (error instanceof SourceFailed) say(`silverlining ${name}: ${error.source}: ${error.message}`);
    else {
      const { message, code, stack } = withoutValues(error);
      say(`silverlining ${name}: ${message}${code ? ` (${code})` : ''}\n${stack}`);
    }
    return exitCodes.failed;
  }
}
