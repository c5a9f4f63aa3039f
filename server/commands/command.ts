import { parseArgs } from 'node:util';
import { BadInput, didYouMean, type Problem } from '../../etl/errors.ts';
import type { Context } from './context.ts';

/** A flag: with `value` it takes one (the word stands in the usage), without it is a switch. */
export interface Flag {
  description: string;
  value?: string;
  /** The only values it takes. */
  allowed?: readonly string[];
}

/** What was given on the command line, checked against its command. */
export interface Given {
  args: string[];
  /** By flag name: its value, or `true` for a switch. */
  flags: Record<string, string | true>;
}

/** One word after `silverlining`. */
export interface Command {
  name: string;
  summary: string;
  /** As it stands after the name in the usage; `[…]` may be left out, `…` may be several. */
  args: string;
  /** How many arguments it takes, least and most. */
  count: readonly [number, number];
  flags: Record<string, Flag>;
  /** @returns the exit code */
  run(given: Given, context: Context): Promise<number>;
}

/** What the process tells its caller. */
export const exitCodes = { done: 0, failed: 1, badUsage: 2, loadedWithRejects: 3 } as const;

/**
 * Checks `argv` (what follows the command's name) against the command.
 * @throws BadInput with every unknown or misused flag, near names included
 */
export function readCommandLine(command: Command, argv: string[]): Given {
  const options = Object.fromEntries(
    Object.entries(command.flags).map(([name, flag]) => [name, { type: flag.value ? 'string' : 'boolean' } as const]),
  );
  const { tokens } = parseArgs({ args: argv, options, strict: false, allowPositionals: true, tokens: true });
  const problems: Problem[] = [];
  const given: Given = { args: [], flags: {} };
  for (const token of tokens) {
    if (token.kind === 'positional') given.args.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName } = token;
    // Node would take the next flag for a value.
    const value = token.inlineValue === false && token.value.startsWith('--') ? undefined : token.value;
    const flag = Object.hasOwn(command.flags, name) ? command.flags[name] : undefined;
    const fail = (message: string) => problems.push({ field: rawName, message });
    if (!flag || !rawName.startsWith('--'))
      fail(
        `unknown flag${didYouMean(
          rawName,
          Object.keys(command.flags).map((known) => `--${known}`),
        )}`,
      );
    else if (Object.hasOwn(given.flags, name)) fail('is given twice');
    else if (!flag.value && value !== undefined) fail(`takes no value, and "${value}" was given`);
    else if (flag.value && !value) fail(`needs a value: ${rawName} ${flag.value}`);
    else if (flag.allowed && value !== undefined && !flag.allowed.includes(value)) {
      fail(`"${value}" is not one of ${flag.allowed.join(', ')}${didYouMean(value, flag.allowed)}`);
    } else given.flags[name] = value ?? true;
  }
  const [least, most] = command.count;
  const surplus = given.args[most];
  if (given.args.length < least) problems.push({ field: '', message: `something is missing: expected ${command.args}` });
  if (surplus !== undefined) problems.push({ field: '', message: `"${surplus}" is one argument too many` });
  if (problems.length) throw new BadInput(problems);
  return given;
}

/** The text of a flag that takes a value, or undefined when it was not given. */
export function textFlag(given: Given, name: string): string | undefined {
  const value = given.flags[name];
  return value === true ? undefined : value;
}

/** One line: the command with its flags. */
export function usage(command: Command): string {
  const flags = Object.entries(command.flags).map(([name, flag]) => {
    const value = flag.allowed ? ` ${flag.allowed.join('|')}` : flag.value ? ` ${flag.value}` : '';
    return `[--${name}${value}]`;
  });
  return ['npx silverlining', command.name, command.args, ...flags].filter(Boolean).join(' ');
}
