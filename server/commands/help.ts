import { BadInput, didYouMean } from '../../etl/errors.ts';
import { environmentKeys } from '../environment.ts';
import { exitCodes, usage, type Command } from './command.ts';

/** The command that prints what the others are. */
export function helpCommand(others: Command[]): Command {
  const help: Command = {
    name: 'help',
    summary: 'Shows this, or the flags of a command.',
    args: '[COMMAND]',
    count: [0, 1],
    flags: {},
    run({ args: [name] }, { out }) {
      const command = others.find((c) => c.name === name);
      if (name !== undefined && !command) {
        throw new BadInput([
          {
            field: '',
            message: `there is no command "${name}"${didYouMean(
              name,
              others.map((c) => c.name),
            )}`,
          },
        ]);
      }
      out(`${helpText([...others, help], command)}\n`);
      return Promise.resolve(exitCodes.done);
    },
  };
  return help;
}

/** What is printed about all commands, or about one. */
export function helpText(commands: Command[], command?: Command): string {
  if (command) {
    const flags = Object.entries(command.flags).map(([name, flag]) =>
      line(`--${name}${flag.value ? ` ${flag.value}` : ''}`, flag.description),
    );
    return [`${command.summary}\n`, `usage: ${usage(command)}`, ...(flags.length ? ['', ...flags] : [])].join('\n');
  }
  return [
    'Silverlining: what customers say goes wrong, how long they wait, how satisfied they are afterwards.',
    '',
    'usage: npx silverlining COMMAND',
    '',
    ...commands.map((c) => line(`${c.name} ${c.args}`, c.summary)),
    '',
    'npx silverlining COMMAND --help shows the flags of a command.',
    '',
    'Environment:',
    ...Object.entries(environmentKeys).map(([name, key]) =>
      line(name, `${key.description}${key.default ? ` Default ${key.default}.` : ''}`),
    ),
    '',
    `Exit codes: ${exitCodes.done} done, ${exitCodes.failed} failed, ${exitCodes.badUsage} bad usage or configuration, ${exitCodes.loadedWithRejects} loaded with rejects.`,
  ].join('\n');
}

function line(left: string, right: string): string {
  return `  ${left.padEnd(28)} ${right}`;
}
